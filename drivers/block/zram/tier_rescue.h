/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_RESCUE_H_
#define _ZRAM_TIER_RESCUE_H_

#include <linux/types.h>

struct zram;
struct zram_tier_input;

/**
 * struct zram_tier_rescue - a rescue: pages leave so that the kernel kills no task
 * @begun: when it began, awake time in ms
 * @on: the rescue is in progress
 * @moved: bytes of the objects moved before it, by this thread and by runs of tasks
 * @gaps: memory of the pool without objects when it began, bytes
 *
 * Belongs to the thread.
 */
struct zram_tier_rescue {
	u64 begun;
	bool on;
	u64 moved;
	u64 gaps;
};

void zram_tier_rescue_begin(struct zram_tier_rescue *rescue, struct zram *zram,
			    struct zram_tier_input *in, u64 now);
unsigned long zram_tier_rescue_freed(const struct zram_tier_rescue *rescue, u64 moved,
				     u64 gaps, u64 pages);
bool zram_tier_rescue_end(struct zram_tier_rescue *rescue, struct zram *zram,
			  const struct zram_tier_input *in, bool blocked);
void zram_tier_rescue_cancel(struct zram_tier_rescue *rescue, struct zram *zram);

#endif
