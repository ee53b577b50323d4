// SPDX-License-Identifier: GPL-2.0
/*
 * Read-back groups: a group counts the reads of the backing device for one bio,
 * and completes the bio after the last of them.
 *
 * The block layer holds back bios that a driver submits from its submit_bio until
 * that returns. A task in submit_bio that is going to wait for a read, or for
 * memory that another read holds, has a worker submit the reads instead.
 */

#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "rb_group.h"
#include "tier_latency.h"
#include "zram.h"

static void rb_group_submit_work(struct work_struct *work)
{
	struct zram_rb_pool *pool =
		container_of(work, struct zram_rb_pool, submit_work);
	struct bio *bio;

	for (;;) {
		spin_lock(&pool->lock);
		bio = bio_list_pop(&pool->deferred);
		spin_unlock(&pool->lock);
		if (!bio)
			return;
		submit_bio_noacct(bio);
	}
}

static void *rb_group_mempool_alloc(gfp_t gfp, void *data)
{
	return kmalloc_obj(struct zram_rb_group, zram_rb_alloc_gfp(gfp));
}

/**
 * zram_rb_group_init() - set up groups and the worker that submits reads
 * @pool: the pool, zeroed
 * @name: name of the device
 *
 * Return: 0 or -ENOMEM.
 */
int zram_rb_group_init(struct zram_rb_pool *pool, const char *name)
{
	spin_lock_init(&pool->lock);
	bio_list_init(&pool->deferred);
	INIT_WORK(&pool->submit_work, rb_group_submit_work);
	pool->wq = alloc_workqueue("%s_readback", WQ_MEM_RECLAIM | WQ_HIGHPRI |
				   WQ_PERCPU, 0, name);
	if (!pool->wq)
		return -ENOMEM;
	if (!mempool_init(&pool->groups, ZRAM_RB_RESERVE, rb_group_mempool_alloc,
			  mempool_kfree, NULL))
		return 0;
	destroy_workqueue(pool->wq);
	return -ENOMEM;
}

/**
 * zram_rb_group_exit() - undo zram_rb_group_init()
 * @pool: a pool without reads in flight
 */
void zram_rb_group_exit(struct zram_rb_pool *pool)
{
	destroy_workqueue(pool->wq);
	mempool_exit(&pool->groups);
}

/**
 * zram_rb_group_count() - count a group that begins, and measure how long it waits
 * @group: the group, which is to be ended by zram_rb_group_put()
 *
 * Counts only while tiering uses the count: two atomic operations for each group.
 */
void zram_rb_group_count(struct zram_rb_group *group)
{
	if (!READ_ONCE(group->zram->tier_counting))
		return;
	group->since = ktime_get_ns();
	atomic_inc(&group->zram->backing.reads->in_flight);
}

/* Count the group once, however many reads it has: the reader has waited once */
static void rb_group_count_end(const struct zram_rb_group *group)
{
	u64 us;

	if (!group->since)
		return;
	us = div_u64(ktime_get_ns() - group->since, NSEC_PER_USEC);
	zram_stats_add(&group->zram->stats, ZRAM_STAT_RB_WAIT_US,
		       min_t(u64, us, LONG_MAX));
	zram_tier_latency_count(&group->zram->backing.reads->times, us);
	atomic_dec(&group->zram->backing.reads->in_flight);
}

/**
 * zram_rb_group_busy() - are reads of the backing device in flight?
 * @zram: a device with a backing device
 *
 * Return: true if so; false also if tiering does not count them.
 */
bool zram_rb_group_busy(const struct zram *zram)
{
	return atomic_read(&zram->backing.reads->in_flight);
}

/**
 * zram_rb_group_begin() - begin a group
 * @group: memory for the group
 * @zram: the device
 * @parent: the bio that the reads are for, or NULL
 * @start: when @parent arrived, jiffies
 *
 * The group then has one reference, that of the submitter.
 *
 * Context: Any.
 */
void zram_rb_group_begin(struct zram_rb_group *group, struct zram *zram,
			 struct bio *parent, unsigned long start)
{
	*group = (struct zram_rb_group){
		.zram = zram,
		.parent = parent,
		.start = start,
		.pending = REFCOUNT_INIT(1),
	};
	zram_rb_group_count(group);
}

/**
 * zram_rb_group_create() - make the group of a set, with the submitter's reference
 * @set: a set for a bio, without a group
 *
 * Context: May sleep. The task holds no other memory of the pool, so waiting for
 *	the mempool ends.
 */
void zram_rb_group_create(struct zram_rb_set *set)
{
	/* Cannot fail: a mempool, and the task may wait */
	set->group = mempool_alloc(&set->zram->backing.reads->groups, GFP_NOIO);
	zram_rb_group_begin(set->group, set->zram, set->parent, set->start);
}

/**
 * zram_rb_group_report() - log a read that failed
 * @group: its group
 * @first: first block of the read
 * @nr: number of blocks
 * @status: the status of the read
 *
 * Context: Any, interrupts too.
 */
void zram_rb_group_report(const struct zram_rb_group *group, u64 first,
			  unsigned int nr, blk_status_t status)
{
	dev_err_ratelimited(disk_to_dev(group->zram->disk),
			    "cannot read blocks %llu to %llu of the backing device: error %d\n",
			    first, first + nr - 1, blk_status_to_errno(status));
}

/* Account the parent of a group whose reads have ended; the caller then completes it */
static void rb_group_account(const struct zram_rb_group *group)
{
	struct bio *parent = group->parent;

	rb_group_count_end(group);
	/* bi_status may be that of another part of a split bio, which has counted it */
	if (group->status) {
		parent->bi_status = group->status;
		zram_stats_add(&group->zram->stats, ZRAM_STAT_FAILED_READS, 1);
	}
	bio_end_io_acct(parent, group->start);
}

/**
 * zram_rb_group_put() - drop a reference after a read has ended
 * @group: the group; the last reference completes its parent
 * @status: the status of the read
 *
 * Context: Any, interrupts too.
 */
void zram_rb_group_put(struct zram_rb_group *group, blk_status_t status)
{
	struct bio *parent = group->parent;

	if (status)
		WRITE_ONCE(group->status, status);
	if (!refcount_dec_and_test(&group->pending))
		return;
	if (!parent) {
		rb_group_count_end(group);
		/* The group is on the stack of the task that waits */
		complete(group->done);
		return;
	}
	rb_group_account(group);
	mempool_free(group, &group->zram->backing.reads->groups);
	/* From here on the device may be reset and removed */
	bio_endio(parent);
}

/**
 * zram_rb_group_end() - end a group that is part of its only read
 * @group: the group, with a parent
 * @status: the status of the read
 *
 * Context: Any, interrupts too.
 * Return: the parent, for bio_endio(). The caller frees the read before that call, after
 *	which the device may be reset and removed.
 */
struct bio *zram_rb_group_end(struct zram_rb_group *group, blk_status_t status)
{
	group->status = status;
	rb_group_account(group);
	return group->parent;
}

/*
 * Flags that schedulers and cgroup limits use. Not REQ_RAHEAD: a device may fail such a
 * read at once, and the driver would log this as an error.
 */
#define RB_GROUP_FLAGS	(REQ_SYNC | REQ_META | REQ_PRIO | REQ_SWAP)

/**
 * zram_rb_group_opf() - operation and flags of the reads for a bio
 * @parent: the bio; NULL if a task waits for the reads
 *
 * Return: for bio_init().
 */
blk_opf_t zram_rb_group_opf(const struct bio *parent)
{
	return REQ_OP_READ | (parent ? parent->bi_opf & RB_GROUP_FLAGS : REQ_SYNC);
}

/**
 * zram_rb_group_defer() - have the worker submit a read
 * @pool: the pool
 * @bio: the read
 *
 * The worker submits for all tasks, so it must not wait for a cgroup whose I/O is throttled.
 * So the root cgroup is charged.
 *
 * Context: Any but interrupts.
 */
void zram_rb_group_defer(struct zram_rb_pool *pool, struct bio *bio)
{
	bio_associate_blkg_from_css(bio, NULL);
	/* Once a worker can take the bio, the device may be reset: queue the work before */
	spin_lock(&pool->lock);
	bio_list_add(&pool->deferred, bio);
	queue_work(pool->wq, &pool->submit_work);
	spin_unlock(&pool->lock);
}

/**
 * zram_rb_group_submit() - submit a read, or have the worker submit it
 * @set: the set of the read
 * @bio: the read
 *
 * Context: May sleep.
 */
void zram_rb_group_submit(const struct zram_rb_set *set, struct bio *bio)
{
	if (set->deferred)
		zram_rb_group_defer(set->zram->backing.reads, bio);
	else
		submit_bio_noacct(bio);
}
