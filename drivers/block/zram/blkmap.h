/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BLKMAP_H_
#define _ZRAM_BLKMAP_H_

#include <linux/bug.h>
#include <linux/types.h>

struct zram_blkmap;

struct zram_blkmap *zram_blkmap_create(u64 nr_blocks);
void zram_blkmap_destroy(struct zram_blkmap *map);

int zram_blkmap_reserve(struct zram_blkmap *map, unsigned int want,
			unsigned int unit, u64 *first);
bool __zram_blkmap_ref(struct zram_blkmap *map, u64 first, unsigned int nr,
		       int change);
void zram_blkmap_share(struct zram_blkmap *map, u64 first, unsigned int nr,
		       const u16 *refs);
void zram_blkmap_trim(struct zram_blkmap *map, u64 first, unsigned int nr);
void zram_blkmap_retire(struct zram_blkmap *map, u64 block);
u64 zram_blkmap_used(struct zram_blkmap *map);
u64 zram_blkmap_bad(struct zram_blkmap *map);
u64 zram_blkmap_free(struct zram_blkmap *map);

/**
 * zram_blkmap_get() - take another reference on each block of a range
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 *
 * The caller must make sure that the blocks stay referenced meanwhile, by a
 * reference of its own or by a lock that whoever drops the last one takes.
 *
 * Context: Any.
 */
static inline void zram_blkmap_get(struct zram_blkmap *map, u64 first,
				   unsigned int nr)
{
	WARN_ON_ONCE(!__zram_blkmap_ref(map, first, nr, 1));
}

/**
 * zram_blkmap_put() - drop one reference on each block of a range
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 *
 * A block whose last reference goes may be reserved again at once.
 *
 * Context: Any.
 */
static inline void zram_blkmap_put(struct zram_blkmap *map, u64 first,
				   unsigned int nr)
{
	WARN_ON_ONCE(!__zram_blkmap_ref(map, first, nr, -1));
}

#endif
