/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_SPARSE_H_
#define _ZRAM_TIER_SPARSE_H_

#include <linux/types.h>

struct zram;
struct zram_pp_run;

/**
 * struct zram_tier_sparse - a pass over the slot table for sparse blocks
 * @next: the slot at which the pass continues
 * @due: the next pass begins then at the latest, awake time in ms
 * @stored: pages on the backing device when the last pass ended; 0 if a read failed
 * @found: objects that this pass has brought back
 * @failed: reads of this pass that failed
 *
 * Belongs to the thread. All zero to begin with.
 */
struct zram_tier_sparse {
	unsigned long next;
	u64 due;
	u64 stored;
	u64 found;
	unsigned int failed;
};

bool zram_tier_sparse_is_due(struct zram *zram,
			     const struct zram_tier_sparse *sparse, u64 now);
u32 zram_tier_sparse(const struct zram_pp_run *pp, struct zram_tier_sparse *sparse,
		     u64 now);

#endif
