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
 * struct zram_tier_wait_disk - read counters of the disk, see zram_bd_disk_reads()
 * @reads: reads that have ended
 * @ns: the time that they took, ns
 */
struct zram_tier_wait_disk {
	unsigned long reads;
	u64 ns;
};

u64 zram_tier_wait_bound(u64 us, u64 reads, const struct zram_tier_wait_disk *last,
			 const struct zram_tier_wait_disk *now);
u64 zram_tier_wait_average(const struct zram_tier_wait *wait, u32 expected);
void zram_tier_wait_count(struct zram_tier_wait *wait, u32 expected, u64 reads, u64 us);
void zram_tier_wait_second(struct zram_tier_wait *wait);

#endif
