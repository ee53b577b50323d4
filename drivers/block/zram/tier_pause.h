/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_PAUSE_H_
#define _ZRAM_TIER_PAUSE_H_

#include <linux/types.h>

#include "tier_dev.h"

struct zram;

/**
 * struct zram_tier_pause - when a thread may try again to move pages
 * @why: why it pauses; %ZRAM_TIER_MOVING if it does not
 * @until: no slice before this, awake time in ms; while @why is set
 * @backoff: seconds until a device that fails is tried again
 *
 * Belongs to the thread.
 */
struct zram_tier_pause {
	enum zram_tier_activity why;
	u64 until;
	unsigned int backoff;
};

bool zram_tier_pause_is_on(const struct zram_tier_pause *pause, u64 now);
void zram_tier_pause_end(struct zram_tier_pause *pause);
void zram_tier_pause_cut(struct zram_tier_pause *pause);
bool zram_tier_pause_result(struct zram_tier_pause *pause, struct zram *zram, int err,
			    u64 pages, u64 now);

#endif
