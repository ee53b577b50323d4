// SPDX-License-Identifier: GPL-2.0
/*
 * Page to slot: find out what a page is worth storing as, store it, install it.
 */

#include <linux/mm.h>

#include "comp.h"
#include "obj.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

/* A page that changes its size each time it is compressed is stored as it is */
#define MAX_TRIES	4

/**
 * zram_write_same_filled() - is the page one word over and over
 * @src: the page, PAGE_SIZE bytes, word aligned
 * @word: where to put that word
 *
 * Most pages that are not differ early, but heap pages often share a zeroed
 * start, so the end is looked at first.
 *
 * Context: Any.
 * Return: true if it is.
 */
bool zram_write_same_filled(const void *src, unsigned long *word)
{
	const unsigned long *p = src;
	unsigned int i, last = PAGE_SIZE / sizeof(*p) - 1;

	if (p[0] != p[last])
		return false;
	for (i = 1; i < last; i++)
		if (p[i] != p[0])
			return false;
	*word = p[0];
	return true;
}

/* A page that was admitted has been counted before */
static int write_alloc(struct zram_obj_pool *pool, unsigned int size, gfp_t gfp,
		       bool admitted, unsigned long *handle)
{
	return admitted ? zram_obj_alloc_admitted(pool, size, gfp, handle) :
		zram_obj_alloc(pool, size, gfp, handle);
}

/* It would take a whole page anyway, and this way reads cost nothing */
static int write_store_huge(struct zram *zram, struct zram_slot *slot,
			    const void *src, bool admitted)
{
	int err = write_alloc(&zram->pool, PAGE_SIZE, GFP_NOIO, admitted,
			      &slot->handle);

	if (err)
		return err;
	zram_obj_store(&zram->pool, slot->handle, src, PAGE_SIZE);
	slot->flags = PAGE_SIZE | ZRAM_HUGE;
	zram_stats_add(&zram->stats, ZRAM_STAT_HUGE_SINCE, 1);
	return 0;
}

/*
 * One attempt to store a page compressed. @slot may come with room for @size
 * bytes from an earlier one; if the page has changed since, that is given back.
 * Returns 0, -E2BIG for a page that does not compress, -ENOMEM with the @size
 * that is needed, -ENOSPC, or the compressor's error.
 */
static int write_try_compressed(struct zram *zram, struct zram_slot *slot,
				const void *src, bool admitted,
				unsigned int *size)
{
	struct zram_comp_stream *strm = zram_comp_stream_get(zram_comp_of(zram, 0));
	struct zram_obj_pool *pool = &zram->pool;
	unsigned int len = 0;
	int err;

	err = zram_comp_compress(strm, src, &len);
	if (!err && len >= pool->huge_size)
		err = -E2BIG;
	if (slot->handle && (err || len != *size)) {
		zram_obj_free(pool, slot->handle);
		slot->handle = 0;
	}
	*size = len;
	if (!err && !slot->handle)
		err = write_alloc(pool, len, GFP_NOWAIT, admitted,
				  &slot->handle);
	if (!err) {
		zram_obj_store(pool, slot->handle, strm->buf, len);
		slot->flags = len;
	}
	zram_comp_stream_put(strm);
	return err;
}

/*
 * Memory is not waited for with a stream held: kswapd may need that stream to
 * make memory. When none is to be had at once, the stream is given up, memory
 * waited for, and the page compressed again.
 */
static int write_store_page(struct zram *zram, struct zram_slot *slot,
			    const void *src, bool admitted)
{
	unsigned int tries, size = 0;
	int err;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		err = write_try_compressed(zram, slot, src, admitted, &size);
		if (err == -E2BIG)
			break;
		if (err != -ENOMEM)
			return err;
		err = write_alloc(&zram->pool, size, GFP_NOIO, admitted,
				  &slot->handle);
		if (err)
			return err;
	}
	/* Room for the last size, when the page kept changing under us */
	if (slot->handle)
		zram_obj_free(&zram->pool, slot->handle);
	return write_store_huge(zram, slot, src, admitted);
}

/**
 * zram_write_store() - make an object of a page that was admitted before
 * @zram: a device that is set up
 * @slot: takes handle and flags; empty before
 * @src: the page, PAGE_SIZE bytes, word aligned; not same-filled
 *
 * Context: May sleep; does no I/O.
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit leaves no room for it as yet.
 */
int zram_write_store(struct zram *zram, struct zram_slot *slot,
		     const void *src)
{
	int err = write_store_page(zram, slot, src, true);

	/* As a last resort it is stored as it is */
	if (err && err != -ENOMEM && err != -ENOSPC)
		err = write_store_huge(zram, slot, src, true);
	return err;
}

/**
 * zram_write_page() - store a page
 * @zram: a device that is set up
 * @index: slot to store it in
 * @src: the page, PAGE_SIZE bytes, word aligned
 * @expected: flags the slot has to have when the page is installed, 0 for any
 *
 * The slot keeps its old content when this fails.
 *
 * Context: May sleep; does no I/O.
 * Return: 0, -EAGAIN when the slot is not as expected, -ENOMEM, -ENOSPC when
 *	mem_limit is reached, or the compressor's error.
 */
int zram_write_page(struct zram *zram, unsigned long index, const void *src,
		    u32 expected)
{
	struct zram_slot slot = { .flags = ZRAM_SAME };
	int err = 0;

	if (!zram_write_same_filled(src, &slot.handle))
		err = write_store_page(zram, &slot, src, false);
	trace_zram_write(zram, index, slot.flags, err);
	if (err)
		return err;
	if (!zram_slot_replace(zram, index, &slot, expected))
		err = -EAGAIN;
	zram_slot_release(zram, &slot);
	return err;
}
