/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_OOM_H_
#define _ZRAM_TIER_OOM_H_

#include <linux/types.h>

struct zram_tier_ask;

/**
 * struct zram_tier_oom_series - rescues that follow each other
 * @any: there was one
 * @first: when the series began, jiffies
 * @last: when the last rescue ended, jiffies
 */
struct zram_tier_oom_series {
	bool any;
	unsigned long first;
	unsigned long last;
};

#ifdef CONFIG_ZRAM_TIER
void zram_tier_oom_begin(struct zram_tier_ask *ask);
bool zram_tier_oom_is_thrash(struct zram_tier_oom_series *series, unsigned long now);
int zram_tier_oom_init(void);
void zram_tier_oom_exit(void);
#else
static inline int zram_tier_oom_init(void)
{
	return 0;
}

static inline void zram_tier_oom_exit(void)
{
}
#endif

#endif
