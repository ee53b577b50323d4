// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of slots that are on the backing device.
 *
 * The blocks are referenced from the moment the location is read under the
 * slot lock until the data is there, so a slot that is freed or rewritten
 * meanwhile cannot have its blocks given to another one.
 *
 * The pages of a bio that lie in consecutive blocks are read by one bio of
 * ours, straight to where they are wanted; packed objects are rb_packed.c's. A
 * group (rb_group.c) counts these; the bio we were given completes once, when
 * the last of them has.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "bd_map.h"
#include "rb_group.h"
#include "rb_packed.h"
#include "rb_read.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/* Groups kept for when there is no memory; more only wait less */
#define GROUP_RESERVE	16

/**
 * struct zram_rb_read - one read of consecutive blocks
 * @group: the group it belongs to
 * @first: first block read; referenced
 * @nr: number of blocks
 * @bio: the I/O; last, the bio_set allocates the rest in front of it
 */
struct zram_rb_read {
	struct zram_rb_group *group;
	u64 first;
	unsigned int nr;
	struct bio bio;
};

/*
 * What is read at once. The reads of a bio begin when its submitter is done with it,
 * so until then the memory for all of them is taken; a bio may have gigabytes.
 */
#define PART_SECTORS	(SZ_1M >> SECTOR_SHIFT)

/**
 * zram_rb_pool_create() - prepare for reads of a backing device
 * @name: name of the device
 *
 * Context: May sleep.
 * Return: the pool or ERR_PTR(-ENOMEM).
 */
struct zram_rb_pool *zram_rb_pool_create(const char *name)
{
	struct zram_rb_pool *pool = kzalloc_obj(*pool);

	if (!pool)
		return ERR_PTR(-ENOMEM);
	if (mempool_init_kmalloc_pool(&pool->groups, GROUP_RESERVE,
				      sizeof(struct zram_rb_group)))
		goto err_groups;
	/*
	 * Several bios may be allocated for one parent before any is really
	 * submitted; the rescuer submits those when the reserve runs out.
	 */
	if (bioset_init(&pool->bios, BIO_POOL_SIZE,
			offsetof(struct zram_rb_read, bio),
			BIOSET_NEED_BVECS | BIOSET_NEED_RESCUER))
		goto err_bios;
	/* The reads of a part are with the backing device when the next is made */
	if (bioset_init(&pool->splits, BIO_POOL_SIZE, 0, 0))
		goto err_splits;
	/*
	 * Waking another CPU takes longer than decompressing a page, so what
	 * comes alone is done where its I/O ended. What comes in numbers keeps
	 * other CPUs awake, and is done by them.
	 */
	pool->wq = alloc_workqueue("%s_readback", WQ_MEM_RECLAIM | WQ_HIGHPRI |
				   WQ_PERCPU, 0, name);
	if (!pool->wq)
		goto err_wq;
	pool->concurrent_wq = alloc_workqueue("%s_unpack", WQ_MEM_RECLAIM |
					      WQ_HIGHPRI | WQ_UNBOUND, 0, name);
	if (!pool->concurrent_wq)
		goto err_concurrent;
	mutex_init(&pool->spare_lock);
	pool->spare = zram_rb_packed_create_spare();
	if (!pool->spare)
		goto err_spare;
	return pool;

err_spare:
	destroy_workqueue(pool->concurrent_wq);
err_concurrent:
	destroy_workqueue(pool->wq);
err_wq:
	bioset_exit(&pool->splits);
err_splits:
	bioset_exit(&pool->bios);
err_bios:
	mempool_exit(&pool->groups);
err_groups:
	kfree(pool);
	return ERR_PTR(-ENOMEM);
}

/**
 * zram_rb_pool_destroy() - undo zram_rb_pool_create()
 * @pool: a pool none of whose reads is under way; may be NULL
 *
 * Context: May sleep.
 */
void zram_rb_pool_destroy(struct zram_rb_pool *pool)
{
	if (!pool)
		return;
	destroy_workqueue(pool->concurrent_wq);
	destroy_workqueue(pool->wq);
	zram_rb_packed_destroy(pool->spare);
	bioset_exit(&pool->splits);
	bioset_exit(&pool->bios);
	mempool_exit(&pool->groups);
	kfree(pool);
}

/**
 * zram_rb_split() - what is to be read now of a bio
 * @zram: the device
 * @bio: the bio, to read
 *
 * The rest goes back to the block layer, which submits the reads of this part to
 * the backing device before it comes back with that. So it is the backing device
 * that says how much may be under way.
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
	/* Cannot fail: there is a reserve, and waiting is allowed */
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

	zram_bd_map_put(group->zram->backing.map, rb->first, rb->nr);
	bio_put(bio);
	zram_rb_group_put(group, status);
}

static struct zram_rb_read *rb_read_alloc(struct zram_rb_set *set,
					  u64 first)
{
	struct zram_backing *backing = &set->zram->backing;
	struct bio *parent = set->parent;
	unsigned int pages = min_t(unsigned int, BIO_MAX_VECS,
				   DIV_ROUND_UP(parent->bi_iter.bi_size,
						PAGE_SIZE));
	struct zram_rb_read *rb;
	struct bio *bio;

	/* Cannot fail either */
	bio = bio_alloc_bioset(backing->bdev, pages, REQ_OP_READ |
			       (parent->bi_opf & (REQ_SYNC | REQ_PRIO)),
			       GFP_NOIO, &backing->reads->bios);
	bio->bi_iter.bi_sector = first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	bio->bi_end_io = rb_read_endio;

	rb = container_of(bio, struct zram_rb_read, bio);
	rb->group = set->group;
	rb->first = first;
	rb->nr = 0;
	refcount_inc(&rb->group->pending);
	return rb;
}

static void rb_read_submit(struct zram_rb_set *set)
{
	struct zram_rb_read *rb = set->tail;

	if (!rb)
		return;
	set->tail = NULL;
	zram_stats_add(&set->zram->stats, ZRAM_STAT_BD_READS, rb->nr);
	trace_zram_readback(set->zram, rb->first, rb->nr);
	submit_bio_noacct(&rb->bio);
}

/**
 * zram_rb_add() - read one page of a bio from the backing device
 * @set: the reads of that bio
 * @slot: what zram_read_page() returned; its block references are taken over
 * @page: where to read to
 *
 * Context: May sleep. The page is filled when the parent completes.
 * Return: false when there is no memory for it; then the block references stay
 *	the caller's, for zram_rb_wait().
 */
bool zram_rb_add(struct zram_rb_set *set, const struct zram_slot *slot,
		 struct page *page)
{
	struct zram_rb_read *rb = set->tail;
	unsigned int nr;
	u64 first;

	if (!set->group)
		set->group = zram_rb_group_alloc(set);
	if (zram_slot_packed(slot))
		return zram_rb_packed_add(set, slot, page);
	nr = zram_slot_blocks(slot, &first);
	if (!rb || rb->first + rb->nr != first ||
	    !bio_add_page(&rb->bio, page, PAGE_SIZE, 0)) {
		rb_read_submit(set);
		rb = rb_read_alloc(set, first);
		__bio_add_page(&rb->bio, page, PAGE_SIZE, 0);
		set->tail = rb;
	}
	rb->nr += nr;
	return true;
}

/**
 * zram_rb_finish() - no more pages of this bio are to come
 * @set: the reads of that bio, at least one; the bio is completed after them
 *
 * Context: May sleep.
 */
void zram_rb_finish(struct zram_rb_set *set)
{
	rb_read_submit(set);
	zram_rb_packed_submit(set);
	zram_rb_group_put(set->group, BLK_STS_OK);
}
