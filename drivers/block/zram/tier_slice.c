// SPDX-License-Identifier: GPL-2.0
/*
 * A slice of the tiering thread's run: it moves cold pages to the backing device, for
 * a tenth of a second at most.
 *
 * The thread holds pp_lock for a slice and has nothing in flight after it, so the run
 * of a task begins after one slice at the latest. The thread's run keeps the place of its
 * walk from slice to slice. It keeps its memory as long as the thread lives, because a slice
 * is most urgent when there is no memory.
 */

#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/timekeeping.h>

#include "bd_dev.h"
#include "bd_map.h"
#include "obj.h"
#include "pp_run.h"
#include "rb_group.h"
#include "recompress.h"
#include "table.h"
#include "tier_ask.h"
#include "tier_budget.h"
#include "tier_dev.h"
#include "tier_latency.h"
#include "tier_slice.h"
#include "tier_sparse.h"
#include "tier_thread.h"
#include "wb_retry.h"
#include "wb_ring.h"
#include "wb_run.h"
#include "zram.h"

#define SLICE		(HZ / 10)
/* A slice before the kernel kills a task. The task that found no memory waits longer */
#define SLICE_RESCUE	(2 * HZ)
/* Write requests of a slice; all of them are settled before pp_lock is dropped */
#define SLICE_REQUESTS	32
/* How long the thread lets reads of the backing device go first, for each request */
#define YIELDS		10
#define YIELD_US	1000
/* Most pages in flight, 512 KiB: two requests. A task's run takes more memory, but not for long */
#define BATCH		((unsigned int)(2 * ZRAM_WB_RING_REQUEST / ZRAM_BLOCKS_PER_PAGE))
/*
 * Time from a slice to a discard, and between two discards, ms. It doubles after each discard
 * that failed, up to three quarters of an hour.
 */
#define REST		10000U
#define DISCARD_BACKOFF	8
/* Seconds between two tests of retired blocks, each of which may take half a minute */
#define RETEST_EVERY	600

/* The goal of a slice that moves no pages: only the time ends the slice */
static const struct zram_tier_goal tier_slice_any = { .pages = U64_MAX };

static int tier_slice_stop(const struct zram_pp_run *pp)
{
	const struct zram_tier_slice *slice =
		container_of(pp, struct zram_tier_slice, pp);

	if (zram_tier_interrupted(slice->zram))
		return -EINTR;
	if (zram_pp_run_wanted(slice->zram) ||
	    (!slice->goal.rescue && zram_tier_ask_pending(&slice->zram->tier->ask)) ||
	    time_after_eq(jiffies, slice->end) ||
	    slice->run.pack.head - slice->begun >= slice->goal.pages)
		return -EAGAIN;
	return 0;
}

/**
 * zram_tier_slice_init() - prepare slices
 * @slice: set up here
 * @zram: a device that is set up and has a backing device
 */
void zram_tier_slice_init(struct zram_tier_slice *slice, struct zram *zram)
{
	*slice = (struct zram_tier_slice){
		.zram = zram,
		.pp = { .zram = zram, .stop = tier_slice_stop },
		.range = { .last = zram->slots.nr - 1 },
		.pass = { .done = true },
	};
	slice->range.filter = &slice->filter;
}

/**
 * zram_tier_slice_restart() - let the next slice look at all pages again
 * @slice: the slices
 */
void zram_tier_slice_restart(struct zram_tier_slice *slice)
{
	slice->fresh = true;
}

/**
 * zram_tier_slice_open() - allocate the memory of the run
 * @slice: from zram_tier_slice_init(); zram_tier_slice_close() follows, also after an error
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zram_tier_slice_open(struct zram_tier_slice *slice)
{
	return zram_wb_run_open(&slice->run, &slice->pp, &slice->range, 1,
				min(READ_ONCE(slice->zram->wb.batch), BATCH), true);
}

static void tier_slice_retest(struct zram_tier_slice *slice)
{
	time64_t now = ktime_get_boottime_seconds();

	if (now < slice->retest || zram_pp_stop(&slice->pp))
		return;
	slice->retest = now + RETEST_EVERY;
	zram_wb_retry_begin(&slice->run.retry, slice->zram->backing.map);
}

/* Reads that wait for the backing device go first */
static void tier_slice_yield(struct zram_tier_slice *slice)
{
	int i;

	for (i = 0; !slice->goal.rescue && i < YIELDS && zram_rb_group_busy(slice->zram) &&
	     !zram_pp_stop(&slice->pp); i++)
		usleep_range(YIELD_US, 2 * YIELD_US);
}

static int tier_slice_write(struct zram_tier_slice *slice)
{
	unsigned int requests;
	int err = 0;

	/* If few free blocks are adjacent, a rescue takes as many requests as it needs */
	for (requests = 0; !err && (slice->goal.rescue || requests < SLICE_REQUESTS);
	     requests++) {
		tier_slice_yield(slice);
		err = zram_wb_run_step(&slice->run);
	}
	return err;
}

/*
 * Returns the result of a slice whose last step returned @err. The last error @last of the
 * run is the result only if the run gave the device up, or if nothing can be written.
 */
static int tier_slice_end(struct zram_tier_slice *slice, int err, int last)
{
	const struct zram_wb_run *run = &slice->run;
	/* No space for an object is an error only if it was the last. The device's own always is */
	bool space = !run->failed && (last == -ENOSPC || last == -EDQUOT);

	if (zram_wb_retry_gave_up(&run->retry))
		return last ?: -EIO;
	if (last && !run->blocks && (!space || err == -ENOENT))
		return last;
	if (!space && last != -EINTR)
		slice->error = last;
	return err;
}

/* Returns how many blocks may be in flight; 0 if no slice may begin */
static u32 tier_slice_limit(struct zram_tier_slice *slice)
{
	const u32 most = SLICE_REQUESTS * ZRAM_WB_RING_REQUEST;
	struct zram *zram = slice->zram;
	struct zram_tier_latency_input in = {
		.now = ktime_to_ms(ktime_get()),
		.target_us = READ_ONCE(zram->tier->latency_target_us),
		.full = min(most, zram_wb_ring_blocks(slice->run.ring)),
		.least = ZRAM_BLOCKS_PER_PAGE,
		.reading = zram_rb_group_busy(zram),
	};
	struct zram_tier_status *status = &zram->tier->status;
	u32 limit;

	if (in.target_us && !zram->backing.verify)
		zram_bd_disk_reads(zram, &in.disk_reads, &in.disk_ns);
	limit = zram_tier_latency_step(&slice->latency,
				       &zram->backing.reads->times, &in);
	WRITE_ONCE(status->read_p95_us, slice->latency.p95_us);
	WRITE_ONCE(status->disk_read_us, slice->latency.disk_us);
	WRITE_ONCE(status->in_flight, limit);
	return limit;
}

/* One slice, under pp_lock */
static int tier_slice_work(struct zram_tier_slice *slice)
{
	struct zram_wb_run *run = &slice->run;
	u64 granted, most = SLICE_REQUESTS * ZRAM_WB_RING_REQUEST * ZRAM_BLOCK_SIZE;
	int err, last;

	if (slice->fresh || slice->goal.rescue)
		zram_pp_walk_init(&run->walk, &slice->pp, &slice->range, 1);
	slice->fresh = false;
	zram_pp_walk_cut(&run->walk, slice->goal.above);
	slice->begun = run->pack.head;

	granted = min3(slice->goal.bytes, most,
		       zram_tier_budget_left(slice->zram, slice->goal.rescue));
	zram_wb_ring_set_limit(run->ring, slice->goal.rescue ?
			       ZRAM_TIER_LATENCY_NONE : slice->latency.limit);
	zram_wb_run_resume(run, granted >> ZRAM_BLOCK_SHIFT);
	if (!slice->goal.rescue)
		tier_slice_retest(slice);
	err = tier_slice_write(slice);
	last = zram_wb_run_pause(run);
	slice->pages = run->written;
	slice->bytes = run->blocks << ZRAM_BLOCK_SHIFT;
	slice->latency.wrote |= slice->bytes;
	zram_tier_budget_charge(slice->zram, slice->bytes);
	/* The grant is used up. That is an error only if the budget is used up with it */
	if (err == -EAGAIN && run->allowed < ZRAM_BLOCKS_PER_PAGE &&
	    zram_tier_budget_left(slice->zram, slice->goal.rescue) < PAGE_SIZE)
		err = -EDQUOT;
	return tier_slice_end(slice, err, last);
}

static void tier_slice_start(struct zram_tier_slice *slice,
			     const struct zram_tier_goal *goal)
{
	slice->goal = *goal;
	slice->end = jiffies + (goal->rescue ? SLICE_RESCUE : SLICE);
	slice->begun = slice->run.pack.head;
}

/* Begin a slice with I/O; false if a task has or wants pp_lock, or the machine is to sleep */
static bool tier_slice_take(struct zram_tier_slice *slice,
			    const struct zram_tier_goal *goal)
{
	tier_slice_start(slice, goal);
	if (!zram_tier_slice_begin())
		return false;
	if (zram_pp_run_try(&slice->pp))
		return true;
	zram_tier_slice_end(slice->zram);
	return false;
}

static void tier_slice_give(struct zram_tier_slice *slice)
{
	zram_pp_run_end(&slice->pp);
	zram_tier_slice_end(slice->zram);
}

/**
 * zram_tier_slice_run() - move pages
 * @slice: the slices; sets its @pages and @bytes to those moved, and its @error
 * @goal: selects the pages
 *
 * Context: May sleep; waits for I/O. The thread, without locks. Takes pp_lock.
 * Return: 0 if there may be more pages to move; -ENOENT after the last one; -EAGAIN if
 *	the slice ended, or could not begin, because of another task, its time or its
 *	goal; -EINTR because the thread is to stop; -EDQUOT if a budget is used up;
 *	-ECANCELED while the latency governor has stopped the thread;
 *	-ENOSPC if the device is full; -ENOMEM; otherwise the last error of a device
 *	that wrote nothing, or was given up.
 */
int zram_tier_slice_run(struct zram_tier_slice *slice,
			const struct zram_tier_goal *goal)
{
	u64 now = ktime_to_ms(ktime_get());
	int err;

	slice->pages = 0;
	slice->bytes = 0;
	slice->error = 0;
	/* No page is that old; the filter would take 0 for any age */
	if (!goal->before)
		return -ENOENT;
	/* After some time, pages that the walk has passed may be old enough */
	slice->fresh |= now >= slice->ran + REST;
	slice->ran = now;
	if (!tier_slice_limit(slice) && !goal->rescue)
		return -ECANCELED;
	slice->filter.before = goal->before;
	if (!tier_slice_take(slice, goal))
		return -EAGAIN;
	err = tier_slice_work(slice);
	tier_slice_give(slice);
	return err;
}

/* Find what a slice of recompression, which tried pages from @first on, means for the next */
static enum zram_tier_pass tier_slice_pass_end(struct zram_tier_slice *slice,
					       unsigned long first, int err)
{
	const struct zram_recompress_pass *pass = &slice->pass;

	if (pass->done) {
		/* The next pass tries the refused pages again */
		if (pass->refused)
			return ZRAM_TIER_PASS_STUCK;
		slice->tried = max(slice->tried, slice->trying);
		return ZRAM_TIER_PASS_DONE;
	}
	if (err == -EAGAIN && (pass->next != first || pass->replaced))
		return ZRAM_TIER_PASS_PROGRESS;
	return ZRAM_TIER_PASS_STUCK;
}

static int tier_slice_recompress(struct zram_tier_slice *slice)
{
	const struct zram_pp_filter filter = {
		.must_not = ZRAM_INCOMPRESSIBLE,
		.below_prio = 1,
		/* Pages last accessed before this were tried by earlier passes */
		.since = slice->tried,
		.before = slice->trying,
	};
	unsigned long first = slice->pass.next;
	int err;

	tier_slice_start(slice, &tier_slice_any);
	if (!zram_pp_run_try(&slice->pp))
		return 0;
	err = zram_recompress_slice(&slice->pp, &filter, &slice->pass);
	zram_pp_run_end(&slice->pp);
	slice->recompressed = slice->pass.replaced;
	slice->recompression = tier_slice_pass_end(slice, first, err);
	/* Compaction may take long, so without pp_lock */
	if (slice->pass.gaps)
		zram_obj_pool_compact(&slice->zram->pool);
	return err == -EAGAIN || err == -EINTR || err == -ENOMEM ? 0 : err;
}

/**
 * zram_tier_slice_recompress() - compress pages again, by priority 1
 * @slice: the slices; sets @recompressed and @recompression of it
 * @before: pages last accessed before this, boot time in seconds
 *
 * Context: May sleep; does no I/O. The thread, without locks. Takes pp_lock.
 * Return: 0, or the last error of a page that could not be decompressed or compressed.
 */
int zram_tier_slice_recompress(struct zram_tier_slice *slice, u32 before)
{
	slice->recompressed = 0;
	if (slice->pass.done) {
		slice->pass = (struct zram_recompress_pass){};
		slice->trying = before;
	}
	/* No page is that old */
	if (!slice->trying) {
		slice->pass.done = true;
		slice->recompression = ZRAM_TIER_PASS_DONE;
		return 0;
	}
	slice->recompression = ZRAM_TIER_PASS_STUCK;
	return tier_slice_recompress(slice);
}

/**
 * zram_tier_slice_close() - undo zram_tier_slice_open()
 * @slice: the slices
 *
 * Context: May sleep. No slice is in progress.
 */
void zram_tier_slice_close(struct zram_tier_slice *slice)
{
	zram_wb_run_free(&slice->run);
}

static void tier_slice_sparse(struct zram_tier_slice *slice, u64 now)
{
	u32 nr;

	if (!zram_tier_sparse_is_due(slice->zram, &slice->sparse, now) ||
	    !tier_slice_take(slice, &tier_slice_any))
		return;
	nr = zram_tier_sparse(&slice->pp, &slice->sparse, now);
	tier_slice_give(slice);
	if (!nr)
		return;
	atomic64_add(nr, &slice->zram->tier->status.sparse);
	/* The walk of the run may have passed the slots of these objects */
	slice->fresh = true;
}

/* Test retired blocks without a slice that writes */
static void tier_slice_revive(struct zram_tier_slice *slice)
{
	if (zram_bd_map_free(slice->zram->backing.map) >= ZRAM_WB_RING_REQUEST ||
	    ktime_get_boottime_seconds() < slice->retest ||
	    !tier_slice_take(slice, &tier_slice_any))
		return;
	zram_wb_run_resume(&slice->run, 0);
	tier_slice_retest(slice);
	zram_wb_run_pause(&slice->run);
	tier_slice_give(slice);
}

/* Discards for the time of a slice. A later call discards the other segments */
static void tier_slice_discard(struct zram_tier_slice *slice)
{
	if (!tier_slice_take(slice, &tier_slice_any))
		return;
	tier_slice_yield(slice);
	slice->backoff = zram_bd_discard(&slice->pp) ? 0 :
		min(slice->backoff + 1, DISCARD_BACKOFF);
	tier_slice_give(slice);
}

/**
 * zram_tier_slice_rest() - tidy the backing device while no page is to be moved
 * @slice: the slices; more of them may follow
 * @now: awake time, ms
 * @full: pages are to leave, and the backing device is full
 *
 * If @full, tests retired blocks and brings objects back from sparse ones. Some time after
 * the last slice, discards free segments of the backing device. A later call discards
 * segments that are left, or that become free meanwhile.
 *
 * Context: May sleep; waits for I/O. The thread, between two slices. Takes pp_lock.
 */
void zram_tier_slice_rest(struct zram_tier_slice *slice, u64 now, bool full)
{
	/* The governor also lifts a limit while nothing is written */
	tier_slice_limit(slice);
	if (full) {
		tier_slice_revive(slice);
		tier_slice_sparse(slice, now);
	}
	if (now < slice->ran + (REST << slice->backoff) || !zram_bd_can_discard(slice->zram))
		return;
	slice->ran = now;
	slice->fresh = true;
	tier_slice_discard(slice);
}

/**
 * zram_tier_slice_rest_ms() - find when zram_tier_slice_rest() has to be called
 * @slice: the slices
 * @now: awake time, ms
 *
 * Return: ms until then; 0 if there is no segment to discard.
 */
u32 zram_tier_slice_rest_ms(const struct zram_tier_slice *slice, u64 now)
{
	u64 due = slice->ran + (REST << slice->backoff);

	if (!zram_bd_can_discard(slice->zram))
		return 0;
	return now < due ? due - now : REST;
}
