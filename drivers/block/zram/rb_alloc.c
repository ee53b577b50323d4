// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of packed reads.
 */

#include <linux/bio.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "rb_alloc.h"
#include "rb_object.h"
#include "table.h"

/* Pages of one read: 128 KiB, or as many as one object may lie on */
#define MAX_PAGES	(PAGE_SHIFT < 16 ? SZ_128K / PAGE_SIZE : 2)
#define MAX_BLOCKS	((unsigned int)MAX_PAGES * ZRAM_BLOCKS_PER_PAGE)
/* Most blocks with a window: half of the size of its pages, as the objects are compressed */
#define WINDOW_BLOCKS	(ZRAM_RB_MAX_OBJECTS / 2 * ZRAM_BLOCKS_PER_PAGE)
/* Blocks that an object may lie on */
#define MAX_SPAN	(ZRAM_BLOCKS_PER_PAGE + 1)

/**
 * zram_rb_alloc_grow() - allocate pages of a read
 * @packed: the read
 * @nr: number of blocks that the pages have to hold; the bvecs suffice for them
 * @gfp: how to allocate
 *
 * Return: false if there is no memory. The read keeps the pages that were allocated.
 */
bool zram_rb_alloc_grow(struct zram_rb_packed *packed, unsigned int nr, gfp_t gfp)
{
	struct page *page;

	while (packed->nr_pages * ZRAM_BLOCKS_PER_PAGE < nr) {
		page = alloc_page(gfp);
		if (!page)
			return false;
		packed->bvecs[packed->nr_pages++].bv_page = page;
	}
	return true;
}

static void rb_alloc_destroy(struct zram_rb_packed *packed)
{
	while (packed->nr_pages)
		__free_page(packed->bvecs[--packed->nr_pages].bv_page);
	kfree(packed);
}

/**
 * zram_rb_alloc() - allocate a read of packed objects
 * @objects: objects that the reader may ask for
 * @window: the window; 1: no neighbours
 * @nr: number of blocks to allocate pages for
 * @gfp: how to allocate
 *
 * Return: the read, with the rest zeroed; or NULL.
 */
struct zram_rb_packed *zram_rb_alloc(unsigned int objects, unsigned int window,
				     unsigned int nr, gfp_t gfp)
{
	unsigned int all = objects + window - 1;
	unsigned int most = window > 1 ? max(WINDOW_BLOCKS, MAX_BLOCKS) : MAX_BLOCKS;
	unsigned int blocks = min(all * MAX_SPAN, most);
	unsigned int pages = DIV_ROUND_UP(blocks, ZRAM_BLOCKS_PER_PAGE);
	struct zram_rb_packed *packed;

	packed = kzalloc(struct_size(packed, bvecs, pages) +
			 all * sizeof(*packed->objects), gfp);
	if (!packed)
		return NULL;
	packed->max_pages = pages;
	packed->max_objects = all;
	packed->objects = (void *)&packed->bvecs[pages];
	if (zram_rb_alloc_grow(packed, nr, gfp))
		return packed;
	rb_alloc_destroy(packed);
	return NULL;
}

static void *rb_alloc_mempool_alloc(gfp_t gfp, void *data)
{
	return zram_rb_alloc(1, 1, MAX_SPAN, gfp);
}

static void rb_alloc_mempool_free(void *element, void *data)
{
	rb_alloc_destroy(element);
}

/**
 * zram_rb_alloc_init() - set up a reserve of reads of one object each
 * @reserve: the mempool
 * @nr: reads in it
 *
 * Return: 0 or -ENOMEM.
 */
int zram_rb_alloc_init(mempool_t *reserve, int nr)
{
	return mempool_init(reserve, nr, rb_alloc_mempool_alloc,
			    rb_alloc_mempool_free, NULL);
}

/**
 * zram_rb_alloc_free() - free a read that has ended
 * @packed: the read
 * @reserve: the mempool, used if @packed->reserved
 */
void zram_rb_alloc_free(struct zram_rb_packed *packed, mempool_t *reserve)
{
	if (packed->reserved)
		mempool_free(packed, reserve);
	else
		rb_alloc_destroy(packed);
}
