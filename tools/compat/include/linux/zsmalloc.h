/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_ZSMALLOC_H_
#define _ZRAM_COMPAT_ZSMALLOC_H_

#include <linux/atomic.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include_next <linux/zsmalloc.h>

#ifndef COMPAT_HAS_ZS_MALLOC_NID
/* Older kernels take the memory from the node they run on */
#define zs_malloc(pool, size, gfp, nid)	((void)(nid), zs_malloc(pool, size, gfp))
#endif

#ifndef COMPAT_HAS_ZS_CLASS_INDEX
/*
 * Steps of the classes, into which an object goes with its handle; a class may in
 * truth be several of them
 */
static inline unsigned int zs_lookup_class_index(struct zs_pool *pool,
						 unsigned int size)
{
	return DIV_ROUND_UP(min_t(size_t, size, zs_huge_class_size(pool)) +
			    sizeof(unsigned long), max_t(size_t, 16, PAGE_SIZE >> 8));
}
#endif

#ifndef COMPAT_HAS_ZS_OBJ
/*
 * Objects were mapped, one at a time on each CPU; one that crosses pages is
 * gathered in a buffer of the allocator. The caller does not sleep between
 * begin and end, so a mapping serves as well as the copy asked for.
 */
static inline void *zs_obj_read_begin(struct zs_pool *pool,
				      unsigned long handle, size_t len,
				      void *local_copy)
{
	return zs_map_object(pool, handle, ZS_MM_RO);
}

static inline void zs_obj_read_end(struct zs_pool *pool, unsigned long handle,
				   size_t len, void *mem)
{
	zs_unmap_object(pool, handle);
}

static inline void zs_obj_write(struct zs_pool *pool, unsigned long handle,
				void *mem, size_t len)
{
	memcpy(zs_map_object(pool, handle, ZS_MM_WO), mem, len);
	zs_unmap_object(pool, handle);
}
#endif

#ifdef COMPAT_ZS_OBJ_READ
void *zram_compat_read_begin(struct zs_pool *pool, unsigned long handle,
			     size_t len, void *local_copy);

#define zs_obj_read_begin(pool, handle, len, local_copy)		\
	zram_compat_read_begin(pool, handle, len, local_copy)
#define zs_obj_read_end(pool, handle, len, mem)				\
	((void)(len), zs_obj_read_end(pool, handle, mem))
#endif

#endif
