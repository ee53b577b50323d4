/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_CAPACITY_H_
#define _ZRAM_TIER_CAPACITY_H_

#include <linux/types.h>

struct zram;

#ifdef CONFIG_ZRAM_TIER
void zram_tier_capacity_init(struct zram *zram);
void zram_tier_capacity_start(struct zram *zram);
void zram_tier_capacity_stop(struct zram *zram);
void zram_tier_capacity_count(struct zram *zram, u64 moved, u64 spilled);
int zram_tier_capacity_show(struct zram *zram, char *buf);
u64 zram_tier_capacity_low(struct zram *zram);
void zram_tier_capacity_set_low(struct zram *zram, u64 low);
#else
static inline void zram_tier_capacity_init(struct zram *zram)
{
}

static inline void zram_tier_capacity_start(struct zram *zram)
{
}

static inline void zram_tier_capacity_stop(struct zram *zram)
{
}
#endif

#endif
