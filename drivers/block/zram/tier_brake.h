/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_BRAKE_H_
#define _ZRAM_TIER_BRAKE_H_

#include <linux/types.h>

/* The margin while few reads wait for the backing device */
#define ZRAM_TIER_MARGIN_MAX	256U

/**
 * struct zram_tier_brake_tuning - constants, chosen by tools/tiersim
 * @slack: waiting reads that are always admitted
 * @shift: too many waiting reads divide the margin by 1 << @shift
 * @recover: the margin recovers by the factor e in so many seconds
 */
struct zram_tier_brake_tuning {
	u32 slack;
	u32 shift;
	u32 recover;
};

/**
 * struct zram_tier_brake - reads that wait for the backing device, and the margin
 * @waits: these reads, in 1/256, decayed by 1/32 a second
 * @written: pages written, in 1/256, decayed by 1/64 a second
 * @margin: factor by which a page may cost more than it gains, in 1/256
 * @since_cut: seconds since the margin was cut, saturates
 */
struct zram_tier_brake {
	u64 waits;
	u64 written;
	u32 margin;
	u32 since_cut;
};

void zram_tier_brake_init(struct zram_tier_brake *brake);
void zram_tier_brake_count(struct zram_tier_brake *brake, u64 waits, u64 written);
bool zram_tier_brake_second(struct zram_tier_brake *brake,
			    const struct zram_tier_brake_tuning *tuning,
			    u32 target);
u32 zram_tier_brake_regret(const struct zram_tier_brake *brake);
unsigned int zram_tier_brake_halvings(const struct zram_tier_brake *brake);

#endif
