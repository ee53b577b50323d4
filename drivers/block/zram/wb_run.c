// SPDX-License-Identifier: GPL-2.0
/*
 * A writeback run: moves pages to the backing device.
 *
 * The task of the run fills requests of many blocks and submits them, and
 * fills the next while they are in flight. Their completion only wakes the
 * task, which then settles the slots and may sleep.
 *
 * The run sets PP on a slot in the critical section that copies its content, or
 * before: then it copies the content only if PP is still set. Every change of the
 * content clears PP, and the run never has two copies of a slot in flight. So if PP
 * is set when the request has completed, the run wrote the current content. If PP is
 * clear, the slot keeps its new content.
 *
 * Every block is reserved with one reference, the run's. When the request has
 * completed, one slot of each block takes over this reference, and each further
 * slot gets one of its own. The run drops the references that no slot has taken
 * over: such blocks are free, and failed blocks are retired. Blocks are charged
 * to the budget before they are written, and refunded if they were not.
 */

#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "bd_budget.h"
#include "bd_dev.h"
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
#include "wb_settle.h"
#include "zram.h"

/* More pages in flight do not make a run faster: 64 MiB */
#define MAX_BATCH	((unsigned int)(SZ_64M / PAGE_SIZE))

static int wb_run_alloc(struct zram_wb_run *run, unsigned int batch, bool packed)
{
	struct zram *zram = run->zram;
	/* A run about few pages takes memory for twice as many: a request has half of it */
	u64 most = min_t(u64, 2 * zram_pp_walk_total(&run->walk), MAX_BATCH);

	batch = min_t(u64, batch, most);
	run->ring = zram_wb_ring_create(zram->backing.bdev,
					batch * ZRAM_BLOCKS_PER_PAGE,
					ZRAM_BLOCKS_PER_PAGE,
					zram->backing.verify);
	if (!run->ring)
		return -ENOMEM;
	return zram_wb_pack_init(&run->pack, zram, &run->walk,
				 zram_wb_ring_blocks(run->ring), packed);
}

/* Settle the oldest request; false if there is none, or it has not completed */
static bool wb_run_reap(struct zram_wb_run *run, bool wait)
{
	struct zram_wb_request *req = zram_wb_ring_reap(run->ring, wait);

	if (!req)
		return false;
	zram_wb_settle(run, req);
	zram_wb_ring_put(run->ring);
	return true;
}

static void wb_run_submit(struct zram_wb_run *run, struct zram_wb_request *req)
{
	zram_stats_add(&run->zram->stats, ZRAM_STAT_WB_IOS, 1);
	trace_zram_wb_submit(run->zram, req->first, req->nr, req->nr_objects);
	zram_wb_ring_submit(run->ring, req);
}

/*
 * Blocks for a request, charged and reserved. Returns their number, -EDQUOT if
 * the limit forbids it, -ENOSPC or -ENOMEM.
 */
static int wb_run_reserve(struct zram_wb_run *run, struct zram_wb_request *req)
{
	struct zram *zram = run->zram;
	unsigned int want = min_t(u64, run->allowed,
				  zram_wb_ring_request_blocks(run->ring));
	int reserved = -EDQUOT;

	zram_bd_map_fill_begin(zram->backing.map);
	req->charged = zram_bd_budget_charge(zram, want, &req->epoch);
	if (req->charged >= run->unit) {
		reserved = zram_wb_retry_reserve(&run->retry, zram->backing.map,
						 req->charged, run->unit, &req->first);
		if (!reserved)
			reserved = -ENOSPC;
	}
	if (reserved < 0) {
		zram_bd_budget_refund(zram, req->charged, req->epoch);
		zram_bd_map_fill_end(zram->backing.map);
	}
	return reserved;
}

/* Count the blocks that the request uses; free and refund the others, for which spill waits */
static void wb_run_trim(struct zram_wb_run *run, struct zram_wb_request *req,
			unsigned int reserved)
{
	if (reserved > req->nr)
		zram_bd_map_trim(run->zram->backing.map, req->first + req->nr,
				 reserved - req->nr);
	zram_bd_budget_refund(run->zram, req->charged - req->nr, req->epoch);
	zram_bd_map_fill_end(run->zram->backing.map);
	run->allowed -= req->nr;
}

/**
 * zram_wb_run_drain() - settle all that is in flight
 * @run: the run
 *
 * No slot is marked PP after it.
 *
 * Context: May sleep; waits for I/O. pp_lock is held.
 */
void zram_wb_run_drain(struct zram_wb_run *run)
{
	while (wb_run_reap(run, true))
		;
	zram_pp_walk_forget(&run->walk);
}

/* Get a request, waiting for space in the ring if necessary */
static struct zram_wb_request *wb_run_get_request(struct zram_wb_run *run)
{
	struct zram_wb_request *req;

	if (zram_pp_walk_goes_back(&run->walk))
		zram_wb_run_drain(run);
	/* Settle completed requests first, which frees memory */
	while (wb_run_reap(run, false))
		;
	while (!zram_wb_pack_has_room(&run->pack) ||
	       !(req = zram_wb_ring_get(run->ring)))
		wb_run_reap(run, true);
	return req;
}

/**
 * zram_wb_run_step() - write one request
 * @run: the run
 *
 * Context: May sleep. pp_lock is held.
 * Return: 0 to continue; -ENOENT after the last candidate; -EDQUOT at the limit;
 *	-EAGAIN if the blocks that the run is allowed to write do not suffice for
 *	another object; -ENOSPC; -ENOMEM; as zram_pp_stop(); or the error of a
 *	device that is given up.
 */
int zram_wb_run_step(struct zram_wb_run *run)
{
	unsigned int least = run->pack.packed ? 1 : ZRAM_BLOCKS_PER_PAGE;
	struct zram_wb_request *req;
	int reserved, err;

	err = zram_pp_stop(run->pp);
	if (err)
		return err;
	/* Reserve no blocks if there is no candidate */
	err = zram_pp_walk_next(&run->walk);
	if (err)
		return err;

	run->unit = max(run->unit, least);
	if (run->allowed < run->unit)
		return -EAGAIN;
	req = wb_run_get_request(run);
	/*
	 * Settling earlier requests may have shown that the device fails. If each retry
	 * succeeded, but took too long, no error is left in run->err.
	 */
	if (zram_wb_retry_gave_up(&run->retry))
		return run->err ?: -EIO;
	reserved = wb_run_reserve(run, req);
	if (reserved < 0) {
		/* Settling frees memory, and perhaps blocks */
		zram_wb_run_drain(run);
		req = zram_wb_ring_get(run->ring);
		reserved = wb_run_reserve(run, req);
	}
	if (reserved < 0 && run->unit > least) {
		/* No space for this object, but perhaps for others. An error of the device stays */
		if (!run->err)
			run->err = reserved;
		run->unit = 0;
		zram_pp_walk_advance(&run->walk);
		return 0;
	}
	if (reserved < 0)
		return reserved;
	err = zram_wb_pack_fill(&run->pack, req, reserved << ZRAM_BLOCK_SHIFT);
	/* An object that did not fit needs the blocks of a page together */
	run->unit = !req->nr && run->pack.misfit ? ZRAM_BLOCKS_PER_PAGE : 0;
	wb_run_trim(run, req, reserved);
	if (req->nr)
		wb_run_submit(run, req);
	return err;
}

/**
 * zram_wb_run_open() - prepare a run
 * @run: set up here; zram_wb_run_close() or zram_wb_run_free() follows, whatever this
 *	returns
 * @pp: the run as its walk is to know it; kept as long as the run
 * @ranges: which pages, in this order; likewise
 * @nr: number of ranges
 * @batch: most pages in flight
 * @packed: write packed objects, or whole pages
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zram_wb_run_open(struct zram_wb_run *run, const struct zram_pp_run *pp,
		     const struct zram_pp_range *ranges, unsigned int nr,
		     unsigned int batch, bool packed)
{
	int err;

	*run = (struct zram_wb_run){
		.pp = pp,
		.zram = pp->zram,
		.allowed = U64_MAX,
	};
	zram_pp_walk_init(&run->walk, pp, ranges, nr);
	err = wb_run_alloc(run, batch, packed);
	if (err)
		return err;
	zram_wb_retry_init(&run->retry, pp, run->ring);
	return 0;
}

/**
 * zram_wb_run_resume() - begin a slice of a run
 * @run: from zram_wb_run_open()
 * @allowed: blocks that the slice may write; for objects of all sizes at least
 *	%ZRAM_BLOCKS_PER_PAGE
 *
 * A thread divides a run into slices: zram_pp_run_try(), zram_wb_run_resume(), steps,
 * zram_wb_run_pause() and zram_pp_run_end(). The walk continues where it was, or the
 * thread starts it anew. Errors and counts of the run become those of the slice: blocks
 * that failed in earlier slices do not make it give the device up.
 *
 * Context: pp_lock is held.
 */
void zram_wb_run_resume(struct zram_wb_run *run, u64 allowed)
{
	zram_wb_retry_init(&run->retry, run->pp, run->ring);
	run->allowed = allowed;
	run->err = 0;
	run->failed = false;
	run->pack.err = 0;
	run->written = 0;
	run->blocks = 0;
}

/**
 * zram_wb_run_pause() - end a slice of a run
 * @run: from zram_wb_run_open(), which succeeded
 *
 * Settles all that is in flight, and retires or frees suspected blocks. After it no slot
 * is marked PP and the run holds no references of blocks, so pp_lock may be dropped.
 *
 * Context: May sleep; waits for I/O. pp_lock is held.
 * Return: 0, or the last error of the slice: of the device, or of a page that could
 *	not be read.
 */
int zram_wb_run_pause(struct zram_wb_run *run)
{
	zram_wb_run_drain(run);
	zram_wb_retry_end(&run->retry, run->zram->backing.map);
	/* A page that could not be decompressed did not end the run */
	return run->err ? run->err : run->pack.err;
}

/**
 * zram_wb_run_free() - end a run without a further request
 * @run: from zram_wb_run_open(), before the first step or paused
 *
 * Context: May sleep. Needs no pp_lock.
 */
void zram_wb_run_free(struct zram_wb_run *run)
{
	zram_wb_pack_free(&run->pack);
	zram_wb_ring_destroy(run->ring);
}

/**
 * zram_wb_run_close() - end a run
 * @run: from zram_wb_run_open()
 *
 * Context: May sleep; waits for I/O. pp_lock is held.
 * Return: 0, or the last error of the device, or of a page that could not be
 *	read.
 */
int zram_wb_run_close(struct zram_wb_run *run)
{
	int err = 0;

	if (run->pack.objects) {
		err = zram_wb_run_pause(run);
		if (!zram_wb_retry_gave_up(&run->retry))
			zram_bd_discard(run->pp);
	}
	zram_wb_run_free(run);
	return err;
}

/* Order the candidates if space does not suffice for all */
static int wb_run_sort(struct zram_wb_run *run)
{
	struct zram *zram = run->zram;
	u64 room = zram_bd_budget_room(zram);
	u64 most = zram_stats_read(&zram->stats, ZRAM_STAT_PAGES) *
		   ZRAM_BLOCKS_PER_PAGE;

	/*
	 * Each whole page takes a page of the device, so the largest objects go
	 * first. A packed object takes the same space on the device as in
	 * memory, so size gives no order: the least recently used go first.
	 */
	if (most <= room)
		return 0;
	return zram_pp_walk_sort(&run->walk, run->pack.packed ? ZRAM_PP_OLDEST :
				 ZRAM_PP_LARGEST, room << ZRAM_BLOCK_SHIFT);
}

static int wb_run_all(struct zram_wb_run *run, struct zram_pp_run *pp)
{
	struct zram_wb_state *wb = &run->zram->wb;
	u64 before = atomic64_read(&wb->written);
	int err;

	pp->to_begin = true;
	err = wb_run_sort(run);
	atomic64_set(&wb->total, zram_pp_walk_total(&run->walk));
	while (!err) {
		err = zram_wb_run_step(run);
		pp->to_begin = false;
		atomic64_set(&wb->scanned, zram_pp_walk_scanned(&run->walk));
		atomic64_set(&wb->written, before + run->written);
	}
	pp->to_begin = false;
	zram_wb_run_drain(run);
	atomic64_set(&wb->written, before + run->written);
	return err == -ENOENT ? 0 : err;
}

/* Begin the statistics of a run, unless a signal has interrupted it before */
static void wb_run_stat_begin(struct zram *zram, u32 key)
{
	struct zram_wb_state *wb = &zram->wb;
	struct zram_pp_rest rest;

	atomic64_set(&wb->scanned, 0);
	if (zram_pp_run_resume(zram, key, &rest)) {
		atomic64_set(&wb->written, rest.left);
	} else {
		atomic64_set(&wb->written, 0);
		zram_stats_add(&zram->stats, ZRAM_STAT_WB_RUNS, 1);
	}
	atomic64_set(&wb->total, 0);
	WRITE_ONCE(wb->running, true);
}

/* End them. Returns the error as the user is to see it */
static int wb_run_stat_end(struct zram *zram, u32 key, int err)
{
	struct zram_wb_state *wb = &zram->wb;
	/* Only the number of pages written: the restarted call selects pages anew */
	const struct zram_pp_rest rest = { .left = atomic64_read(&wb->written) };

	WRITE_ONCE(wb->running, false);
	switch (err) {
	case -EDQUOT:
		/* Not an error of the device */
		atomic64_inc(&wb->limited);
		return -EIO;
	case -ERESTARTSYS:
		return zram_pp_run_suspend(zram, key, &rest);
	case -EINTR:
		return err;
	}
	if (err)
		WRITE_ONCE(wb->last_error, err);
	return err;
}

/**
 * zram_wb_run() - write pages to the backing device, as a task asked for
 * @zram: a device that is set up and has a backing device
 * @ranges: the pages, in this order
 * @nr: number of ranges
 *
 * A run that ends early keeps what it has written.
 *
 * Context: May sleep. config_lock is held for reading. Takes pp_lock.
 * Return: 0; -EIO when the limit is reached; -ENOSPC when the device is full;
 *	-EINTR when the device is to be reset or removed, or after a signal with
 *	a handler without SA_RESTART; -ERESTARTSYS after another signal; -ENOMEM
 *	when not one request could be set up; otherwise the last error of the
 *	device or of a page that could not be read.
 */
int zram_wb_run(struct zram *zram, const struct zram_pp_range *ranges,
		unsigned int nr)
{
	struct zram_pp_run pp = {
		.zram = zram,
		.stop = zram_pp_task_stop,
	};
	u32 key = jhash(ranges, nr * sizeof(*ranges), 0);
	struct zram_wb_run *run;
	int err, last;

	run = kmalloc_obj(*run);
	if (!run)
		return -ENOMEM;
	err = zram_pp_run_begin(&pp);
	if (err)
		goto out;
	wb_run_stat_begin(zram, key);
	trace_zram_wb_begin(zram, nr);
	err = zram_wb_run_open(run, &pp, ranges, nr, READ_ONCE(zram->wb.batch),
			       zram->wb.packed);
	if (!err) {
		zram_wb_retry_begin(&run->retry, zram->backing.map);
		err = wb_run_all(run, &pp);
	}
	last = zram_wb_run_close(run);
	if (!err)
		err = last;
	err = wb_run_stat_end(zram, key, err);
	trace_zram_wb_end(zram, err == -ERESTARTSYS ? -EINTR : err);
	zram_pp_run_end(&pp);
out:
	kfree(run);
	return err;
}
