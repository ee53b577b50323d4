// SPDX-License-Identifier: GPL-2.0
/*
 * Synchronous read of one page from the backing device, for the parts of a bio
 * that need the whole page before they can go on.
 */

#include <linux/blkdev.h>
#include <linux/completion.h>

#include "io_wait.h"
#include "rb_group.h"
#include "rb_read.h"
#include "rb_sync.h"

/**
 * zram_rb_sync() - read one page from the backing device, and wait
 * @zram: the device
 * @slot: what zram_read_page() returned; its block references are taken over
 * @index: the slot's number
 * @page: the page to read to
 *
 * Context: Sleeps until the backing device has completed the read. May be called
 *	from submit_bio: a worker submits the read.
 * Return: 0, the backing device's error, or -EIO if the object cannot be
 *	decompressed.
 */
int zram_rb_sync(struct zram *zram, const struct zram_slot *slot,
		 unsigned long index, struct page *page)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct zram_rb_group group;
	struct zram_rb_set set = {
		.zram = zram,
		.group = &group,
		.deferred = true,
	};

	zram_rb_group_begin(&group, zram, NULL, 0);
	group.done = &done;
	zram_rb_add(&set, slot, index, page);
	zram_rb_finish(&set, BLK_STS_OK);
	zram_io_wait(&done);
	return blk_status_to_errno(group.status);
}
