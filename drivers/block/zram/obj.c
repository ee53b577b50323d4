// SPDX-License-Identifier: GPL-2.0
/*
 * The object store: compressed pages in zsmalloc, and the limit on what they
 * may occupy. Nothing else of the driver talks to zsmalloc.
 */

#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/string.h>
#include <linux/zsmalloc.h>

#include "obj.h"

/* All that the store takes, and the pages it is going to get */
static unsigned long obj_pages(struct zram_obj_pool *pool)
{
	return zs_get_total_pages(pool->zs) + atomic_long_read(&pool->staged);
}

/**
 * zram_obj_pool_create() - set up a store
 * @pool: the store; mem_limit is kept
 * @name: what the allocator calls it in debugfs
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zram_obj_pool_create(struct zram_obj_pool *pool, const char *name)
{
	struct zs_pool *zs = zs_create_pool(name);

	if (!zs)
		return -ENOMEM;
	pool->huge_size = zs_huge_class_size(zs);
	pool->zs = zs;
	return 0;
}

/**
 * zram_obj_pool_destroy() - free a store
 * @pool: a store all of whose objects are freed, or one never created
 *
 * Context: May sleep.
 */
void zram_obj_pool_destroy(struct zram_obj_pool *pool)
{
	if (pool->zs)
		zs_destroy_pool(pool->zs);
	pool->zs = NULL;
	zram_obj_pool_clear_max(pool);
}

/**
 * zram_obj_pool_usage() - tell what a store occupies
 * @pool: the store, set up or not
 * @usage: where to put it
 *
 * Context: The caller keeps the store from being destroyed meanwhile.
 */
void zram_obj_pool_usage(struct zram_obj_pool *pool,
			 struct zram_obj_usage *usage)
{
	struct zs_pool_stats stats;

	*usage = (struct zram_obj_usage){};
	if (!pool->zs)
		return;
	zs_pool_stats(pool->zs, &stats);
	usage->compacted = atomic_long_read(&stats.pages_compacted);
	usage->pages = obj_pages(pool);
	usage->pages_max = atomic_long_read(&pool->used_max);
}

/**
 * zram_obj_pool_clear_max() - start the high-water mark anew
 * @pool: the store, set up or not
 *
 * Context: The caller keeps the store from being destroyed meanwhile.
 */
void zram_obj_pool_clear_max(struct zram_obj_pool *pool)
{
	atomic_long_set(&pool->used_max,
			pool->zs ? obj_pages(pool) : 0);
}

/**
 * zram_obj_pool_compact() - let the allocator close its gaps
 * @pool: a store that is set up
 *
 * Context: May sleep.
 */
void zram_obj_pool_compact(struct zram_obj_pool *pool)
{
	zs_compact(pool->zs);
}

static void obj_raise_max(struct zram_obj_pool *pool, unsigned long pages)
{
	long seen = atomic_long_read(&pool->used_max);

	while (seen < (long)pages &&
	       !atomic_long_try_cmpxchg(&pool->used_max, &seen, pages))
		;
}

/*
 * What was admitted may exceed the limit by this much: the allocator takes up to
 * 16 pages for one object, and the next ones need none.
 */
#define ADMITTED_SLACK	32UL

/*
 * A store at mem_limit has space for an object only in a gap of its size. Not
 * knowing the size before a page is compressed, give up after this many refusals in
 * a row, and then try one in so many. What is freed makes a gap, which some writers
 * may try to use.
 */
#define FULL_AFTER	64U
#define FULL_TRY	64
#define TRIES_PER_GAP	4U

/*
 * Allocate, unless the store has more than @limit pages then; 0 for no limit.
 * @spare pages of it are about to go, or to become much less.
 */
static int obj_alloc_within(struct zram_obj_pool *pool, unsigned int size,
			    gfp_t gfp, int nid, unsigned long limit,
			    unsigned long spare, unsigned long *handle)
{
	unsigned long obj, pages;

	/* It takes a page of its own, so there is no need to try */
	if (limit && size == PAGE_SIZE && obj_pages(pool) >= limit + spare)
		return -ENOSPC;
	obj = zs_malloc(pool->zs, size, gfp | __GFP_NOWARN | __GFP_HIGHMEM |
			__GFP_MOVABLE, nid);
	if (IS_ERR_VALUE(obj))
		return -ENOMEM;

	pages = obj_pages(pool);
	obj_raise_max(pool, pages - min(spare, 1UL));
	if (limit && pages > limit + spare) {
		zs_free(pool->zs, obj);
		return -ENOSPC;
	}
	*handle = obj;
	return 0;
}

/**
 * zram_obj_alloc() - room for one object
 * @pool: the store
 * @size: bytes, at most PAGE_SIZE
 * @gfp: %GFP_NOWAIT or %GFP_NOIO; never more, as the write may itself be the
 *	I/O that reclaim waits for
 * @nid: NUMA node that new memory comes from. Room that the allocator has
 *	already is used first, on whichever node that is
 * @handle: where to put the handle
 *
 * Context: May sleep if @gfp says so.
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit is reached.
 */
int zram_obj_alloc(struct zram_obj_pool *pool, unsigned int size, gfp_t gfp,
		   int nid, unsigned long *handle)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);
	int err;

	/* What is being compressed is about to take less */
	if (limit)
		limit += min_t(unsigned long, atomic_read(&pool->busy),
			       ADMITTED_SLACK);
	err = obj_alloc_within(pool, size, gfp, nid, limit, 0, handle);
	if (err == -ENOSPC)
		atomic_inc(&pool->refused);
	else if (!err && atomic_read(&pool->refused))
		atomic_set(&pool->refused, 0);
	return err;
}

/**
 * zram_obj_alloc_instead() - room for an object that another makes way for
 * @pool: the store
 * @size: bytes, less than those of the other
 * @gfp: as for zram_obj_alloc()
 * @nid: likewise
 * @most: pages that a store may have which is above mem_limit already, as one is
 *	whose limit was lowered: it has to take some before it can give back more
 * @handle: where to put the handle
 *
 * Context: May sleep if @gfp says so.
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit, or @most, is reached.
 */
int zram_obj_alloc_instead(struct zram_obj_pool *pool, unsigned int size,
			   gfp_t gfp, int nid, unsigned long most,
			   unsigned long *handle)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);

	if (limit && obj_pages(pool) > limit)
		limit = max(limit, most);
	return obj_alloc_within(pool, size, gfp, nid, limit,
				zram_obj_staged(pool), handle);
}

/**
 * zram_obj_alloc_admitted() - room for what zram_obj_admit() has admitted
 * @pool: the store
 * @size: bytes, at most PAGE_SIZE
 * @gfp: as for zram_obj_alloc()
 * @nid: likewise
 * @handle: where to put the handle
 *
 * A page was counted for it, which goes when this succeeds. As the allocator may
 * take several for it, the store may exceed mem_limit by a few pages.
 *
 * Context: May sleep if @gfp says so.
 * Return: 0, -ENOMEM, or -ENOSPC.
 */
int zram_obj_alloc_admitted(struct zram_obj_pool *pool, unsigned int size,
			    gfp_t gfp, int nid, unsigned long *handle)
{
	return obj_alloc_within(pool, size, gfp, nid,
				READ_ONCE(pool->limit_pages), ADMITTED_SLACK,
				handle);
}

/**
 * zram_obj_is_full() - whether mem_limit most likely leaves no space for an object
 * @pool: the store
 *
 * The writer can then fail before it compresses the page. Swap writes each page of
 * memory over and over when it cannot be freed, until the OOM killer steps in.
 *
 * Return: false if there is space, or there may be and it is worth a try.
 */
bool zram_obj_is_full(struct zram_obj_pool *pool)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);
	unsigned int refused;

	if (!limit || obj_pages(pool) < limit)
		return false;
	refused = atomic_read(&pool->refused);
	if (refused < FULL_AFTER)
		return false;
	return atomic_inc_return(&pool->refused) % FULL_TRY;
}

/**
 * zram_obj_admit() - is there room for one more staged page
 * @pool: the store
 *
 * Context: Any.
 * Return: false if mem_limit would be exceeded.
 */
bool zram_obj_admit(struct zram_obj_pool *pool)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);

	return !limit ||
		(!atomic_read(&pool->short_of) && obj_pages(pool) < limit);
}

/**
 * zram_obj_short() - somebody is short of room, or is no more
 * @pool: the store
 * @change: 1 or -1
 *
 * Nobody is to be admitted to the room that is made for somebody who has none.
 *
 * Context: Any.
 */
void zram_obj_short(struct zram_obj_pool *pool, int change)
{
	atomic_add(change, &pool->short_of);
}

/**
 * zram_obj_staged() - how many pages are staged
 * @pool: the store, set up or not
 *
 * Context: Any.
 * Return: the number of pages.
 */
unsigned long zram_obj_staged(struct zram_obj_pool *pool)
{
	return atomic_long_read(&pool->staged);
}

/**
 * zram_obj_count_staged() - pages were staged, or are no more
 * @pool: the store
 * @change: how many more
 *
 * Context: Any.
 */
void zram_obj_count_staged(struct zram_obj_pool *pool, long change)
{
	atomic_long_add(change, &pool->staged);
	if (change > 0)
		obj_raise_max(pool, obj_pages(pool));
}

/**
 * zram_obj_count_busy() - count the staged pages that tasks are compressing
 * @pool: the store
 * @change: how many more
 */
void zram_obj_count_busy(struct zram_obj_pool *pool, int change)
{
	atomic_add(change, &pool->busy);
}

/**
 * zram_obj_smaller() - does an object of one size take less than one of another
 * @pool: the store
 * @size: the one size, bytes
 * @than: the other, bytes
 *
 * The allocator rounds sizes up to classes.
 *
 * Context: Any.
 * Return: true if it does.
 */
bool zram_obj_smaller(struct zram_obj_pool *pool, unsigned int size,
		      unsigned int than)
{
	return zs_lookup_class_index(pool->zs, size) <
		zs_lookup_class_index(pool->zs, than);
}

/**
 * zram_obj_free() - give an object back
 * @pool: the store
 * @handle: from zram_obj_alloc()
 *
 * Context: Any but interrupts.
 */
void zram_obj_free(struct zram_obj_pool *pool, unsigned long handle)
{
	unsigned int refused = atomic_read(&pool->refused);

	zs_free(pool->zs, handle);
	if (refused)
		atomic_set(&pool->refused, refused < TRIES_PER_GAP ? 0 :
			   min(refused, FULL_AFTER) - TRIES_PER_GAP);
}

/**
 * zram_obj_store() - fill an object
 * @pool: the store
 * @handle: the object, not yet known to anybody else
 * @src: what to put into it
 * @size: bytes, as allocated
 *
 * Context: Any but interrupts.
 */
void zram_obj_store(struct zram_obj_pool *pool, unsigned long handle,
		    const void *src, unsigned int size)
{
	zs_obj_write(pool->zs, handle, (void *)src, size);
}

/**
 * zram_obj_map() - look at an object where it is
 * @pool: the store
 * @handle: the object
 * @buf: @size bytes for an object that lies in two pages
 * @size: bytes, as allocated
 *
 * Context: Any but interrupts, and must not sleep until zram_obj_unmap(); the
 *	caller keeps the object from being freed.
 * Return: the object, which may be in @buf.
 */
const void *zram_obj_map(struct zram_obj_pool *pool, unsigned long handle,
			 void *buf, unsigned int size)
{
	return zs_obj_read_begin(pool->zs, handle, size, buf);
}

/**
 * zram_obj_unmap() - undo zram_obj_map()
 * @pool: the store
 * @handle: the object
 * @mapped: what zram_obj_map() returned
 * @size: bytes, as allocated
 *
 * Context: That of zram_obj_map().
 */
void zram_obj_unmap(struct zram_obj_pool *pool, unsigned long handle,
		    const void *mapped, unsigned int size)
{
	zs_obj_read_end(pool->zs, handle, size, (void *)mapped);
}

/**
 * zram_obj_load() - copy an object out
 * @pool: the store
 * @handle: the object
 * @dst: where to, @size bytes
 * @size: bytes, as allocated
 *
 * Context: Any but interrupts; the caller keeps the object from being freed.
 */
void zram_obj_load(struct zram_obj_pool *pool, unsigned long handle,
		   void *dst, unsigned int size)
{
	const void *mapped = zram_obj_map(pool, handle, dst, size);

	/* An object that crosses pages has been gathered in dst already */
	if (mapped != dst)
		memcpy(dst, mapped, size);
	zram_obj_unmap(pool, handle, mapped, size);
}

/**
 * zram_obj_node() - tell the NUMA node of an object
 * @pool: the store
 * @handle: the object
 * @buf: PAGE_SIZE bytes, to be scribbled over
 *
 * Context: Any but interrupts; the caller keeps the object from being freed.
 * Return: the node of the page that the object begins in; %NUMA_NO_NODE where the
 *	allocator does not show that page.
 */
int zram_obj_node(struct zram_obj_pool *pool, unsigned long handle, void *buf)
{
	/* One byte never crosses pages, so it is not copied */
	const void *mapped = zram_obj_map(pool, handle, buf, 1);
	int nid = NUMA_NO_NODE;

	if (mapped != buf)
		nid = page_to_nid(kmap_to_page((void *)mapped));
	zram_obj_unmap(pool, handle, mapped, 1);
	return nid;
}
