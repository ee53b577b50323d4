// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a request of a writeback run: its slots move to the backing device.
 */

#include <linux/array_size.h>
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

/* The blocks of a request that an object lies on, a bit for each */
static u64 wb_settle_blocks(const struct zram_wb_pack_object *obj)
{
	unsigned int last = obj->offset + zram_slot_packed_size(obj->size) - 1;

	return GENMASK_ULL(last >> ZRAM_BLOCK_SHIFT, obj->offset >> ZRAM_BLOCK_SHIFT);
}

/*
 * Take the references of all slots that will be moved. A reader may find a moved slot at
 * once, so this precedes the first move. One slot of each block takes over the reference of
 * the run. Returns a bit for each block whose reference a slot has taken over.
 */
static u64 wb_settle_share(struct zram_wb_run *run, const struct zram_wb_request *req)
{
	u16 refs[BITS_PER_TYPE(req->bad)] = {};
	u64 blocks, again, taken = 0, shared = 0;
	unsigned int i;

	for (i = 0; i < req->nr_objects; i++) {
		blocks = wb_settle_blocks(zram_wb_pack_peek(&run->pack, i));
		if (blocks & req->bad)
			continue;
		again = blocks & taken;
		taken |= blocks;
		shared |= again;
		for (; again; again &= again - 1)
			refs[__ffs64(again)]++;
	}
	if (shared)
		zram_bd_map_share(run->zram->backing.map, req->first, req->nr, refs);
	return taken;
}

/**
 * struct wb_settle_sums - results of the objects of a request
 * @pages: slots that were moved
 * @packed: of these, slots with a packed object
 * @stale: slots whose content had changed meanwhile
 * @bytes: bytes of objects that were written
 */
struct wb_settle_sums {
	unsigned int pages;
	unsigned int packed;
	unsigned int stale;
	unsigned int bytes;
};

/* Move slots of one group; @packed has a bit for each that is packed */
static void wb_settle_move_slots(struct zram *zram, struct zram_slot_move *moves,
				 unsigned int nr, u32 packed,
				 struct wb_settle_sums *sums)
{
	const u32 kept = ~(ZRAM_PP | ZRAM_PIN | ZRAM_BROUGHT | ZRAM_SIZE_MASK);
	u32 moved = zram_slot_move_range(zram, moves, nr, ZRAM_PP, kept);
	unsigned int i;

	sums->pages += hweight32(moved);
	sums->packed += hweight32(moved & packed);
	sums->stale += nr - hweight32(moved);
	/* The old object of a slot that moved, which the device has now; else the blocks */
	for (i = 0; i < nr; i++)
		zram_slot_release(zram, &moves[i].slot);
}

/*
 * Settle slots of one group, from object @i on. Packed objects are in the order of the slot
 * table, as are whole pages behind them, so a request mostly takes few locks. Returns the
 * number of the first object that is left.
 */
static unsigned int wb_settle_move_group(struct zram_wb_run *run,
					 const struct zram_wb_request *req,
					 unsigned int i, struct wb_settle_sums *sums)
{
	const struct zram_wb_pack_object *obj = zram_wb_pack_peek(&run->pack, i);
	unsigned long group = obj->index / ZRAM_SLOT_GROUP;
	/* As many as zram_slot_free_range() frees in a critical section */
	struct zram_slot_move moves[16];
	unsigned int nr = 0;
	u32 packed = 0;

	for (; i < req->nr_objects && nr < ARRAY_SIZE(moves); i++) {
		obj = zram_wb_pack_peek(&run->pack, i);
		if (obj->index / ZRAM_SLOT_GROUP != group)
			break;
		if (wb_settle_blocks(obj) & req->bad) {
			zram_slot_unmark(run->zram, obj->index, ZRAM_PP, 0);
			continue;
		}
		sums->bytes += obj->size;
		if (obj->size < PAGE_SIZE)
			packed |= BIT(nr);
		moves[nr].index = obj->index;
		moves[nr++].slot = zram_wb_pack_slot(req, obj);
	}
	if (nr)
		wb_settle_move_slots(run->zram, moves, nr, packed, sums);
	return i;
}

/* Settle the slots of a request that has completed */
static void wb_settle_move(struct zram_wb_run *run,
			   const struct zram_wb_request *req)
{
	struct wb_settle_sums sums = {};
	unsigned int i = 0;

	while (i < req->nr_objects) {
		i = wb_settle_move_group(run, req, i, &sums);
		cond_resched();
	}
	wb_settle_count(run, ZRAM_STAT_WB_PAGES, sums.pages);
	wb_settle_count(run, ZRAM_STAT_WB_PACKED, sums.packed);
	wb_settle_count(run, ZRAM_STAT_WB_BYTES, sums.bytes);
	wb_settle_count(run, ZRAM_STAT_WB_STALE, sums.stale);
	run->written += sums.pages;
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
	u64 taken;

	zram_wb_retry_request(&run->retry, req);
	bad = hweight64(req->bad);
	trace_zram_wb_complete(run->zram, req->first, req->nr, bad, req->err);
	if (bad) {
		run->err = req->err;
		run->failed = true;
		zram_bd_budget_refund(run->zram, bad, req->epoch);
	}
	run->blocks += req->nr - bad;
	wb_settle_count(run, ZRAM_STAT_BD_WRITES, req->nr - bad);
	if (req->retries)
		wb_settle_count(run, ZRAM_STAT_WB_RETRIES, req->retries);
	taken = wb_settle_share(run, req);
	wb_settle_move(run, req);
	zram_wb_pack_pop(&run->pack, req->nr_objects);
	zram_wb_retry_settle(&run->retry, run->zram->backing.map, req, taken);
}
