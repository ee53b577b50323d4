// SPDX-License-Identifier: GPL-2.0
/*
 * A rescue from the OOM killer: how many pages are to leave, and how much memory that frees.
 *
 * An object that leaves may free no memory, because other objects of its page stay. So the
 * gaps that a rescue leaves in the pool do not count as freed. If little is left then, the
 * thread compacts the pool before it answers. It answers 0 for little memory. Otherwise a
 * task would wait for one page after the other, and the machine would stand still for hours.
 */

#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/timekeeping.h>

#include "obj.h"
#include "tier_ask.h"
#include "tier_budget.h"
#include "tier_compact.h"
#include "tier_dev.h"
#include "tier_policy.h"
#include "tier_rescue.h"
#include "zram.h"

/* One in so many pages of RAM: this number of pages leaves, if a slice suffices for it */
#define RESCUE_PART	64
/* Less than this, and less than a part of the pages that were to leave, is too little */
#define RESCUE_LEAST	SZ_512K
#define RESCUE_LEAST_PART 16
/* How long the thread tries to begin a slice while a task's run holds pp_lock, ms */
#define RESCUE_TRY	2000

static u64 rescue_moved(struct zram *zram)
{
	return zram_stats_read(&zram->stats, ZRAM_STAT_WB_BYTES);
}

/**
 * zram_tier_rescue_begin() - have a step move pages whatever their age
 * @rescue: the rescue; continues if it has begun before
 * @zram: the device
 * @in: input of the policy; sets its @rescue and @budget
 * @now: awake time, ms
 *
 * Context: The thread, after a task has asked it.
 */
void zram_tier_rescue_begin(struct zram_tier_rescue *rescue, struct zram *zram,
			    struct zram_tier_input *in, u64 now)
{
	in->rescue = max(in->ram_pages / RESCUE_PART, 1ULL);
	in->budget = zram_tier_budget_left(zram, true);
	if (rescue->on)
		return;
	*rescue = (struct zram_tier_rescue){
		.begun = now,
		.on = true,
		.moved = rescue_moved(zram),
		.gaps = zram_tier_compact_gaps(zram),
	};
}

/**
 * zram_tier_rescue_freed() - find how much memory became free since a rescue began
 * @rescue: the rescue
 * @moved: bytes of all objects moved until now, those before the rescue included
 * @gaps: memory of the pool without objects, bytes
 * @pages: number of pages that were to leave
 *
 * Return: pages of memory; 0 if that is too little.
 */
unsigned long zram_tier_rescue_freed(const struct zram_tier_rescue *rescue, u64 moved,
				     u64 gaps, u64 pages)
{
	u64 least = clamp(pages / RESCUE_LEAST_PART, 1ULL, (u64)RESCUE_LEAST >> PAGE_SHIFT);
	u64 freed;

	moved -= min(moved, rescue->moved);
	gaps -= min(gaps, rescue->gaps);
	freed = (moved - min(moved, gaps)) >> PAGE_SHIFT;
	return freed < least ? 0 : freed;
}

/**
 * zram_tier_rescue_end() - answer how much memory a step has freed
 * @rescue: the rescue
 * @zram: the device
 * @in: input of the policy
 * @blocked: the slice could not begin, because of the run of a task
 *
 * Context: May sleep. The thread.
 * Return: false if the rescue continues: the next step should be due soon.
 */
bool zram_tier_rescue_end(struct zram_tier_rescue *rescue, struct zram *zram,
			  const struct zram_tier_input *in, bool blocked)
{
	unsigned long freed;
	u64 moved;

	if (!in->rescue)
		return true;
	moved = rescue_moved(zram);
	freed = zram_tier_rescue_freed(rescue, moved, zram_tier_compact_gaps(zram),
				       in->rescue);
	if (!freed && moved > rescue->moved) {
		zram_obj_pool_compact(&zram->pool);
		freed = zram_tier_rescue_freed(rescue, moved,
					       zram_tier_compact_gaps(zram),
					       in->rescue);
	}
	/* The run of a task may free memory, too: look again at the next step */
	if (!freed && blocked && ktime_to_ms(ktime_get()) < rescue->begun + RESCUE_TRY)
		return false;
	rescue->on = false;
	zram_tier_ask_answer(&zram->tier->ask, freed);
	return true;
}

/**
 * zram_tier_rescue_cancel() - answer that no page can be moved now
 * @rescue: the rescue
 * @zram: the device
 *
 * Context: The thread.
 */
void zram_tier_rescue_cancel(struct zram_tier_rescue *rescue, struct zram *zram)
{
	rescue->on = false;
	zram_tier_ask_answer(&zram->tier->ask, 0);
}
