// SPDX-License-Identifier: GPL-2.0
/*
 * A step of the tiering thread: asks the policy what to do, and does it.
 *
 * The policy says when the next step is due. If that is not soon, a read or store of a page,
 * or a free segment of the backing device, wakes the thread. So an idle machine stays idle.
 */

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "bd_budget.h"
#include "bd_dev.h"
#include "obj.h"
#include "rb_window.h"
#include "table.h"
#include "tier_ages.h"
#include "tier_ask.h"
#include "tier_budget.h"
#include "tier_capacity.h"
#include "tier_clock.h"
#include "tier_compact.h"
#include "tier_count.h"
#include "tier_dev.h"
#include "tier_image.h"
#include "tier_pause.h"
#include "tier_policy.h"
#include "tier_probe.h"
#include "tier_recomp.h"
#include "tier_report.h"
#include "tier_rescue.h"
#include "tier_slice.h"
#include "tier_sleep.h"
#include "tier_thread.h"
#include "tier_wait.h"
#include "zram.h"

/* Time between two steps, ms */
#define STEP_MORE	20
#define STEP_ASLEEP	1000
#define STEP_PAUSED	1000U

/**
 * struct tier_work - what the thread of a device works on
 * @zram: the device
 * @slice: its run
 * @config: settings of the user at this step
 * @state: state of the policy
 * @in: input of the policy
 * @out: its decision
 * @sums: counters at the last step
 * @disk: how fast the disk is
 * @disk_us: time of a read of the backing device; 0: not measured
 * @ages: the last walk of the table
 * @stepped: when the last step was, awake time in ms
 * @asked_part: remainder of the division that computes @in.asked from stores
 * @cut: lowest class that may leave, for which the walk of the run was started
 * @written: pages moved since the last step
 * @moved: pages moved since the last walk of the table
 * @pause: when pages may be moved again
 * @exhausted_age: the run has moved all pages of this age, seconds; %U32_MAX after a walk
 * @more: the last slice ended before it had tried all pages
 * @recomp: when pages are recompressed
 * @report: events that were sent to user space
 * @compact: when the pool is compacted
 * @rescue: the rescue in progress
 * @image: old pages leave before a hibernation
 * @rescued: pages moved by this step for a rescue
 * @blocked: the slice of this step could not begin, or was interrupted before its first page
 */
struct tier_work {
	struct zram *zram;
	struct zram_tier_slice slice;
	struct zram_tier_config config;
	struct zram_tier_state state;
	struct zram_tier_input in;
	struct zram_tier_output out;
	struct zram_tier_sums sums;
	struct zram_tier_wait_disk disk;
	u32 disk_us;
	struct zram_tier_ages ages;
	u64 stepped;
	u64 asked_part;
	unsigned int cut;
	u64 written;
	u64 moved;
	struct zram_tier_pause pause;
	u32 exhausted_age;
	bool more;
	struct zram_tier_recomp recomp;
	struct zram_tier_report report;
	struct zram_tier_compact compact;
	struct zram_tier_rescue rescue;
	struct zram_tier_image image;
	u64 rescued;
	bool blocked;
};

/* Set the counts of @in: the differences of the counters since the last step */
static void tier_step_count(struct tier_work *work, struct zram_tier_input *in)
{
	struct zram_tier_sums *last = &work->sums, now = *last;
	u64 stores, rest, reads = 0, back = 0, disk_ns;
	unsigned long disk_reads;
	int k;

	zram_tier_count_sum(work->zram, &now);
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		in->reads[k] = now.reads[k] - last->reads[k];
		in->reads_disk[k] = now.reads_disk[k] - last->reads_disk[k];
		reads += in->reads[k];
		back += in->reads_disk[k];
	}
	if (back) {
		atomic64_add(back, &work->zram->tier->status.read_back);
		zram_tier_budget_read_back(work->zram, back);
	}
	zram_bd_disk_reads(work->zram, &disk_reads, &disk_ns);
	zram_tier_wait_look(&work->disk, disk_reads, disk_ns);
	in->wait_us = zram_tier_wait_bound(&work->disk, now.wait_us - last->wait_us, back);
	in->pool_ns = now.pool_ns;

	/*
	 * Each page that is stored is a page that reclaim has taken. So the thread asks for the
	 * share that reclaim would ask of a shrinker. Reclaim of a cgroup calls no shrinker.
	 */
	stores = now.stores - last->stores;
	in->stored = stores;
	if (stores || reads || zram_rb_window_moved(work->zram))
		work->recomp.touched = ktime_get_boottime_seconds();
	in->asked = div64_u64_rem(stores * work->out.eligible + work->asked_part,
				  in->ram_pages, &rest);
	work->asked_part = rest;
	*last = now;
}

static u64 tier_step_pages(const struct tier_work *work)
{
	u64 pages = 0;
	int k;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		pages += work->ages.walk.pages[k];
	return pages - min(pages, work->moved);
}

static bool tier_step_paused(const struct tier_work *work)
{
	return zram_tier_pause_is_on(&work->pause, work->stepped);
}

static void tier_step_observe(struct tier_work *work)
{
	struct zram *zram = work->zram;
	struct zram_tier_input *in = &work->in;
	u64 now = ktime_to_ms(ktime_get());

	*in = (struct zram_tier_input){
		.elapsed_ms = min_t(u64, now - work->stepped, U32_MAX),
		.written = work->written,
		.spilled = atomic64_xchg(&zram->tier->status.spilled_new, 0),
		.ram_pages = totalram_pages(),
		.pool_bytes = (u64)zram_obj_pool_pages(&zram->pool) << PAGE_SHIFT,
		.object_bytes = zram_stats_read(&zram->stats,
						ZRAM_STAT_COMPR_BYTES),
		.limit_bytes = (u64)READ_ONCE(zram->pool.limit_pages) << PAGE_SHIFT,
		.budget = zram_tier_budget_left(zram, false),
		.disk_us = work->disk_us,
	};
	zram_tier_capacity_count(zram, in->written, in->spilled);
	zram_tier_dev_config(zram, &work->config);
	zram_tier_image_begin(&work->image, zram, &work->config, in);
	if (in->look)
		zram_tier_slice_restart(&work->slice);
	if (zram_tier_ask_pending(&zram->tier->ask)) {
		zram_tier_rescue_begin(&work->rescue, zram, in, now);
		zram_tier_pause_cut(&work->pause);
	}
	/* The last walk counts the pages in memory. Before the first walk, use all pages */
	in->pool_pages = tier_step_pages(work) ?:
		zram_stats_read(&zram->stats, ZRAM_STAT_PAGES);
	tier_step_count(work, in);
	work->stepped = now;
	work->written = 0;
	work->rescued = 0;
	work->blocked = false;
	/* During a pause free_bytes is 0, so that the policy asks for no walk */
	if (!tier_step_paused(work))
		in->free_bytes = zram_bd_budget_room(zram) << ZRAM_BLOCK_SHIFT;
}

static void tier_step_ask(struct tier_work *work)
{
	zram_tier_policy_step(&zram_tier_tuning_default, &work->config, &work->in,
			      &work->state, &work->out);
	zram_rb_window_set_room(work->zram, &work->config, &work->in,
				work->out.gate || work->state.drain_to);
}

/* Walk the table, and ask the policy once more */
static void tier_step_walk(struct tier_work *work)
{
	struct zram_tier_input *in = &work->in;

	atomic64_inc(&work->zram->tier->status.walks);
	if (!work->disk_us && !in->rescue)
		work->disk_us = zram_tier_probe(work->zram);
	in->disk_us = work->disk_us;
	if (zram_tier_ages_walk(work->zram, ktime_get_boottime_seconds(),
				work->config.idle_age, &work->ages, zram_tier_interrupted)) {
		work->ages = (struct zram_tier_ages){};
		return;
	}
	work->moved = 0;
	/* The policy has counted the time and the events already */
	memset(in->reads, 0, sizeof(in->reads));
	memset(in->reads_disk, 0, sizeof(in->reads_disk));
	in->elapsed_ms = 0;
	in->wait_us = 0;
	in->stored = 0;
	in->written = 0;
	in->spilled = 0;
	in->asked = 0;
	in->pool_pages = tier_step_pages(work);
	in->walk = &work->ages.walk;
	tier_step_ask(work);
	work->exhausted_age = U32_MAX;
}

/* Begin or end a pause, by the result of a slice, which may have waited long for the device */
static void tier_step_result(struct tier_work *work, int err)
{
	u64 now = ktime_to_ms(ktime_get());

	work->more |= work->slice.pages;
	if (err == -ENOENT)
		work->exhausted_age = work->out.min_age;
	if (zram_tier_pause_result(&work->pause, work->zram, err, work->slice.pages, now))
		zram_tier_slice_restart(&work->slice);
}

static void tier_step_goal(struct tier_work *work, struct zram_tier_goal *goal)
{
	const struct zram_tier_output *out = &work->out;
	unsigned int cut = zram_tier_class(out->min_age);
	u32 now = ktime_get_boottime_seconds();

	*goal = (struct zram_tier_goal){
		.before = zram_tier_clock_before(out->min_age, now),
		.pages = out->pages,
		.bytes = out->bytes,
		.rescue = work->in.rescue,
	};
	/* The reserve is not for pages of other demands. Pages of this second leave too */
	if (goal->rescue) {
		goal->pages = min(goal->pages, work->in.rescue);
		if (!out->min_age)
			goal->before = now + 1;
	}
	if (cut + 1 < ZRAM_TIER_CLASSES)
		goal->above = zram_tier_clock_before(zram_tier_class_age(cut + 1),
						     now);
	if (cut != work->cut)
		zram_tier_slice_restart(&work->slice);
	work->cut = cut;
}

static void tier_step_move(struct tier_work *work)
{
	struct zram_tier_slice *slice = &work->slice;
	struct zram_tier_status *status = &work->zram->tier->status;
	struct zram_tier_goal goal;
	int err;

	tier_step_goal(work, &goal);
	err = zram_tier_slice_run(slice, &goal);
	work->blocked = err == -EAGAIN && !slice->pages;
	tier_step_result(work, err);
	work->written += slice->pages;
	work->moved += slice->pages;
	work->compact.freed += slice->pages;
	if (slice->error)
		WRITE_ONCE(status->last_error, slice->error);
	atomic64_add(slice->pages, &status->pages);
	atomic64_add(slice->bytes, &status->bytes);
	zram_tier_budget_moved(work->zram, slice->pages, slice->bytes);
}

/* Move pages; in a rescue, with the memory reserves of PF_MEMALLOC */
static void tier_step_write(struct tier_work *work)
{
	unsigned int flags;

	if (!work->in.rescue) {
		tier_step_move(work);
		return;
	}
	flags = memalloc_noreclaim_save();
	tier_step_move(work);
	memalloc_noreclaim_restore(flags);
	work->rescued = work->slice.pages;
	atomic64_add(work->rescued, &work->zram->tier->status.rescued);
}

static void tier_step_recompress(struct tier_work *work)
{
	u32 age = zram_tier_dev_recompress_age(work->zram), now, before;
	struct zram_tier_status *status = &work->zram->tier->status;
	struct zram_tier_recomp *recomp = &work->recomp;
	struct zram_tier_slice *slice = &work->slice;
	int err;

	zram_tier_recomp_set_age(recomp, age);
	if (zram_tier_recomp_wait(recomp, slice->tried, work->stepped))
		return;
	now = ktime_get_boottime_seconds();
	before = zram_tier_clock_before(age, now);
	err = zram_tier_slice_recompress(slice, before);
	if (err)
		WRITE_ONCE(status->last_error, err);
	switch (slice->recompression) {
	case ZRAM_TIER_PASS_PROGRESS:
		work->more = true;
		/* Passes that memory refuses each page begin less and less often */
		if (slice->recompressed || !slice->pass.refused)
			recomp->stuck = 0;
		break;
	case ZRAM_TIER_PASS_DONE:
		zram_tier_recomp_done(recomp,
				      zram_tier_clock_age(recomp->touched, now),
				      work->stepped);
		break;
	case ZRAM_TIER_PASS_STUCK:
		zram_tier_recomp_stuck(recomp, work->stepped);
		break;
	}
	work->compact.freed += slice->recompressed;
	atomic64_add(slice->recompressed, &status->recompressed);
}

static void tier_step_report(struct tier_work *work)
{
	bool tried = work->out.reason == ZRAM_TIER_WORKING;

	zram_tier_report_step(&work->report, work->zram,
			      tried || tier_step_paused(work) ? work->pause.why :
			      ZRAM_TIER_MOVING, &work->out, work->stepped);
}

static u32 tier_step_delay(struct tier_work *work)
{
	u32 ms = work->out.wait_ms;

	if (work->more)
		return STEP_MORE;
	ms = min_not_zero(ms, zram_tier_slice_rest_ms(&work->slice, work->stepped));
	/* While the gate is open the policy asks for short steps: useless in a pause */
	if (ms && tier_step_paused(work))
		ms = max(ms, STEP_PAUSED);
	return min_not_zero(ms, zram_tier_recomp_wait(&work->recomp, work->slice.tried,
						      work->stepped));
}

/* Does the policy want pages to leave that the run has not tried yet? */
static bool tier_step_has_pages(const struct tier_work *work)
{
	return work->out.reason == ZRAM_TIER_WORKING &&
	       work->out.min_age < work->exhausted_age;
}

static u32 tier_step(void *data)
{
	struct tier_work *work = data;

	/* Ages are wrong until tier_clock.c has counted the sleep */
	if (zram_tier_asleep()) {
		WRITE_ONCE(work->zram->tier->status.activity,
			   ZRAM_TIER_PAUSED_SLEEP);
		zram_tier_rescue_cancel(&work->rescue, work->zram);
		zram_tier_image_cancel(&work->image, work->zram);
		return STEP_ASLEEP;
	}
	tier_step_observe(work);
	tier_step_ask(work);
	if (work->out.walk)
		tier_step_walk(work);
	work->more = false;
	if (!work->in.rescue && !work->image.on)
		tier_step_recompress(work);
	if (tier_step_has_pages(work))
		tier_step_write(work);
	else if (!work->in.rescue && !tier_step_paused(work))
		zram_tier_slice_rest(&work->slice, work->stepped,
				     work->out.reason == ZRAM_TIER_FULL);
	work->more |= !zram_tier_rescue_end(&work->rescue, work->zram, &work->in,
					    work->blocked);
	zram_tier_image_end(&work->image, work->zram, work->blocked, !work->out.idle ||
			    !tier_step_has_pages(work) || tier_step_paused(work));
	zram_tier_compact_step(&work->compact, work->zram, &work->in, work->stepped,
			       work->rescued);
	tier_step_report(work);
	return tier_step_delay(work);
}

static void tier_step_close(void *data)
{
	struct tier_work *work = data;

	zram_tier_slice_close(&work->slice);
	kfree(work);
}

static void *tier_step_open(struct zram *zram)
{
	struct tier_work *work = kzalloc_obj(*work);

	if (!work)
		return NULL;
	zram_tier_slice_init(&work->slice, zram);
	if (zram_tier_slice_open(&work->slice)) {
		tier_step_close(work);
		return NULL;
	}
	work->zram = zram;
	zram_tier_pause_end(&work->pause);
	work->exhausted_age = U32_MAX;
	work->stepped = ktime_to_ms(ktime_get());
	/* Pages that were stored before are to be recompressed, too */
	work->recomp.touched = ktime_get_boottime_seconds();
	zram_tier_policy_init(&work->state);
	zram_tier_count_sum(zram, &work->sums);
	return work;
}

const struct zram_tier_work_ops zram_tier_work_ops = {
	.open = tier_step_open,
	.step = tier_step,
	.close = tier_step_close,
};
