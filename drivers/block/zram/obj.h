/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_OBJ_H_
#define _ZRAM_OBJ_H_

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/numa.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct zs_pool;

/**
 * struct zram_obj_pool - the objects of a device
 * @zs: the allocator's pool; NULL on a new device. Guarded by config_lock; the
 *	data path reads it without, because an open device is not reset
 * @huge_size: from this size on the allocator takes a whole page, bytes;
 *	constant while @zs exists
 * @limit_pages: mem_limit in pages, 0 for none; WRITE_ONCE() and READ_ONCE()
 * @watch_pages: when the pool has so many pages, @watch is queued, once; 0: never.
 *	WRITE_ONCE() and READ_ONCE()
 * @watch: looks at the capacity of the device; constant
 * @used_max: highest number of pages; atomic
 * @staged: staged pages of the device, which count as pages of the pool; atomic
 * @busy: staged pages that a task is compressing; atomic. A writer's allocation
 *	does not count them, because it does not wait for them
 * @refused: writers' allocations in a row that mem_limit refused, less the tries
 *	that objects freed since are worth; atomic
 * @short_of: writers that compress staged pages to get below mem_limit; atomic
 */
struct zram_obj_pool {
	struct zs_pool *zs;
	size_t huge_size;
	unsigned long limit_pages;
	unsigned long watch_pages;
	struct work_struct *watch;
	atomic_long_t used_max ____cacheline_aligned_in_smp;
	atomic_long_t staged;
	atomic_t busy;
	atomic_t refused;
	atomic_t short_of;
};

/**
 * struct zram_obj_usage - memory use of a pool
 * @pages: pages in use now
 * @pages_max: highest number of pages
 * @compacted: pages freed by compaction
 */
struct zram_obj_usage {
	unsigned long pages;
	unsigned long pages_max;
	unsigned long compacted;
};

/* Did mem_limit refuse the last allocation, with little freed since? */
static inline bool zram_obj_was_refused(const struct zram_obj_pool *pool)
{
	return atomic_read(&pool->refused);
}

static inline void zram_obj_watch(struct zram_obj_pool *pool, unsigned long pages)
{
	unsigned long at = READ_ONCE(pool->watch_pages);

	if (likely(!at || pages < at))
		return;
	WRITE_ONCE(pool->watch_pages, 0);
	schedule_work(pool->watch);
}

int zram_obj_pool_create(struct zram_obj_pool *pool, const char *name);
void zram_obj_pool_destroy(struct zram_obj_pool *pool);
void zram_obj_pool_usage(struct zram_obj_pool *pool,
			 struct zram_obj_usage *usage);
void zram_obj_pool_clear_max(struct zram_obj_pool *pool);
unsigned long zram_obj_pool_pages(struct zram_obj_pool *pool);
unsigned long zram_obj_pool_compact(struct zram_obj_pool *pool);

int zram_obj_alloc(struct zram_obj_pool *pool, unsigned int size, gfp_t gfp,
		   int nid, unsigned long *handle);
int zram_obj_alloc_instead(struct zram_obj_pool *pool, unsigned int size,
			   gfp_t gfp, int nid, unsigned long most,
			   unsigned long *handle);
int zram_obj_alloc_admitted(struct zram_obj_pool *pool, unsigned int size,
			    gfp_t gfp, int nid, unsigned long *handle);
bool zram_obj_is_full(struct zram_obj_pool *pool);
bool zram_obj_admit(struct zram_obj_pool *pool);
void zram_obj_short(struct zram_obj_pool *pool, int change);
unsigned long zram_obj_staged(struct zram_obj_pool *pool);
void zram_obj_count_staged(struct zram_obj_pool *pool, long change);
void zram_obj_count_busy(struct zram_obj_pool *pool, int change);
unsigned int zram_obj_class(struct zram_obj_pool *pool, unsigned int size);
void zram_obj_free(struct zram_obj_pool *pool, unsigned long handle);
void zram_obj_store(struct zram_obj_pool *pool, unsigned long handle,
		    const void *src, unsigned int size);
const void *zram_obj_map(struct zram_obj_pool *pool, unsigned long handle,
			 void *buf, unsigned int size);
void zram_obj_unmap(struct zram_obj_pool *pool, unsigned long handle,
		    const void *mapped, unsigned int size);
void zram_obj_load(struct zram_obj_pool *pool, unsigned long handle,
		   void *dst, unsigned int size);
int zram_obj_node(struct zram_obj_pool *pool, unsigned long handle, void *buf);

/**
 * zram_obj_alloc_back() - allocate an object that comes back from the backing device
 * @pool: the pool
 * @size: bytes, at most PAGE_SIZE
 * @gfp: as for zram_obj_alloc()
 * @handle: set to the handle of the object
 *
 * The object replaces none in memory, so staged pages count, which
 * zram_obj_alloc_instead() alone leaves out. A refusal says nothing about writes, so it is
 * not counted as zram_obj_alloc() counts it.
 *
 * Return: 0, -ENOMEM, or -ENOSPC when mem_limit is reached.
 */
static inline int zram_obj_alloc_back(struct zram_obj_pool *pool,
				      unsigned int size, gfp_t gfp,
				      unsigned long *handle)
{
	if (!zram_obj_admit(pool))
		return -ENOSPC;
	return zram_obj_alloc_instead(pool, size, gfp, NUMA_NO_NODE, 0, handle);
}

#endif
