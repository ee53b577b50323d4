// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a request of a writeback run: its slots move to the backing device.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/sched.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "wb_pack.h"
#include "wb_retry.h"
#include "wb_ring.h"
#include "wb_settle.h"
#include "zram.h"

static void wb_settle_count(struct zram_wb_run *run, enum zram_stat id,
			    long amount)
{
	zram_stats_add(&run->zram->stats, id, amount);
}

/* The slot for a written object, and the blocks of the request it lies on */
static struct zram_slot
wb_settle_object_slot(const struct zram_wb_request *req,
		      const struct zram_wb_pack_object *obj, unsigned int *from,
		      unsigned int *nr)
{
	struct zram_slot slot = zram_wb_pack_slot(req, obj);
	u64 first;

	*nr = zram_slot_blocks(&slot, &first);
	*from = first - req->first;
	return slot;
}

static bool wb_settle_is_written(const struct zram_wb_request *req,
				 unsigned int from, unsigned int nr)
{
	return !(req->bad & GENMASK_ULL(from + nr - 1, from));
}

/*
 * Take the references of all slots to be moved, before the first one is: a
 * reader may find it at once.
 */
static void wb_settle_share(struct zram_wb_run *run,
			    const struct zram_wb_request *req)
{
	u16 refs[BITS_PER_TYPE(req->bad)] = {};
	unsigned int i, from, nr;

	for (i = 0; i < req->nr_objects; i++) {
		wb_settle_object_slot(req, zram_wb_pack_peek(&run->pack, i),
				      &from, &nr);
		if (wb_settle_is_written(req, from, nr))
			while (nr--)
				refs[from + nr]++;
	}
	zram_bd_map_share(run->zram->backing.map, req->first, req->nr, refs);
}

/* Settle the slots of a request that has completed */
static void wb_settle_move(struct zram_wb_run *run,
			   const struct zram_wb_request *req)
{
	unsigned int i, from, nr, pages = 0, packed = 0, stale = 0, bytes = 0;
	const struct zram_slot claimed = { .flags = ZRAM_PP };
	const u32 kept = ~(ZRAM_PP | ZRAM_PIN | ZRAM_BROUGHT |
			   ZRAM_SIZE_MASK);
	const struct zram_wb_pack_object *obj;
	struct zram_slot moved;

	for (i = 0; i < req->nr_objects; i++) {
		obj = zram_wb_pack_peek(&run->pack, i);
		moved = wb_settle_object_slot(req, obj, &from, &nr);
		if (!wb_settle_is_written(req, from, nr)) {
			zram_slot_unmark(run->zram, obj->index, ZRAM_PP, 0);
			continue;
		}
		bytes += obj->size;
		if (zram_slot_publish_if(run->zram, obj->index, &moved,
					 &claimed, kept)) {
			pages++;
			packed += obj->size < PAGE_SIZE;
		} else {
			stale++;
		}
		/* The old object, now that the device has it; or the blocks */
		zram_slot_release(run->zram, &moved);
		cond_resched();
	}
	wb_settle_count(run, ZRAM_STAT_WB_PAGES, pages);
	wb_settle_count(run, ZRAM_STAT_WB_PACKED, packed);
	wb_settle_count(run, ZRAM_STAT_WB_BYTES, bytes);
	wb_settle_count(run, ZRAM_STAT_WB_STALE, stale);
	run->written += pages;
}

/**
 * zram_wb_settle() - update the slots of a request that has completed
 * @run: the run
 * @req: its oldest request
 *
 * Blocks that failed are written again first. What could not be written stays
 * in memory.
 *
 * Context: May sleep; waits for I/O of blocks that failed.
 */
void zram_wb_settle(struct zram_wb_run *run, struct zram_wb_request *req)
{
	unsigned int bad;

	zram_wb_retry_request(&run->retry, req);
	bad = hweight64(req->bad);
	trace_zram_wb_complete(run->zram, req->first, req->nr, bad, req->err);
	if (bad) {
		run->err = req->err;
		zram_bd_budget_refund(run->zram, bad, req->epoch);
	}
	run->blocks += req->nr - bad;
	wb_settle_count(run, ZRAM_STAT_BD_WRITES, req->nr - bad);
	if (req->retries)
		wb_settle_count(run, ZRAM_STAT_WB_RETRIES, req->retries);
	wb_settle_share(run, req);
	wb_settle_move(run, req);
	zram_wb_pack_pop(&run->pack, req->nr_objects);
	zram_wb_retry_settle(&run->retry, run->zram->backing.map, req);
}
