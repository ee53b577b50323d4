// SPDX-License-Identifier: GPL-2.0
/*
 * Reserves blocks of the block map: selects the extent of free blocks for a write
 * request. bd_map.c describes the map.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bd_map.h"
#include "bd_tree.h"

/* Extents of a segment to try before taking the longest of them */
#define RUNS_TRIED	4
/* Segments with a free extent to try before taking the longest of those extents */
#define SEGMENTS_TRIED	4
/* Cheap searches that follow a search which found only a short extent */
#define SHORTCUTS	63

/**
 * struct bd_run - a search, and the longest extent of free blocks that it has found
 * @want: wanted length, blocks
 * @enough: length that ends the search, blocks; at most @want
 * @unit: the extent begins at a multiple of this, and so does its length; blocks
 * @existing: search only segments that have memory for counts
 * @anywhere: search all segments alike, from @from on, because blocks before it fail
 * @from: a block
 * @first: first block of the extent
 * @nr: length of the extent, blocks; 0 if the search has found none
 */
struct bd_run {
	unsigned int want;
	unsigned int enough;
	unsigned int unit;
	bool existing;
	bool anywhere;
	u64 from;
	u64 first;
	unsigned int nr;
};

/*
 * Find an extent of enough free blocks at or after @from, or the longest of the first
 * few. Its first block and its length are multiples of the unit. Returns the length in
 * blocks, 0 if no unit is free.
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

/* Search the segment of @block, at or after @block */
static void bd_reserve_look(struct zram_bd_map *map, u64 block,
			    struct bd_run *run)
{
	struct segment *seg = zram_bd_tree_find(map, block), empty = {};
	u64 base = round_down(block, SEGMENT_BLOCKS);
	unsigned int nr = 0, start;

	if (!seg) {
		/* The region does not exist yet: all its blocks are free */
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

/* Search the segments from block @at to before segment @to */
static void bd_reserve_look_between(struct zram_bd_map *map, u64 at, u64 to,
				    struct bd_run *run)
{
	unsigned int tries = SEGMENTS_TRIED;
	u64 index = at >> SEGMENT_SHIFT;

	while (index < to) {
		bd_reserve_look(map, at, run);
		/* No segment of a missing region has memory: skip the region */
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
 * Number of segments to search first: as many as the blocks in use need, an eighth
 * more, and two, so that a device with few blocks in use has long extents. On a
 * sparse file or a thin volume each segment in use costs space. So the blocks in use
 * stay together even if longer extents are free elsewhere.
 */
static u64 bd_reserve_zone(const struct zram_bd_map *map, unsigned int want)
{
	u64 blocks = atomic64_read(&map->used) + atomic64_read(&map->bad) + want;

	return min(((blocks + blocks / 8) >> SEGMENT_SHIFT) + 2,
		   map->nr_segments);
}

static void bd_reserve_search(struct zram_bd_map *map, struct bd_run *run)
{
	u64 zone = map->nr_segments, cursor = run->from;

	if (!run->anywhere) {
		zone = bd_reserve_zone(map, run->want);
		cursor = map->cursor >> SEGMENT_SHIFT < zone ? map->cursor : 0;
	}
	bd_reserve_look_between(map, cursor, zone, run);
	if (run->nr < run->enough && cursor)
		bd_reserve_look_between(map, 0, (cursor >> SEGMENT_SHIFT) + 1, run);
	if (!run->nr && zone < map->nr_segments)
		bd_reserve_look_between(map, zone << SEGMENT_SHIFT,
					map->nr_segments, run);
}

/*
 * If free blocks are scattered, a search of several segments still finds only a short
 * extent. So the next SHORTCUTS searches take the first extent of that length.
 */
static void bd_reserve_search_short(struct zram_bd_map *map, struct bd_run *run)
{
	run->enough = run->want;
	if (map->shortcuts) {
		map->shortcuts--;
		run->enough = min(map->enough, run->want);
	}
	bd_reserve_search(map, run);
	/* A search limited by lack of memory does not tell whether free blocks are scattered */
	if (run->nr < run->enough && !run->existing) {
		map->enough = run->nr;
		map->shortcuts = run->nr ? SHORTCUTS : 0;
	}
}

/*
 * Where pages are larger than blocks, an aged device may have free blocks in each segment
 * and no free unit anywhere. The search that finds this out has looked at all segments;
 * later ones end at once until bd_map_look_unit() finds a unit that has become free. The
 * size is noted before the search: a unit that is freed behind it clears it again.
 */
static void bd_reserve_search_unit(struct zram_bd_map *map, struct bd_run *run)
{
	unsigned int none = READ_ONCE(map->none);

	if (run->unit == 1 || run->existing) {
		bd_reserve_search_short(map, run);
		return;
	}
	if (none && run->unit >= none)
		return;
	WRITE_ONCE(map->none, run->unit);
	bd_reserve_search_short(map, run);
	if (run->nr)
		WRITE_ONCE(map->none, 0);
}

/* Reserve the extent in its segment, whose lock is held and which has memory for counts */
static void bd_reserve_mark(struct zram_bd_map *map, struct segment *seg,
			    const struct bd_run *run)
{
	unsigned int i, at = run->first & (SEGMENT_BLOCKS - 1);

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

/* Reserve the extent that was found; false without memory for its segment */
static bool bd_reserve_take(struct zram_bd_map *map, const struct bd_run *run)
{
	struct segment *seg = zram_bd_tree_grow(map, run->first);
	bool taken;

	if (!seg)
		return false;
	spin_lock_irq(&seg->lock);
	if (!seg->refs)
		seg->refs = xchg(&map->spare_refs, NULL);
	taken = seg->refs;
	if (taken)
		bd_reserve_mark(map, seg, run);
	spin_unlock_irq(&seg->lock);
	return taken;
}

/*
 * While free blocks are scattered, the next free extent of the segment at the cursor is
 * mostly long enough. Find and reserve it in one critical section. It is the extent that
 * bd_reserve_search_short() would find. Returns false if that function has to look further.
 */
static bool bd_reserve_next(struct zram_bd_map *map, struct bd_run *run)
{
	unsigned int enough = min(map->enough, run->want), at, stop;
	struct segment *seg;

	if (!map->shortcuts || run->unit > 1 || run->anywhere ||
	    map->cursor >> SEGMENT_SHIFT >= bd_reserve_zone(map, run->want))
		return false;
	seg = zram_bd_tree_find(map, map->cursor);
	if (!seg)
		return false;
	spin_lock_irq(&seg->lock);
	if (seg->refs) {
		at = find_next_zero_bit(seg->used, seg->nr_blocks,
					map->cursor & (SEGMENT_BLOCKS - 1));
		stop = find_next_bit(seg->used, min(seg->nr_blocks, at + run->want), at);
		if (stop - at >= enough) {
			run->first = round_down(map->cursor, SEGMENT_BLOCKS) + at;
			run->nr = stop - at;
			bd_reserve_mark(map, seg, run);
		}
	}
	spin_unlock_irq(&seg->lock);
	if (!run->nr)
		return false;
	map->shortcuts--;
	return true;
}

/* Allocate the memory that the next reservation may need, as spares */
static void bd_reserve_prepare(struct zram_bd_map *map)
{
	struct region *region = NULL;
	u32 *refs;

	if (!READ_ONCE(map->spare_refs)) {
		refs = kcalloc(SEGMENT_BLOCKS, sizeof(*refs), BD_MAP_GFP);
		if (refs && cmpxchg(&map->spare_refs, NULL, refs))
			kfree(refs);
	}
	/* An earlier spare may be left, if the search found blocks in an existing region */
	if (!READ_ONCE(map->wants_region) || READ_ONCE(map->spare_region))
		return;
	region = zram_bd_tree_alloc_region();
	mutex_lock(&map->reserve_lock);
	if (!map->spare_region)
		swap(map->spare_region, region);
	mutex_unlock(&map->reserve_lock);
	vfree(region);
}

/* Search and reserve. Returns -EAGAIN if the segment found lacks memory: search again */
static int bd_reserve_run(struct zram_bd_map *map, struct bd_run *run)
{
	run->nr = 0;
	if (!bd_reserve_next(map, run)) {
		bd_reserve_search_unit(map, run);
		if (!run->nr)
			return run->existing ? -ENOMEM : 0;
		if (!bd_reserve_take(map, run))
			return run->existing ? -ENOMEM : -EAGAIN;
	}
	map->cursor = run->first + run->nr;
	if (map->cursor == map->nr_blocks)
		map->cursor = 0;
	return run->nr;
}

static int bd_reserve(struct zram_bd_map *map, struct bd_run *run, u64 *first)
{
	int nr, tries;

	run->want = round_down(min(run->want, SEGMENT_BLOCKS), run->unit);
	if (!run->want)
		return 0;
	/*
	 * The first try may find that it needs a region, which the second try has. The
	 * third uses existing segments only, so it never returns -EAGAIN.
	 */
	for (tries = 0, nr = -EAGAIN; nr == -EAGAIN; tries++) {
		bd_reserve_prepare(map);
		mutex_lock(&map->reserve_lock);
		run->existing = tries == 2;
		nr = bd_reserve_run(map, run);
		mutex_unlock(&map->reserve_lock);
	}
	*first = run->first;
	return nr;
}

/**
 * zram_bd_map_reserve() - reserve an extent
 * @map: the map
 * @want: wanted length, blocks; at least a unit
 * @unit: the length is a multiple of this, blocks; a power of two, at most 64
 * @first: set to the first block, a multiple of @unit
 *
 * The extent is shorter than @want if free blocks are scattered, and never longer
 * than a segment. Each block gets one reference, which the caller drops with
 * zram_bd_map_put(). A mutex serialises callers.
 *
 * Context: May sleep; does not start I/O, and does not wait for memory.
 * Return: length of the extent in blocks, 0 if no unit is free, or -ENOMEM.
 */
int zram_bd_map_reserve(struct zram_bd_map *map, unsigned int want,
			unsigned int unit, u64 *first)
{
	struct bd_run run = {
		.want = want,
		.unit = unit,
	};

	return bd_reserve(map, &run, first);
}

/**
 * zram_bd_map_reserve_beyond() - reserve an extent elsewhere, after a write that failed
 * @map: the map
 * @failed: a block that cannot be written
 * @want: as for zram_bd_map_reserve()
 * @unit: likewise
 * @first: likewise
 *
 * The search begins a segment after @failed, or a quarter of the device if that is less. It
 * does not prefer the segments of bd_reserve_zone(), which may all be bad.
 *
 * Context: May sleep; does not start I/O, and does not wait for memory.
 * Return: as zram_bd_map_reserve().
 */
int zram_bd_map_reserve_beyond(struct zram_bd_map *map, u64 failed, unsigned int want,
			       unsigned int unit, u64 *first)
{
	u64 from = failed + min_t(u64, map->nr_blocks / 4, SEGMENT_BLOCKS);
	struct bd_run run = {
		.want = want,
		.unit = unit,
		.anywhere = true,
		.from = from < map->nr_blocks ? from : from - map->nr_blocks,
	};

	return bd_reserve(map, &run, first);
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

/**
 * zram_bd_map_prepare() - allocate memory for the first reservation
 * @map: a map of which no block was reserved yet
 *
 * If there is no memory, the first reservation tries again.
 *
 * Context: May sleep.
 */
void zram_bd_map_prepare(struct zram_bd_map *map)
{
	WRITE_ONCE(map->wants_region, true);
	bd_reserve_prepare(map);
}
