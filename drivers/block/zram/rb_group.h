/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_GROUP_H_
#define _ZRAM_RB_GROUP_H_

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/mempool.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "rb_alloc.h"
#include "tier_latency.h"

struct zram;
struct zram_rb_read;

/**
 * struct zram_rb_pool - the memory and the workers of a device's read-backs
 * @groups: groups
 * @bios: reads of whole pages
 * @splits: parts of large bios
 * @packed: memory of packed reads
 * @wq: submits deferred reads; decompresses for a read that is alone
 * @concurrent_wq: decompresses while several packed reads are in flight
 * @packed_in_flight: number of packed reads in flight
 * @in_flight: number of groups in flight, counted for tiering
 * @times: how long groups took, counted for the latency governor
 * @lock: guards @deferred; taken with interrupts on
 * @deferred: reads that @submit_work is to submit
 * @submit_work: submits @deferred
 */
struct zram_rb_pool {
	mempool_t groups;
	struct bio_set bios;
	struct bio_set splits;
	struct zram_rb_memory packed;
	struct workqueue_struct *wq;
	struct workqueue_struct *concurrent_wq;
	atomic_t packed_in_flight;
	atomic_t in_flight;
	struct zram_tier_latency_times times;
	spinlock_t lock;		/* see above */
	struct bio_list deferred;	/* lock */
	struct work_struct submit_work;
};

/**
 * struct zram_rb_set - the reads that a task is preparing for a group
 * @zram: the device
 * @parent: the bio they are for; NULL if the task waits for one page
 * @start: when @parent arrived, jiffies
 * @group: the group; NULL before the first read, or if the group is part of the only read
 * @tail: the read of whole pages that is still growing, not submitted yet
 * @packed: the packed read that is still growing, not submitted yet
 * @deferred: a worker submits the reads, because the task is going to wait
 *
 * On the stack of the task, which alone uses it.
 */
struct zram_rb_set {
	struct zram *zram;
	struct bio *parent;
	unsigned long start;
	struct zram_rb_group *group;
	struct zram_rb_read *tail;
	struct zram_rb_packed *packed;
	bool deferred;
};

/* The most pages that the reads of a set may have */
static inline unsigned int zram_rb_set_pages(const struct zram_rb_set *set)
{
	return set->parent ? DIV_ROUND_UP(set->parent->bi_iter.bi_size,
					  PAGE_SIZE) : 1;
}

int zram_rb_group_init(struct zram_rb_pool *pool, const char *name);
void zram_rb_group_exit(struct zram_rb_pool *pool);
void zram_rb_group_begin(struct zram_rb_group *group, struct zram *zram,
			 struct bio *parent, unsigned long start);
void zram_rb_group_create(struct zram_rb_set *set);
void zram_rb_group_count(struct zram_rb_group *group);
bool zram_rb_group_busy(const struct zram *zram);
void zram_rb_group_report(const struct zram_rb_group *group, u64 first,
			  unsigned int nr, blk_status_t status);
void zram_rb_group_put(struct zram_rb_group *group, blk_status_t status);
struct bio *zram_rb_group_end(struct zram_rb_group *group, blk_status_t status);
blk_opf_t zram_rb_group_opf(const struct bio *parent);
void zram_rb_group_defer(struct zram_rb_pool *pool, struct bio *bio);
void zram_rb_group_submit(const struct zram_rb_set *set, struct bio *bio);

#endif
