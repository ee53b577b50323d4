/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_SHOW_H_
#define _ZRAM_TIER_SHOW_H_

struct zram;

int zram_tier_show_stat(struct zram *zram, char *buf);
int zram_tier_show_ages(struct zram *zram, char *buf);

#endif
