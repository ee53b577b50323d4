/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_TREE_H_
#define _ZRAM_BD_TREE_H_

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

/* Only the files of the block map include this: bd_map.c, bd_tree.c, bd_reserve.c, bd_free.c */

#define SEGMENT_BLOCKS	512U
#define SEGMENT_SHIFT	ilog2(SEGMENT_BLOCKS)
#define REGION_SEGMENTS	512U
#define REGION_SHIFT	ilog2(REGION_SEGMENTS)

/* Without retries: if an allocation fails, a run uses existing segments, or ends */
#define BD_MAP_GFP	(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN)

struct segment {
	spinlock_t lock;	/* guards nr_used, refs, used and written */
	bool written;		/* since the last discard */
	u16 nr_blocks;		/* constant; fewer at the end of the device */
	u16 nr_used;		/* bits set in used */
	u32 *refs;		/* counts of references; NULL while none */
	DECLARE_BITMAP(used, SEGMENT_BLOCKS);
};

struct region {
	unsigned int nr_segments; /* constant; fewer at the end of the device */
	unsigned int nr_full;	/* bits set in full; summary_lock */
	DECLARE_BITMAP(full, REGION_SEGMENTS);
	struct segment segments[REGION_SEGMENTS];
};

struct zram_bd_map {
	u64 nr_blocks;			/* constant */
	u64 nr_segments;		/* constant */
	unsigned long nr_regions;	/* constant */
	struct region **regions;	/* set at the first use of a region */
	spinlock_t summary_lock;	/* guards the "full" bits */
	unsigned long *full;		/* regions without a free block */
	struct mutex reserve_lock;	/* held to reserve, and to claim for a discard */
	u64 cursor;			/* block after the last extent reserved; reserve_lock */
	unsigned int enough;		/* length that ends a search cut short; reserve_lock */
	unsigned int shortcuts;		/* searches to be cut short; reserve_lock */
	unsigned int none;		/* blocks; no such unit is free; set under reserve_lock */
	u32 *spare_refs;		/* for the next segment; xchg() */
	struct region *spare_region;	/* for the next region; reserve_lock */
	bool wants_region;		/* reserve_lock; read without */
	struct xarray retired;		/* blocks not to be used */
	unsigned long retest;		/* where to go on testing them; pp_lock */
	atomic64_t used;		/* blocks with a reference */
	atomic64_t bad;			/* blocks retired */
	atomic_t discardable;		/* segments free and written */
	atomic_t claimed;		/* segments claimed for a discard */
	atomic_t filling;		/* requests that a run is filling */
	atomic_t unclaims;		/* discards and fillings that have ended; wraps */
	wait_queue_head_t unclaimed;	/* tasks that wait for such an end */
	struct zram_bd_watch *watch;	/* release and acquire; may be NULL */
};

/**
 * zram_bd_tree_find() - find the segment of a block
 * @map: the map
 * @block: the block
 *
 * Return: the segment, or NULL if its region was never used or the block is
 *	beyond the end.
 */
static inline struct segment *zram_bd_tree_find(struct zram_bd_map *map, u64 block)
{
	u64 index = block >> SEGMENT_SHIFT;
	struct region *region;

	if (block >= map->nr_blocks)
		return NULL;
	/* Pairs with bd_tree_add_region(). */
	region = smp_load_acquire(&map->regions[index >> REGION_SHIFT]);
	if (!region)
		return NULL;
	return &region->segments[index & (REGION_SEGMENTS - 1)];
}

struct region *zram_bd_tree_alloc_region(void);
struct segment *zram_bd_tree_grow(struct zram_bd_map *map, u64 block);
void zram_bd_tree_update(struct zram_bd_map *map, u64 block, bool full);
bool zram_bd_tree_search(struct zram_bd_map *map, u64 *index, u64 to);

#endif
