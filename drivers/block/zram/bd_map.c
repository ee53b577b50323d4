// SPDX-License-Identifier: GPL-2.0
/*
 * The block map: which 4 KiB blocks of the backing device are in use, and how
 * many references each of them has. It knows nothing of slots.
 *
 * Three levels, so that neither the time to find free blocks nor the memory
 * grows with the size of the device:
 *
 *	map	a pointer and a "full" bit for each region
 *	region	512 segments (1 GiB): a "full" bit for each, and the segments
 *	segment	512 blocks (2 MiB): a "used" bit and a reference count for each
 *
 * A region is allocated when its first block is reserved and stays (41 KiB);
 * the counts of a segment exist while one of its blocks is in use (2 KiB).
 * What does not exist is free.
 *
 * Blocks are handed out next-fit, as runs that lie in one segment: from where
 * the last run ended, around the device, and back. It is never looked further
 * than a few runs for a longer one, so a reservation costs about the same on
 * an empty, an aged and a full device.
 *
 * Where a page is larger than a block, a run may be asked to begin at a multiple
 * of a page and to be whole pages long, so that a page finds room in one piece.
 * A segment whose free blocks are too scattered for that is stepped over.
 *
 * A block that cannot be written is retired: it is in use for ever, but not
 * counted as such.
 *
 * Locks, outermost first: reserve_lock (mutex; whoever reserves), the lock of
 * one segment (its counts and bits), summary_lock ("full" bits). All segments
 * are one lock class, and nobody holds two of them. Interrupts are off under
 * the spinlocks, because a read drops its references when its bio ends.
 *
 * The counts have 32 bits: a reader takes one for as long as its I/O lasts, and
 * there is no memory for as many I/Os as would overflow them.
 */

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bd_map.h"
#include "bd_tree.h"

/* Runs looked at for one of the wanted length before the longest is taken */
#define RUNS_TRIED	4

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

/*
 * A run of @want free blocks at or after @from, or the longest of the first
 * few runs there are; in units, as all of these numbers. Returns its length, 0
 * if not one unit is free.
 */
static unsigned int bd_map_find_run(struct segment *seg, unsigned int from,
				    unsigned int want, unsigned int unit,
				    unsigned int *start)
{
	unsigned int end = seg->nr_blocks;
	unsigned int longest = 0;
	int tries;

	from = round_up(from, unit);
	for (tries = 0; tries < RUNS_TRIED && longest < want; tries++) {
		unsigned int at, stop;

		at = bitmap_find_next_zero_area(seg->used, end, from, unit,
						unit - 1);
		if (at >= end)
			break;
		stop = find_next_bit(seg->used, min(end, at + want), at);
		stop = round_down(stop, unit);
		if (stop - at > longest) {
			longest = stop - at;
			*start = at;
		}
		from = stop;
	}
	return longest;
}

/*
 * Reserve a run in the segment @block lies in, at or after @block. Returns its
 * length, 0 if there is no free unit, or -ENOMEM.
 */
static int bd_map_reserve_in(struct zram_bd_map *map, u64 block,
			     unsigned int want, unsigned int unit, u64 *first)
{
	u64 base = round_down(block, SEGMENT_BLOCKS);
	struct segment *seg = zram_bd_tree_grow(map, block);
	unsigned int start, nr, i;
	u32 *refs;

	if (!seg)
		return -ENOMEM;

	spin_lock_irq(&seg->lock);
	if (!seg->refs) {
		spin_unlock_irq(&seg->lock);
		refs = kcalloc(SEGMENT_BLOCKS, sizeof(*refs), BD_MAP_GFP);
		if (!refs)
			return -ENOMEM;
		/* Unused, so nobody else looks; reserving is one at a time. */
		spin_lock_irq(&seg->lock);
		seg->refs = refs;
	}

	nr = bd_map_find_run(seg, block - base, want, unit, &start);
	if (nr) {
		bitmap_set(seg->used, start, nr);
		for (i = 0; i < nr; i++)
			seg->refs[start + i] = 1;
		atomic64_add(nr, &map->used);
		seg->nr_used += nr;
		if (seg->nr_used == seg->nr_blocks)
			zram_bd_tree_update(map, block, true);
		*first = base + start;
	}
	spin_unlock_irq(&seg->lock);
	return nr;
}

/* Reserve from the cursor on, around the end of the device */
static int bd_map_reserve_next(struct zram_bd_map *map, unsigned int want,
			       unsigned int unit, u64 *first)
{
	u64 index = map->cursor >> SEGMENT_SHIFT, left = map->nr_segments;
	int nr = bd_map_reserve_in(map, map->cursor, want, unit, first);

	/*
	 * Once is enough where a unit is a block. Otherwise a segment may be
	 * neither full nor of use.
	 */
	while (!nr && left--) {
		if (++index >= map->nr_segments)
			index = 0;
		if (!zram_bd_tree_search(map, &index))
			break;
		nr = bd_map_reserve_in(map, index << SEGMENT_SHIFT, want, unit,
				       first);
		cond_resched();
	}
	return nr;
}

/**
 * zram_bd_map_reserve() - reserve a run of consecutive blocks
 * @map: the map
 * @want: length of the run, blocks; at least a unit
 * @unit: blocks that have to be together, a power of two, at most 64
 * @first: where to put its first block, a multiple of a unit
 *
 * The run is shorter than @want where the free blocks are scattered, and never
 * longer than a segment; its length is a multiple of a unit. Each of its blocks
 * has one reference, to be dropped with zram_bd_map_put(), one by one if need
 * be. Any number of tasks may reserve, they take turns.
 *
 * Context: Process context, may sleep; does not start I/O.
 * Return: length of the run in blocks, 0 if no unit is free, or -ENOMEM.
 */
int zram_bd_map_reserve(struct zram_bd_map *map, unsigned int want,
			unsigned int unit, u64 *first)
{
	int nr;

	want = round_down(min(want, SEGMENT_BLOCKS), unit);
	if (!want)
		return 0;

	mutex_lock(&map->reserve_lock);
	nr = bd_map_reserve_next(map, want, unit, first);
	if (nr > 0) {
		map->cursor = *first + nr;
		if (map->cursor == map->nr_blocks)
			map->cursor = 0;
	}
	mutex_unlock(&map->reserve_lock);
	return nr;
}

/**
 * zram_bd_map_trim() - give back the end of a run that was just reserved
 * @map: the map
 * @first: first block to give back
 * @nr: number of blocks, to the end of the run
 *
 * The next run follows on the rest of this one, if nobody reserved in between:
 * many small writes must not leave holes.
 *
 * Context: Process context, may sleep; does not start I/O.
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
 * zram_bd_map_retire() - never use a block again
 * @map: the map
 * @block: a block the caller has the only reference of, which is taken over:
 *	nobody is left to drop it
 *
 * Context: Any.
 */
void zram_bd_map_retire(struct zram_bd_map *map, u64 block)
{
	WARN_ON_ONCE(block >= map->nr_blocks);
	atomic64_dec(&map->used);
	atomic64_inc(&map->bad);
}

static bool bd_map_ref_segment(struct zram_bd_map *map, u64 block,
			       unsigned int nr, int change)
{
	struct segment *seg = zram_bd_tree_find(map, block);
	unsigned int at = block & (SEGMENT_BLOCKS - 1);
	unsigned int freed = 0;
	bool valid = true;
	unsigned long irq;
	u32 *refs = NULL;

	if (!seg)
		return false;

	spin_lock_irqsave(&seg->lock, irq);
	for (; nr; nr--, at++) {
		if (!seg->refs || !seg->refs[at]) {
			valid = false;
			continue;
		}
		seg->refs[at] += change;
		if (!seg->refs[at]) {
			__clear_bit(at, seg->used);
			freed++;
		}
	}
	if (freed) {
		if (seg->nr_used == seg->nr_blocks)
			zram_bd_tree_update(map, block, false);
		seg->nr_used -= freed;
		if (!seg->nr_used)
			swap(refs, seg->refs);
		atomic64_sub(freed, &map->used);
	}
	spin_unlock_irqrestore(&seg->lock, irq);
	kfree(refs);
	return valid;
}

/**
 * __zram_bd_map_ref() - change the number of references of blocks
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 * @change: 1 or -1
 *
 * What zram_bd_map_get() and zram_bd_map_put() do, but the caller hears of a
 * block that must not be touched. Nothing is done to such a block.
 *
 * Context: Any.
 * Return: false if one of the blocks had no reference.
 */
bool __zram_bd_map_ref(struct zram_bd_map *map, u64 first, unsigned int nr,
		       int change)
{
	bool valid = true;

	while (nr) {
		unsigned int at = first & (SEGMENT_BLOCKS - 1);
		unsigned int part = min(nr, SEGMENT_BLOCKS - at);

		valid &= bd_map_ref_segment(map, first, part, change);
		first += part;
		nr -= part;
	}
	return valid;
}

/**
 * zram_bd_map_share() - take references on the blocks of a run, some on each
 * @map: the map
 * @first: first block
 * @nr: number of blocks; none beyond what one zram_bd_map_reserve() returned
 * @refs: how many to take on each block, may be 0
 *
 * The caller must have a reference of its own on each block. For as many
 * references as a writer needs it takes the lock once.
 *
 * Context: Any.
 */
void zram_bd_map_share(struct zram_bd_map *map, u64 first, unsigned int nr,
		       const u16 *refs)
{
	struct segment *seg = zram_bd_tree_find(map, first);
	unsigned int i, at = first & (SEGMENT_BLOCKS - 1);
	unsigned long irq;

	if (WARN_ON_ONCE(!seg || at + nr > SEGMENT_BLOCKS))
		return;
	spin_lock_irqsave(&seg->lock, irq);
	if (!WARN_ON_ONCE(!seg->refs))
		for (i = 0; i < nr; i++)
			seg->refs[at + i] += refs[i];
	spin_unlock_irqrestore(&seg->lock, irq);
}

/**
 * zram_bd_map_used() - number of blocks in use
 * @map: the map
 *
 * Context: Any.
 * Return: blocks of 4 KiB that have a reference.
 */
u64 zram_bd_map_used(struct zram_bd_map *map)
{
	return atomic64_read(&map->used);
}

/**
 * zram_bd_map_bad() - number of blocks retired
 * @map: the map
 *
 * Context: Any.
 * Return: blocks of 4 KiB that are never used again.
 */
u64 zram_bd_map_bad(struct zram_bd_map *map)
{
	return atomic64_read(&map->bad);
}

/**
 * zram_bd_map_free() - number of blocks to be had
 * @map: the map
 *
 * Context: Any; out of date at once where others reserve or drop references.
 * Return: blocks of 4 KiB that are neither in use nor retired.
 */
u64 zram_bd_map_free(struct zram_bd_map *map)
{
	return map->nr_blocks - zram_bd_map_used(map) - zram_bd_map_bad(map);
}
