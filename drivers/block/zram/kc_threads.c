// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of a NUMA node. They take staged pages from the queue of their
 * pool, compress them, and put the objects where the pages were.
 */

#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "kc_queue.h"
#include "kc_stage.h"
#include "kc_threads.h"
#include "slot.h"
#include "table.h"
#include "tier_count.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

/*
 * A thread that finds the queue empty looks again after this time, this many
 * times, before it sleeps, so that writers need not wake it for each page. It
 * sleeps at once if the resolution of timers is coarser.
 */
#define LINGER_NS	(50 * NSEC_PER_USEC)
#define LINGERS		4

static void kc_threads_count_time(struct zram *zram,
				  const struct zram_kc_stage *stage)
{
	s64 us = ktime_us_delta(ktime_get(), stage->queued);
	int i = min(us > 0 ? ilog2(us) + 1 : 0, ZRAM_KC_TIMES - 1);

	atomic_long_inc(&zram->kcompressd.times[i]);
}

/* Compress a page that is in its slot still, as far as its task knows */
static bool kc_threads_store(struct zram *zram, struct zram_kc_stage *stage)
{
	const struct zram_slot staged = {
		.handle = (unsigned long)stage,
		.flags = ZRAM_STAGED,
	};
	struct zram_slot object = {};
	struct zram_tier_time time = zram_tier_count_begin(zram, ZRAM_TIER_STORE);
	unsigned int flags = 0;
	int err;

	/* A task in reclaim wrote the page, so its reserves may be used */
	if (stage->reclaim)
		flags = memalloc_noreclaim_save();
	err = zram_write_object(zram, &object, stage->page, stage->nid, true,
				0);
	if (stage->reclaim)
		memalloc_noreclaim_restore(flags);
	zram_tier_count_end(zram, ZRAM_TIER_STORE, &time, &object, !err);
	trace_zram_write(zram, stage->index, object.flags, err);
	if (err) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_KEPT, 1);
		return false;
	}
	/* The content is what it was for a writer that changes part of it */
	if (zram_slot_publish_if(zram, stage->index, &object, &staged,
				 ZRAM_RMW)) {
		kc_threads_count_time(zram, stage);
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_COMPLETED, 1);
	} else {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_STALE, 1);
	}
	zram_slot_release(zram, &object);
	return true;
}

/**
 * zram_kc_store() - compress a staged page
 * @stage: the page, which the caller has a reference to
 *
 * Drops the slot's reference if it installs the object, but not the caller's.
 *
 * Context: May sleep; does no I/O.
 * Return: false if the object could not be allocated; the page stays staged.
 */
bool zram_kc_store(struct zram_kc_stage *stage)
{
	struct zram *zram = stage->zram;
	bool stored;

	/* The last reference is the caller's: overwritten or freed */
	if (refcount_read(&stage->refs) == 1) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_STALE, 1);
		return true;
	}
	zram_obj_count_busy(&zram->pool, 1);
	stored = kc_threads_store(zram, stage);
	zram_obj_count_busy(&zram->pool, -1);
	return stored;
}

/**
 * zram_kc_store_finish() - compress a page that was taken from the queue
 * @stage: the page, whose reference is taken over; or NULL
 *
 * Context: May sleep; does no I/O.
 * Return: false if there was no page.
 */
bool zram_kc_store_finish(struct zram_kc_stage *stage)
{
	if (!stage)
		return false;
	zram_kc_queue_done(stage, !zram_kc_store(stage));
	return true;
}

/**
 * zram_kc_store_queued() - compress staged pages of a device
 * @pool: a pool the caller has a reference to
 * @zram: the device
 * @how: which of them
 *
 * Leaves pages that are queued meanwhile.
 *
 * Context: May sleep; does no I/O.
 * Return: 0; with %ZRAM_KC_WAIT -EINTR after a signal, or if the device is to be reset or
 *	removed.
 */
int zram_kc_store_queued(struct zram_kc_stage_pool *pool, struct zram *zram,
			 enum zram_kc_flush how)
{
	u64 seq = how == ZRAM_KC_QUEUED ? zram_kc_queue_newest(pool) :
		zram_kc_queue_requeue(pool, zram);

	while (zram_kc_store_finish(zram_kc_queue_take_until(pool, zram, seq))) {
		if (how == ZRAM_KC_WAIT && (signal_pending(current) ||
					    READ_ONCE(zram->stopping)))
			return -EINTR;
		cond_resched();
	}
	return how == ZRAM_KC_WAIT ? zram_kc_queue_wait(pool, zram, seq) : 0;
}

static void kc_threads_linger(void)
{
	ktime_t timeout = ns_to_ktime(LINGER_NS);

	set_current_state(TASK_IDLE);
	schedule_hrtimeout_range(&timeout, LINGER_NS, HRTIMER_MODE_REL);
}

static int kc_threads_run(void *data)
{
	struct zram_kc_thread *me = data;
	struct zram_kc_stage_pool *pool = me->node->pool;
	unsigned int most = hrtimer_resolution > LINGER_NS ? 0 : LINGERS;
	struct zram_kc_sleeper sleeper;
	unsigned int lingers = 0;
	bool open = true;

	INIT_LIST_HEAD(&sleeper.link);
	while (open) {
		if (zram_kc_store_finish(zram_kc_queue_take(pool))) {
			atomic_long_inc(&me->done);
			lingers = 0;
			cond_resched();
		} else if (lingers++ < most) {
			kc_threads_linger();
		} else {
			open = zram_kc_queue_sleep(pool, &sleeper);
			lingers = 0;
		}
	}

	/*
	 * The task that closed the pool compresses the rest and stops this
	 * thread
	 */
	set_current_state(TASK_IDLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_IDLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/**
 * zram_kc_node_drain() - stop the threads and compress what they have left
 * @node: threads whose pool is not used by writers any more
 *
 * Pages whose object cannot be allocated stay staged in their slots.
 *
 * Context: May sleep.
 */
void zram_kc_node_drain(struct zram_kc_node *node)
{
	struct zram_kc_stage_pool *pool = node->pool;
	unsigned int i;

	zram_kc_queue_close(pool);
	for (i = 0; i < node->nr; i++)
		if (node->thread[i].task)
			kthread_stop(node->thread[i].task);
	zram_kc_queue_retry(pool);
	/* The pool is closed, so no page is deferred */
	while (zram_kc_store_finish(zram_kc_queue_take(pool)))
		cond_resched();
}

/**
 * zram_kc_node_free() - free a node
 * @node: drained, and not reachable under RCU any more
 */
void zram_kc_node_free(struct zram_kc_node *node)
{
	zram_kc_stage_pool_put(node->pool);
	kfree(node);
}

/**
 * zram_kc_node_create() - create the threads and the pool of a node
 * @id: number of the node
 * @first: number of the first thread
 * @nr: number of threads
 * @pages: staging pages for each of them
 *
 * Context: May sleep.
 * Return: the threads, or an ERR_PTR.
 */
struct zram_kc_node *zram_kc_node_create(int id, unsigned int first,
					 unsigned int nr,
					 unsigned int pages)
{
	struct zram_kc_node *node;
	struct task_struct *task;
	unsigned int i;

	node = kzalloc_node(struct_size(node, thread, nr), GFP_KERNEL, id);
	if (!node)
		return ERR_PTR(-ENOMEM);
	node->nr = nr;
	node->pool = zram_kc_stage_pool_create(nr * pages, id);
	if (!node->pool) {
		kfree(node);
		return ERR_PTR(-ENOMEM);
	}
	for (i = 0; i < nr; i++) {
		node->thread[i].node = node;
		task = kthread_create_on_node(kc_threads_run, &node->thread[i],
					      id, "kcompressd/%u", first + i);
		if (IS_ERR(task)) {
			zram_kc_node_drain(node);
			zram_kc_node_free(node);
			return ERR_CAST(task);
		}
		node->thread[i].task = task;
		wake_up_process(task);
	}
	return node;
}
