// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that could not be written.
 *
 * A request that failed is written again block by block, unless its first and
 * its last block show that the device fails and not a block. The device is given
 * up when too many of the writes fail, or when those that fail take too long.
 *
 * A block that the retry cannot write is suspected. At the end of the run it is
 * tested again. If it fails, and the device can write another block after that, it is
 * retired: not used until a later run can write it. The cause may have been a full
 * file system below a loop device.
 */

#define pr_fmt(fmt) "zram: " fmt

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
 * A run ends when MAX_FAILURES is reached: 64 writes that fail in a row, or any
 * number of them if they are more than a fifth of all.
 */
#define MAX_FAILURES	256
#define FAILURE		4
/* A disk that answers by time-outs takes 30 s for each of them */
#define MAX_FAILING	(10 * HZ)
/* Retired blocks that a run tests, unless one fails before */
#define MAX_RETESTS	64

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
 * @retry: the run's
 * @pp: the run
 * @ring: its requests
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
 * zram_wb_retry_gave_up() - is the device given up
 * @retry: the run's
 *
 * Return: true if the run is to end because of errors of the device.
 */
bool zram_wb_retry_gave_up(const struct zram_wb_retry *retry)
{
	return retry->failures >= MAX_FAILURES || retry->failing >= MAX_FAILING;
}

/*
 * Is the run to end, the time limit aside? A task that ends a run does not wait for a
 * device that fails.
 */
static bool wb_retry_ends(const struct zram_wb_retry *retry)
{
	return retry->failures >= MAX_FAILURES || zram_pp_stop(retry->pp);
}

static bool wb_retry_stops(const struct zram_wb_retry *retry)
{
	return retry->failing >= MAX_FAILING || wb_retry_ends(retry);
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
 * @retry: the run's; nothing is in flight
 * @map: the block map
 *
 * Blocks that can be written are free again. The first that cannot ends the
 * test, as a disk may take seconds for it. The limit of time does not
 * include it: one bad block must not keep the run from writing to others.
 *
 * Context: May sleep. In a run.
 */
void zram_wb_retry_begin(struct zram_wb_retry *retry, struct zram_bd_map *map)
{
	unsigned int nr = 0;
	u64 block;

	while (nr < MAX_RETESTS && !wb_retry_stops(retry) &&
	       zram_bd_map_next_retired(map, &block)) {
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
		/* Ignore the time limit: the last block tells a bad block from a bad device */
		if (wb_retry_ends(retry) || !wb_retry_block(retry, req, last))
			return;
		left &= ~BIT_ULL(last);
	}
	for (; left && !wb_retry_stops(retry); left &= left - 1)
		wb_retry_block(retry, req, __ffs64(left));
}

/*
 * Is the run to end without another check? A read may take as long as a write that
 * fails, and many requests may be in flight. A signal that is not fatal does not
 * count: the run that it restarts would lose its first requests each time.
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
 * @req: a request that has completed; blocks that are written now leave its @bad
 *
 * If the device is not trusted, and the run is to end, all blocks become bad
 * without a check.
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
	/* Not before: the retry is to find the block, however long the check took */
	retry->failing += checking;
	if (!req->bad || retry->reported)
		return;
	retry->reported = true;
	pr_warn_ratelimited("%s: %pg: writing blocks %llu-%llu failed: %d\n",
			    retry->name, retry->bdev, req->first,
			    req->first + req->nr - 1, req->err);
}

/**
 * zram_wb_retry_settle() - drop or keep the run's references of a request
 * @retry: state of the run
 * @map: the block map
 * @req: a request that has completed
 */
void zram_wb_retry_settle(struct zram_wb_retry *retry, struct zram_bd_map *map,
			  const struct zram_wb_request *req)
{
	unsigned int i;

	if (!req->faulty) {
		zram_bd_map_put(map, req->first, req->nr);
		return;
	}
	for (i = 0; i < req->nr; i++) {
		if (req->faulty & BIT_ULL(i) &&
		    retry->nr < ZRAM_WB_RETRY_MAX)
			retry->suspected[retry->nr++] = req->first + i;
		else
			zram_bd_map_put(map, req->first + i, 1);
	}
}

/* Can the device write a block that is not suspected? */
static bool wb_retry_device_works(struct zram_wb_retry *retry,
				  struct zram_bd_map *map)
{
	bool works;
	u64 block;

	if (zram_bd_map_reserve(map, 1, 1, &block) != 1)
		return false;
	works = wb_retry_test(retry, block);
	zram_bd_map_put(map, block, 1);
	return works;
}

/* Test suspected blocks again; those that fail come to the front, and are counted */
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
 * zram_wb_retry_end() - decide on the blocks that are suspected
 * @retry: the run's; nothing is in flight
 * @map: the block map
 *
 * The tests have a time limit of their own. Otherwise a block that takes long to fail
 * would never be retired, and would use up the time of each run. If the run has used up
 * its time, the tests begin only if the device can write another block.
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
