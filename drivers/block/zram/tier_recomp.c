// SPDX-License-Identifier: GPL-2.0
/*
 * When the tiering thread recompresses pages: each quarter of recompress_age, while there
 * are pages that it has not tried.
 *
 * If a device is not used, the pass after its youngest page has reached the age tries the last
 * pages. Then the thread makes no further pass and needs no wake-up.
 */

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "tier_recomp.h"

/* Seconds until a pass that made no progress continues; doubles each time */
#define STUCK_MIN	1U
#define STUCK_MAX	300U

/**
 * zram_tier_recomp_set_age() - the user may have set another age
 * @recomp: the state; initially zero except @touched
 * @age: recompress_age, seconds
 */
void zram_tier_recomp_set_age(struct zram_tier_recomp *recomp, u32 age)
{
	if (age == recomp->age)
		return;
	recomp->age = age;
	recomp->due = 0;
	recomp->stuck = 0;
}

/**
 * zram_tier_recomp_wait() - find when the next slice is due
 * @recomp: the state
 * @tried: pages last accessed before this second since boot were tried
 * @now: awake time, ms
 *
 * Return: ms until then; 0: now; %U32_MAX: none until a page is read or stored.
 */
u32 zram_tier_recomp_wait(const struct zram_tier_recomp *recomp, u32 tried,
			  u64 now)
{
	if (!recomp->age || tried > recomp->touched)
		return U32_MAX;
	return min_t(u64, recomp->due - min(now, recomp->due), U32_MAX);
}

/**
 * zram_tier_recomp_done() - a pass is over
 * @recomp: the state
 * @untouched: awake seconds since @touched
 * @now: awake time, ms
 */
void zram_tier_recomp_done(struct zram_tier_recomp *recomp, u32 untouched,
			   u64 now)
{
	/* Seconds until the youngest page exceeds the age */
	u64 left = recomp->age - min(untouched, recomp->age) + 1ULL;

	recomp->stuck = 0;
	recomp->due = now + min_t(u64, max(recomp->age / 4, 1U), left) *
		MSEC_PER_SEC;
}

/**
 * zram_tier_recomp_stuck() - a slice made no progress, or a pass was refused memory
 * @recomp: the state
 * @now: awake time, ms
 */
void zram_tier_recomp_stuck(struct zram_tier_recomp *recomp, u64 now)
{
	recomp->stuck = clamp(recomp->stuck * 2, STUCK_MIN, STUCK_MAX);
	recomp->due = now + recomp->stuck * MSEC_PER_SEC;
}
