/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_OOM_H_
#define _ZRAM_TIER_OOM_H_

#include <linux/types.h>

struct zram_tier_ask;

/**
 * struct zram_tier_oom_series - rescues that follow each other
 * @any: there was a rescue
 * @over: rescues have followed each other for too long, and the kernel may kill
 * @first: when the series began, jiffies of 64 bits
 * @last: when the last rescue ended
 * @kill: since when the kernel may kill
 */
struct zram_tier_oom_series {
	bool any;
	bool over;
	u64 first;
	u64 last;
	u64 kill;
};

#ifdef CONFIG_ZRAM_TIER
void zram_tier_oom_begin(struct zram_tier_ask *ask);
bool zram_tier_oom_is_thrash(struct zram_tier_oom_series *series, u64 now);
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
