// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that leave the pool leave gaps in it: compaction frees the memory of the gaps.
 */

#include <linux/minmax.h>
#include <linux/mm.h>

#include "obj.h"
#include "stats.h"
#include "tier_compact.h"
#include "tier_num.h"
#include "tier_policy.h"
#include "zram.h"

/* Compact after this many freed objects, and at most once in this many ms */
#define COMPACT_OBJECTS	256
#define COMPACT_EVERY	2000

/* Is the pool near mem_limit? If gaps are the reason, compaction spares pages from leaving */
static bool tier_compact_is_tight(const struct zram_tier_input *in)
{
	return in->limit_bytes &&
	       in->pool_bytes > zram_tier_90_percent(in->limit_bytes);
}

/**
 * zram_tier_compact_gaps() - estimate the gaps of the pool
 * @zram: the device, which is set up
 *
 * Context: Any. The counters may change meanwhile.
 * Return: bytes.
 */
u64 zram_tier_compact_gaps(struct zram *zram)
{
	u64 objects = zram_stats_read(&zram->stats, ZRAM_STAT_COMPR_BYTES);
	u64 pool = (u64)zram_obj_pool_pages(&zram->pool) << PAGE_SHIFT;
	u64 staged = (u64)zram_obj_staged(&zram->pool) << PAGE_SHIFT;

	/* Staged pages count in these bytes, and lie outside the pool */
	objects -= min(objects, staged);
	return pool - min(pool, objects);
}

/**
 * zram_tier_compact_step() - compact the pool, if its gaps are large
 * @compact: of the thread
 * @zram: the device
 * @in: the last input of the policy
 * @now: awake time, ms
 * @urgent: memory is needed at once
 *
 * Context: May sleep. The thread.
 */
void zram_tier_compact_step(struct zram_tier_compact *compact, struct zram *zram,
			    const struct zram_tier_input *in, u64 now, bool urgent)
{
	u64 pool;

	if (!urgent && ((compact->freed < COMPACT_OBJECTS && !tier_compact_is_tight(in)) ||
			now < compact->last + COMPACT_EVERY))
		return;
	/* @in is from before pages left in this step */
	pool = (u64)zram_obj_pool_pages(&zram->pool) << PAGE_SHIFT;
	compact->last = now;
	/* compact->freed stays: the next call looks at the gaps again */
	if (!urgent && zram_tier_compact_gaps(zram) <= pool / 8)
		return;
	zram_obj_pool_compact(&zram->pool);
	compact->freed = 0;
}
