/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_WAIT_H_
#define _ZRAM_TIER_WAIT_H_

#include <linux/types.h>

/**
 * struct zram_tier_wait - the time that reads of the backing device take
 * @us: sum of their times, in 1/256, decayed by 1/1024 a second
 * @reads: their number, in 1/256, decayed likewise
 */
struct zram_tier_wait {
	u64 us;
	u64 reads;
};

/**
 * struct zram_tier_wait_disk - how long the disk needs for a read of any program
 * @reads: its counter of reads at the last look
 * @ns: its counter of their time, likewise
 * @recent_reads: so many of the last reads count, at most 64
 * @recent_ns: the time that they took
 * @moved: the counter had changed at the last look
 */
struct zram_tier_wait_disk {
	unsigned long reads;
	u64 ns;
	u64 recent_reads;
	u64 recent_ns;
	bool moved;
};

void zram_tier_wait_look(struct zram_tier_wait_disk *disk, unsigned long reads, u64 ns);
u64 zram_tier_wait_bound(struct zram_tier_wait_disk *disk, u64 us, u64 reads);
u64 zram_tier_wait_average(const struct zram_tier_wait *wait, u32 expected);
void zram_tier_wait_count(struct zram_tier_wait *wait, u32 expected, u64 reads, u64 us);
void zram_tier_wait_second(struct zram_tier_wait *wait);

#endif
