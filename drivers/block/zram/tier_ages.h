/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_AGES_H_
#define _ZRAM_TIER_AGES_H_

#include <linux/types.h>

#include "tier_hazard.h"

struct zram;

/**
 * struct zram_tier_ages - the pages of a device by age class
 * @walk: number of pages
 * @bytes: bytes of the objects in memory that could be written
 */
struct zram_tier_ages {
	struct zram_tier_walk walk;
	u64 bytes[ZRAM_TIER_CLASSES];
};

int zram_tier_ages_walk(struct zram *zram, u32 now, u32 idle_age,
			struct zram_tier_ages *ages,
			bool (*stop)(const struct zram *zram));

#endif
