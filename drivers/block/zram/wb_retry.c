// SPDX-License-Identifier: GPL-2.0
/*
 * Retries, tests and retires blocks that the backing device failed to write.
 *
 * The run writes a failed request again block by block. If its first and its last
 * block fail, the device fails and not a block, so the run leaves out the others. The
 * run gives the device up if too many writes fail, or if failed writes take too long.
 *
 * A block that the retry cannot write is suspected. The run tests it again at its end.
 * If the test fails, and the device can write another block after that, the run retires
 * the block. Later runs test retired blocks, because the cause may be gone: a full file
 * system below a loop device, for example.
 */

#define pr_fmt(fmt) "zram: " fmt

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "bd_map.h"
#include "pp.h"
#include "wb_retry.h"
#include "wb_ring.h"
#include "zram.h"

/*
 * A failed retry counts as FAILURE, and a written block as -1. The run ends at
 * MAX_FAILURES: after 64 failures in a row, or later if more than a fifth of the writes
 * fail.
 */
#define MAX_FAILURES	256
#define FAILURE		4
/* A disk that answers by time-outs takes 30 s for each of them */
#define MAX_FAILING	(10 * HZ)
/* As long as a slice */
#define MAX_FAILING_WANTED (HZ / 10)
/* Most retired blocks that a run tests */
#define MAX_RETESTS	64
/* Places where it looks for a block that can be written */
#define MAX_PLACES	4

static bool wb_retry_verify(struct zram_wb_retry *retry,
			    struct zram_wb_request *req)
{
	return zram_wb_ring_verify(retry->ring, req);
}

static bool wb_retry_rewrite(struct zram_wb_retry *retry,
			     struct zram_wb_request *req, unsigned int i)
{
	return zram_wb_ring_retry(retry->ring, req, i);
}

static bool wb_retry_probe(struct zram_wb_retry *retry, u64 block)
{
	return zram_wb_ring_probe(retry->ring, block);
}

/**
 * zram_wb_retry_init() - begin without failures
 * @retry: state of the run
 * @pp: the run
 * @ring: write requests of the run
 */
void zram_wb_retry_init(struct zram_wb_retry *retry,
			const struct zram_pp_run *pp,
			struct zram_wb_ring *ring)
{
	*retry = (struct zram_wb_retry){
		.pp = pp,
		.ring = ring,
		.name = pp->zram->disk->disk_name,
		.bdev = pp->zram->backing.bdev,
		.verify = pp->zram->backing.verify ? wb_retry_verify : NULL,
		.rewrite = wb_retry_rewrite,
		.probe = wb_retry_probe,
	};
}

/**
 * zram_wb_retry_gave_up() - has the run given the backing device up?
 * @retry: state of the run
 *
 * Return: true if errors of the device end the run.
 */
bool zram_wb_retry_gave_up(const struct zram_wb_retry *retry)
{
	return retry->failures >= MAX_FAILURES || retry->failing >= MAX_FAILING;
}

/*
 * Must the run end for a reason other than the time limit? Then it makes no more tests:
 * a signal or a reset does not wait for a device that fails.
 */
static bool wb_retry_ends(const struct zram_wb_retry *retry)
{
	int err = zram_pp_stop(retry->pp);

	/* A slice that is over makes its tests, or no slice would retire a block */
	return retry->failures >= MAX_FAILURES || (err && err != -EAGAIN);
}

/* The time limit for writes that fail: a slice for which a task waits has less */
static unsigned long wb_retry_limit(const struct zram_wb_retry *retry)
{
	bool wanted = zram_pp_stop(retry->pp) == -EAGAIN &&
		      atomic_read(&retry->pp->zram->pp_waiting);

	return wanted ? MAX_FAILING_WANTED : MAX_FAILING;
}

static bool wb_retry_stops(const struct zram_wb_retry *retry)
{
	return retry->failing >= wb_retry_limit(retry) || wb_retry_ends(retry);
}

static void wb_retry_works(struct zram_wb_retry *retry, unsigned int blocks)
{
	retry->failures -= min(retry->failures, blocks);
}

static bool wb_retry_test(struct zram_wb_retry *retry, u64 block)
{
	unsigned long start = jiffies;

	if (retry->probe(retry, block))
		return true;
	retry->failing += jiffies - start;
	return false;
}

/**
 * zram_wb_retry_begin() - test blocks that earlier runs have retired
 * @retry: state of the run; nothing is in flight
 * @map: the block map
 *
 * Frees each block that can be written. The first block that cannot be written ends the
 * tests, because a disk may take seconds for each. These tests do not count towards the
 * time limit: one bad block must not keep the run from writing to others. A slice tests
 * no block after its end.
 *
 * Context: May sleep. In a run.
 */
void zram_wb_retry_begin(struct zram_wb_retry *retry, struct zram_bd_map *map)
{
	unsigned int nr = 0;
	u64 block;

	while (nr < MAX_RETESTS && !wb_retry_stops(retry) &&
	       !zram_pp_stop(retry->pp) && zram_bd_map_next_retired(map, &block)) {
		if (!retry->probe(retry, block))
			break;
		zram_bd_map_reinstate(map, block);
		nr++;
	}
	if (nr)
		pr_info_ratelimited("%s: %pg: %u retired blocks can be written again\n",
				    retry->name, retry->bdev, nr);
}

static bool wb_retry_block(struct zram_wb_retry *retry,
			   struct zram_wb_request *req, unsigned int i)
{
	unsigned long start = jiffies;

	cond_resched();
	if (retry->rewrite(retry, req, i)) {
		wb_retry_works(retry, 1);
		return true;
	}
	retry->failures += FAILURE;
	retry->failing += jiffies - start;
	return false;
}

static void wb_retry_blocks(struct zram_wb_retry *retry,
			    struct zram_wb_request *req)
{
	u64 left = req->bad;
	unsigned int first = __ffs64(left), last = fls64(left) - 1;

	if (wb_retry_stops(retry))
		return;
	left &= ~BIT_ULL(first);
	if (!wb_retry_block(retry, req, first) && left) {
		/* Ignore the time limit: the last block shows whether the device itself fails */
		if (wb_retry_ends(retry) || !wb_retry_block(retry, req, last))
			return;
		left &= ~BIT_ULL(last);
	}
	for (; left && !wb_retry_stops(retry); left &= left - 1)
		wb_retry_block(retry, req, __ffs64(left));
}

/*
 * Must the run end without reading more requests back? A read may take as long as a
 * failed write, and many requests may be in flight. Other signals than fatal ones do
 * not count: each restart of the system call would fail the requests in flight.
 */
static bool wb_retry_skips_checks(const struct zram_wb_retry *retry)
{
	return zram_wb_retry_gave_up(retry) ||
	       READ_ONCE(retry->pp->zram->stopping) ||
	       fatal_signal_pending(current);
}

/**
 * zram_wb_retry_request() - check a request, and retry its failed blocks
 * @retry: state of the run
 * @req: a request that has completed; clears the bits of retried blocks in its @bad
 *	that succeed
 *
 * Reads the blocks of a device back that may report writes that it did not make. If the
 * run must end, it marks all blocks of the request as bad instead.
 *
 * Context: May sleep; waits for I/O.
 */
void zram_wb_retry_request(struct zram_wb_retry *retry,
			   struct zram_wb_request *req)
{
	unsigned long checking = 0, start = jiffies;

	if (!req->bad && retry->verify) {
		if (wb_retry_skips_checks(retry)) {
			req->bad = GENMASK_ULL(req->nr - 1, 0);
			req->err = zram_wb_retry_gave_up(retry) ? -EIO : -EINTR;
			return;
		}
		if (!retry->verify(retry, req))
			checking = jiffies - start;
	}
	if (!req->bad) {
		wb_retry_works(retry, req->nr);
		return;
	}
	wb_retry_blocks(retry, req);
	/* After the retry, which must not end because the check took long */
	retry->failing += checking;
	if (!req->bad || retry->reported)
		return;
	retry->reported = true;
	pr_warn_ratelimited("%s: %pg: writing blocks %llu-%llu failed: %d\n",
			    retry->name, retry->bdev, req->first,
			    req->first + req->nr - 1, req->err);
}

/**
 * zram_wb_retry_settle() - drop the run's references of a request
 * @retry: state of the run
 * @map: the block map
 * @req: a request that has completed
 * @taken: a bit for each block whose reference a slot has taken over
 *
 * Keeps the references of up to ZRAM_WB_RETRY_MAX faulty blocks: they are suspected.
 */
void zram_wb_retry_settle(struct zram_wb_retry *retry, struct zram_bd_map *map,
			  const struct zram_wb_request *req, u64 taken)
{
	u64 all = GENMASK_ULL(req->nr - 1, 0), left = all & ~taken;
	unsigned int i;

	if (req->bad == all && req->faulty) {
		retry->elsewhere = true;
		retry->failed = req->first;
	}
	for (; left; left &= left - 1) {
		i = __ffs64(left);
		if (req->faulty & BIT_ULL(i) &&
		    retry->nr < ZRAM_WB_RETRY_MAX)
			retry->suspected[retry->nr++] = req->first + i;
		else
			zram_bd_map_put(map, req->first + i, 1);
	}
}

/**
 * zram_wb_retry_reserve() - reserve blocks for a request
 * @retry: state of the run
 * @map: the block map
 * @want: as for zram_bd_map_reserve()
 * @unit: likewise
 * @first: likewise
 *
 * If no block of an earlier request could be written, the request lies elsewhere: bad blocks
 * lie together.
 *
 * Context: May sleep; does not start I/O, and does not wait for memory.
 * Return: as zram_bd_map_reserve().
 */
int zram_wb_retry_reserve(struct zram_wb_retry *retry, struct zram_bd_map *map,
			  unsigned int want, unsigned int unit, u64 *first)
{
	if (!retry->elsewhere)
		return zram_bd_map_reserve(map, want, unit, first);
	retry->elsewhere = false;
	return zram_bd_map_reserve_beyond(map, retry->failed, want, unit, first);
}

/*
 * Test whether the device can write a free block, which is not a suspected one. While the
 * time limit allows it, each try is elsewhere.
 */
static bool wb_retry_device_works(struct zram_wb_retry *retry,
				  struct zram_bd_map *map)
{
	unsigned int tries;
	bool works;
	u64 block;

	for (tries = 0; tries < MAX_PLACES; tries++) {
		if (zram_wb_retry_reserve(retry, map, 1, 1, &block) != 1)
			return false;
		works = wb_retry_test(retry, block);
		retry->elsewhere = !works;
		retry->failed = block;
		zram_bd_map_put(map, block, 1);
		if (works || wb_retry_stops(retry))
			return works;
	}
	return false;
}

/*
 * Test suspected blocks again. Moves those that fail to the front of the array and
 * returns their number; frees the others.
 */
static unsigned int wb_retry_retest(struct zram_wb_retry *retry,
				    struct zram_bd_map *map)
{
	unsigned int i, bad = 0;
	u64 block;

	for (i = 0; i < retry->nr; i++) {
		block = retry->suspected[i];
		if (wb_retry_stops(retry) || wb_retry_test(retry, block))
			zram_bd_map_put(map, block, 1);
		else
			retry->suspected[bad++] = block;
	}
	return bad;
}

/**
 * zram_wb_retry_end() - test suspected blocks, and retire or free them
 * @retry: state of the run; nothing is in flight
 * @map: the block map
 *
 * The tests have a separate time limit. Otherwise no run would retire a block that takes
 * long to fail, and the block would use up the time limit of each run. If the run has
 * reached its time limit, the tests begin only if the device can write another block.
 *
 * Context: May sleep; waits for I/O.
 */
void zram_wb_retry_end(struct zram_wb_retry *retry, struct zram_bd_map *map)
{
	unsigned long failing = retry->failing;
	unsigned int i, bad;
	bool works;

	if (retry->nr && !wb_retry_ends(retry) &&
	    (failing < MAX_FAILING || wb_retry_device_works(retry, map)))
		retry->failing = 0;
	bad = wb_retry_retest(retry, map);
	works = bad && !wb_retry_ends(retry) &&
		wb_retry_device_works(retry, map);
	retry->failing = failing;
	retry->nr = 0;
	for (i = 0; i < bad; i++) {
		u64 block = retry->suspected[i];

		if (works && zram_bd_map_retire(map, block))
			pr_warn_ratelimited("%s: %pg: block %llu cannot be written, it is retired\n",
					    retry->name, retry->bdev, block);
		else
			zram_bd_map_put(map, block, 1);
	}
	if (zram_wb_retry_gave_up(retry))
		pr_err_ratelimited("%s: %pg fails, writeback ends\n",
				   retry->name, retry->bdev);
}
