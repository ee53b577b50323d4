/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_LATENCY_H_
#define _ZRAM_TIER_LATENCY_H_

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/types.h>

/* Four for each power of two of us; the last one from 58 s on */
#define ZRAM_TIER_LATENCY_TIMES		100
/* A limit that holds nothing back */
#define ZRAM_TIER_LATENCY_NONE		U32_MAX

/**
 * struct zram_tier_latency_times - reads of the backing device, by the time that they took
 * @on: they are counted
 * @count: reads, see zram_tier_latency_class(); only grow, and wrap
 */
struct zram_tier_latency_times {
	bool on;					/* A */
	atomic_t count[ZRAM_TIER_LATENCY_TIMES];
};

/**
 * struct zram_tier_latency_input - what happened since the last look
 * @now: awake time, ms
 * @target_us: tier/latency_target_us
 * @full: blocks that are in flight if nothing is held back
 * @least: blocks that a request needs
 * @reading: reads are in flight
 */
struct zram_tier_latency_input {
	u64 now;
	u32 target_us;
	u32 full;
	u32 least;
	bool reading;
};

/**
 * struct zram_tier_latency - the latency governor of a thread
 * @target_us: the target that the state is for; 0: off
 * @limit: blocks of the thread that may be in flight; 0: it is stopped
 * @p95_us: 95th percentile of the reads in the last second that had any
 * @wrote: set by the thread: it has written since the last second ended
 * @reading: reads were in flight when that ended
 * @began: when that was, ms
 * @calm: seconds in a row that speak for more writes
 * @backoff: how long the last stop lasts, seconds
 * @resume: a stop ends then, ms
 * @seen: counts when the last second ended
 *
 * Belongs to the thread. All zero to begin with.
 */
struct zram_tier_latency {
	u32 target_us;
	u32 limit;
	u32 p95_us;
	bool wrote;
	bool reading;
	u64 began;
	u32 calm;
	u32 backoff;
	u64 resume;
	u32 seen[ZRAM_TIER_LATENCY_TIMES];
};

unsigned int zram_tier_latency_class(u64 us);
u32 zram_tier_latency_step(struct zram_tier_latency *latency,
			   struct zram_tier_latency_times *times,
			   const struct zram_tier_latency_input *in);

#ifdef CONFIG_ZRAM_TIER
void zram_tier_latency_count(struct zram_tier_latency_times *times, u64 us);
#else
static inline void zram_tier_latency_count(struct zram_tier_latency_times *times,
					   u64 us)
{
}
#endif

#endif
