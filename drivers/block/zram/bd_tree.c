// SPDX-License-Identifier: GPL-2.0
/*
 * The levels of the block map: their memory, and the bits that tell which
 * segments have a free block. bd_map.c has an overview.
 */

#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bd_tree.h"

/**
 * zram_bd_tree_alloc_region() - allocate memory for a region
 *
 * Context: May sleep, no lock is held.
 * Return: zeroed memory, to be freed with vfree(), or NULL.
 */
struct region *zram_bd_tree_alloc_region(void)
{
	return __vmalloc(sizeof(struct region), BD_MAP_GFP | __GFP_ZERO);
}

/* Add the spare region to the tree; without one, ask for it */
static bool bd_tree_add_region(struct zram_bd_map *map, unsigned long index)
{
	struct region *region = map->spare_region;
	u64 first = (u64)index << REGION_SHIFT;
	unsigned int i;

	WRITE_ONCE(map->wants_region, !region);
	if (!region)
		return false;
	map->spare_region = NULL;

	region->nr_segments = min_t(u64, map->nr_segments - first,
				    REGION_SEGMENTS);
	for (i = 0; i < region->nr_segments; i++) {
		struct segment *seg = &region->segments[i];
		u64 block = (first + i) << SEGMENT_SHIFT;

		spin_lock_init(&seg->lock);
		seg->nr_blocks = min_t(u64, map->nr_blocks - block,
				       SEGMENT_BLOCKS);
	}

	/* Pairs with zram_bd_tree_find(): the region is seen initialised. */
	smp_store_release(&map->regions[index], region);
	return true;
}

/**
 * zram_bd_tree_grow() - find or allocate the segment of a block
 * @map: the map
 * @block: a block of the device
 *
 * Context: reserve_lock is held.
 * Return: the segment, or NULL if its region has no memory yet.
 */
struct segment *zram_bd_tree_grow(struct zram_bd_map *map, u64 block)
{
	struct segment *seg = zram_bd_tree_find(map, block);

	if (!seg &&
	    bd_tree_add_region(map, block >> (SEGMENT_SHIFT + REGION_SHIFT)))
		seg = zram_bd_tree_find(map, block);
	return seg;
}

/**
 * zram_bd_tree_update() - set the "full" bits after a change of a segment
 * @map: the map
 * @block: a block of the segment
 * @full: the segment has become full, or is not full any more
 *
 * Context: The lock of the segment is held, so that the bit follows the segment.
 */
void zram_bd_tree_update(struct zram_bd_map *map, u64 block, bool full)
{
	u64 index = block >> SEGMENT_SHIFT;
	unsigned long r = index >> REGION_SHIFT;
	struct region *region = map->regions[r];

	spin_lock(&map->summary_lock);
	if (region->nr_full == region->nr_segments)
		__clear_bit(r, map->full);
	__assign_bit(index & (REGION_SEGMENTS - 1), region->full, full);
	region->nr_full += full ? 1 : -1;
	if (region->nr_full == region->nr_segments)
		__set_bit(r, map->full);
	spin_unlock(&map->summary_lock);
}

/**
 * zram_bd_tree_search() - find a segment with a free block
 * @map: the map
 * @index: number of the segment to begin with; on success the one that was
 *	found
 * @to: number of the segment to end before
 *
 * Context: reserve_lock is held.
 * Return: false if there is none.
 */
bool zram_bd_tree_search(struct zram_bd_map *map, u64 *index, u64 to)
{
	unsigned int s = *index & (REGION_SEGMENTS - 1);
	unsigned long r = *index >> REGION_SHIFT;
	struct region *region = map->regions[r];

	spin_lock_irq(&map->summary_lock);
	if (region)
		s = find_next_zero_bit(region->full, region->nr_segments, s);
	if (region && s == region->nr_segments) {
		r = find_next_zero_bit(map->full, map->nr_regions, r + 1);
		region = r < map->nr_regions ? map->regions[r] : NULL;
		s = 0;
		if (region)
			s = find_first_zero_bit(region->full,
						region->nr_segments);
	}
	spin_unlock_irq(&map->summary_lock);

	*index = ((u64)r << REGION_SHIFT) + s;
	return *index < to;
}
