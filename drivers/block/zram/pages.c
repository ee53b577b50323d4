// SPDX-License-Identifier: GPL-2.0
/*
 * Whole pages: writing a page to its slot and reading it, from memory or from
 * the backing device. bio.c calls this for each page of a bio.
 */

#include <linux/bio.h>
#include <linux/mm.h>

#include "kc_set.h"
#include "kcompressd.h"
#include "obj.h"
#include "pages.h"
#include "rb_group.h"
#include "rb_read.h"
#include "rb_sync.h"
#include "read.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

/**
 * zram_pages_read() - read a page of a bio
 * @set: the reads of the bio
 * @index: slot to read
 * @page: filled with the content; when the bio completes, if it is on the
 *	backing device
 *
 * Context: May sleep.
 * Return: 0, or the decompressor's error. The bio gets an error of the backing
 *	device.
 */
int zram_pages_read(struct zram_rb_set *set, unsigned long index,
		    struct page *page)
{
	struct zram_slot wb;
	int ret = zram_read_page(set->zram, index, page, &wb);

	if (ret != ZRAM_READ_BACKING)
		return ret;
	zram_rb_add(set, &wb, index, page);
	return 0;
}

/**
 * zram_pages_read_wait() - read a page, and wait for it
 * @zram: a device that is set up
 * @index: slot to read
 * @page: filled with the content
 *
 * Context: May sleep.
 * Return: 0, the decompressor's error, or the backing device's.
 */
int zram_pages_read_wait(struct zram *zram, unsigned long index,
			 struct page *page)
{
	struct zram_slot wb;
	int ret = zram_read_page(zram, index, page, &wb);

	return ret == ZRAM_READ_BACKING ?
		zram_rb_sync(zram, &wb, index, page) : ret;
}

/*
 * Is there no need to compress the page, because its object most likely does not fit?
 * Only for swap, which keeps the page in memory and writes it again later. A file
 * system loses a page that it cannot write, so the driver tries each of its writes.
 */
static bool pages_is_refused(struct zram *zram, unsigned long index,
			     unsigned int how)
{
	u32 flags = zram_slot_peek(&zram->slots.slot[index]);

	return (how & ZRAM_PAGES_SWAP) &&
		!(flags & (ZRAM_SIZE_MASK | ZRAM_SAME)) &&
		zram_obj_is_full(&zram->pool);
}

static int pages_store(struct zram *zram, unsigned long index,
		       struct page *page, unsigned int how, u32 expected)
{
	struct zram_slot slot = { .flags = ZRAM_SAME };
	int err = 0;

	if (!zram_write_same_filled(page, &slot.handle))
		err = pages_is_refused(zram, index, how) ? -ENOSPC :
			zram_write_object(zram, &slot, page, page_to_nid(page),
					  false);
	trace_zram_write(zram, index, err ? 0 : slot.flags, err);
	if (err)
		return err;
	if (!zram_slot_replace(zram, index, &slot, expected))
		err = -EAGAIN;
	zram_slot_release(zram, &slot);
	return err;
}

/**
 * zram_pages_write_if() - write a page, unless its slot has changed
 * @zram: a device that is set up
 * @index: slot to store it in
 * @page: the page
 * @how: enum zram_pages_how; %ZRAM_PAGES_LATER does not matter
 * @expected: flags that must be set in the slot when the page is installed
 *
 * On failure the slot keeps its old content. Staged pages count as full pages
 * towards mem_limit, so they are compressed before a write fails for it.
 *
 * Context: May sleep; does no I/O.
 * Return: 0, -EAGAIN when the slot is not as expected, -ENOMEM, or -ENOSPC when
 *	mem_limit is reached.
 */
int zram_pages_write_if(struct zram *zram, unsigned long index,
			struct page *page, unsigned int how, u32 expected)
{
	int err = pages_store(zram, index, page, how, expected);

	if (err != -ENOSPC || !zram_obj_staged(&zram->pool))
		return err;
	zram_obj_short(&zram->pool, 1);
	/* Does not wait for the pages that threads compress: they do not count */
	zram_kc_flush(zram, false);
	err = pages_store(zram, index, page, how, expected);
	zram_obj_short(&zram->pool, -1);
	return err;
}

/**
 * zram_pages_write() - write a page
 * @zram: a device that is set up
 * @index: slot to store it in
 * @page: the page
 * @how: enum zram_pages_how
 *
 * On failure the slot keeps its old content.
 *
 * Context: May sleep; does no I/O.
 * Return: as zram_pages_write_if(), but for -EAGAIN.
 */
int zram_pages_write(struct zram *zram, unsigned long index, struct page *page,
		     unsigned int how)
{
	if ((how & ZRAM_PAGES_LATER) && zram_kcompressd_write(zram, index, page))
		return 0;
	return zram_pages_write_if(zram, index, page, how, 0);
}
