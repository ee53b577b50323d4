// SPDX-License-Identifier: GPL-2.0
/*
 * Verifies the objects of a packed read, and decompresses them or copies them to memory.
 *
 * The driver verifies the checksum of an object before it decompresses it for a reader. A
 * neighbour that goes back to memory frees its blocks, and with them the right data, if the
 * backing device has returned wrong data only once. So the driver verifies all neighbours
 * before the first goes back.
 */

#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "checksum.h"
#include "comp.h"
#include "obj.h"
#include "rb_alloc.h"
#include "rb_object.h"
#include "rb_unpack.h"
#include "table.h"
#include "zram.h"

/* Offset of an object in the read, bytes */
static unsigned int rb_unpack_offset(const struct zram_rb_packed *packed,
				     const struct zram_rb_object *obj)
{
	return zram_slot_position(&obj->slot) - packed->base;
}

/* Copy @size bytes of the read from @at on; they may lie in two pages */
static void rb_unpack_copy(const struct zram_rb_packed *packed, unsigned int at,
			   unsigned int size, char *to)
{
	unsigned int len;

	for (; size; size -= len, at += len, to += len) {
		len = min_t(unsigned int, size, PAGE_SIZE - offset_in_page(at));
		memcpy_from_page(to, packed->bvecs[at >> PAGE_SHIFT].bv_page,
				 offset_in_page(at), len);
	}
}

static struct zram_comp_stream *rb_unpack_stream(struct zram *zram,
						 const struct zram_rb_object *obj)
{
	return zram_comp_stream_get(zram_comp_of(zram, obj->slot.flags),
				    ZRAM_DECOMPRESS);
}

/*
 * Returns the address of the object and the checksum behind it. If they lie in two pages of
 * the read, copies them to the buffer of *@strm, and first sets *@strm to a stream if it is
 * NULL. The pages are not in high memory: zram_rb_alloc_grow() does not ask for that.
 */
static const void *rb_unpack_data(struct zram *zram,
				  const struct zram_rb_packed *packed,
				  const struct zram_rb_object *obj,
				  struct zram_comp_stream **strm)
{
	unsigned int size = zram_slot_packed_size(zram_slot_size(&obj->slot));
	unsigned int at = rb_unpack_offset(packed, obj);

	if (offset_in_page(at) + size <= PAGE_SIZE)
		return page_address(packed->bvecs[at >> PAGE_SHIFT].bv_page) +
		       offset_in_page(at);
	if (!*strm)
		*strm = rb_unpack_stream(zram, obj);
	rb_unpack_copy(packed, at, size, (*strm)->buf);
	return (*strm)->buf;
}

/**
 * zram_rb_unpack_is_intact() - verify an object that was read from the backing device
 * @zram: the device
 * @data: the object and its checksum, as they were read
 * @index: the slot
 * @slot: a copy of the slot, packed
 *
 * Return: false if the backing device returned other data than was written, which is logged.
 */
bool zram_rb_unpack_is_intact(struct zram *zram, const void *data, unsigned long index,
			      const struct zram_slot *slot)
{
	u64 first;

	if (likely(zram_checksum_match(data, index, slot)))
		return true;
	zram_slot_blocks(slot, &first);
	dev_err_ratelimited(disk_to_dev(zram->disk),
			    "slot %lu: the backing device returned other data than was written to block %llu\n",
			    index, first);
	return false;
}

/* Decompress an object to the page of the reader */
static int rb_unpack_object(struct zram *zram, const struct zram_rb_packed *packed,
			    const struct zram_rb_object *obj)
{
	struct zram_comp_stream *strm = rb_unpack_stream(zram, obj);
	const void *data = rb_unpack_data(zram, packed, obj, &strm);
	int err = -EBADMSG;
	void *dst;

	if (zram_rb_unpack_is_intact(zram, data, obj->index, &obj->slot)) {
		dst = kmap_local_page(obj->page);
		err = zram_comp_decompress(strm, data, zram_slot_size(&obj->slot),
					   dst);
		kunmap_local(dst);
		flush_dcache_page(obj->page);
		if (err)
			zram_comps_report(&zram->comps, disk_to_dev(zram->disk),
					  obj->index, obj->slot.flags, err);
	}
	zram_comp_stream_put(strm);
	return err;
}

/**
 * zram_rb_unpack() - decompress the objects that the reader has asked for
 * @zram: the device
 * @packed: the read, which has succeeded
 *
 * Context: May sleep. Takes streams.
 * Return: 0; -EBADMSG if the backing device returned other data than was written; or the
 *	decompressor's error. The first -EBADMSG ends a read that can be repeated. Errors are
 *	logged.
 */
int zram_rb_unpack(struct zram *zram, const struct zram_rb_packed *packed)
{
	unsigned int i;
	int err, ret = 0;

	for (i = 0; i < packed->own_objects; i++) {
		err = rb_unpack_object(zram, packed, &packed->objects[i]);
		if (err == -EBADMSG && !packed->repeated)
			return err;
		ret = err ?: ret;
	}
	return ret;
}

/**
 * zram_rb_unpack_check() - verify the checksums of all neighbours of a read
 * @zram: the device
 * @packed: the read, which has succeeded, with neighbours
 *
 * Context: May sleep. Takes streams.
 * Return: false if one is wrong, which is logged. Then no neighbour may go back to memory.
 */
bool zram_rb_unpack_check(struct zram *zram,
			  const struct zram_rb_packed *packed)
{
	struct zram_comp_stream *strm;
	unsigned int i;
	bool ok = true;

	for (i = packed->own_objects; ok && i < packed->nr_objects; i++) {
		const struct zram_rb_object *obj = &packed->objects[i];

		strm = NULL;
		ok = zram_rb_unpack_is_intact(zram,
					      rb_unpack_data(zram, packed, obj, &strm),
					      obj->index, &obj->slot);
		if (strm)
			zram_comp_stream_put(strm);
		cond_resched();
	}
	return ok;
}

/**
 * zram_rb_unpack_store() - copy the object of a neighbour to memory
 * @zram: the device
 * @packed: the read, whose neighbours were verified
 * @obj: one of them
 * @handle: an object of its size
 *
 * Context: May sleep. May take a stream.
 */
void zram_rb_unpack_store(struct zram *zram, const struct zram_rb_packed *packed,
			  const struct zram_rb_object *obj, unsigned long handle)
{
	struct zram_comp_stream *strm = NULL;

	zram_obj_store(&zram->pool, handle,
		       rb_unpack_data(zram, packed, obj, &strm),
		       zram_slot_size(&obj->slot));
	if (strm)
		zram_comp_stream_put(strm);
}
