/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_RECOMP_H_
#define _ZRAM_TIER_RECOMP_H_

#include <linux/types.h>

/**
 * struct zram_tier_recomp - when the tiering thread recompresses
 * @age: recompress_age, seconds; 0: no page is recompressed
 * @touched: no page was read or stored after this second since boot
 * @due: no slice before this, awake time in ms
 * @stuck: seconds until a pass that made no progress continues
 *
 * Belongs to the thread.
 */
struct zram_tier_recomp {
	u32 age;
	u32 touched;
	u64 due;
	u32 stuck;
};

void zram_tier_recomp_set_age(struct zram_tier_recomp *recomp, u32 age);
u32 zram_tier_recomp_wait(const struct zram_tier_recomp *recomp, u32 tried,
			  u64 now);
void zram_tier_recomp_done(struct zram_tier_recomp *recomp, u32 untouched,
			   u64 now);
void zram_tier_recomp_stuck(struct zram_tier_recomp *recomp, u64 now);

#endif
