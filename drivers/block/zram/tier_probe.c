// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how long a read of the backing device takes, before the first page is there.
 *
 * The policy weighs reads of the backing device against reads of the pool. Without a
 * measurement it has to assume a time that fits neither flash nor a disk. So the thread
 * reads a few blocks, once, when memory becomes short. The content of the blocks does not
 * matter. Some devices read a block that was never written too fast, so the policy assumes
 * a least time.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/sort.h>

#include "io_wait.h"
#include "pp.h"
#include "pp_run.h"
#include "table.h"
#include "tier_probe.h"
#include "tier_thread.h"
#include "zram.h"

/* Number of reads, one after another, and the time after which no further read begins */
#define READS		15
#define LIMIT_US	(200 * USEC_PER_MSEC)

static int tier_probe_compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

struct tier_probe {
	struct completion done;
	ktime_t ended;
};

/* Takes the time here, because on a busy CPU the thread wakes up late */
static void tier_probe_end_io(struct bio *bio)
{
	struct tier_probe *probe = bio->bi_private;

	probe->ended = ktime_get();
	complete(&probe->done);
}

/* Time of a read of one block, us; 0 if it failed */
static u32 tier_probe_read(struct block_device *bdev, struct page *page, u64 block)
{
	ktime_t start = ktime_get();
	struct tier_probe probe;
	struct bio_vec bvec;
	struct bio bio;

	init_completion(&probe.done);
	bio_init(&bio, bdev, &bvec, 1, REQ_OP_READ);
	bio.bi_iter.bi_sector = block << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	bio.bi_private = &probe;
	bio.bi_end_io = tier_probe_end_io;
	__bio_add_page(&bio, page, ZRAM_BLOCK_SIZE, 0);
	submit_bio(&bio);
	zram_io_wait(&probe.done);
	bio_uninit(&bio);
	if (bio.bi_status)
		return 0;
	return clamp_t(u64, ktime_us_delta(probe.ended, start), 1, U32_MAX);
}

static int tier_probe_stop(const struct zram_pp_run *pp)
{
	if (zram_tier_interrupted(pp->zram))
		return -EINTR;
	return zram_pp_run_wanted(pp->zram) ? -EAGAIN : 0;
}

/* Under pp_lock, so that a task that resets the device waits for the reads as for a slice */
static unsigned int tier_probe_run(const struct zram_pp_run *pp, struct page *page,
				   u32 us[READS])
{
	struct block_device *bdev = pp->zram->backing.bdev;
	/* A loop device may have shrunk to a size of 0 since it was attached */
	u64 nr_blocks = max_t(u64, bdev_nr_bytes(bdev) >> ZRAM_BLOCK_SHIFT, 1);
	unsigned int nr;
	u32 spent = 0;
	u64 block;

	for (nr = 0; nr < READS && spent < LIMIT_US && !zram_pp_stop(pp); nr++) {
		div64_u64_rem(get_random_u64(), nr_blocks, &block);
		us[nr] = tier_probe_read(bdev, page, block);
		if (!us[nr])
			break;
		spent += min(us[nr], LIMIT_US);
	}
	return nr;
}

/**
 * zram_tier_probe() - measure reads of the backing device
 * @zram: a device that has a backing device
 *
 * Reads blocks at random, at most 15 of them, and fewer from a slow device.
 *
 * Context: The thread, without locks. May sleep; waits for I/O. Takes pp_lock.
 * Return: the median of the times, in us; 0 if it could not be measured.
 */
u32 zram_tier_probe(struct zram *zram)
{
	const struct zram_pp_run pp = { .zram = zram, .stop = tier_probe_stop };
	unsigned int nr = 0;
	struct page *page;
	u32 us[READS];

	/* Does not repeat reclaim, because a task in reclaim may wait for this thread */
	page = alloc_page(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);
	if (!page)
		return 0;
	if (zram_tier_slice_begin()) {
		if (zram_pp_run_try(&pp)) {
			nr = tier_probe_run(&pp, page, us);
			zram_pp_run_end(&pp);
		}
		zram_tier_slice_end(zram);
	}
	__free_page(page);
	if (!nr)
		return 0;
	sort(us, nr, sizeof(*us), tier_probe_compare, NULL);
	return us[nr / 2];
}
