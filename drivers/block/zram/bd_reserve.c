// SPDX-License-Identifier: GPL-2.0
/*
 * Reserving blocks of the block map: which free blocks a run of a write request
 * gets. See bd_map.c for the whole.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bd_map.h"
#include "bd_tree.h"

/* Extents looked at before the longest of them is taken */
#define RUNS_TRIED	4
/* Segments with a free run that are looked at, likewise */
#define SEGMENTS_TRIED	4
/* Searches that are cut short after one that found only a short run */
#define SHORTCUTS	63

/**
 * struct bd_run - a run of free blocks, and what is searched for
 * @want: length wanted, blocks
 * @enough: length that ends the search, blocks; at most @want
 * @unit: blocks that have to be together
 * @existing: look only where no memory is needed
 * @first: first block of the longest run seen so far
 * @nr: its length, 0 if there is none
 */
struct bd_run {
	unsigned int want;
	unsigned int enough;
	unsigned int unit;
	bool existing;
	u64 first;
	unsigned int nr;
};

/*
 * Find an extent of enough free blocks at or after @from, or the longest of the
 * first few. All are multiples of the unit. Returns its length in blocks, 0 if no
 * unit is free.
 */
static unsigned int bd_reserve_find(struct segment *seg, unsigned int from,
				    const struct bd_run *run,
				    unsigned int *start)
{
	unsigned int end = seg->nr_blocks, unit = run->unit;
	unsigned int longest = 0;
	int tries;

	from = round_up(from, unit);
	for (tries = 0; tries < RUNS_TRIED && longest < run->enough; tries++) {
		unsigned int at, stop;

		at = bitmap_find_next_zero_area(seg->used, end, from, unit,
						unit - 1);
		if (at >= end)
			break;
		stop = find_next_bit(seg->used, min(end, at + run->want), at);
		stop = round_down(stop, unit);
		if (stop - at > longest) {
			longest = stop - at;
			*start = at;
		}
		from = stop;
	}
	return longest;
}

/* Look into the segment of @block, at or after @block */
static void bd_reserve_look(struct zram_bd_map *map, u64 block,
			    struct bd_run *run)
{
	struct segment *seg = zram_bd_tree_find(map, block), empty = {};
	u64 base = round_down(block, SEGMENT_BLOCKS);
	unsigned int nr = 0, start;

	if (!seg) {
		/* The first block of a region may need one */
		empty.nr_blocks = min_t(u64, map->nr_blocks - base,
					SEGMENT_BLOCKS);
		if (!run->existing)
			nr = bd_reserve_find(&empty, block - base, run, &start);
	} else {
		spin_lock_irq(&seg->lock);
		if (!run->existing || seg->refs)
			nr = bd_reserve_find(seg, block - base, run, &start);
		spin_unlock_irq(&seg->lock);
	}
	if (nr > run->nr) {
		run->nr = nr;
		run->first = base + start;
	}
}

/* Look into the segments from block @at on, and before segment @to */
static void bd_reserve_look_between(struct zram_bd_map *map, u64 at, u64 to,
				    struct bd_run *run)
{
	unsigned int tries = SEGMENTS_TRIED;
	u64 index = at >> SEGMENT_SHIFT;

	while (index < to) {
		bd_reserve_look(map, at, run);
		/* A region without memory has nothing that exists */
		if (run->existing && !zram_bd_tree_find(map, at))
			index |= REGION_SEGMENTS - 1;
		if (run->nr >= run->enough || (run->nr && !--tries))
			return;
		if (++index >= to || !zram_bd_tree_search(map, &index, to))
			return;
		at = index << SEGMENT_SHIFT;
		cond_resched();
	}
}

/*
 * Segments to be used: those that the blocks in use would need, an eighth, and
 * one so that a device with few blocks in use has long runs.
 * On a sparse file or a thin volume each segment in use costs space, so the
 * blocks in use stay together even if longer runs are free elsewhere.
 */
static u64 bd_reserve_zone(const struct zram_bd_map *map, unsigned int want)
{
	u64 blocks = atomic64_read(&map->used) + atomic64_read(&map->bad) + want;

	return min(((blocks + blocks / 8) >> SEGMENT_SHIFT) + 2,
		   map->nr_segments);
}

static void bd_reserve_search(struct zram_bd_map *map, struct bd_run *run)
{
	u64 zone = bd_reserve_zone(map, run->want);
	u64 cursor = map->cursor >> SEGMENT_SHIFT < zone ? map->cursor : 0;

	bd_reserve_look_between(map, cursor, zone, run);
	if (run->nr < run->enough && cursor)
		bd_reserve_look_between(map, 0, (cursor >> SEGMENT_SHIFT) + 1, run);
	if (!run->nr && zone < map->nr_segments)
		bd_reserve_look_between(map, zone << SEGMENT_SHIFT,
					map->nr_segments, run);
}

/*
 * Where free blocks are scattered, a search looks into several segments and finds a
 * short run all the same. So the next few take the first run that is as long.
 */
static void bd_reserve_search_short(struct zram_bd_map *map, struct bd_run *run)
{
	run->enough = run->want;
	if (map->shortcuts) {
		map->shortcuts--;
		run->enough = min(map->enough, run->want);
	}
	bd_reserve_search(map, run);
	/* What a search for want of memory finds says nothing about the device */
	if (run->nr < run->enough && !run->existing) {
		map->enough = run->nr;
		map->shortcuts = run->nr ? SHORTCUTS : 0;
	}
}

/* Reserve a run that was found; false without memory for its segment */
static bool bd_reserve_take(struct zram_bd_map *map, const struct bd_run *run)
{
	struct segment *seg = zram_bd_tree_grow(map, run->first);
	unsigned int i, at = run->first & (SEGMENT_BLOCKS - 1);
	bool taken;

	if (!seg)
		return false;
	spin_lock_irq(&seg->lock);
	if (!seg->refs)
		seg->refs = xchg(&map->spare_refs, NULL);
	taken = seg->refs;
	if (taken) {
		bitmap_set(seg->used, at, run->nr);
		for (i = 0; i < run->nr; i++)
			seg->refs[at + i] = 1;
		atomic64_add(run->nr, &map->used);
		if (!seg->nr_used && seg->written)
			atomic_dec(&map->discardable);
		seg->written = true;
		seg->nr_used += run->nr;
		if (seg->nr_used == seg->nr_blocks)
			zram_bd_tree_update(map, run->first, true);
	}
	spin_unlock_irq(&seg->lock);
	return taken;
}

/* Make spares of the memory that the next reservation may need */
static void bd_reserve_prepare(struct zram_bd_map *map)
{
	struct region *region = NULL;
	u32 *refs;

	if (!READ_ONCE(map->spare_refs)) {
		refs = kcalloc(SEGMENT_BLOCKS, sizeof(*refs), BD_MAP_GFP);
		if (refs && cmpxchg(&map->spare_refs, NULL, refs))
			kfree(refs);
	}
	/* The last spare is unused if blocks elsewhere became free before the search */
	if (!READ_ONCE(map->wants_region) || READ_ONCE(map->spare_region))
		return;
	region = zram_bd_tree_alloc_region();
	mutex_lock(&map->reserve_lock);
	if (!map->spare_region)
		swap(map->spare_region, region);
	mutex_unlock(&map->reserve_lock);
	vfree(region);
}

/* Reserve where it is best; without memory, where none is needed */
static int bd_reserve_run(struct zram_bd_map *map, struct bd_run *run)
{
	run->nr = 0;
	bd_reserve_search_short(map, run);
	if (!run->nr)
		return run->existing ? -ENOMEM : 0;
	if (!bd_reserve_take(map, run))
		return run->existing ? -ENOMEM : -EAGAIN;
	map->cursor = run->first + run->nr;
	if (map->cursor == map->nr_blocks)
		map->cursor = 0;
	return run->nr;
}

/**
 * zram_bd_map_reserve() - reserve an extent
 * @map: the map
 * @want: length wanted, blocks; at least a unit
 * @unit: blocks that have to be together, a power of two, at most 64
 * @first: set to the first block, a multiple of @unit
 *
 * The extent is shorter than @want if free blocks are scattered, and never
 * longer than a segment; its length is a multiple of @unit. Each block gets one
 * reference, to be dropped with zram_bd_map_put(). Callers are serialised.
 *
 * Context: May sleep; does not start I/O, and does not wait for memory.
 * Return: length of the extent in blocks, 0 if no unit is free, or -ENOMEM.
 */
int zram_bd_map_reserve(struct zram_bd_map *map, unsigned int want,
			unsigned int unit, u64 *first)
{
	struct bd_run run = {
		.want = round_down(min(want, SEGMENT_BLOCKS), unit),
		.unit = unit,
	};
	int nr, tries;

	if (!run.want)
		return 0;
	/* The first try may find out that a region is needed */
	for (tries = 0, nr = -EAGAIN; nr == -EAGAIN; tries++) {
		bd_reserve_prepare(map);
		mutex_lock(&map->reserve_lock);
		run.existing = tries == 2;
		nr = bd_reserve_run(map, &run);
		mutex_unlock(&map->reserve_lock);
	}
	*first = run.first;
	return nr;
}

/**
 * zram_bd_map_trim() - free the end of an extent that was just reserved
 * @map: the map
 * @first: first block to free
 * @nr: number of blocks, to the end of the extent
 *
 * The next extent follows the rest of this one, unless another task reserved in
 * between, so that small requests leave no holes.
 *
 * Context: May sleep; does not start I/O.
 */
void zram_bd_map_trim(struct zram_bd_map *map, u64 first, unsigned int nr)
{
	u64 end = first + nr;

	mutex_lock(&map->reserve_lock);
	zram_bd_map_put(map, first, nr);
	if (map->cursor == (end == map->nr_blocks ? 0 : end))
		map->cursor = first;
	mutex_unlock(&map->reserve_lock);
}
