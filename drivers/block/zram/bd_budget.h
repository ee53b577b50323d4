/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_BUDGET_H_
#define _ZRAM_BD_BUDGET_H_

#include <linux/types.h>

struct zram;

void zram_bd_budget_init(struct zram *zram);
void zram_bd_budget_set(struct zram *zram, u64 blocks);
void zram_bd_budget_enable(struct zram *zram, bool on);
u64 zram_bd_budget_left(struct zram *zram);
u64 zram_bd_budget_bound(struct zram *zram);
u64 zram_bd_budget_room(struct zram *zram);
unsigned int zram_bd_budget_charge(struct zram *zram, unsigned int want,
				   u32 *epoch);
void zram_bd_budget_refund(struct zram *zram, unsigned int blocks, u32 epoch);

#endif
