/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_TREE_H_
#define _ZRAM_BD_TREE_H_

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* For bd_map.c, and for bd_tree.c: no other file includes this */

#define SEGMENT_BLOCKS	512U
#define SEGMENT_SHIFT	ilog2(SEGMENT_BLOCKS)
#define REGION_SEGMENTS	512U
#define REGION_SHIFT	ilog2(REGION_SEGMENTS)

#define BD_MAP_GFP	(GFP_NOIO | __GFP_NOWARN)

struct segment {
	spinlock_t lock;	/* protects nr_used, refs and used */
	u16 nr_blocks;		/* constant; fewer at the end of the device */
	u16 nr_used;		/* bits set in used */
	u32 *refs;		/* counts of references; NULL while none */
	DECLARE_BITMAP(used, SEGMENT_BLOCKS);
};

struct region {
	unsigned int nr_segments; /* constant; fewer at the end of the device */
	unsigned int nr_full;	/* bits set in full */
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
	struct mutex reserve_lock;	/* held to reserve; guards cursor */
	u64 cursor;			/* block after the last run reserved */
	atomic64_t used;		/* blocks with a reference */
	atomic64_t bad;			/* blocks retired */
};

struct segment *zram_bd_tree_find(struct zram_bd_map *map, u64 block);
struct segment *zram_bd_tree_grow(struct zram_bd_map *map, u64 block);
void zram_bd_tree_update(struct zram_bd_map *map, u64 block, bool full);
bool zram_bd_tree_search(struct zram_bd_map *map, u64 *index);

#endif
