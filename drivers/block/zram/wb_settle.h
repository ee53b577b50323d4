/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_SETTLE_H_
#define _ZRAM_WB_SETTLE_H_

#include <linux/types.h>

#include "pp_walk.h"
#include "wb_pack.h"
#include "wb_retry.h"

struct zram;
struct zram_pp_run;
struct zram_wb_request;
struct zram_wb_ring;

/**
 * struct zram_wb_run - a writeback run
 * @pp: the run as its walk knows it
 * @zram: its device
 * @walk: its way through the candidates
 * @ring: requests
 * @pack: content of the requests
 * @retry: blocks that could not be written
 * @unit: blocks that the next request needs together
 * @allowed: blocks that the run may still write, beside the budget of the device
 * @err: the last error of the device, in this slice
 * @failed: the device has failed to write, in this slice
 * @written: pages moved to the backing device, in this slice
 * @blocks: blocks written, in this slice; also those whose pages were overwritten
 *	meanwhile
 *
 * Belongs to the task of the run. The run of a task is one slice.
 */
struct zram_wb_run {
	const struct zram_pp_run *pp;
	struct zram *zram;
	struct zram_pp_walk walk;
	struct zram_wb_ring *ring;
	struct zram_wb_pack pack;
	struct zram_wb_retry retry;
	unsigned int unit;
	u64 allowed;
	int err;
	bool failed;
	u64 written;
	u64 blocks;
};

void zram_wb_settle(struct zram_wb_run *run, struct zram_wb_request *req);

#endif
