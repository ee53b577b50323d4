/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BACKING_H_
#define _ZRAM_BACKING_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

void zram_backing_init(struct zram *zram);
int zram_backing_attach(struct zram *zram, const char *path);
void zram_backing_detach(struct zram *zram);
ssize_t zram_backing_show(struct zram *zram, char *buf);
void zram_backing_set_limit(struct zram *zram, u64 blocks);
void zram_backing_enable_limit(struct zram *zram, bool on);
u64 zram_backing_limit(struct zram *zram);
u64 zram_backing_room(struct zram *zram);
unsigned int zram_backing_charge(struct zram *zram, unsigned int want,
				 u32 *epoch);
void zram_backing_refund(struct zram *zram, unsigned int blocks, u32 epoch);

#else

static inline void zram_backing_init(struct zram *zram)
{
}

static inline void zram_backing_detach(struct zram *zram)
{
}

#endif
#endif
