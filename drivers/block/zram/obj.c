// SPDX-License-Identifier: GPL-2.0
/*
 * The object pool: compressed pages in zsmalloc, and mem_limit, which bounds
 * the memory they take. This file alone calls zsmalloc.
 */

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/string.h>
#include <linux/zsmalloc.h>

#include "obj.h"

/* Pages of the pool, plus staged pages, which count as full pages */
static unsigned long obj_pages(struct zram_obj_pool *pool)
{
	return zs_get_total_pages(pool->zs) + atomic_long_read(&pool->staged);
}

/**
 * zram_obj_pool_create() - set up an object pool
 * @pool: the pool; its mem_limit stays as it was set
 * @name: name of the pool in the allocator's debugfs
 *
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
 * zram_obj_pool_destroy() - free an object pool
 * @pool: a pool without objects, or one that was never created
 */
void zram_obj_pool_destroy(struct zram_obj_pool *pool)
{
	if (pool->zs)
		zs_destroy_pool(pool->zs);
	pool->zs = NULL;
	zram_obj_pool_clear_max(pool);
}

/**
 * zram_obj_pool_usage() - read the memory use of a pool
 * @pool: the pool, set up or not
 * @usage: filled in; all zero if the pool is not set up
 *
 * Context: The caller prevents zram_obj_pool_destroy(), by config_lock.
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
 * zram_obj_pool_clear_max() - restart the high-water mark at the current use
 * @pool: the pool, set up or not
 *
 * Context: The caller prevents zram_obj_pool_destroy(), by config_lock.
 */
void zram_obj_pool_clear_max(struct zram_obj_pool *pool)
{
	atomic_long_set(&pool->used_max, pool->zs ? obj_pages(pool) : 0);
}

/**
 * zram_obj_pool_pages() - pages that the allocator uses for objects
 * @pool: a pool that is set up
 *
 * Return: pages, without staged pages.
 */
unsigned long zram_obj_pool_pages(struct zram_obj_pool *pool)
{
	return zs_get_total_pages(pool->zs);
}

/**
 * zram_obj_pool_compact() - close the gaps that freed objects have left
 * @pool: a pool that is set up
 *
 * Return: pages freed.
 */
unsigned long zram_obj_pool_compact(struct zram_obj_pool *pool)
{
	return zs_compact(pool->zs);
}

static void obj_raise_max(struct zram_obj_pool *pool, unsigned long pages)
{
	long seen = atomic_long_read(&pool->used_max);

	while (seen < (long)pages &&
	       !atomic_long_try_cmpxchg(&pool->used_max, &seen, pages))
		;
}

/* The allocator may take this many pages for an object; the objects after it then need none */
#define MOST_PAGES	16UL
/* Pages by which objects of admitted pages may exceed mem_limit */
#define ADMITTED_SLACK	(2 * MOST_PAGES)

/*
 * A pool at mem_limit has space for an object only in a gap of its size, and the size
 * is known only after compression. After FULL_AFTER refusals in a row, try one write of
 * FULL_TRY. An object that is freed leaves a gap, worth TRIES_PER_GAP more tries.
 */
#define FULL_AFTER	64U
#define FULL_TRY	64
#define TRIES_PER_GAP	4U

/*
 * Allocate an object, unless the pool then has more than @limit pages (0: no limit).
 * @spare pages do not count: they are about to be freed. Inline, as each write calls it.
 */
static __always_inline int
obj_alloc_within(struct zram_obj_pool *pool, unsigned int size, gfp_t gfp,
		 int nid, unsigned long limit, unsigned long spare,
		 unsigned long *handle)
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
	zram_obj_watch(pool, pages);
	if (limit && pages > limit + spare) {
		zs_free(pool->zs, obj);
		return -ENOSPC;
	}
	*handle = obj;
	return 0;
}

/* mem_limit of a writer: what is being compressed is about to take less */
static unsigned long obj_limit(const struct zram_obj_pool *pool)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);

	if (limit)
		limit += min_t(unsigned long, atomic_read(&pool->busy),
			       ADMITTED_SLACK);
	return limit;
}

/**
 * zram_obj_alloc() - allocate an object
 * @pool: the pool
 * @size: bytes, at most PAGE_SIZE
 * @gfp: %GFP_NOWAIT or %GFP_NOIO; never more, because the write may itself be
 *	the I/O that reclaim waits for
 * @nid: NUMA node for new memory. The allocator first uses free space that it
 *	has on any node
 * @handle: set to the handle of the object
 *
 * Context: May sleep if @gfp says so.
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit is reached.
 */
int zram_obj_alloc(struct zram_obj_pool *pool, unsigned int size, gfp_t gfp,
		   int nid, unsigned long *handle)
{
	int err = obj_alloc_within(pool, size, gfp, nid, obj_limit(pool), 0,
				   handle);

	if (err == -ENOSPC)
		atomic_inc(&pool->refused);
	else if (!err && atomic_read(&pool->refused))
		atomic_set(&pool->refused, 0);
	return err;
}

/**
 * zram_obj_alloc_instead() - allocate an object that replaces a larger one
 * @pool: the pool
 * @size: bytes, fewer than those of the other object
 * @gfp: as for zram_obj_alloc()
 * @nid: as for zram_obj_alloc()
 * @most: pages that the pool may have if it is above mem_limit already, because
 *	the limit was lowered: it has to grow before it can shrink
 * @handle: set to the handle of the object
 *
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
 * zram_obj_alloc_admitted() - allocate an object for a staged page
 * @pool: the pool
 * @size: bytes, at most PAGE_SIZE
 * @gfp: as for zram_obj_alloc()
 * @nid: as for zram_obj_alloc()
 * @handle: set to the handle of the object
 *
 * zram_obj_admit() has checked mem_limit, and the staged page counts until the caller
 * installs the object. The allocator may take several pages for one object, so the
 * pool may exceed mem_limit by ADMITTED_SLACK. If one object could exceed even that, the
 * bound is used_max, if it is higher. A refused object raises used_max, so it fits when it is
 * retried. With staged pages of many sizes the pool may exceed mem_limit by more.
 *
 * Return: 0, -ENOMEM, or -ENOSPC.
 */
int zram_obj_alloc_admitted(struct zram_obj_pool *pool, unsigned int size,
			    gfp_t gfp, int nid, unsigned long *handle)
{
	unsigned long limit = READ_ONCE(pool->limit_pages), pages = obj_pages(pool);

	/* One page of the slack is the staged page, whose place the object may take */
	if (limit && pages + MOST_PAGES > limit + ADMITTED_SLACK)
		limit = max3(limit + ADMITTED_SLACK - 1, pages,
			     (unsigned long)atomic_long_read(&pool->used_max));
	else if (limit)
		limit += ADMITTED_SLACK - 1;
	return obj_alloc_within(pool, size, gfp, nid, limit, 1, handle);
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
	unsigned long limit = obj_limit(pool);
	unsigned int refused;

	if (!limit || obj_pages(pool) < limit)
		return false;
	refused = atomic_read(&pool->refused);
	if (refused < FULL_AFTER)
		return false;
	return atomic_inc_return(&pool->refused) % FULL_TRY;
}

/**
 * zram_obj_admit() - may one more page be staged?
 * @pool: the pool
 *
 * Return: false if a whole page would exceed mem_limit, or if a writer waits
 *	for memory below it, see zram_obj_short().
 */
bool zram_obj_admit(struct zram_obj_pool *pool)
{
	unsigned long limit = READ_ONCE(pool->limit_pages);

	return !limit ||
		(!atomic_read(&pool->short_of) && obj_pages(pool) < limit);
}

/**
 * zram_obj_short() - count the writers that wait for memory below mem_limit
 * @pool: the pool
 * @change: 1 when a writer begins to wait, -1 when it has ended
 *
 * Meanwhile zram_obj_admit() admits no page: staging would take the memory that
 * the writer makes free by compressing staged pages.
 */
void zram_obj_short(struct zram_obj_pool *pool, int change)
{
	atomic_add(change, &pool->short_of);
}

/**
 * zram_obj_staged() - number of staged pages of the device
 * @pool: the pool, set up or not
 *
 * Return: pages, each of which counts as a full page towards mem_limit.
 */
unsigned long zram_obj_staged(struct zram_obj_pool *pool)
{
	return atomic_long_read(&pool->staged);
}

/**
 * zram_obj_count_staged() - count pages that were staged, or no longer are
 * @pool: the pool
 * @change: pages, negative if they no longer are
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
 * zram_obj_class() - the size class of an object
 * @pool: the pool
 * @size: bytes
 *
 * Return: number of the class that the allocator rounds @size up to; a class of
 *	smaller objects has a smaller number.
 */
unsigned int zram_obj_class(struct zram_obj_pool *pool, unsigned int size)
{
	return zs_lookup_class_index(pool->zs, size);
}

/**
 * zram_obj_free() - free an object
 * @pool: the pool
 * @handle: from zram_obj_alloc()
 *
 * Context: Any but interrupts.
 */
void zram_obj_free(struct zram_obj_pool *pool, unsigned long handle)
{
	unsigned int refused = atomic_read(&pool->refused);

	if (unlikely(refused))
		atomic_set(&pool->refused, refused < TRIES_PER_GAP ? 0 :
			   min(refused, FULL_AFTER) - TRIES_PER_GAP);
	zs_free(pool->zs, handle);
}

/**
 * zram_obj_store() - fill an object
 * @pool: the pool
 * @handle: the object, not yet in a slot
 * @src: its content
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
 * zram_obj_map() - map an object for reading
 * @pool: the pool
 * @handle: the object
 * @buf: @size bytes, used if the object lies in two pages
 * @size: bytes, as allocated
 *
 * Context: Any but interrupts. The caller does not sleep until
 *	zram_obj_unmap(), and holds the slot lock or a pin.
 * Return: the bytes of the object, which may be in @buf.
 */
const void *zram_obj_map(struct zram_obj_pool *pool, unsigned long handle,
			 void *buf, unsigned int size)
{
	return zs_obj_read_begin(pool->zs, handle, size, buf);
}

/**
 * zram_obj_unmap() - undo zram_obj_map()
 * @pool: the pool
 * @handle: the object
 * @mapped: the address that zram_obj_map() returned
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
 * @pool: the pool
 * @handle: the object
 * @dst: destination, @size bytes
 * @size: bytes, as allocated
 *
 * Context: Any but interrupts. The caller holds the slot lock or a pin.
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

	/* The page behind a temporary mapping of high memory cannot be told */
	if (mapped != buf && virt_addr_valid(mapped))
		nid = page_to_nid(virt_to_page(mapped));
	zram_obj_unmap(pool, handle, mapped, 1);
	return nid;
}
