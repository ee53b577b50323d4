/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_SLEEP_H_
#define _ZRAM_TIER_SLEEP_H_

#include <linux/types.h>

struct zram_tier_ask;

#ifdef CONFIG_ZRAM_TIER
bool zram_tier_asleep(void);
bool zram_tier_io_begin(void);
void zram_tier_io_end(void);
void zram_tier_sleep_follow(struct zram_tier_ask *ask);
int zram_tier_sleep_init(void);
void zram_tier_sleep_exit(void);
#else
static inline int zram_tier_sleep_init(void)
{
	return 0;
}

static inline void zram_tier_sleep_exit(void)
{
}
#endif

#endif
