// SPDX-License-Identifier: GPL-2.0
/*
 * Swap on kernels that have ->rw_page(): one page, read or written before the
 * function returns. Whatever cannot be done that way is refused, and the
 * caller comes again with a bio.
 */

#include <linux/blkdev.h>
#include <linux/pagemap.h>

#ifdef COMPAT_HAS_RW_PAGE

#include "kcompressd.h"
#include "pages.h"
#include "read.h"
#include "zram.h"

#define SECTORS_PER_PAGE	(PAGE_SIZE >> SECTOR_SHIFT)

static int rw_page(struct zram *zram, unsigned long index, struct page *page,
		   bool write)
{
	/* There is no bio that says REQ_SWAP, and file systems call this as well */
	unsigned int how = PageSwapCache(page) ? ZRAM_PAGES_SWAP : 0;
	unsigned int done;
	int err;

	if (write && zram_kcompressd_wants(zram, PAGE_SIZE))
		how |= ZRAM_PAGES_LATER;
	if (write)
		return zram_pages_write(zram, index, &page, 1, how, &done);
	err = zram_pages_read(zram, index, &page, 1, &done, NULL);
	return err == ZRAM_READ_BACKING ? -EOPNOTSUPP : err;
}

/**
 * zram_compat_rw_page() - read or write one page at once
 * @bdev: the device
 * @sector: where on it, in units of 512 bytes
 * @page: the page, locked or under writeback as its user has it
 * @op: REQ_OP_READ or REQ_OP_WRITE
 *
 * Context: May sleep.
 * Return: 0, and the page is finished as after a bio; -EOPNOTSUPP if it takes
 *	a bio, or an error that a bio will tell better.
 */
int zram_compat_rw_page(struct block_device *bdev, sector_t sector,
			struct page *page, enum req_op op)
{
	struct zram *zram = bdev->bd_disk->private_data;
	bool write = op_is_write(op);
	unsigned long start;
	int err;

	/* Pairs with zram_device_init(), as in zram_bio_submit() */
	if (!smp_load_acquire(&zram->nr_pages))
		return -EOPNOTSUPP;
	if (PageTransHuge(page) || sector % SECTORS_PER_PAGE)
		return -EOPNOTSUPP;
	/* Nobody has checked this; for a bio the block layer will */
	if (sector >= get_capacity(bdev->bd_disk) ||
	    get_capacity(bdev->bd_disk) - sector < SECTORS_PER_PAGE)
		return -EOPNOTSUPP;

	start = bdev_start_io_acct(bdev, SECTORS_PER_PAGE, op, jiffies);
	err = rw_page(zram, sector / SECTORS_PER_PAGE, page, write);
	bdev_end_io_acct(bdev, op, start);
	if (!err)
		page_endio(page, write, 0);
	return err;
}

#endif /* COMPAT_HAS_RW_PAGE */
