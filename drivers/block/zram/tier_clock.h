/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_CLOCK_H_
#define _ZRAM_TIER_CLOCK_H_

#include <linux/types.h>

/* Sleeps that are remembered */
#define ZRAM_TIER_SLEEPS	64

/**
 * struct zram_tier_sleep - a sleep of the machine
 * @end: when it ended, seconds since boot
 * @slept: seconds slept since boot, this sleep included
 */
struct zram_tier_sleep {
	u32 end;
	u32 slept;
};

/**
 * struct zram_tier_clock - converts seconds since boot to awake seconds
 * @nr: number of sleeps
 * @sleeps: sleeps, the oldest first
 */
struct zram_tier_clock {
	unsigned int nr;
	struct zram_tier_sleep sleeps[ZRAM_TIER_SLEEPS];
};

bool zram_tier_clock_add(struct zram_tier_clock *clock, u32 now, u32 slept);
u32 zram_tier_clock_age_by(const struct zram_tier_clock *clock, u32 ac_time,
			   u32 now);
u32 zram_tier_clock_before_by(const struct zram_tier_clock *clock, u32 age,
			      u32 now);

u32 zram_tier_clock_age(u32 ac_time, u32 now);
u32 zram_tier_clock_before(u32 age, u32 now);
void zram_tier_clock_resume(void);

#endif
