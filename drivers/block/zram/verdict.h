/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_VERDICT_H_
#define _ZRAM_VERDICT_H_

#include <linux/types.h>

struct zram_blkmap;
struct zram_ring_request;

/* Blocks that may wait for a verdict; more are given the benefit of the doubt */
#define ZRAM_VERDICT_SUSPECTS	32

/**
 * struct zram_verdict - blocks of a run whose failure may be theirs
 * @submitted: number of requests the run has submitted
 * @settled: number of requests it has settled
 * @suspected: value of @submitted when the last suspect failed
 * @suspects: blocks that failed, and nothing was written after
 * @nr: number of them
 *
 * Belongs to the task of the run.
 */
struct zram_verdict {
	u64 submitted;
	u64 settled;
	u64 suspected;
	u64 suspects[ZRAM_VERDICT_SUSPECTS];
	unsigned int nr;
};

void zram_verdict_settle(struct zram_verdict *verdict, struct zram_blkmap *map,
			 const struct zram_ring_request *req);
void zram_verdict_end(struct zram_verdict *verdict, struct zram_blkmap *map);

#endif
