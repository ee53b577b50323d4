/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KC_STAGE_H_
#define _ZRAM_KC_STAGE_H_

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* Devices share a list of their pages by hash; few systems have as many */
#define ZRAM_KC_BUCKETS		64

struct page;
struct zram;
struct zram_kc_stage_pool;

/**
 * enum zram_kc_flush - which staged pages of a device a task compresses
 * @ZRAM_KC_QUEUED: queued pages; a thread retries deferred pages each second
 * @ZRAM_KC_ALL: queued and deferred pages
 * @ZRAM_KC_WAIT: the same; then the task waits, until a signal, for pages that other tasks
 *	compress. A writer must not wait: the other task may wait for memory, which the
 *	writer may be there to free
 */
enum zram_kc_flush { ZRAM_KC_QUEUED, ZRAM_KC_ALL, ZRAM_KC_WAIT };

/**
 * struct zram_kc_stage - a page that was accepted and is not compressed yet
 * @link: in the list of those that are free, queued, busy or deferred;
 *	guarded by the pool's lock
 * @of_device: in the list of its device's pages that are queued, or that are
 *	deferred; guarded by the pool's lock
 * @pool: the pool it belongs to; constant
 * @page: the content; constant from the time it is in a slot
 * @nid: NUMA node of the page that was written; constant while it is queued
 * @refs: one of the slot; one of the queue or of the task that took it from
 *	there; one of each reader. The last one returns it to the pool
 * @zram: the device it was written to; constant while it is queued
 * @index: the slot; constant while it is queued
 * @queued: when it was queued; constant while it is queued
 * @seq: sequence number in the queue; constant while it is queued
 * @reclaim: a task in reclaim wrote it; constant while it is queued
 */
struct zram_kc_stage {
	struct list_head link;
	struct list_head of_device;
	struct zram_kc_stage_pool *pool;
	struct page *page;
	int nid;
	refcount_t refs;
	struct zram *zram;
	unsigned long index;
	ktime_t queued;
	u64 seq;
	bool reclaim;
};

/**
 * struct zram_kc_stage_pool - a fixed number of staging pages
 * @lock: guards all members but @done, @refs, @nr and @rcu
 * @free: free pages
 * @queue: pages that wait to be compressed, oldest first
 * @busy: pages that were taken from the queue and are being compressed
 * @kept: deferred pages, whose object could not be allocated
 * @queued_of: the pages in @queue, by device, oldest first
 * @kept_of: the pages in @kept, by device
 * @sleepers: threads to wake when a page is queued
 * @done: woken when a page leaves @busy
 * @depth: number of pages in @queue
 * @max_depth: highest @depth
 * @nr_kept: number of pages in @kept
 * @nr_retry: number of pages at the head of @kept that are to be retried now
 * @retry: when to retry the pages of @kept, in jiffies
 * @seq: sequence number of the page queued last
 * @closed: no page is queued any more
 * @refs: one of the owner, and one of each page that is not in @free
 * @nr: number of pages; constant
 * @rcu: for kfree_rcu()
 *
 * The pool outlives its owner as long as a slot has one of its pages.
 */
struct zram_kc_stage_pool {
	spinlock_t lock;	/* see above */
	struct list_head free;
	struct list_head queue;
	struct list_head busy;
	struct list_head kept;
	struct list_head queued_of[ZRAM_KC_BUCKETS];
	struct list_head kept_of[ZRAM_KC_BUCKETS];
	struct list_head sleepers;
	wait_queue_head_t done;
	unsigned int depth;
	unsigned int max_depth;
	unsigned int nr_kept;
	unsigned int nr_retry;
	u64 retry;
	u64 seq;
	bool closed;
	refcount_t refs;
	unsigned int nr;
	struct rcu_head rcu;
};

struct zram_kc_stage_pool *zram_kc_stage_pool_create(unsigned int nr, int node);
bool zram_kc_stage_pool_get(struct zram_kc_stage_pool *pool);
void zram_kc_stage_pool_put(struct zram_kc_stage_pool *pool);

struct zram_kc_stage *zram_kc_stage_get(struct zram_kc_stage_pool *pool);
void zram_kc_stage_hold(struct zram_kc_stage *stage);
void zram_kc_stage_put(struct zram_kc_stage *stage);
void zram_kc_stage_fill(struct zram_kc_stage *stage, struct page *page);
void zram_kc_stage_load(const struct zram_kc_stage *stage, void *dst);
void zram_kc_stage_free_list(struct list_head *stages);

#endif
