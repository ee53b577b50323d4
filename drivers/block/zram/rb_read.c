// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of slots that are on the backing device.
 *
 * A reader references the blocks from the moment it reads the location under the
 * slot lock until the data has arrived. So if the slot is freed or overwritten
 * meanwhile, no other slot can get its blocks.
 *
 * One read covers the pages of a bio that lie in consecutive blocks, and reads
 * them straight to the pages of the bio. rb_packed.c reads packed objects. A
 * group counts the reads of a bio and completes the bio after the last one.
 *
 * Groups and bios come from mempools, groups first. The last read of a group
 * frees it, and a read depends on the backing device alone, so waiting for either
 * mempool ends. A bio of one page has one read, whose memory includes the group:
 * zram_rb_read_one(). Each device has its own mempools, because its
 * backing device may be another zram device, or be stacked on one.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "bd_map.h"
#include "rb_group.h"
#include "rb_packed.h"
#include "rb_read.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/**
 * struct zram_rb_read - one read of consecutive blocks
 * @group: the group it belongs to
 * @own: memory for @group, used if this is the only read of the group
 * @first: first block read; referenced
 * @nr: number of blocks
 * @bio: the I/O; last, the bio_set allocates the rest in front of it
 */
struct zram_rb_read {
	struct zram_rb_group *group;
	struct zram_rb_group own;
	u64 first;
	unsigned int nr;
	struct bio bio;
};

/*
 * The block layer submits the reads of a bio when submit_bio() returns. Until then the
 * driver has allocated the memory for all of them. A bio may have gigabytes, so
 * zram_rb_split() divides it into parts.
 */
#define PART_SECTORS	(SZ_1M >> SECTOR_SHIFT)

/**
 * zram_rb_pool_create() - prepare for reads of a backing device
 * @name: name of the device
 *
 * Return: the pool or ERR_PTR(-ENOMEM).
 */
struct zram_rb_pool *zram_rb_pool_create(const char *name)
{
	struct zram_rb_pool *pool = kzalloc_obj(*pool);

	if (!pool)
		return ERR_PTR(-ENOMEM);
	if (zram_rb_group_init(pool, name))
		goto err_group;
	if (zram_rb_packed_init(pool, name))
		goto err_packed;
	/*
	 * The driver may allocate several bios for one parent before the block layer
	 * submits the first one. The rescuer submits them when the mempool is empty.
	 * The block layer keeps up to 256 small bios that a CPU has completed, for the next
	 * reads of that CPU, but none of the mempool.
	 */
	if (bioset_init(&pool->bios, ZRAM_RB_RESERVE,
			offsetof(struct zram_rb_read, bio), BIOSET_NEED_BVECS |
			BIOSET_NEED_RESCUER | BIOSET_PERCPU_CACHE))
		goto err_bios;
	/*
	 * Needs no rescuer: the block layer submits the reads of a part before the
	 * next part is split off, and a worker submits those that are deferred.
	 */
	if (bioset_init(&pool->splits, BIO_POOL_SIZE, 0, 0))
		goto err_splits;
	return pool;

err_splits:
	bioset_exit(&pool->bios);
err_bios:
	zram_rb_packed_exit(pool);
err_packed:
	zram_rb_group_exit(pool);
err_group:
	kfree(pool);
	return ERR_PTR(-ENOMEM);
}

/**
 * zram_rb_pool_destroy() - undo zram_rb_pool_create()
 * @pool: a pool without reads in flight; may be NULL
 */
void zram_rb_pool_destroy(struct zram_rb_pool *pool)
{
	if (!pool)
		return;
	bioset_exit(&pool->splits);
	bioset_exit(&pool->bios);
	zram_rb_packed_exit(pool);
	zram_rb_group_exit(pool);
	kfree(pool);
}

/**
 * zram_rb_split() - take a part off a large bio
 * @zram: the device
 * @bio: the bio, to read
 *
 * Requeues the rest. The block layer submits the reads of this part to the backing
 * device before it submits the rest, so the backing device's queue limits the
 * reads in flight. It does not limit those that a worker submits for lack of
 * memory.
 *
 * Context: May sleep; in submit_bio.
 * Return: the part, or the bio if it is small or has no backing device to read
 *	from; to be completed like any other.
 */
struct bio *zram_rb_split(struct zram *zram, struct bio *bio)
{
	struct zram_rb_pool *pool = zram->backing.reads;
	struct bio *part;

	if (!pool || bio_sectors(bio) <= PART_SECTORS)
		return bio;
	/* Cannot fail: a mempool, and the task may wait */
	part = bio_split(bio, PART_SECTORS, GFP_NOIO, &pool->splits);
	bio_chain(part, bio);
	submit_bio_noacct(bio);
	return part;
}

static void rb_read_endio(struct bio *bio)
{
	struct zram_rb_read *rb = container_of(bio, struct zram_rb_read, bio);
	struct zram_rb_group *group = rb->group;
	blk_status_t status = bio->bi_status;

	if (status)
		zram_rb_group_report(group, rb->first, rb->nr, status);
	zram_bd_map_put(group->zram->backing.map, rb->first, rb->nr);
	if (group == &rb->own) {
		struct bio *parent = zram_rb_group_end(group, status);

		bio_put(bio);
		bio_endio(parent);
		return;
	}
	bio_put(bio);
	zram_rb_group_put(group, status);
}

/* Allocate a read of up to @pages from block @first on, for @parent. It has no group yet */
static struct zram_rb_read *rb_read_alloc(struct zram *zram, const struct bio *parent,
					  unsigned int pages, u64 first)
{
	struct zram_backing *backing = &zram->backing;
	struct zram_rb_read *rb;
	struct bio *bio;

	/* Cannot fail: a mempool, and the task may wait */
	bio = bio_alloc_bioset(backing->bdev, pages, zram_rb_group_opf(parent),
			       GFP_NOIO, &backing->reads->bios);
	bio->bi_iter.bi_sector = first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	bio->bi_end_io = rb_read_endio;

	rb = container_of(bio, struct zram_rb_read, bio);
	rb->first = first;
	rb->nr = 0;
	return rb;
}

/* Count a read that the caller is about to submit */
static void rb_read_count(struct zram *zram, const struct zram_rb_read *rb)
{
	zram_stats_add(&zram->stats, ZRAM_STAT_BD_READS, rb->nr);
	trace_zram_readback(zram, rb->first, rb->nr);
}

static void rb_read_submit(struct zram_rb_set *set)
{
	struct zram_rb_read *rb = set->tail;

	if (!rb)
		return;
	set->tail = NULL;
	rb_read_count(set->zram, rb);
	zram_rb_group_submit(set, &rb->bio);
}

static void rb_read_add_whole(struct zram_rb_set *set,
			      const struct zram_slot *slot, struct page *page)
{
	struct zram_rb_read *rb = set->tail;
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(slot, &first);
	if (!rb || rb->first + rb->nr != first ||
	    !bio_add_page(&rb->bio, page, PAGE_SIZE, 0)) {
		rb_read_submit(set);
		rb = rb_read_alloc(set->zram, set->parent,
				   min(BIO_MAX_VECS, zram_rb_set_pages(set)), first);
		rb->group = set->group;
		refcount_inc(&rb->group->pending);
		__bio_add_page(&rb->bio, page, PAGE_SIZE, 0);
		set->tail = rb;
	}
	rb->nr += nr;
}

/**
 * zram_rb_add() - read one page from the backing device
 * @set: the reads of a bio, or of a task that waits
 * @slot: what zram_read_page() returned; its block references are taken over
 * @index: the slot's number
 * @page: the page to read to; it is filled when the group completes
 *
 * Context: May sleep.
 */
void zram_rb_add(struct zram_rb_set *set, const struct zram_slot *slot,
		 unsigned long index, struct page *page)
{
	bool packed = zram_slot_packed(slot);

	if (!set->group)
		zram_rb_group_create(set);
	if (!packed) {
		rb_read_add_whole(set, slot, page);
		return;
	}
	if (zram_rb_packed_add(set, slot, index, page))
		return;
	/* The next allocation may wait for other reads: submit those of the set first */
	rb_read_submit(set);
	zram_rb_packed_add_reserved(set, slot, index, page);
}

/**
 * zram_rb_submit() - submit the reads that are still growing
 * @set: the set; may have none
 *
 * A task that is going to wait for another read calls this first: a growing read may
 * be the last of the mempool. The mempool's rescuer finds it only if it is submitted.
 *
 * Context: May sleep.
 */
void zram_rb_submit(struct zram_rb_set *set)
{
	rb_read_submit(set);
	zram_rb_packed_submit(set);
}

/**
 * zram_rb_finish() - submit the reads that are still growing, and no more
 * @set: the set, with at least one read; its group completes after them
 * @status: the error of pages of the bio that were not on the backing device, if any
 *
 * Context: May sleep.
 */
void zram_rb_finish(struct zram_rb_set *set, blk_status_t status)
{
	zram_rb_submit(set);
	zram_rb_group_put(set->group, status);
}

static noinline void rb_read_one_packed(struct zram *zram, struct bio *parent,
					unsigned long start,
					const struct zram_slot *slot,
					unsigned long index)
{
	struct zram_rb_set set = {
		.zram = zram,
		.parent = parent,
		.start = start,
	};

	if (!zram_rb_packed_add(&set, slot, index, bio_page(parent)))
		zram_rb_packed_add_reserved(&set, slot, index, bio_page(parent));
	else
		zram_rb_packed_submit(&set);
}

/**
 * zram_rb_read_one() - read the only page of a bio from the backing device
 * @zram: the device
 * @parent: the bio, of one page; the read completes it
 * @start: when @parent arrived, jiffies
 * @slot: copy of the slot from zram_read_page(); the read takes over its block references
 * @index: the slot's number
 *
 * The read is the only one of its group, which nothing else refers to.
 *
 * Context: May sleep; in submit_bio.
 */
void zram_rb_read_one(struct zram *zram, struct bio *parent, unsigned long start,
		      const struct zram_slot *slot, unsigned long index)
{
	struct zram_rb_read *rb;
	unsigned int nr;
	u64 first;

	if (zram_slot_packed(slot)) {
		rb_read_one_packed(zram, parent, start, slot, index);
		return;
	}
	nr = zram_slot_blocks(slot, &first);
	rb = rb_read_alloc(zram, parent, 1, first);
	rb->nr = nr;
	rb->group = &rb->own;
	zram_rb_group_begin(&rb->own, zram, parent, start);
	__bio_add_page(&rb->bio, bio_page(parent), PAGE_SIZE, 0);
	rb_read_count(zram, rb);
	submit_bio_noacct(&rb->bio);
}
