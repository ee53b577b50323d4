// SPDX-License-Identifier: GPL-2.0
/*
 * A writeback run: moves pages to the backing device.
 *
 * The task that runs it fills requests of many blocks and submits them; while
 * they are in flight it fills the next. The end of an I/O does no more than
 * wake. The slots are updated by the running task, which is free to sleep.
 *
 * A slot is marked PP in the critical section that copies its content. Whoever
 * changes the slot clears the mark, and only the run sets it, which never has two
 * copies of a slot under way; so where it is still set at the end, what was
 * written is the slot's content. Elsewhere the slot keeps what it got meanwhile.
 *
 * Every block is reserved with one reference, the writer's. Each slot that is
 * moved takes one of its own on the blocks it lies on. Then the writer drops
 * his, and blocks that nothing lies on are free again; those that could not be
 * written are retired. Blocks are charged to the budget before they are
 * written, and refunded if they were not.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "pp.h"
#include "pp_run.h"
#include "pp_walk.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "wb_pack.h"
#include "wb_retry.h"
#include "wb_ring.h"
#include "wb_run.h"
#include "zram.h"

/* More in flight than this is memory taken for nothing: 64 MiB */
#define MAX_BATCH	((unsigned int)(SZ_64M / PAGE_SIZE))
/* A device that fails this many blocks in a row is given up */
#define MAX_FAILURES	256

/**
 * struct zram_wb_run - a writeback run
 * @zram: the device
 * @walk: its way through the candidates
 * @ring: requests
 * @pack: what is in these requests
 * @unit: blocks that the next request needs together
 * @failures: blocks that failed since the last that did not
 * @err: the last error of the device
 * @retry: blocks that failed
 */
struct zram_wb_run {
	struct zram *zram;
	struct zram_pp_walk walk;
	struct zram_wb_ring *ring;
	struct zram_wb_pack pack;
	unsigned int unit;
	unsigned int failures;
	int err;
	struct zram_wb_retry retry;
};

static void wb_run_count(struct zram_wb_run *run, enum zram_stat id,
			 long amount)
{
	zram_stats_add(&run->zram->stats, id, amount);
}

static int wb_run_alloc(struct zram_wb_run *run)
{
	struct zram *zram = run->zram;
	unsigned int batch = min(READ_ONCE(zram->wb.batch), MAX_BATCH);

	run->ring = zram_wb_ring_create(zram->backing.bdev,
					batch * ZRAM_BLOCKS_PER_PAGE,
					ZRAM_BLOCKS_PER_PAGE);
	if (!run->ring)
		return -ENOMEM;
	return zram_wb_pack_init(&run->pack, zram, &run->walk,
				 zram_wb_ring_blocks(run->ring));
}

static void wb_run_free(struct zram_wb_run *run)
{
	zram_wb_pack_free(&run->pack);
	zram_wb_ring_destroy(run->ring);
}

/* The slot that an object becomes, and the blocks of the request it lies on */
static struct zram_slot
wb_run_object_slot(const struct zram_wb_request *req,
		   const struct zram_wb_pack_object *obj, unsigned int *from,
		   unsigned int *nr)
{
	struct zram_slot slot = {
		.handle = zram_slot_location(req->first, obj->offset),
		.flags = obj->size | ZRAM_WB,
	};
	u64 first;

	*nr = zram_slot_blocks(&slot, &first);
	*from = first - req->first;
	return slot;
}

static bool wb_run_is_written(const struct zram_wb_request *req,
			      unsigned int from, unsigned int nr)
{
	return !(req->bad & GENMASK_ULL(from + nr - 1, from));
}

/*
 * References for all slots that are going to move: a reader may come to one as
 * soon as it has.
 */
static void wb_run_share(struct zram_wb_run *run,
			 const struct zram_wb_request *req)
{
	u16 refs[BITS_PER_TYPE(req->bad)] = {};
	unsigned int i, from, nr;

	for (i = 0; i < req->nr_objects; i++) {
		wb_run_object_slot(req, zram_wb_pack_peek(&run->pack, i), &from,
				   &nr);
		if (wb_run_is_written(req, from, nr))
			while (nr--)
				refs[from + nr]++;
	}
	zram_bd_map_share(run->zram->backing.map, req->first, req->nr, refs);
}

/* The request is over: what becomes of its slots? */
static void wb_run_move(struct zram_wb_run *run,
			const struct zram_wb_request *req)
{
	unsigned int i, from, nr, pages = 0, packed = 0, stale = 0;
	const struct zram_wb_pack_object *obj;
	const struct zram_slot claimed = { .flags = ZRAM_PP };
	const u32 kept = ~(ZRAM_PP | ZRAM_PIN | ZRAM_SIZE_MASK);
	struct zram_slot moved;

	for (i = 0; i < req->nr_objects; i++) {
		obj = zram_wb_pack_peek(&run->pack, i);
		moved = wb_run_object_slot(req, obj, &from, &nr);
		if (!wb_run_is_written(req, from, nr)) {
			zram_slot_unmark(run->zram, obj->index, ZRAM_PP, 0);
			continue;
		}
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
	wb_run_count(run, ZRAM_STAT_WB_PAGES, pages);
	wb_run_count(run, ZRAM_STAT_WB_PACKED, packed);
	wb_run_count(run, ZRAM_STAT_WB_STALE, stale);
	atomic64_add(pages, &run->zram->wb.written);
}

/*
 * Ask for each block of a request that failed. Who wants the run to end does not
 * want to wait for a device that answers by time-outs.
 */
static void wb_run_retry(struct zram_wb_run *run, struct zram_wb_request *req)
{
	unsigned int i;

	for (i = 0; i < req->nr; i++) {
		if (run->failures >= MAX_FAILURES ||
		    zram_pp_interrupted(run->zram))
			return;
		if (zram_wb_ring_retry(run->ring, req, i))
			run->failures = 0;
		else
			run->failures++;
		cond_resched();
	}
}

/* Update the slots of a request that came back */
static void wb_run_settle(struct zram_wb_run *run, struct zram_wb_request *req)
{
	unsigned int bad;

	if (req->bad)
		wb_run_retry(run, req);
	else
		run->failures = 0;
	bad = hweight64(req->bad);
	trace_zram_wb_complete(run->zram, req->first, req->nr, bad, req->err);
	if (bad) {
		run->err = req->err;
		zram_bd_budget_refund(run->zram, bad, req->epoch);
	}
	wb_run_count(run, ZRAM_STAT_BD_WRITES, req->nr - bad);
	if (req->retries)
		wb_run_count(run, ZRAM_STAT_WB_RETRIES, req->retries);
	wb_run_share(run, req);
	wb_run_move(run, req);
	zram_wb_pack_pop(&run->pack, req->nr_objects);
	zram_wb_retry_settle(&run->retry, run->zram->backing.map, req);
}

/* Settle the oldest request; false if there is none, or none finished */
static bool wb_run_reap(struct zram_wb_run *run, bool wait)
{
	struct zram_wb_request *req = zram_wb_ring_reap(run->ring, wait);

	if (!req)
		return false;
	wb_run_settle(run, req);
	zram_wb_ring_put(run->ring);
	return true;
}

static void wb_run_submit(struct zram_wb_run *run, struct zram_wb_request *req)
{
	wb_run_count(run, ZRAM_STAT_WB_IOS, 1);
	wb_run_count(run, ZRAM_STAT_WB_BYTES, run->pack.payload);
	run->retry.submitted++;
	trace_zram_wb_submit(run->zram, req->first, req->nr, req->nr_objects);
	zram_wb_ring_submit(run->ring, req);
}

/*
 * Blocks for a request, charged and reserved. Returns their number, or why
 * there are none.
 */
static int wb_run_reserve(struct zram_wb_run *run, struct zram_wb_request *req)
{
	struct zram *zram = run->zram;
	unsigned int want = zram_wb_ring_request_blocks(run->ring);
	int reserved = -EIO;

	req->charged = zram_bd_budget_charge(zram, want, &req->epoch);
	if (req->charged >= run->unit) {
		reserved = zram_bd_map_reserve(zram->backing.map, req->charged,
					       run->unit, &req->first);
		if (!reserved)
			reserved = -ENOSPC;
	}
	if (reserved < 0)
		zram_bd_budget_refund(zram, req->charged, req->epoch);
	return reserved;
}

/* Give back the blocks that the request has no use for */
static void wb_run_trim(struct zram_wb_run *run, struct zram_wb_request *req,
			unsigned int reserved)
{
	if (reserved > req->nr)
		zram_bd_map_trim(run->zram->backing.map, req->first + req->nr,
				 reserved - req->nr);
	zram_bd_budget_refund(run->zram, req->charged - req->nr, req->epoch);
}

/* Settle all that is in flight */
static void wb_run_drain(struct zram_wb_run *run)
{
	while (wb_run_reap(run, true))
		;
	zram_pp_walk_forget(&run->walk);
}

/* Room in the ring, waiting for it if need be */
static struct zram_wb_request *wb_run_get_request(struct zram_wb_run *run)
{
	struct zram_wb_request *req;

	if (zram_pp_walk_goes_back(&run->walk))
		wb_run_drain(run);
	/* What is over is settled first: it gives memory back */
	while (wb_run_reap(run, false))
		;
	while (!zram_wb_pack_has_room(&run->pack) ||
	       !(req = zram_wb_ring_get(run->ring)))
		wb_run_reap(run, true);
	return req;
}

/*
 * Reserve, fill and submit one request. Returns 0 to go on, -ENOENT when there
 * is no slot left, or why the run ends.
 */
static int wb_run_step(struct zram_wb_run *run)
{
	unsigned int least = run->zram->wb.packed ? 1 : ZRAM_BLOCKS_PER_PAGE;
	struct zram_wb_request *req;
	int reserved, err;

	err = zram_pp_interrupted(run->zram);
	if (err)
		return err;
	if (run->failures >= MAX_FAILURES)
		return run->err;
	/* Do not look for room when there is nothing to put there */
	err = zram_pp_walk_next(&run->walk);
	if (err)
		return err;

	run->unit = max(run->unit, least);
	req = wb_run_get_request(run);
	reserved = wb_run_reserve(run, req);
	if (reserved < 0) {
		/* What is in flight gives memory back, and perhaps blocks */
		wb_run_drain(run);
		req = zram_wb_ring_get(run->ring);
		reserved = wb_run_reserve(run, req);
	}
	if (reserved < 0 && run->unit > least) {
		/* No room for this object, but perhaps for others */
		run->err = reserved;
		run->unit = 0;
		zram_pp_walk_advance(&run->walk);
		return 0;
	}
	if (reserved < 0)
		return reserved;
	err = zram_wb_pack_fill(&run->pack, req, reserved << ZRAM_BLOCK_SHIFT);
	/* An object that finds no room in free blocks here needs them together */
	run->unit = !req->nr && run->pack.misfit ? ZRAM_BLOCKS_PER_PAGE : 0;
	wb_run_trim(run, req, reserved);
	if (req->nr)
		wb_run_submit(run, req);
	atomic64_set(&run->zram->wb.scanned, zram_pp_walk_scanned(&run->walk));
	return err;
}

/* Who goes first matters only where not all can */
static int wb_run_sort(struct zram_wb_run *run)
{
	struct zram *zram = run->zram;
	u64 room = zram_bd_budget_room(zram);
	u64 most = zram_stats_read(&zram->stats, ZRAM_STAT_PAGES) *
		   ZRAM_BLOCKS_PER_PAGE;

	/*
	 * A page that is written out whole takes as much of the device as any
	 * other, so those go first that take most memory. An object takes there
	 * what it takes here; then it is best to see those go that are needed
	 * last.
	 */
	if (most <= room)
		return 0;
	return zram_pp_walk_sort(&run->walk, zram->wb.packed ? ZRAM_PP_OLDEST :
				 ZRAM_PP_LARGEST, room << ZRAM_BLOCK_SHIFT);
}

static int wb_run_all(struct zram_wb_run *run)
{
	struct zram_wb_state *wb = &run->zram->wb;
	int err = wb_run_sort(run);

	if (err)
		return err;
	atomic64_set(&wb->total, zram_pp_walk_total(&run->walk));
	err = wb_run_alloc(run);
	if (err)
		return err;
	while (!err)
		err = wb_run_step(run);
	wb_run_drain(run);
	zram_wb_retry_end(&run->retry, run->zram->backing.map);
	if (err == -ENOENT) {
		atomic64_set(&wb->scanned, zram_pp_walk_total(&run->walk));
		err = 0;
	}
	if (!err)
		err = run->err;
	/* A page that could not be read did not keep the others here */
	return err ? err : run->pack.err;
}

/**
 * zram_wb_run() - write pages to the backing device
 * @zram: a device that is set up and has a backing device
 * @ranges: which pages, in this order
 * @nr: number of ranges
 *
 * Pages that were written stay written, whatever ends the run.
 *
 * Context: May sleep. config_lock is held for reading. Takes pp_lock.
 * Return: 0; -EIO when the limit is reached; -ENOSPC when the device is full;
 *	-EINTR after a signal or when the device is to be reset or removed;
 *	-ENOMEM when not one request could be set up; otherwise the last error of
 *	the device or of a page that could not be read.
 */
int zram_wb_run(struct zram *zram, const struct zram_pp_range *ranges,
		unsigned int nr)
{
	struct zram_wb_state *wb = &zram->wb;
	struct zram_wb_run run = { .zram = zram };
	int err;

	err = zram_pp_run_begin(zram);
	if (err)
		return err;
	atomic64_set(&wb->scanned, 0);
	atomic64_set(&wb->total, 0);
	atomic64_set(&wb->written, 0);
	WRITE_ONCE(wb->running, true);
	wb_run_count(&run, ZRAM_STAT_WB_RUNS, 1);
	trace_zram_wb_begin(zram, nr);

	zram_pp_walk_init(&run.walk, zram, ranges, nr);
	err = wb_run_all(&run);
	wb_run_free(&run);

	trace_zram_wb_end(zram, err);
	/* Whoever ended it knows */
	if (err && err != -EINTR)
		WRITE_ONCE(wb->last_error, err);
	WRITE_ONCE(wb->running, false);
	zram_pp_run_end(zram);
	return err;
}
