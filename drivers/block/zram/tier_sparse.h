/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_SPARSE_H_
#define _ZRAM_TIER_SPARSE_H_

#include <linux/types.h>

struct zram;

/**
 * struct zram_tier_sparse - the pass over the table for sparse blocks
 * @next: the slot at which it continues
 * @due: nothing is done before this, awake time in ms
 * @stored: pages on the device when the last pass ended; 0 if it could not read blocks
 * @found: objects brought back by this pass
 * @failed: blocks that this pass could not read
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

u32 zram_tier_sparse(struct zram *zram, struct zram_tier_sparse *sparse, u64 now);

#endif
