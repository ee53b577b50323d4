// SPDX-License-Identifier: GPL-2.0
/*
 * How long a read of the backing device takes, on average.
 *
 * The average begins with a few reads of an expected time, and covers a quarter of an hour.
 */

#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "tier_num.h"
#include "tier_wait.h"

/* Times are averaged over so many seconds */
#define MEMORY	1024
/* A read counts as at most so many times the average so far */
#define OUTLIER	16U
/* The average begins with so many reads of the expected time */
#define PRIOR	4U
/* A read counts as at most so many times what the disk needs for a read of any program */
#define FOREIGN	8U

/**
 * zram_tier_wait_bound() - leave out the time that a cgroup holds reads back
 * @us: time that reads waited
 * @reads: how many began in that time
 * @last: counters of the disk at the beginning of that time
 * @now: the counters now; both 0, or both the same, if the disk does not count
 *
 * ``io.max`` of a cgroup holds reads back before they reach the disk. Only the disk tells
 * how fast it is then. Its counters include other programs, whose large or cached reads may
 * take less time, so they only bound what was measured.
 *
 * Return: the time, us, for zram_tier_wait_count().
 */
u64 zram_tier_wait_bound(u64 us, u64 reads, const struct zram_tier_wait_disk *last,
			 const struct zram_tier_wait_disk *now)
{
	unsigned long disk_reads = now->reads - last->reads;
	s64 disk_ns = now->ns - last->ns;
	u64 most_us;

	/* A 32-bit machine may read a torn value: the counter seems to run backwards */
	if (!disk_reads || disk_ns < 0)
		return us;
	/* Device-mapper counts in ticks, so a fast read takes no time or a tick */
	most_us = zram_tier_mul(div64_u64(disk_ns + TICK_NSEC, disk_reads), FOREIGN);
	most_us = min_t(u64, div_u64(most_us, NSEC_PER_USEC) + 1, U32_MAX);
	/* A read that began earlier may have ended now, see zram_tier_wait_count() */
	return min(us, zram_tier_mul(max(reads, 1ULL), most_us));
}

/**
 * zram_tier_wait_average() - find how long a read takes
 * @wait: reads so far
 * @expected: time of a read that is expected without any, us
 *
 * Return: the time, us.
 */
u64 zram_tier_wait_average(const struct zram_tier_wait *wait, u32 expected)
{
	u64 us = zram_tier_add(wait->us, zram_tier_q8((u64)expected * PRIOR));

	return div64_u64(us, zram_tier_add(wait->reads, zram_tier_q8(PRIOR)));
}

/**
 * zram_tier_wait_count() - add reads
 * @wait: reads so far
 * @expected: as in zram_tier_wait_average()
 * @reads: how many began
 * @us: time of all reads that ended, us
 *
 * While a disk spins up, or a bus is reset, a few reads take seconds. They count as slow,
 * but with less than their time. If a device stays slow, the average follows within ten
 * reads, because it grows with each.
 */
void zram_tier_wait_count(struct zram_tier_wait *wait, u32 expected, u64 reads, u64 us)
{
	u64 most = zram_tier_mul(zram_tier_wait_average(wait, expected), OUTLIER);
	/* A read that was counted earlier may have ended now */
	u64 ended = max(reads, 1ULL);

	us = min(div64_u64(us, ended), most) * ended;
	wait->us = zram_tier_add(wait->us, zram_tier_q8(us));
	wait->reads = zram_tier_add(wait->reads, zram_tier_q8(reads));
}

/**
 * zram_tier_wait_second() - let a second pass
 * @wait: reads so far
 */
void zram_tier_wait_second(struct zram_tier_wait *wait)
{
	wait->us = zram_tier_decay(wait->us, MEMORY);
	wait->reads = zram_tier_decay(wait->reads, MEMORY);
}
