/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SPILL_H_
#define _ZRAM_SPILL_H_

#include <linux/errno.h>
#include <linux/types.h>

struct page;
struct zram;

#ifdef CONFIG_ZRAM_TIER
bool zram_spill_is_on(const struct zram *zram);
bool zram_spill_is_ready(const struct zram *zram);
bool zram_spill_has_space(const struct zram *zram);
int zram_spill_write(struct zram *zram, unsigned long index, struct page *page,
		     u32 expected);
int zram_spill_show(struct zram *zram, char *buf, int at);
#else
static inline bool zram_spill_has_space(const struct zram *zram)
{
	return false;
}

static inline int zram_spill_write(struct zram *zram, unsigned long index,
				   struct page *page, u32 expected)
{
	return -EOPNOTSUPP;
}
#endif

#endif
