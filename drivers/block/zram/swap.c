// SPDX-License-Identifier: GPL-2.0
/*
 * Swap on the device itself, without bios: reads and writes folios. Each page of a
 * folio has the slot at its swap offset.
 *
 * mm ends a folio after the operation has returned, and swapoff waits for that. So the
 * device cannot be reset while an operation runs. An operation leaves a folio with pages
 * on the backing device to a bio.
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
#include "table.h"
#include "zram.h"

static bool swap_ops = true;
module_param(swap_ops, bool, 0644);
MODULE_PARM_DESC(swap_ops, "Swap without bios, from the next swapon on (Y)");

static struct zram *swap_zram(const struct block_device *bdev)
{
	return bdev->bd_disk->private_data;
}

/*
 * Is a page of a large folio on the backing device? The answer is a guess, because this
 * reads the flags without locks; zram_pages_read() decides. A folio of one page needs no
 * guess.
 */
static bool swap_is_backed(struct zram *zram, struct folio *folio)
{
	unsigned long index = swp_offset(folio->swap);
	unsigned int i, nr = folio_nr_pages(folio);

	if (nr == 1)
		return false;
	for (i = 0; i < nr; i++)
		if (zram_slot_peek(&zram->slots.slot[index + i]) & ZRAM_WB)
			return true;
	return false;
}

/* Gather the pages of the next batch, from page @first of the folio on */
static unsigned int swap_gather(struct folio *folio, unsigned int first,
				struct page **pages)
{
	unsigned int i, nr = folio_nr_pages(folio) - first;

	nr = zram_pages_batch(swp_offset(folio->swap) + first, nr);
	for (i = 0; i < nr; i++)
		pages[i] = folio_page(folio, first + i);
	return nr;
}

/*
 * Count the transferred pages as the block layer counts a bio. Unlike a bio, a folio
 * is not in flight while it waits for memory.
 */
static void swap_account(struct block_device *bdev, enum req_op op,
			 unsigned int pages, unsigned long start)
{
	unsigned int sectors = pages << (PAGE_SHIFT - SECTOR_SHIFT);

	if (!pages)
		return;
	bdev_start_io_acct(bdev, op, start);
	bdev_end_io_acct(bdev, op, sectors, start);
	if (op == REQ_OP_READ)
		task_io_account_read(pages << PAGE_SHIFT);
	count_vm_events(op == REQ_OP_READ ? PGPGIN : PGPGOUT, sectors);
}

static int swap_read(struct block_device *bdev, struct folio *folio)
{
	unsigned long index = swp_offset(folio->swap), start = jiffies;
	struct zram *zram = swap_zram(bdev);
	struct page *pages[ZRAM_PAGES_BATCH];
	unsigned int nr, done, i = 0;
	int ret = 0;

	if (swap_is_backed(zram, folio))
		return -EAGAIN;
	for (; i < folio_nr_pages(folio) && !ret; i += done) {
		nr = swap_gather(folio, i, pages);
		ret = zram_pages_read(zram, index + i, pages, nr, &done, NULL);
	}
	/* The bio reads the whole folio, and counts it */
	if (ret == ZRAM_READ_BACKING)
		return -EAGAIN;
	if (ret)
		zram_stats_add(&zram->stats, ZRAM_STAT_FAILED_READS, 1);
	swap_account(bdev, REQ_OP_READ, i, start);
	return ret;
}

static int swap_write(struct block_device *bdev, struct folio *folio)
{
	unsigned long index = swp_offset(folio->swap), start = jiffies;
	struct zram *zram = swap_zram(bdev);
	struct page *pages[ZRAM_PAGES_BATCH];
	unsigned int nr, done, i = 0;
	unsigned int how = ZRAM_PAGES_SWAP;
	int err = 0;

	if (zram_kcompressd_wants(zram, folio_size(folio)))
		how |= ZRAM_PAGES_LATER;
	for (; i < folio_nr_pages(folio) && !err; i += done) {
		nr = swap_gather(folio, i, pages);
		err = zram_pages_write(zram, index + i, pages, nr, how, &done);
	}
	if (err)
		zram_stats_add(&zram->stats, ZRAM_STAT_FAILED_WRITES, 1);
	swap_account(bdev, REQ_OP_WRITE, i, start);
	return err;
}

/* Runs in atomic context: mm holds locks of swap */
static void swap_slots_free(struct block_device *bdev, unsigned long offset,
			    unsigned int nr)
{
	struct zram *zram = swap_zram(bdev);

	zram_stats_add(&zram->stats, ZRAM_STAT_NOTIFY_FREE, nr);
	zram_slots_free(zram, offset, nr);
}

static const struct swap_block_ops zram_swap_ops = {
	.read_folio = swap_read,
	.write_folio = swap_write,
	.slots_free = swap_slots_free,
};

/**
 * zram_swap_activate() - supply the swap operations of a device
 * @bdev: the device that swapon is called for
 *
 * Context: May sleep.
 * Return: the operations until swapoff; NULL if swap is to use bios.
 */
const struct swap_block_ops *zram_swap_activate(struct block_device *bdev)
{
	/* Orders the fields that the operations read, as in zram_bio_submit() */
	if (READ_ONCE(swap_ops) && smp_load_acquire(&swap_zram(bdev)->nr_pages))
		return &zram_swap_ops;
	return NULL;
}
