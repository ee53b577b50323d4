/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_REPORT_H_
#define _ZRAM_TIER_REPORT_H_

#include <linux/types.h>

#include "tier_dev.h"

struct zram;
struct zram_tier_output;

/**
 * struct zram_tier_report - what user space was told
 * @next: no event for the device, and for the budget, before this, awake time in ms
 * @told: user space knows the state, or need not know it
 */
struct zram_tier_report {
	u64 next[2];
	bool told;
};

void zram_tier_report_step(struct zram_tier_report *report, struct zram *zram,
			   enum zram_tier_activity pause,
			   const struct zram_tier_output *out, u64 now);

#endif
