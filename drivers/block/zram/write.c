// SPDX-License-Identifier: GPL-2.0
/*
 * Page to object: find out how a page is best stored, and store it.
 */

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "comp.h"
#include "obj.h"
#include "table.h"
#include "write.h"
#include "zram.h"

/* A page whose compressed size changes this often is stored uncompressed */
#define MAX_TRIES	4

/**
 * struct write_page - a page that is being stored
 * @zram: the device
 * @slot: takes handle and flags of the object
 * @src: the page, mapped
 * @nid: the node its object is to be on
 * @admitted: mem_limit was checked when it was staged
 */
struct write_page {
	struct zram *zram;
	struct zram_slot *slot;
	void *src;
	int nid;
	bool admitted;
};

/* Is each word equal to the first one? */
static bool write_is_same_filled(const unsigned long *p)
{
	unsigned int i, nr = PAGE_SIZE / sizeof(*p);
	unsigned long word = p[0];

	if (p[nr - 1] != word)
		return false;
	/* Four words a turn, because the loop costs as much as a comparison */
	for (i = 0; i < nr; i += 4)
		if (p[i] != word || p[i + 1] != word ||
		    p[i + 2] != word || p[i + 3] != word)
			return false;
	return true;
}

/**
 * zram_write_same_filled() - is the page one word over and over
 * @page: the page
 * @word: where to put that word
 *
 * Most pages that are not differ early, but heap pages often share a zeroed
 * start, so the end is looked at first.
 *
 * Return: true if it is.
 */
bool zram_write_same_filled(struct page *page, unsigned long *word)
{
	const unsigned long *p = kmap_local_page(page);
	bool same = write_is_same_filled(p);

	if (same)
		*word = p[0];
	kunmap_local(p);
	return same;
}

static int write_alloc(const struct write_page *w, unsigned int size, gfp_t gfp)
{
	struct zram_obj_pool *pool = &w->zram->pool;
	unsigned long *handle = &w->slot->handle;

	/* mem_limit was checked for an admitted page when it was staged */
	if (w->admitted)
		return zram_obj_alloc_admitted(pool, size, gfp, w->nid, handle);
	return zram_obj_alloc(pool, size, gfp, w->nid, handle);
}

/* The object would take a whole page; uncompressed it is faster to read */
static int write_store_huge(const struct write_page *w, gfp_t gfp)
{
	int err = write_alloc(w, PAGE_SIZE, gfp);

	if (err)
		return err;
	zram_obj_store(&w->zram->pool, w->slot->handle, w->src, PAGE_SIZE);
	w->slot->flags = PAGE_SIZE | ZRAM_HUGE;
	zram_stats_add(&w->zram->stats, ZRAM_STAT_HUGE_SINCE, 1);
	return 0;
}

/*
 * One attempt to store a page compressed. The slot may have an object of @size
 * bytes from an earlier attempt, which is freed if the page has another size
 * now.
 * Returns 0, -E2BIG for a page that does not compress or that the compressor
 * fails on, -ENOMEM with the @size that is needed, or -ENOSPC.
 */
static int write_try_compressed(const struct write_page *w,
				struct zram_comp_stream *strm,
				unsigned int *size)
{
	struct zram_obj_pool *pool = &w->zram->pool;
	struct zram_slot *slot = w->slot;
	unsigned int len = 0;
	int err;

	err = zram_comp_compress(strm, w->src, &len);
	if (err || len >= pool->huge_size)
		err = -E2BIG;
	if (slot->handle && (err || len != *size)) {
		zram_obj_free(pool, slot->handle);
		slot->handle = 0;
	}
	*size = len;
	if (!err && !slot->handle)
		err = write_alloc(w, len, GFP_NOWAIT);
	if (!err) {
		zram_obj_store(pool, slot->handle, strm->buf, len);
		slot->flags = len;
	}
	return err;
}

/*
 * Does not wait for memory with a stream held, because kswapd may need that
 * stream to free memory. If GFP_NOWAIT fails, it releases the stream, waits
 * for memory, and compresses the page again. @size is 0, or that of an object
 * which an attempt has failed to allocate.
 */
static int write_store(const struct write_page *w, unsigned int size)
{
	struct zram_comp *comp = zram_comp_of(w->zram, 0);
	struct zram_comp_stream *strm;
	unsigned int tries;
	int err;

	for (tries = 0; tries < MAX_TRIES && size < PAGE_SIZE; tries++) {
		err = size ? write_alloc(w, size, GFP_NOIO) : 0;
		if (err)
			return err;
		strm = zram_comp_stream_get(comp, ZRAM_COMPRESS);
		err = write_try_compressed(w, strm, &size);
		zram_comp_stream_put(strm);
		if (err == -E2BIG)
			break;
		if (err != -ENOMEM)
			return err;
	}
	return write_store_huge(w, GFP_NOIO);
}

/**
 * zram_write_object() - make an object of a page
 * @zram: a device that is set up
 * @slot: takes handle and flags; its handle is 0 before
 * @page: the page; not same-filled
 * @nid: NUMA node the object is to be on
 * @admitted: zram_obj_admit() has promised room
 * @size: bytes that zram_write_batch() could not allocate for it; 0 if unknown
 *
 * Context: May sleep; does no I/O.
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit leaves no room.
 */
int zram_write_object(struct zram *zram, struct zram_slot *slot,
		      struct page *page, int nid, bool admitted,
		      unsigned int size)
{
	struct write_page w = {
		.zram = zram,
		.slot = slot,
		.src = kmap_local_page(page),
		.nid = nid,
		.admitted = admitted,
	};
	int err = write_store(&w, size);

	kunmap_local(w.src);
	return err;
}

/* Make the content of a slot without waiting; errors as write_try_compressed() */
static int write_batch_one(const struct write_page *w,
			   struct zram_comp_stream **strm, unsigned int *size)
{
	const unsigned long *word = w->src;
	int err;

	if (write_is_same_filled(word)) {
		w->slot->handle = word[0];
		w->slot->flags = ZRAM_SAME;
		return 0;
	}
	if (!*strm)
		*strm = zram_comp_stream_get(zram_comp_of(w->zram, 0),
					     ZRAM_COMPRESS);
	err = write_try_compressed(w, *strm, size);
	if (err != -E2BIG)
		return err;
	*size = PAGE_SIZE;
	return write_store_huge(w, GFP_NOWAIT);
}

/**
 * zram_write_batch() - make the content of slots, as far as memory is free
 * @zram: a device that is set up
 * @slots: take handle and flags
 * @pages: the pages
 * @nr: how many
 * @size: if fewer than @nr are made, for zram_write_object() to make the next
 *
 * One stream serves all pages, unless the kernel reschedules only on request and
 * another task is to run on this CPU, which may need it. Does not wait for memory,
 * see write_store().
 *
 * Context: May sleep; does no I/O.
 * Return: the number of pages whose content is made; they are the first.
 */
unsigned int zram_write_batch(struct zram *zram, struct zram_slot *slots,
			      struct page **pages, unsigned int nr,
			      unsigned int *size)
{
	struct zram_comp_stream *strm = NULL;
	struct write_page w = { .zram = zram };
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr; i++) {
		if (strm && need_resched()) {
			zram_comp_stream_put(strm);
			strm = NULL;
			cond_resched();
		}
		slots[i] = (struct zram_slot){};
		w.slot = &slots[i];
		w.nid = page_to_nid(pages[i]);
		w.src = kmap_local_page(pages[i]);
		err = write_batch_one(&w, &strm, size);
		kunmap_local(w.src);
		if (err)
			break;
	}
	if (strm)
		zram_comp_stream_put(strm);
	return i;
}
