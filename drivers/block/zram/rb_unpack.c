// SPDX-License-Identifier: GPL-2.0
/*
 * Decompresses the objects of a packed read.
 *
 * A neighbour that goes back to memory leaves its blocks. If the backing device has
 * returned other data than was written, it may return the right data later, but nothing
 * is left to read then. So the driver first decompresses the neighbours to a page that
 * nobody reads. Wrong data that decompresses to a page is not found, neither here nor by
 * a reader.
 */

#include <linux/blkdev.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "comp.h"
#include "rb_alloc.h"
#include "rb_object.h"
#include "rb_unpack.h"
#include "table.h"
#include "zram.h"

/**
 * zram_rb_unpack_copy() - copy an object, which may lie in two pages
 * @packed: the read, which has succeeded
 * @obj: one of its objects
 * @to: the copy
 *
 * Context: Any.
 */
void zram_rb_unpack_copy(const struct zram_rb_packed *packed,
			 const struct zram_rb_object *obj, char *to)
{
	unsigned int len, at, size = zram_slot_size(&obj->slot);
	u64 first;

	zram_slot_blocks(&obj->slot, &first);
	at = ((first - packed->first) << ZRAM_BLOCK_SHIFT) +
	     zram_slot_block_offset(&obj->slot);
	for (; size; size -= len, at += len, to += len) {
		len = min_t(unsigned int, size, PAGE_SIZE - offset_in_page(at));
		memcpy_from_page(to, packed->bvecs[at >> PAGE_SHIFT].bv_page,
				 offset_in_page(at), len);
	}
}

static void rb_unpack_report(struct zram *zram, const struct zram_rb_object *obj,
			     int err)
{
	u64 first;

	zram_slot_blocks(&obj->slot, &first);
	dev_err_ratelimited(disk_to_dev(zram->disk),
			    "slot %lu: cannot decompress %u bytes of %s from block %llu: error %d\n",
			    obj->index, zram_slot_size(&obj->slot),
			    zram_comps_name(&zram->comps,
					    zram_slot_prio(obj->slot.flags)),
			    first, err);
}

static int rb_unpack_to(struct zram *zram, const struct zram_rb_packed *packed,
			const struct zram_rb_object *obj, void *dst)
{
	struct zram_comp *comp = zram_comp_of(zram, obj->slot.flags);
	struct zram_comp_stream *strm = zram_comp_stream_get(comp,
							     ZRAM_DECOMPRESS);
	int err;

	zram_rb_unpack_copy(packed, obj, strm->buf);
	err = zram_comp_decompress(strm, strm->buf, zram_slot_size(&obj->slot),
				   dst);
	zram_comp_stream_put(strm);
	if (err)
		rb_unpack_report(zram, obj, err);
	return err;
}

/**
 * zram_rb_unpack() - decompress an object to the page of the reader
 * @zram: the device
 * @packed: the read, which has succeeded
 * @obj: the object, with a page
 *
 * Context: May sleep. Takes a stream.
 * Return: 0, or the decompressor's error, which is logged.
 */
int zram_rb_unpack(struct zram *zram, const struct zram_rb_packed *packed,
		   const struct zram_rb_object *obj)
{
	void *dst = kmap_local_page(obj->page);
	int err = rb_unpack_to(zram, packed, obj, dst);

	kunmap_local(dst);
	flush_dcache_page(obj->page);
	return err;
}

/**
 * zram_rb_unpack_check() - can all neighbours of a read be decompressed?
 * @zram: the device
 * @packed: the read, which has succeeded, with neighbours
 *
 * If one of them cannot, the read has returned other data than was written, and none is
 * to be trusted.
 *
 * Context: May sleep. Takes streams. Allocates as for neighbours.
 * Return: false if not, which is logged; also if there is no memory for a page.
 */
bool zram_rb_unpack_check(struct zram *zram,
			  const struct zram_rb_packed *packed)
{
	void *page = (void *)__get_free_page(ZRAM_RB_WINDOW_GFP);
	unsigned int i;
	bool ok = page;

	for (i = packed->own_objects; ok && i < packed->nr_objects; i++) {
		ok = !rb_unpack_to(zram, packed, &packed->objects[i], page);
		cond_resched();
	}
	free_page((unsigned long)page);
	return ok;
}
