// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that could not be written. A block is bad, and is retired, if the
 * device wrote another block after this one had failed. If the device itself
 * fails, its blocks are as good as before once it is back. Until either is
 * known the block is suspected: it stays reserved.
 */

#include <linux/bits.h>

#include "bd_map.h"
#include "wb_retry.h"
#include "wb_ring.h"

/* The device works, or fails: decide on the suspected blocks */
static void wb_retry_settle_suspected(struct zram_wb_retry *retry,
				      struct zram_bd_map *map,
				      bool device_works)
{
	unsigned int i;

	for (i = 0; i < retry->nr; i++) {
		if (device_works)
			zram_bd_map_retire(map, retry->suspected[i]);
		else
			zram_bd_map_put(map, retry->suspected[i], 1);
	}
	retry->nr = 0;
}

static void wb_retry_suspect(struct zram_wb_retry *retry,
			     struct zram_bd_map *map, u64 block)
{
	if (retry->nr == ZRAM_WB_RETRY_MAX) {
		zram_bd_map_put(map, block, 1);
		return;
	}
	retry->suspected[retry->nr++] = block;
	retry->since = retry->submitted;
}

/**
 * zram_wb_retry_settle() - take the writer's references of a request over
 * @retry: the run's
 * @map: the block map
 * @req: a request that is over, in the order they were submitted in
 *
 * Context: Any.
 */
void zram_wb_retry_settle(struct zram_wb_retry *retry,
			  struct zram_bd_map *map,
			  const struct zram_wb_request *req)
{
	u64 good = ~req->bad & GENMASK_ULL(req->nr - 1, 0);
	bool device_fails = !good && req->nr > 1;
	unsigned int i;

	retry->settled++;
	if (device_fails)
		wb_retry_settle_suspected(retry, map, false);
	else if (good && retry->settled > retry->since)
		wb_retry_settle_suspected(retry, map, true);

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
			wb_retry_suspect(retry, map, req->first + i);
	}
}

/**
 * zram_wb_retry_end() - the run ends, and nothing more is learnt
 * @retry: the run's
 * @map: the block map
 *
 * Context: Any.
 */
void zram_wb_retry_end(struct zram_wb_retry *retry, struct zram_bd_map *map)
{
	wb_retry_settle_suspected(retry, map, false);
}
