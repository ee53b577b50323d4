/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RETRY_H_
#define _ZRAM_WB_RETRY_H_

#include <linux/types.h>

struct zram_bd_map;
struct zram_wb_request;

/* Blocks that may be suspected at a time; more are taken to be good */
#define ZRAM_WB_RETRY_MAX	32

/**
 * struct zram_wb_retry - blocks of a run whose failure may be theirs
 * @submitted: number of requests the run has submitted
 * @settled: number of requests it has settled
 * @since: value of @submitted when the last suspected block failed
 * @suspected: blocks that failed, and nothing was written after
 * @nr: number of suspected blocks
 *
 * Belongs to the task of the run.
 */
struct zram_wb_retry {
	u64 submitted;
	u64 settled;
	u64 since;
	u64 suspected[ZRAM_WB_RETRY_MAX];
	unsigned int nr;
};

void zram_wb_retry_settle(struct zram_wb_retry *retry,
			  struct zram_bd_map *map,
			  const struct zram_wb_request *req);
void zram_wb_retry_end(struct zram_wb_retry *retry, struct zram_bd_map *map);

#endif
