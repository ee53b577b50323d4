// SPDX-License-Identifier: GPL-2.0
/*
 * Swap on the device itself, without bios: reads and writes folios. Each page of a
 * folio has the slot at its swap offset.
 *
 * mm completes the folios after a handler has returned, and swapoff waits for that. So
 * the device cannot be reset while a handler runs. A handler leaves pages on the
 * backing device to bios, which mm submits after the handler has returned.
 */

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/swap.h>
#include <linux/swap_ops.h>
#include <linux/swapops.h>
#include <linux/task_io_accounting_ops.h>
#include <linux/vmstat.h>

#include "kcompressd.h"
#include "pages.h"
#include "read.h"
#include "slot_range.h"
#include "stats.h"
#include "swap.h"
#include "zram.h"

static bool swap_ops = true;
module_param(swap_ops, bool, 0644);
MODULE_PARM_DESC(swap_ops, "Swap without bios, from the next swapon on (Y)");

/**
 * struct swap_range - pages of a swap request in consecutive slots
 * @sio: the swap request
 * @folio: number of the folio that @page[0] belongs to
 * @first: number of @page[0] in that folio
 * @index: slot of @page[0]
 * @page: the pages
 * @nr: number of pages; 0 after the last folio
 */
struct swap_range {
	struct swap_iocb *sio;
	unsigned int folio;
	unsigned int first;
	unsigned long index;
	struct page *page[ZRAM_PAGES_BATCH];
	unsigned int nr;
};

static struct zram *swap_zram(const struct swap_info_struct *sis)
{
	return sis->bdev->bd_disk->private_data;
}

/* Gather the pages of the next batch, from range->folio and range->first on */
static void swap_gather(struct swap_range *range)
{
	unsigned int i = range->folio, p = range->first, most = 1;
	struct folio *folio;
	unsigned long index;

	range->nr = 0;
	for (; i < range->sio->nr_bvecs; i++, p = 0) {
		folio = bvec_folio(&range->sio->bvecs[i]);
		index = swp_offset(folio->swap) + p;
		if (!range->nr) {
			range->index = index;
			most = zram_pages_batch(index, ZRAM_PAGES_BATCH);
		} else if (index != range->index + range->nr) {
			return;
		}
		for (; p < folio_nr_pages(folio); p++) {
			range->page[range->nr++] = folio_page(folio, p);
			if (range->nr == most)
				return;
		}
	}
}

/* Advance by @done pages, to the next folio after the last page of one */
static void swap_advance(struct swap_range *range, unsigned int done)
{
	struct bio_vec *bvecs = range->sio->bvecs;
	unsigned int left;

	while (done) {
		left = folio_nr_pages(bvec_folio(&bvecs[range->folio])) -
			range->first;
		if (done < left) {
			range->first += done;
			return;
		}
		done -= left;
		range->folio++;
		range->first = 0;
	}
}

/* Skip the other pages of a folio that failed */
static void swap_skip(struct swap_range *range)
{
	range->folio++;
	range->first = 0;
}

/*
 * Leave the rest of the swap request to bios. mm puts folios of consecutive slots into
 * one bio, whose reads of the backing device run in parallel.
 */
static void swap_leave(struct swap_range *range)
{
	swap_iocb_rest(range->sio, range->folio, range->first);
	while (++range->folio < range->sio->nr_bvecs)
		swap_iocb_rest(range->sio, range->folio, 0);
}

/*
 * Count the transferred pages as the block layer counts a bio. Unlike a bio, a swap
 * request is not in flight while it waits for memory.
 */
static void swap_account(const struct swap_io_ctx *ctx, enum req_op op,
			 unsigned int pages, unsigned long start)
{
	unsigned int sectors = pages << (PAGE_SHIFT - SECTOR_SHIFT);
	struct block_device *bdev = ctx->sis->bdev;

	if (!pages)
		return;
	bdev_start_io_acct(bdev, op, start);
	bdev_end_io_acct(bdev, op, sectors, start);
	if (op == REQ_OP_READ)
		task_io_account_read(pages << PAGE_SHIFT);
	count_vm_events(op == REQ_OP_READ ? PGPGIN : PGPGOUT, sectors);
}

static void swap_read(struct swap_io_ctx *ctx)
{
	struct zram *zram = swap_zram(ctx->sis);
	struct swap_range range = { .sio = ctx->sio };
	unsigned long start = jiffies;
	unsigned int done, pages = 0;
	int ret;

	for (swap_gather(&range); range.nr; swap_gather(&range)) {
		ret = zram_pages_read(zram, range.index, range.page, range.nr,
				      &done, NULL);
		pages += done;
		swap_advance(&range, done);
		if (ret == ZRAM_READ_BACKING) {
			swap_leave(&range);
			break;
		}
		if (ret) {
			zram_stats_add(&zram->stats, ZRAM_STAT_FAILED_READS, 1);
			swap_iocb_fail(ctx->sio, range.folio);
			swap_skip(&range);
		}
	}
	swap_account(ctx, REQ_OP_READ, pages, start);
}

static void swap_write(struct swap_io_ctx *ctx)
{
	struct zram *zram = swap_zram(ctx->sis);
	unsigned int how = ZRAM_PAGES_SWAP;
	struct swap_range range = { .sio = ctx->sio };
	unsigned long start = jiffies;
	unsigned int done, pages = 0;

	if (zram_kcompressd_wants(zram, ctx->sio->len))
		how |= ZRAM_PAGES_LATER;
	for (swap_gather(&range); range.nr; swap_gather(&range)) {
		int err = zram_pages_write(zram, range.index, range.page,
					   range.nr, how, &done);

		pages += done;
		swap_advance(&range, done);
		if (err) {
			zram_stats_add(&zram->stats, ZRAM_STAT_FAILED_WRITES,
				       1);
			swap_iocb_fail(ctx->sio, range.folio);
			swap_skip(&range);
		}
	}
	swap_account(ctx, REQ_OP_WRITE, pages, start);
}

/* Runs in atomic context: mm holds locks of swap */
static void swap_slots_free(struct swap_info_struct *sis, unsigned long offset,
			    unsigned int nr)
{
	struct zram *zram = swap_zram(sis);

	zram_stats_add(&zram->stats, ZRAM_STAT_NOTIFY_FREE, nr);
	zram_slots_free(zram, offset, nr);
}

static const struct swap_ops zram_swap_ops = {
	.flags = SWAP_OPS_F_SYNC,
	.submit_write = swap_write,
	.submit_read = swap_read,
	.slots_free = swap_slots_free,
};

/**
 * zram_swap_activate() - supply the swap operations of a device
 * @bdev: the device that swapon is called for
 * @sis: the swap area; mm restores its default operations in swapoff
 *
 * Context: May sleep.
 * Return: 0.
 */
int zram_swap_activate(struct block_device *bdev, struct swap_info_struct *sis)
{
	struct zram *zram = bdev->bd_disk->private_data;

	/* Orders the fields that the handlers read, as in zram_bio_submit() */
	if (READ_ONCE(swap_ops) && smp_load_acquire(&zram->nr_pages))
		sis->ops = &zram_swap_ops;
	return 0;
}
