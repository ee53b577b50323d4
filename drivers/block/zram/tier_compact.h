/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_COMPACT_H_
#define _ZRAM_TIER_COMPACT_H_

#include <linux/types.h>

struct zram;
struct zram_tier_input;

/**
 * struct zram_tier_compact - when a thread compacts the pool of its device
 * @last: when it last looked at the gaps, awake time in ms
 * @freed: objects freed since it last compacted
 *
 * Belongs to the thread.
 */
struct zram_tier_compact {
	u64 last;
	u64 freed;
};

u64 zram_tier_compact_gaps(struct zram *zram);
void zram_tier_compact_step(struct zram_tier_compact *compact, struct zram *zram,
			    const struct zram_tier_input *in, u64 now, bool urgent);

#endif
