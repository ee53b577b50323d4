// SPDX-License-Identifier: GPL-2.0
/*
 * A writeback run: moves the pages a filter takes to the backing device.
 *
 * The task that runs it fills requests of many pages, each over one run of
 * consecutive blocks, and submits them; while they are in flight it fills the
 * next. The end of an I/O does no more than hand the request back. The slots
 * are updated by the running task, which is free to sleep.
 *
 * A slot is marked PP in the critical section that copies its content. Whoever
 * changes the slot clears the mark, and nobody can set it again during the run,
 * so where it is still set at the end, what was written is the slot's content.
 * Elsewhere the slot keeps what it got meanwhile and the blocks are dropped.
 *
 * Every block reserved for a request ends in one of two ways: it belongs to a
 * slot, or its reference is put back, by request_trim() before the I/O or by
 * request_settle() after it.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "blkmap.h"
#include "comp.h"
#include "obj.h"
#include "pp.h"
#include "read.h"
#include "slot.h"
#include "writeback.h"
#include "zram_drv.h"

/* A request is 256 KiB, and a run has eight of them */
#define REQUEST_PAGES	((unsigned int)(SZ_256K / PAGE_SIZE))
#define RUN_REQUESTS	8U

/**
 * struct wb_request - one write of consecutive blocks
 * @node: in the run's list of finished requests
 * @next: next idle request
 * @run: the run
 * @first: first block; the blocks are referenced by the request
 * @nr_pages: number of pages filled
 * @nr_alloc: number of pages allocated
 * @index: slot of each page
 * @page: the pages
 * @bvec: for @bio
 * @bio: the I/O
 */
struct wb_request {
	struct llist_node node;
	struct wb_request *next;
	struct wb_run *run;
	u64 first;
	unsigned int nr_pages;
	unsigned int nr_alloc;
	unsigned long index[REQUEST_PAGES];
	struct page *page[REQUEST_PAGES];
	struct bio_vec bvec[REQUEST_PAGES];
	struct bio bio;
};

/**
 * struct wb_run - a writeback run
 * @zram: the device
 * @filter: which slots
 * @index: where to look for the next one
 * @idle: requests nobody uses
 * @ready: finished requests taken off @done
 * @in_flight: number of requests submitted and not yet settled
 * @done: finished requests, put there by the end of their I/O
 * @finished: completed once for each of them, after it is on @done
 * @err: the last device error
 *
 * All but @done and @finished belongs to the running task. It waits for
 * @finished as often as it submitted, and complete() lets go of it only under
 * the lock that wait_for_completion() takes, so no end of an I/O can still
 * refer to the run when that is over.
 */
struct wb_run {
	struct zram *zram;
	const struct zram_pp_filter *filter;
	unsigned long index;
	struct wb_request *idle;
	struct llist_node *ready;
	unsigned int in_flight;
	struct llist_head done;
	struct completion finished;
	int err;
};

static void request_free(struct wb_request *req)
{
	while (req->nr_alloc)
		__free_page(req->page[--req->nr_alloc]);
	kfree(req);
}

/*
 * As many pages as there is memory for; none is no request. Memory is what a
 * run is to free, so it tries hard for the first page only, without which it
 * cannot.
 */
static struct wb_request *request_alloc(struct wb_run *run)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;
	struct wb_request *req;
	struct page *page;

	if (run->idle)
		gfp |= __GFP_NORETRY;
	req = kzalloc_obj(*req, gfp);
	if (!req)
		return NULL;
	req->run = run;
	while (req->nr_alloc < REQUEST_PAGES) {
		page = alloc_page(gfp);
		if (!page)
			break;
		req->page[req->nr_alloc++] = page;
		gfp |= __GFP_NORETRY;
	}
	if (!req->nr_alloc) {
		request_free(req);
		return NULL;
	}
	return req;
}

static void run_free_requests(struct wb_run *run)
{
	struct wb_request *req;

	while ((req = run->idle)) {
		run->idle = req->next;
		request_free(req);
	}
}

/* Fewer requests than wished for do, none does not */
static int run_alloc_requests(struct wb_run *run)
{
	struct wb_request *req;
	unsigned int i;

	for (i = 0; i < RUN_REQUESTS; i++) {
		req = request_alloc(run);
		if (!req)
			break;
		req->next = run->idle;
		run->idle = req;
	}
	return run->idle ? 0 : -ENOMEM;
}

static void request_endio(struct bio *bio)
{
	struct wb_request *req = container_of(bio, struct wb_request, bio);
	struct wb_run *run = req->run;

	llist_add(&req->node, &run->done);
	complete(&run->finished);
}

/*
 * Make the slot's content that of the device. Its object is freed only now
 * that the device has it.
 */
static void slot_written(struct zram *zram, unsigned long index, u64 block,
			 bool ok)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_slot old = {};
	bool installed = false;
	u32 flags;

	spin_lock(lock);
	if (zram_slot_test(slot, ZRAM_PP)) {
		flags = slot->flags & ~ZRAM_PP;
		if (ok) {
			old = *slot;
			flags &= ~ZRAM_SIZE_MASK;
			flags |= PAGE_SIZE | ZRAM_WB;
			zram_slot_publish(zram, index,
					  zram_slot_location(block), flags);
			installed = true;
		} else {
			zram_slot_set_flags(slot, flags);
		}
	}
	spin_unlock(lock);

	zram_slot_release(zram, &old);
	if (!installed)
		zram_blkmap_put(zram->backing.map, block,
				ZRAM_BLOCKS_PER_PAGE);
}

/* A request came back: update its slots */
static void request_settle(struct wb_run *run, struct wb_request *req)
{
	struct zram *zram = run->zram;
	int err = blk_status_to_errno(req->bio.bi_status);
	unsigned int i;

	if (err)
		run->err = err;
	else
		zram_stats_add(&zram->stats, ZRAM_STAT_BD_WRITES,
			       req->nr_pages * ZRAM_BLOCKS_PER_PAGE);
	for (i = 0; i < req->nr_pages; i++)
		slot_written(zram, req->index[i],
			     req->first + i * ZRAM_BLOCKS_PER_PAGE, !err);
	bio_uninit(&req->bio);
	req->next = run->idle;
	run->idle = req;
}

/* Wait for one of the requests in flight and settle it */
static void run_reap(struct wb_run *run)
{
	struct llist_node *node;

	wait_for_completion_io(&run->finished);
	if (!run->ready)
		run->ready = llist_del_all(&run->done);
	node = run->ready;
	run->ready = node->next;
	run->in_flight--;
	request_settle(run, llist_entry(node, struct wb_request, node));
}

/* Settle what has come back already, without waiting */
static void run_reap_ready(struct wb_run *run)
{
	while (run->in_flight && completion_done(&run->finished))
		run_reap(run);
}

/*
 * Copy a slot into the request if it still is a candidate. Returns 1 when it
 * was taken, 0 when not, or why its content cannot be had.
 */
static int request_add_slot(struct wb_request *req, unsigned long index)
{
	struct zram *zram = req->run->zram;
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	void *dst = kmap_local_page(req->page[req->nr_pages]);
	struct zram_comp_stream *strm;
	struct zram_slot copy = {};
	int err = 0;

	strm = zram_read_lock(zram, index);
	if (zram_pp_match(zram, req->run->filter, index)) {
		copy = *slot;
		zram_read_load(zram, slot, strm, dst);
		zram_slot_set_flags(slot, slot->flags | ZRAM_PP);
	}
	spin_unlock(lock);

	if (zram_slot_stored(&copy))
		err = zram_read_expand(&copy, strm, dst);
	kunmap_local(dst);
	if (strm)
		zram_comp_stream_put(strm);
	if (!zram_slot_stored(&copy))
		return 0;
	if (err) {
		spin_lock(lock);
		zram_slot_set_flags(slot, slot->flags & ~ZRAM_PP);
		spin_unlock(lock);
		return err;
	}
	req->index[req->nr_pages++] = index;
	return 1;
}

/* Fill a request with up to @max pages; returns why it could not go on */
static int request_fill(struct wb_request *req, unsigned int max)
{
	struct wb_run *run = req->run;
	int ret;

	while (req->nr_pages < max) {
		ret = zram_pp_next(run->zram, run->filter, &run->index);
		if (ret)
			return ret;
		ret = request_add_slot(req, run->index++);
		/* A page that cannot be read must not keep the others here */
		if (ret < 0)
			run->err = ret;
		cond_resched();
	}
	return 0;
}

/* Put back the blocks of a reservation that the request does not fill */
static void request_trim(struct wb_request *req, unsigned int reserved)
{
	unsigned int used = req->nr_pages * ZRAM_BLOCKS_PER_PAGE;

	if (reserved > used)
		zram_blkmap_put(req->run->zram->backing.map, req->first + used,
				reserved - used);
}

static void request_submit(struct wb_request *req)
{
	struct wb_run *run = req->run;
	unsigned int i;

	bio_init(&req->bio, run->zram->backing.bdev, req->bvec, REQUEST_PAGES,
		 REQ_OP_WRITE);
	req->bio.bi_iter.bi_sector =
		req->first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	req->bio.bi_end_io = request_endio;
	for (i = 0; i < req->nr_pages; i++)
		__bio_add_page(&req->bio, req->page[i], PAGE_SIZE, 0);
	run->in_flight++;
	submit_bio(&req->bio);
}

/*
 * Reserve, fill and submit one request. Returns 0 to go on, -ENOENT when there
 * is no slot left, or why the run ends.
 */
static int run_step(struct wb_run *run)
{
	struct zram_blkmap *map = run->zram->backing.map;
	struct wb_request *req;
	int reserved, err;

	err = zram_pp_interrupted(run->zram);
	if (err)
		return err;
	/* Do not look for room when there is nothing to put there */
	err = zram_pp_next(run->zram, run->filter, &run->index);
	if (err)
		return err;

	run_reap_ready(run);
	while (!run->idle)
		run_reap(run);
	req = run->idle;

	req->nr_pages = 0;
	reserved = zram_blkmap_reserve(map,
				       req->nr_alloc * ZRAM_BLOCKS_PER_PAGE,
				       &req->first);
	if (reserved <= 0)
		return reserved ? reserved : -ENOSPC;
	err = request_fill(req, reserved / ZRAM_BLOCKS_PER_PAGE);
	request_trim(req, reserved);
	if (req->nr_pages) {
		run->idle = req->next;
		request_submit(req);
	}
	return err;
}

/**
 * zram_writeback_run() - write pages to the backing device
 * @zram: a device that is set up and has a backing device
 * @filter: which pages
 *
 * Pages that were written stay written, whatever ends the run.
 *
 * Context: May sleep. config_lock is held for reading. Takes pp_lock.
 * Return: 0; -ENOSPC when the device is full; -EINTR after a signal or when
 *	the device is to be reset or removed; -ENOMEM when not one request could
 *	be set up; otherwise the last error of the device or of a page that
 *	could not be read.
 */
int zram_writeback_run(struct zram *zram, const struct zram_pp_filter *filter)
{
	struct wb_run run = {
		.zram = zram,
		.filter = filter,
	};
	int err;

	err = zram_pp_begin(zram);
	if (err)
		return err;
	init_llist_head(&run.done);
	init_completion(&run.finished);
	err = run_alloc_requests(&run);

	while (!err)
		err = run_step(&run);
	while (run.in_flight)
		run_reap(&run);

	run_free_requests(&run);
	zram_pp_end(zram);
	if (err == -ENOENT)
		err = 0;
	return err ? err : run.err;
}
