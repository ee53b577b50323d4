// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of the backing device that the caller waits for.
 *
 * The block layer holds back the bios that a driver submits from its
 * submit_bio, until that returns. So the read is a worker's.
 */

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/workqueue.h>

#include "bd_map.h"
#include "rb_group.h"
#include "rb_packed.h"
#include "rb_sync.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/* A read someone has to wait for, done by a worker */
struct rb_sync_read {
	struct work_struct work;
	struct completion done;
	struct zram *zram;
	const struct zram_slot *slot;
	struct page *page;
	int err;
};

static int rb_sync_read_whole(struct zram *zram, u64 first, unsigned int nr,
			      struct page *page)
{
	struct bio_vec bvec;
	struct bio bio;
	int err;

	zram_stats_add(&zram->stats, ZRAM_STAT_BD_READS, nr);
	trace_zram_readback(zram, first, nr);
	bio_init(&bio, zram->backing.bdev, &bvec, 1, REQ_OP_READ | REQ_SYNC);
	bio.bi_iter.bi_sector = first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	__bio_add_page(&bio, page, PAGE_SIZE, 0);
	err = submit_bio_wait(&bio);
	bio_uninit(&bio);
	return err;
}

static void rb_sync_work(struct work_struct *work)
{
	struct rb_sync_read *rw = container_of(work, struct rb_sync_read, work);
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(rw->slot, &first);
	if (zram_slot_packed(rw->slot))
		rw->err = zram_rb_packed_read(rw->zram, rw->slot, rw->page);
	else
		rw->err = rb_sync_read_whole(rw->zram, first, nr, rw->page);
	zram_bd_map_put(rw->zram->backing.map, first, nr);
	complete(&rw->done);
}

/**
 * zram_rb_wait() - read one page from the backing device, and wait
 * @zram: the device
 * @slot: what zram_read_page() returned; its block references are taken over
 * @page: where to read to
 *
 * For the parts of a bio that need the whole page before they can go on. The
 * bios a driver submits from its submit_bio are held back until it returns,
 * so the read has to be another task's.
 *
 * Context: May sleep.
 * Return: 0 or the backing device's error.
 */
int zram_rb_wait(struct zram *zram, const struct zram_slot *slot,
		 struct page *page)
{
	struct rb_sync_read rw = {
		.zram = zram,
		.slot = slot,
		.page = page,
	};

	/*
	 * Not flush_work(): the backing device may be one of ours that waits for its
	 * own in the same way, which to lockdep looks like waiting for itself.
	 */
	init_completion(&rw.done);
	INIT_WORK_ONSTACK(&rw.work, rb_sync_work);
	queue_work(zram->backing.reads->wq, &rw.work);
	wait_for_completion(&rw.done);
	destroy_work_on_stack(&rw.work);
	return rw.err;
}
