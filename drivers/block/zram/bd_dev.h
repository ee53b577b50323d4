/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_DEV_H_
#define _ZRAM_BD_DEV_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

void zram_bd_init(struct zram *zram);
int zram_bd_attach(struct zram *zram, const char *path);
void zram_bd_detach(struct zram *zram);
ssize_t zram_bd_show(struct zram *zram, char *buf);
void zram_bd_budget_set(struct zram *zram, u64 blocks);
void zram_bd_budget_enable(struct zram *zram, bool on);
u64 zram_bd_budget_left(struct zram *zram);
u64 zram_bd_budget_room(struct zram *zram);
unsigned int zram_bd_budget_charge(struct zram *zram, unsigned int want,
				   u32 *epoch);
void zram_bd_budget_refund(struct zram *zram, unsigned int blocks, u32 epoch);

#else

static inline void zram_bd_init(struct zram *zram)
{
}

static inline void zram_bd_detach(struct zram *zram)
{
}

#endif
#endif
