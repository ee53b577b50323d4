/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_REPORT_H_
#define _ZRAM_TIER_REPORT_H_

#include <linux/types.h>

#include "tier_dev.h"

struct zram;
struct zram_tier_output;

/**
 * struct zram_tier_report - events that were sent to user space
 * @next: no event before this, awake time in ms: [0] for the device, [1] for the budget
 * @told: the event for the state was sent, or the state needs none
 */
struct zram_tier_report {
	u64 next[2];
	bool told;
};

void zram_tier_report_step(struct zram_tier_report *report, struct zram *zram,
			   enum zram_tier_activity pause,
			   const struct zram_tier_output *out, u64 now);

#endif
