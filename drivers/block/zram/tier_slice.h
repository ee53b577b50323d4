/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_SLICE_H_
#define _ZRAM_TIER_SLICE_H_

#include <linux/types.h>

#include "pp.h"
#include "pp_walk.h"
#include "recompress.h"
#include "tier_latency.h"
#include "tier_sparse.h"
#include "wb_settle.h"

struct zram;

/**
 * struct zram_tier_goal - selects the pages that a slice moves
 * @above: pages last accessed before this go first, boot time in seconds
 * @before: no page accessed at this time or later leaves; not below @above
 * @pages: most pages, exact to a write request
 * @bytes: most bytes to write
 * @rescue: the kernel is about to kill a task: readers and the latency governor do not hold
 *	the slice back, it may use the reserve of the budget, and looks at all pages again
 */
struct zram_tier_goal {
	u32 above;
	u32 before;
	u64 pages;
	u64 bytes;
	bool rescue;
};

/**
 * enum zram_tier_pass - result of a slice of recompression
 * @ZRAM_TIER_PASS_STUCK: the slice tried no page, or memory or mem_limit did not suffice: try
 *	again later, and less often each time
 * @ZRAM_TIER_PASS_PROGRESS: there are more pages to try
 * @ZRAM_TIER_PASS_DONE: the pass is over; the next one tries pages that reach the age later
 */
enum zram_tier_pass {
	ZRAM_TIER_PASS_STUCK,
	ZRAM_TIER_PASS_PROGRESS,
	ZRAM_TIER_PASS_DONE,
};

/**
 * struct zram_tier_slice - the run of a tiering thread
 * @zram: the device
 * @pp: the run as its walk knows it
 * @filter: pages that may leave
 * @range: the whole device
 * @run: the writeback run
 * @latency: the latency governor
 * @goal: goal of the slice in progress
 * @end: when that slice has to end, jiffies
 * @begun: pages that the run had copied when the slice began
 * @ran: when the last slice began, or free segments were discarded; awake time in ms
 * @sparse: the pass for sparse blocks
 * @backoff: number of discards in a row that failed
 * @fresh: the walk is to start over
 * @pages: pages moved by the last slice
 * @bytes: bytes written by the last slice
 * @error: error of the device that did not end the last slice, such as that of a bad block
 *	among good ones
 * @retest: when retired blocks are to be tested again, boot time in seconds
 * @recompressed: objects replaced by the last slice
 * @recompression: result of the last slice of recompression
 * @pass: the pass in progress, or the last one
 * @trying: the pass in progress tries pages last accessed before this
 * @tried: earlier passes have tried all pages last accessed before this, and none was
 *	refused for lack of memory
 *
 * Belongs to the thread.
 */
struct zram_tier_slice {
	struct zram *zram;
	struct zram_pp_run pp;
	struct zram_pp_filter filter;
	struct zram_pp_range range;
	struct zram_wb_run run;
	struct zram_tier_latency latency;
	struct zram_tier_goal goal;
	unsigned long end;
	unsigned int begun;
	u64 ran;
	struct zram_tier_sparse sparse;
	int backoff;
	bool fresh;
	u64 pages;
	u64 bytes;
	int error;
	time64_t retest;
	u64 recompressed;
	enum zram_tier_pass recompression;
	struct zram_recompress_pass pass;
	u32 trying;
	u32 tried;
};

void zram_tier_slice_init(struct zram_tier_slice *slice, struct zram *zram);
int zram_tier_slice_open(struct zram_tier_slice *slice);
int zram_tier_slice_run(struct zram_tier_slice *slice,
			const struct zram_tier_goal *goal);
int zram_tier_slice_recompress(struct zram_tier_slice *slice, u32 before);
void zram_tier_slice_restart(struct zram_tier_slice *slice);
void zram_tier_slice_rest(struct zram_tier_slice *slice, u64 now, bool full);
u32 zram_tier_slice_rest_ms(const struct zram_tier_slice *slice, u64 now);
void zram_tier_slice_close(struct zram_tier_slice *slice);

#endif
