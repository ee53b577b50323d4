// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of staged pages. Writers enqueue and threads go to sleep under
 * pool->lock, so no wake-up is lost.
 */

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "kc_queue.h"
#include "kc_stage.h"

/* Deferred pages are retried after this time */
#define RETRY		HZ
/* As many of them are queued in one critical section */
#define RETRY_BATCH	64

static struct list_head *kc_queue_bucket(struct list_head *buckets,
					 const struct zram *zram)
{
	return &buckets[hash_ptr(zram, ilog2(ZRAM_KC_BUCKETS))];
}

/*
 * Wake threads that wait for a page: all of them, or the one that went to sleep
 * last. The pool's lock is held: a thread may not end before it has seen that it
 * is not in the list any more.
 */
static void kc_queue_wake(struct zram_kc_stage_pool *pool, bool all)
{
	struct zram_kc_sleeper *sleeper, *next;

	list_for_each_entry_safe(sleeper, next, &pool->sleepers, link) {
		list_del_init(&sleeper->link);
		wake_up_process(sleeper->task);
		if (!all)
			return;
	}
}

/**
 * zram_kc_queue_add() - put a page at the end of the queue
 * @stage: the page, with device and slot set
 * @woken: set to true if a thread had to be woken
 *
 * Takes a reference for the queue. It passes to the task that takes the page
 * from the queue.
 *
 * Context: Any but interrupts.
 * Return: false if the pool is closed; then the page was not queued.
 */
bool zram_kc_queue_add(struct zram_kc_stage *stage, bool *woken)
{
	struct zram_kc_stage_pool *pool = stage->pool;
	bool open;

	stage->queued = ktime_get();
	spin_lock(&pool->lock);
	open = !pool->closed;
	*woken = open && !list_empty(&pool->sleepers);
	if (open) {
		refcount_inc(&stage->refs);
		stage->seq = ++pool->seq;
		list_add_tail(&stage->link, &pool->queue);
		list_add_tail(&stage->of_device,
			      kc_queue_bucket(pool->queued_of, stage->zram));
		pool->depth++;
		pool->max_depth = max(pool->max_depth, pool->depth);
		kc_queue_wake(pool, false);
	}
	spin_unlock(&pool->lock);
	return open;
}

static void kc_queue_make_busy(struct zram_kc_stage_pool *pool,
			       struct zram_kc_stage *stage)
{
	list_move(&stage->link, &pool->busy);
	list_del(&stage->of_device);
	pool->depth--;
}

static struct zram_kc_stage *
kc_queue_take_first(struct zram_kc_stage_pool *pool)
{
	struct zram_kc_stage *stage;

	stage = list_first_entry_or_null(&pool->queue, struct zram_kc_stage,
					 link);
	if (stage)
		kc_queue_make_busy(pool, stage);
	return stage;
}

/*
 * Queue a deferred page again. It counts as new: a task that waits for the pages queued
 * before does not wait for it.
 */
static void kc_queue_add_kept(struct zram_kc_stage_pool *pool,
			      struct zram_kc_stage *stage)
{
	list_move_tail(&stage->link, &pool->queue);
	list_move_tail(&stage->of_device,
		       kc_queue_bucket(pool->queued_of, stage->zram));
	stage->seq = ++pool->seq;
	pool->depth++;
	pool->nr_kept--;
}

/* Queue some of the deferred pages that a retry has still to try */
static unsigned int kc_queue_retry_some(struct zram_kc_stage_pool *pool)
{
	unsigned int i, nr;

	pool->nr_retry = min(pool->nr_retry, pool->nr_kept);
	nr = min(pool->nr_retry, RETRY_BATCH);
	for (i = 0; i < nr; i++)
		kc_queue_add_kept(pool, list_first_entry(&pool->kept,
							 struct zram_kc_stage,
							 link));
	pool->nr_retry -= nr;
	if (!pool->nr_retry)
		pool->retry = get_jiffies_64() + RETRY;
	return nr;
}

/**
 * zram_kc_queue_take() - take the oldest page from the queue
 * @pool: the pool
 *
 * The page is on pool->busy until zram_kc_queue_done(). zram_kc_queue_wait()
 * and zram_kc_queue_drop() wait for it.
 *
 * Context: Any but interrupts.
 * Return: the page, with the queue's reference, or NULL if there is none.
 */
struct zram_kc_stage *zram_kc_queue_take(struct zram_kc_stage_pool *pool)
{
	struct zram_kc_stage *stage;

	spin_lock(&pool->lock);
	if (pool->nr_kept && time_after_eq64(get_jiffies_64(), pool->retry)) {
		if (!pool->nr_retry)
			pool->nr_retry = pool->nr_kept;
		kc_queue_retry_some(pool);
	}
	stage = kc_queue_take_first(pool);
	spin_unlock(&pool->lock);
	return stage;
}

/*
 * The first page of a device in a list by device, unless it was queued later than
 * @seq. Pages of other devices of the same hash are stepped over.
 */
static struct zram_kc_stage *kc_queue_find(struct list_head *buckets,
					   const struct zram *zram, u64 seq)
{
	struct zram_kc_stage *stage;

	list_for_each_entry(stage, kc_queue_bucket(buckets, zram), of_device)
		if (stage->zram == zram)
			return stage->seq <= seq ? stage : NULL;
	return NULL;
}

/**
 * zram_kc_queue_newest() - find the number of the page queued last
 * @pool: the pool
 *
 * Return: the number, for zram_kc_queue_take_until() and zram_kc_queue_wait().
 */
u64 zram_kc_queue_newest(struct zram_kc_stage_pool *pool)
{
	u64 seq;

	spin_lock(&pool->lock);
	seq = pool->seq;
	spin_unlock(&pool->lock);
	return seq;
}

/**
 * zram_kc_queue_requeue() - queue the deferred pages of a device again
 * @pool: the pool
 * @zram: the device
 *
 * There may be memory for them by now, or space below mem_limit.
 *
 * Return: the number of the page queued last, for
 *	zram_kc_queue_take_until() and zram_kc_queue_wait().
 */
u64 zram_kc_queue_requeue(struct zram_kc_stage_pool *pool,
			  const struct zram *zram)
{
	struct list_head *kept = kc_queue_bucket(pool->kept_of, zram);
	struct zram_kc_stage *stage, *next;
	u64 seq;

	spin_lock(&pool->lock);
	list_for_each_entry_safe(stage, next, kept, of_device)
		if (stage->zram == zram)
			kc_queue_add_kept(pool, stage);
	seq = pool->seq;
	spin_unlock(&pool->lock);
	return seq;
}

/**
 * zram_kc_queue_take_until() - take the oldest page of a device
 * @pool: the pool
 * @zram: the device
 * @seq: number of a page: take none that was queued after it
 *
 * Return: as zram_kc_queue_take().
 */
struct zram_kc_stage *zram_kc_queue_take_until(struct zram_kc_stage_pool *pool,
					       const struct zram *zram, u64 seq)
{
	struct zram_kc_stage *stage;

	spin_lock(&pool->lock);
	stage = kc_queue_find(pool->queued_of, zram, seq);
	if (stage)
		kc_queue_make_busy(pool, stage);
	spin_unlock(&pool->lock);
	return stage;
}

/**
 * zram_kc_queue_done() - return a page that was taken from the queue
 * @stage: the page
 * @keep: its object could not be allocated: defer the page
 *
 * The device may be freed as soon as the page has left pool->busy.
 *
 * Context: Any but interrupts.
 */
void zram_kc_queue_done(struct zram_kc_stage *stage, bool keep)
{
	struct zram_kc_stage_pool *pool = stage->pool;

	spin_lock(&pool->lock);
	/*
	 * A closed pool has no thread left to retry; the page stays in its
	 * slot
	 */
	keep = keep && !pool->closed;
	if (keep) {
		list_move_tail(&stage->link, &pool->kept);
		list_add_tail(&stage->of_device,
			      kc_queue_bucket(pool->kept_of, stage->zram));
		if (!pool->nr_kept++)
			pool->retry = get_jiffies_64() + RETRY;
		/* Wake a thread, so that it sleeps with the retry timeout */
		kc_queue_wake(pool, false);
	} else {
		list_del_init(&stage->link);
	}
	/* Under the lock, because the pool may be freed with the page */
	wake_up_all(&pool->done);
	spin_unlock(&pool->lock);
	if (!keep)
		zram_kc_stage_put(stage);
}

/**
 * zram_kc_queue_retry() - queue all deferred pages again
 * @pool: the pool
 *
 * Return: the number of pages.
 */
unsigned int zram_kc_queue_retry(struct zram_kc_stage_pool *pool)
{
	unsigned int batch, nr = 0;

	do {
		spin_lock(&pool->lock);
		pool->nr_retry = pool->nr_kept;
		batch = kc_queue_retry_some(pool);
		spin_unlock(&pool->lock);
		nr += batch;
	} while (batch);
	return nr;
}

/* Is a page of the device, queued up to @seq, being compressed? */
static bool kc_queue_is_busy(struct zram_kc_stage_pool *pool,
			     const struct zram *zram, u64 seq)
{
	struct zram_kc_stage *stage;

	list_for_each_entry(stage, &pool->busy, link)
		if (stage->zram == zram && stage->seq <= seq)
			return true;
	return false;
}

/* Take a device's pages out of a list by device */
static unsigned int kc_queue_take_out(struct list_head *bucket,
				      const struct zram *zram,
				      struct list_head *to)
{
	struct zram_kc_stage *stage, *next;
	unsigned int nr = 0;

	list_for_each_entry_safe(stage, next, bucket, of_device)
		if (stage->zram == zram) {
			list_del(&stage->of_device);
			list_move_tail(&stage->link, to);
			nr++;
		}
	return nr;
}

/* One critical section, because a page moves between the lists */
static bool kc_queue_drop_some(struct zram_kc_stage_pool *pool,
			       const struct zram *zram,
			       struct list_head *dropped)
{
	struct list_head *queued = kc_queue_bucket(pool->queued_of, zram);
	struct list_head *kept = kc_queue_bucket(pool->kept_of, zram);
	bool busy;

	spin_lock(&pool->lock);
	pool->depth -= kc_queue_take_out(queued, zram, dropped);
	pool->nr_kept -= kc_queue_take_out(kept, zram, dropped);
	busy = kc_queue_is_busy(pool, zram, U64_MAX);
	spin_unlock(&pool->lock);
	return !busy;
}

/**
 * zram_kc_queue_drop() - forget the pages of a device
 * @pool: a pool the caller has a reference to
 * @zram: a device whose slots do without being compressed; no task queues any
 *
 * Context: May sleep: waits for the tasks that compress such a page.
 */
void zram_kc_queue_drop(struct zram_kc_stage_pool *pool,
			const struct zram *zram)
{
	struct zram_kc_stage *stage, *next;
	LIST_HEAD(dropped);

	/* A timeout, because the hung-task detector reports longer sleeps */
	while (!wait_event_timeout(pool->done,
				   kc_queue_drop_some(pool, zram, &dropped), HZ))
		;
	list_for_each_entry_safe(stage, next, &dropped, link) {
		list_del_init(&stage->link);
		zram_kc_stage_put(stage);
	}
}

static bool kc_queue_is_done(struct zram_kc_stage_pool *pool,
			     const struct zram *zram, u64 seq)
{
	bool busy;

	spin_lock(&pool->lock);
	busy = kc_queue_is_busy(pool, zram, seq);
	spin_unlock(&pool->lock);
	return !busy;
}

/**
 * zram_kc_queue_wait() - wait for the tasks that compress pages of a device
 * @pool: a pool the caller has a reference to
 * @zram: the device
 * @seq: number of a page: do not wait for pages that were queued after it
 *
 * Context: May sleep.
 * Return: 0, or -EINTR after a signal.
 */
int zram_kc_queue_wait(struct zram_kc_stage_pool *pool, const struct zram *zram,
		       u64 seq)
{
	return wait_event_interruptible(pool->done,
					kc_queue_is_done(pool, zram, seq)) ?
		-EINTR : 0;
}

/**
 * zram_kc_queue_sleep() - sleep until a page is queued
 * @pool: a pool the caller has a reference to
 * @sleeper: the sleeper of the calling thread
 *
 * Context: May sleep; in a kernel thread. Returns early if the thread is woken.
 * Return: false if the pool is closed.
 */
bool zram_kc_queue_sleep(struct zram_kc_stage_pool *pool,
			 struct zram_kc_sleeper *sleeper)
{
	long timeout = MAX_SCHEDULE_TIMEOUT;
	bool sleep, open;

	spin_lock(&pool->lock);
	open = !pool->closed;
	sleep = open && list_empty(&pool->queue);
	if (pool->nr_kept)
		timeout = RETRY;
	if (sleep) {
		sleeper->task = current;
		list_add(&sleeper->link, &pool->sleepers);
		set_current_state(TASK_IDLE);
	}
	spin_unlock(&pool->lock);
	if (!sleep)
		return open;

	schedule_timeout(timeout);
	spin_lock(&pool->lock);
	list_del_init(&sleeper->link);
	spin_unlock(&pool->lock);
	return true;
}

/**
 * zram_kc_queue_close() - close a pool
 * @pool: the pool
 *
 * Frees its free pages; no page can be queued any more. Queued pages can still
 * be taken, and pages in slots stay there.
 *
 * Context: Any but interrupts.
 */
void zram_kc_queue_close(struct zram_kc_stage_pool *pool)
{
	LIST_HEAD(unused);

	spin_lock(&pool->lock);
	pool->closed = true;
	list_splice_init(&pool->free, &unused);
	kc_queue_wake(pool, true);
	spin_unlock(&pool->lock);
	zram_kc_stage_free_list(&unused);
}
