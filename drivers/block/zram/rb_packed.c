// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of packed objects from the backing device.
 *
 * Objects begin anywhere in a block and go on in the next. The blocks are read
 * to pages of our own and the objects decompressed from there, by a worker. The
 * objects of a bio that lie in the same blocks or in consecutive ones share a
 * read.
 *
 * A read needs memory, which may be what the reader is about to make. Without
 * any, objects are read one at a time by means of the spare of the device, for
 * which nothing more is needed. That is done by a worker: the bios that a driver
 * submits from its submit_bio are held back until it returns.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "bd_map.h"
#include "comp.h"
#include "rb_group.h"
#include "rb_packed.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/* Blocks in one read: 128 KiB, or what an object may lie on */
#define MAX_PAGES	(PAGE_SHIFT < 16 ? SZ_128K / PAGE_SIZE : 2)
#define MAX_BLOCKS	(MAX_PAGES * ZRAM_BLOCKS_PER_PAGE)
/* Blocks that an object may lie on */
#define MAX_SPAN	(ZRAM_BLOCKS_PER_PAGE + 1)
/* Objects in one read */
#define MAX_OBJECTS	64

#define RB_PACKED_GFP	(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN)

/* An object, with references of its own on its blocks, and where it goes */
struct rb_packed_object {
	struct zram_slot slot;
	struct page *page;
};

/**
 * struct zram_rb_packed - one read of consecutive blocks
 * @work: decompression
 * @zram: the device
 * @group: the group it belongs to
 * @first: first block
 * @nr: number of blocks
 * @nr_pages: number of pages allocated
 * @nr_objects: number of objects
 * @pages: where the blocks are read to
 * @bvecs: for @bio
 * @bio: the I/O
 * @objects: what is in the blocks
 */
struct zram_rb_packed {
	struct work_struct work;
	struct zram *zram;
	struct zram_rb_group *group;
	u64 first;
	unsigned int nr;
	unsigned int nr_pages;
	unsigned int nr_objects;
	struct page *pages[MAX_PAGES];
	struct bio_vec bvecs[MAX_PAGES];
	struct bio bio;
	struct rb_packed_object objects[MAX_OBJECTS];
};

/* See to pages for @nr blocks; false if there is no memory */
static bool rb_packed_grow(struct zram_rb_packed *packed, unsigned int nr,
			   gfp_t gfp)
{
	struct page *page;

	while (packed->nr_pages * ZRAM_BLOCKS_PER_PAGE < nr) {
		page = alloc_page(gfp);
		if (!page)
			return false;
		packed->pages[packed->nr_pages++] = page;
	}
	return true;
}

static struct zram_rb_packed *rb_packed_alloc(unsigned int nr, gfp_t gfp)
{
	struct zram_rb_packed *packed = kzalloc_obj(*packed, gfp);

	if (!packed)
		return NULL;
	if (rb_packed_grow(packed, nr, gfp))
		return packed;
	zram_rb_packed_destroy(packed);
	return NULL;
}

/**
 * zram_rb_packed_create_spare() - memory to read one object, whatever happens
 *
 * Context: May sleep.
 * Return: the spare, or NULL.
 */
struct zram_rb_packed *zram_rb_packed_create_spare(void)
{
	return rb_packed_alloc(MAX_SPAN, GFP_KERNEL);
}

/**
 * zram_rb_packed_destroy() - free the memory of a read
 * @packed: a read that is over or was never begun; may be NULL
 *
 * Context: Any.
 */
void zram_rb_packed_destroy(struct zram_rb_packed *packed)
{
	if (!packed)
		return;
	while (packed->nr_pages)
		__free_page(packed->pages[--packed->nr_pages]);
	kfree(packed);
}

/* Make ready to read the blocks */
static void rb_packed_init_bio(struct zram_rb_packed *packed, struct zram *zram,
			       blk_opf_t opf)
{
	unsigned int left, len, i;

	zram_stats_add(&zram->stats, ZRAM_STAT_BD_READS, packed->nr);
	trace_zram_readback(zram, packed->first, packed->nr);
	bio_init(&packed->bio, zram->backing.bdev, packed->bvecs, MAX_PAGES,
		 REQ_OP_READ | opf);
	packed->bio.bi_iter.bi_sector =
		packed->first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	left = packed->nr << ZRAM_BLOCK_SHIFT;
	for (i = 0; left; i++, left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		__bio_add_page(&packed->bio, packed->pages[i], len, 0);
	}
}

/* Bring an object together that may lie in two pages */
static void rb_packed_gather(const struct zram_rb_packed *packed,
			     const struct zram_slot *slot, char *to)
{
	unsigned int len, at, size = zram_slot_size(slot);
	u64 first;

	zram_slot_blocks(slot, &first);
	at = ((first - packed->first) << ZRAM_BLOCK_SHIFT) +
	     zram_slot_block_offset(slot);
	for (; size; size -= len, at += len, to += len) {
		len = min_t(unsigned int, size, PAGE_SIZE - offset_in_page(at));
		memcpy_from_page(to, packed->pages[at >> PAGE_SHIFT],
				 offset_in_page(at), len);
	}
}

static int rb_packed_expand(const struct zram_rb_packed *packed,
			    struct zram *zram, const struct zram_slot *slot,
			    struct page *page)
{
	struct zram_comp_stream *strm =
		zram_comp_stream_get(zram_comp_of(zram, slot->flags));
	void *dst = kmap_local_page(page);
	int err;

	rb_packed_gather(packed, slot, strm->buf);
	err = zram_comp_decompress(strm, strm->buf, zram_slot_size(slot), dst);
	kunmap_local(dst);
	zram_comp_stream_put(strm);
	flush_dcache_page(page);
	return err;
}

static void rb_packed_work(struct work_struct *work)
{
	struct zram_rb_packed *packed =
		container_of(work, struct zram_rb_packed, work);
	struct zram_rb_group *group = packed->group;
	blk_status_t status = packed->bio.bi_status;
	unsigned int i, nr;
	u64 first;

	for (i = 0; i < packed->nr_objects; i++) {
		struct rb_packed_object *obj = &packed->objects[i];

		if (!status && rb_packed_expand(packed, packed->zram,
						&obj->slot, obj->page))
			status = BLK_STS_IOERR;
		nr = zram_slot_blocks(&obj->slot, &first);
		zram_bd_map_put(packed->zram->backing.map, first, nr);
	}
	atomic_dec(&packed->zram->backing.reads->unpacking);
	bio_uninit(&packed->bio);
	zram_rb_packed_destroy(packed);
	zram_rb_group_put(group, status);
}

static void rb_packed_endio(struct bio *bio)
{
	struct zram_rb_packed *packed =
		container_of(bio, struct zram_rb_packed, bio);
	struct zram_rb_pool *pool = packed->zram->backing.reads;

	if (atomic_read(&pool->unpacking) > 1)
		queue_work(pool->concurrent_wq, &packed->work);
	else
		queue_work(pool->wq, &packed->work);
}

/**
 * zram_rb_packed_submit() - read what was put together
 * @set: the reads of a bio
 *
 * Context: May sleep.
 */
void zram_rb_packed_submit(struct zram_rb_set *set)
{
	struct zram_rb_packed *packed = set->packed;

	if (!packed)
		return;
	set->packed = NULL;
	rb_packed_init_bio(packed, set->zram,
			   set->parent->bi_opf & (REQ_SYNC | REQ_PRIO));
	packed->bio.bi_end_io = rb_packed_endio;
	atomic_inc(&set->zram->backing.reads->unpacking);
	submit_bio_noacct(&packed->bio);
}

/* A new read, for an object on @nr blocks from @first on */
static bool rb_packed_begin(struct zram_rb_set *set, u64 first,
			    unsigned int nr)
{
	struct zram_rb_packed *packed = rb_packed_alloc(nr, RB_PACKED_GFP);

	if (!packed)
		return false;
	INIT_WORK(&packed->work, rb_packed_work);
	packed->zram = set->zram;
	packed->group = set->group;
	packed->first = first;
	packed->nr = nr;
	refcount_inc(&set->group->pending);
	set->packed = packed;
	return true;
}

/* Can the read take in @nr blocks from @first on? */
static bool rb_packed_extend(struct zram_rb_packed *packed, u64 first,
			     unsigned int nr)
{
	u64 end = first + nr;

	if (!packed || packed->nr_objects == MAX_OBJECTS ||
	    first < packed->first || first > packed->first + packed->nr ||
	    end - packed->first > MAX_BLOCKS ||
	    !rb_packed_grow(packed, end - packed->first, RB_PACKED_GFP))
		return false;
	packed->nr = max_t(unsigned int, packed->nr, end - packed->first);
	return true;
}

/**
 * zram_rb_packed_add() - read a packed object
 * @set: the reads of a bio, with a group
 * @slot: the object; its block references are taken over
 * @page: where its page goes
 *
 * Context: May sleep. The page is filled when the parent completes.
 * Return: false when there is no memory for it; then the block references stay
 *	the caller's.
 */
bool zram_rb_packed_add(struct zram_rb_set *set, const struct zram_slot *slot,
			struct page *page)
{
	struct rb_packed_object *obj;
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(slot, &first);
	if (!rb_packed_extend(set->packed, first, nr)) {
		zram_rb_packed_submit(set);
		if (!rb_packed_begin(set, first, nr))
			return false;
	}
	obj = &set->packed->objects[set->packed->nr_objects++];
	obj->slot = *slot;
	obj->page = page;
	return true;
}

static int rb_packed_read(struct zram_rb_packed *packed, struct zram *zram,
			  const struct zram_slot *slot, struct page *page)
{
	int err;

	packed->nr = zram_slot_blocks(slot, &packed->first);
	rb_packed_init_bio(packed, zram, REQ_SYNC);
	err = submit_bio_wait(&packed->bio);
	bio_uninit(&packed->bio);
	return err ? err : rb_packed_expand(packed, zram, slot, page);
}

/**
 * zram_rb_packed_read() - read a packed object and wait for it
 * @zram: the device
 * @slot: the object; its block references stay the caller's
 * @page: where its page goes
 *
 * Context: May sleep; not from submit_bio.
 * Return: 0, the backing device's error, or the decompressor's.
 */
int zram_rb_packed_read(struct zram *zram, const struct zram_slot *slot,
			struct page *page)
{
	struct zram_rb_pool *pool = zram->backing.reads;
	struct zram_rb_packed *packed =
		rb_packed_alloc(MAX_SPAN, RB_PACKED_GFP);
	int err;

	if (packed) {
		err = rb_packed_read(packed, zram, slot, page);
		zram_rb_packed_destroy(packed);
		return err;
	}
	mutex_lock(&pool->spare_lock);
	err = rb_packed_read(pool->spare, zram, slot, page);
	mutex_unlock(&pool->spare_lock);
	return err;
}
