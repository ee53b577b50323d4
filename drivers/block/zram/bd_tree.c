// SPDX-License-Identifier: GPL-2.0
/*
 * The levels of the block map: memory for them as they are needed, and which of
 * the segments have a free block. See bd_map.c for the whole.
 */

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bd_map.h"
#include "bd_tree.h"

/**
 * zram_bd_map_create() - create a map with all blocks free
 * @nr_blocks: size of the device in blocks of 4 KiB
 *
 * Context: Process context, may sleep.
 * Return: the map, ERR_PTR(-EINVAL) if there are no blocks, ERR_PTR(-EFBIG) if
 * there are more than a map can have, ERR_PTR(-ENOMEM).
 */
struct zram_bd_map *zram_bd_map_create(u64 nr_blocks)
{
	struct zram_bd_map *map;
	u64 nr_regions;

	if (!nr_blocks)
		return ERR_PTR(-EINVAL);
	nr_regions = ((nr_blocks - 1) >> (SEGMENT_SHIFT + REGION_SHIFT)) + 1;
	if (nr_regions > INT_MAX)
		return ERR_PTR(-EFBIG);

	map = kzalloc_obj(*map);
	if (!map)
		return ERR_PTR(-ENOMEM);
	map->nr_blocks = nr_blocks;
	map->nr_segments = ((nr_blocks - 1) >> SEGMENT_SHIFT) + 1;
	map->nr_regions = nr_regions;
	spin_lock_init(&map->summary_lock);
	mutex_init(&map->reserve_lock);

	map->regions = kvcalloc(map->nr_regions, sizeof(*map->regions),
				GFP_KERNEL | __GFP_NOWARN);
	if (!map->regions)
		goto err_free_map;

	map->full = kvcalloc(BITS_TO_LONGS(map->nr_regions),
			     sizeof(*map->full), GFP_KERNEL | __GFP_NOWARN);
	if (!map->full)
		goto err_free_regions;
	return map;

err_free_regions:
	kvfree(map->regions);
err_free_map:
	kfree(map);
	return ERR_PTR(-ENOMEM);
}

/**
 * zram_bd_map_destroy() - free a map
 * @map: the map, may be NULL; no block of it should be referenced any more
 *
 * Context: Process context, may sleep.
 */
void zram_bd_map_destroy(struct zram_bd_map *map)
{
	unsigned int s;
	unsigned long r;

	if (!map)
		return;

	WARN_ON_ONCE(atomic64_read(&map->used));
	for (r = 0; r < map->nr_regions; r++) {
		struct region *region = map->regions[r];

		for (s = 0; region && s < region->nr_segments; s++)
			kfree(region->segments[s].refs);
		vfree(region);
		cond_resched();
	}
	mutex_destroy(&map->reserve_lock);
	kvfree(map->full);
	kvfree(map->regions);
	kfree(map);
}

static struct region *bd_tree_create_region(struct zram_bd_map *map,
					    unsigned long index)
{
	u64 first = (u64)index << REGION_SHIFT;
	struct region *region;
	unsigned int i;

	region = __vmalloc(sizeof(*region), BD_MAP_GFP | __GFP_ZERO);
	if (!region)
		return NULL;

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
	return region;
}

/**
 * zram_bd_tree_find() - the segment a block lies in
 * @map: the map
 * @block: the block
 *
 * Context: Any.
 * Return: the segment, or NULL if none of its region was ever used or there is
 *	no such block.
 */
struct segment *zram_bd_tree_find(struct zram_bd_map *map, u64 block)
{
	u64 index = block >> SEGMENT_SHIFT;
	struct region *region;

	if (block >= map->nr_blocks)
		return NULL;
	/* Pairs with bd_tree_create_region(). */
	region = smp_load_acquire(&map->regions[index >> REGION_SHIFT]);
	if (!region)
		return NULL;
	return &region->segments[index & (REGION_SEGMENTS - 1)];
}

/**
 * zram_bd_tree_grow() - the segment a block lies in, to be used
 * @map: the map
 * @block: a block of the device
 *
 * Context: May sleep. reserve_lock is held.
 * Return: the segment, or NULL if there is no memory.
 */
struct segment *zram_bd_tree_grow(struct zram_bd_map *map, u64 block)
{
	struct segment *seg = zram_bd_tree_find(map, block);

	if (!seg &&
	    bd_tree_create_region(map, block >> (SEGMENT_SHIFT + REGION_SHIFT)))
		seg = zram_bd_tree_find(map, block);
	return seg;
}

/**
 * zram_bd_tree_update() - a segment has become full, or is so no more
 * @map: the map
 * @block: a block of the segment
 * @full: which of the two
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
 * @index: number of the segment to begin with, around the end of the device;
 *	on success the one that was found
 *
 * Context: May sleep. reserve_lock is held.
 * Return: false if there is none.
 */
bool zram_bd_tree_search(struct zram_bd_map *map, u64 *index)
{
	unsigned int s = *index & (REGION_SEGMENTS - 1);
	unsigned long r = *index >> REGION_SHIFT;
	struct region *region = map->regions[r];
	bool found = true;

	spin_lock_irq(&map->summary_lock);
	if (region)
		s = find_next_zero_bit(region->full, region->nr_segments, s);
	if (region && s == region->nr_segments) {
		r = find_next_zero_bit(map->full, map->nr_regions, r + 1);
		if (r >= map->nr_regions)
			r = find_first_zero_bit(map->full, map->nr_regions);
		found = r < map->nr_regions;
		region = found ? map->regions[r] : NULL;
		s = 0;
		if (region)
			s = find_first_zero_bit(region->full,
						region->nr_segments);
	}
	spin_unlock_irq(&map->summary_lock);

	*index = ((u64)r << REGION_SHIFT) + s;
	return found;
}
