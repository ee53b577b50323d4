/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_BUDGET_H_
#define _ZRAM_TIER_BUDGET_H_

#include <linux/types.h>

struct zram;
struct zram_tier_bucket;

void zram_tier_budget_get(struct zram *zram, struct zram_tier_bucket *bucket);
u64 zram_tier_budget_left(struct zram *zram, bool reserve);
void zram_tier_budget_charge(struct zram *zram, u64 bytes);
void zram_tier_budget_moved(struct zram *zram, u64 pages, u64 bytes);
void zram_tier_budget_read_back(struct zram *zram, u64 pages);
void zram_tier_budget_set_daily(struct zram *zram, u64 bytes);
void zram_tier_budget_set_reserve(struct zram *zram, u64 bytes);
int zram_tier_budget_show(struct zram *zram, char *buf);
int zram_tier_budget_restore(struct zram *zram, const char *text);

#endif
