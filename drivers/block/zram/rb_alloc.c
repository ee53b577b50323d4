// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of packed reads.
 */

#include <linux/bio.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
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

/**
 * zram_rb_alloc_one() - allocate a read of one object, without neighbours
 * @memory: memory of the device's reads
 * @nr: number of blocks to allocate pages for
 * @gfp: how to allocate, if this CPU has kept no read
 *
 * The pages of a kept read contain data of an earlier read. Unless the new read fails, it
 * overwrites all bytes that the driver uses.
 *
 * Context: Any but interrupts.
 * Return: the read, of which the caller sets all fields but those of its memory; or NULL.
 */
struct zram_rb_packed *zram_rb_alloc_one(struct zram_rb_memory *memory,
					 unsigned int nr, gfp_t gfp)
{
	struct zram_rb_packed *packed = this_cpu_xchg(*memory->kept, NULL);

	if (!packed)
		return zram_rb_alloc(1, 1, nr, gfp);
	if (zram_rb_alloc_grow(packed, nr, gfp))
		return packed;
	zram_rb_alloc_free(packed, memory);
	return NULL;
}

static void *rb_alloc_mempool_alloc(gfp_t gfp, void *data)
{
	return zram_rb_alloc(1, 1, MAX_SPAN, zram_rb_alloc_gfp(gfp));
}

static void rb_alloc_mempool_free(void *element, void *data)
{
	rb_alloc_destroy(element);
}

/**
 * zram_rb_alloc_init() - set up the memory of packed reads
 * @memory: the memory
 *
 * Return: 0 or -ENOMEM.
 */
int zram_rb_alloc_init(struct zram_rb_memory *memory)
{
	memory->kept = alloc_percpu(struct zram_rb_packed *);
	if (!memory->kept)
		return -ENOMEM;
	if (!mempool_init(&memory->reserve, ZRAM_RB_RESERVE, rb_alloc_mempool_alloc,
			  rb_alloc_mempool_free, NULL))
		return 0;
	free_percpu(memory->kept);
	return -ENOMEM;
}

/**
 * zram_rb_alloc_exit() - undo zram_rb_alloc_init()
 * @memory: the memory; no read is in flight
 */
void zram_rb_alloc_exit(struct zram_rb_memory *memory)
{
	struct zram_rb_packed *packed;
	int cpu;

	/* Of all possible CPUs: one that is offline now may have kept a read */
	for_each_possible_cpu(cpu) {
		packed = *per_cpu_ptr(memory->kept, cpu);
		if (packed)
			rb_alloc_destroy(packed);
	}
	free_percpu(memory->kept);
	mempool_exit(&memory->reserve);
}

/**
 * zram_rb_alloc_free() - free a read that has ended, or keep it for the next one
 * @packed: the read
 * @memory: the memory of the device's reads
 *
 * Each CPU keeps one read of one object, so readers in reclaim mostly need no memory.
 *
 * Context: Any but interrupts.
 */
void zram_rb_alloc_free(struct zram_rb_packed *packed, struct zram_rb_memory *memory)
{
	if (packed->reserved)
		mempool_free(packed, &memory->reserve);
	else if (packed->max_objects > 1 ||
		 this_cpu_cmpxchg(*memory->kept, NULL, packed))
		rb_alloc_destroy(packed);
}
