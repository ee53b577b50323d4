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
 * @err: the last error of the device
 * @written: pages moved to the backing device
 *
 * Belongs to the task of the run.
 */
struct zram_wb_run {
	const struct zram_pp_run *pp;
	struct zram *zram;
	struct zram_pp_walk walk;
	struct zram_wb_ring *ring;
	struct zram_wb_pack pack;
	struct zram_wb_retry retry;
	unsigned int unit;
	int err;
	u64 written;
};

void zram_wb_settle(struct zram_wb_run *run, struct zram_wb_request *req);

#endif
