/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_PROBE_H_
#define _ZRAM_TIER_PROBE_H_

#include <linux/types.h>

struct zram;

u32 zram_tier_probe(struct zram *zram);

#endif
