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
/* The disk's mean is that of so many reads */
#define RECENT	64

/* Half of the reads are forgotten; the mean stays */
static void tier_wait_forget(struct zram_tier_wait_disk *disk)
{
	disk->recent_reads /= 2;
	disk->recent_ns /= 2;
}

/**
 * zram_tier_wait_look() - take the read counters of the disk
 * @disk: what they were; zeroed before the first call
 * @reads: as zram_bd_disk_reads() returns it
 * @ns: likewise
 */
void zram_tier_wait_look(struct zram_tier_wait_disk *disk, unsigned long reads, u64 ns)
{
	unsigned long more = reads - disk->reads;
	u64 took = ns - disk->ns;

	disk->reads = reads;
	disk->ns = ns;
	disk->moved = more;
	/* A 32-bit machine may read a torn value: the counter seems to run backwards */
	if ((s64)took < 0)
		return;
	disk->recent_reads = zram_tier_add(disk->recent_reads, more);
	disk->recent_ns = zram_tier_add(disk->recent_ns, took);
	while (disk->recent_reads > RECENT)
		tier_wait_forget(disk);
}

/**
 * zram_tier_wait_bound() - leave out the time that a cgroup holds reads back
 * @disk: the disk, just after zram_tier_wait_look()
 * @us: time that reads waited since the last look
 * @reads: how many began since then
 *
 * ``io.max`` of a cgroup holds reads back before they reach the disk. Only the disk tells
 * how fast it is then. Its counters include other programs, whose large or cached reads may
 * take less time, so they only bound what was measured.
 *
 * Return: the time, us, for zram_tier_wait_count(). @us if the disk does not count its reads.
 */
u64 zram_tier_wait_bound(struct zram_tier_wait_disk *disk, u64 us, u64 reads)
{
	u64 most_us;

	/* The disk may have stopped counting */
	if (us && !disk->moved)
		tier_wait_forget(disk);
	if (!disk->recent_reads)
		return us;
	/* Device-mapper counts in ticks, so the last fast read may have taken one more */
	most_us = div64_u64(zram_tier_add(disk->recent_ns, TICK_NSEC), disk->recent_reads);
	most_us = div_u64(zram_tier_mul(most_us, FOREIGN), NSEC_PER_USEC) + 1;
	/* A read that began earlier may have ended now, see zram_tier_wait_count() */
	return min(us, zram_tier_mul(max(reads, 1ULL), min_t(u64, most_us, U32_MAX)));
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
