/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_LATENCY_H_
#define _ZRAM_TIER_LATENCY_H_

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/types.h>

/* Classes of times: four for each power of two of us; the last one from 58 s on */
#define ZRAM_TIER_LATENCY_TIMES		100
/* No limit */
#define ZRAM_TIER_LATENCY_NONE		U32_MAX

/**
 * struct zram_tier_latency_times - reads of the backing device, by the time that they took
 * @on: reads are counted
 * @count: number of reads by zram_tier_latency_class(); only grows, and wraps
 */
struct zram_tier_latency_times {
	bool on;					/* A */
	atomic_t count[ZRAM_TIER_LATENCY_TIMES];
};

/**
 * struct zram_tier_latency_input - input of zram_tier_latency_step()
 * @now: awake time, ms
 * @target_us: tier/latency_target_us
 * @full: most blocks in flight without a limit
 * @least: fewest blocks of a request
 * @reading: reads of the device are in flight
 * @disk_reads: reads of the whole disk that have ended; wraps. 0 if the driver reads back
 *	what it writes: the writes make these reads slow
 * @disk_ns: time that they took, ns; likewise
 */
struct zram_tier_latency_input {
	u64 now;
	u32 target_us;
	u32 full;
	u32 least;
	bool reading;
	unsigned long disk_reads;
	u64 disk_ns;
};

/**
 * struct zram_tier_latency - the latency governor of a thread
 * @target_us: the target that the state is for; 0: off
 * @limit: most blocks that the thread may have in flight; 0: the thread is stopped
 * @slowed: a slow second has shrunk the limit since the target was set
 * @p95_us: 95th percentile of the times of the device's own reads, last second with such reads
 * @disk_us: mean time of all reads of the disk in the last second with reads of the disk
 * @disk_s: @disk_us in whole seconds if it made the last judged second slow; else 0
 * @hold: before this awake time in ms, a second in which no read ends is not quiet
 * @wrote: set by the thread: it has written in the current second
 * @reading: reads were in flight when the current second began
 * @began: when the current second began, awake time in ms
 * @calm: seconds in a row that were not slow, see tier_latency_second()
 * @backoff: length of the last stop, seconds
 * @resume: when the stop ends, awake time in ms
 * @disk_reads: reads of the disk that had ended when the current second began
 * @disk_ns: time that they had taken, ns
 * @seen: counts when the current second began
 *
 * Belongs to the thread. All zero to begin with.
 */
struct zram_tier_latency {
	u32 target_us;
	u32 limit;
	bool slowed;
	u32 p95_us;
	u32 disk_us;
	u32 disk_s;
	u64 hold;
	bool wrote;
	bool reading;
	u64 began;
	u32 calm;
	u32 backoff;
	u64 resume;
	unsigned long disk_reads;
	u64 disk_ns;
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
