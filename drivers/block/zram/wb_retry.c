// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of blocks that could not be written. A block is bad, and retired,
 * if the device could write another one after it had failed. If it is the device
 * that fails, its blocks are as good as before once it is back. Where neither is
 * known yet a block is a suspect, which nobody gets until it is.
 */

#include <linux/bits.h>

#include "bd_map.h"
#include "wb_retry.h"
#include "wb_ring.h"

/* There is news of the device */
static void judge(struct zram_wb_retry *verdict, struct zram_bd_map *map,
		  bool device_works)
{
	unsigned int i;

	for (i = 0; i < verdict->nr; i++) {
		if (device_works)
			zram_bd_map_retire(map, verdict->suspects[i]);
		else
			zram_bd_map_put(map, verdict->suspects[i], 1);
	}
	verdict->nr = 0;
}

static void suspect(struct zram_wb_retry *verdict, struct zram_bd_map *map,
		    u64 block)
{
	if (verdict->nr == ZRAM_WB_RETRY_SUSPECTED) {
		zram_bd_map_put(map, block, 1);
		return;
	}
	verdict->suspects[verdict->nr++] = block;
	verdict->suspected = verdict->submitted;
}

/**
 * zram_wb_retry_settle() - take the writer's references of a request over
 * @verdict: the run's
 * @map: the block map
 * @req: a request that is over, in the order they were submitted in
 *
 * Context: Any.
 */
void zram_wb_retry_settle(struct zram_wb_retry *verdict,
			  struct zram_bd_map *map,
			  const struct zram_wb_request *req)
{
	u64 good = ~req->bad & GENMASK_ULL(req->nr - 1, 0);
	bool device_fails = !good && req->nr > 1;
	unsigned int i;

	verdict->settled++;
	if (device_fails)
		judge(verdict, map, false);
	else if (good && verdict->settled > verdict->suspected)
		judge(verdict, map, true);

	if (!req->faulty || device_fails) {
		zram_bd_map_put(map, req->first, req->nr);
		return;
	}
	/* Blocks are tried again one after the other */
	for (i = 0; i < req->nr; i++, good >>= 1) {
		if (!(req->faulty & BIT_ULL(i)))
			zram_bd_map_put(map, req->first + i, 1);
		else if (good)
			zram_bd_map_retire(map, req->first + i);
		else
			suspect(verdict, map, req->first + i);
	}
}

/**
 * zram_wb_retry_end() - there will be no more news of the device
 * @verdict: the run's
 * @map: the block map
 *
 * Context: Any.
 */
void zram_wb_retry_end(struct zram_wb_retry *verdict, struct zram_bd_map *map)
{
	judge(verdict, map, false);
}
