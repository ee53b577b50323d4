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
 * Locks, outermost first: reserve_lock (mutex; whoever reserves), the lock of
 * one segment (its counts and bits), summary_lock ("full" bits). All segments
 * are one lock class, and nobody holds two of them. Interrupts are off under
 * the spinlocks, because a read drops its references when its bio ends.
 *
 * The counts have 32 bits: a reader takes one for as long as its I/O lasts, and
 * there is no memory for as many I/Os as would overflow them.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "blkmap.h"

#define SEGMENT_BLOCKS	512U
#define SEGMENT_SHIFT	ilog2(SEGMENT_BLOCKS)
#define REGION_SEGMENTS	512U
#define REGION_SHIFT	ilog2(REGION_SEGMENTS)

/* Runs looked at for one of the wanted length before the longest is taken */
#define RUNS_TRIED	4

#define BLKMAP_GFP	(GFP_NOIO | __GFP_NOWARN)

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

struct zram_blkmap {
	u64 nr_blocks;			/* constant */
	u64 nr_segments;		/* constant */
	unsigned long nr_regions;	/* constant */
	struct region **regions;	/* set at the first use of a region */
	spinlock_t summary_lock;	/* guards the "full" bits */
	unsigned long *full;		/* regions without a free block */
	struct mutex reserve_lock;	/* held to reserve; guards cursor */
	u64 cursor;			/* block after the last run reserved */
	atomic64_t used;		/* blocks with a reference */
};

/**
 * zram_blkmap_create() - create a map with all blocks free
 * @nr_blocks: size of the device in blocks of 4 KiB
 *
 * Context: Process context, may sleep.
 * Return: the map, ERR_PTR(-EINVAL) if there are no blocks, ERR_PTR(-EFBIG) if
 * there are more than a map can have, ERR_PTR(-ENOMEM).
 */
struct zram_blkmap *zram_blkmap_create(u64 nr_blocks)
{
	struct zram_blkmap *map;
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
 * zram_blkmap_destroy() - free a map
 * @map: the map, may be NULL; no block of it should be referenced any more
 *
 * Context: Process context, may sleep.
 */
void zram_blkmap_destroy(struct zram_blkmap *map)
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

static struct region *region_create(struct zram_blkmap *map,
				    unsigned long index)
{
	u64 first = (u64)index << REGION_SHIFT;
	struct region *region;
	unsigned int i;

	region = __vmalloc(sizeof(*region), BLKMAP_GFP | __GFP_ZERO);
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

	/* Pairs with segment_find(): the region is seen initialised. */
	smp_store_release(&map->regions[index], region);
	return region;
}

/* The segment a block lies in, or NULL if none of its region was ever used. */
static struct segment *segment_find(struct zram_blkmap *map, u64 block)
{
	u64 index = block >> SEGMENT_SHIFT;
	struct region *region;

	if (block >= map->nr_blocks)
		return NULL;
	/* Pairs with region_create(). */
	region = smp_load_acquire(&map->regions[index >> REGION_SHIFT]);
	if (!region)
		return NULL;
	return &region->segments[index & (REGION_SEGMENTS - 1)];
}

/*
 * Tell the levels above that the segment of a block has become full, or is so
 * no more. The lock of the segment is held, so the bit follows the segment.
 */
static void summary_update(struct zram_blkmap *map, u64 block, bool full)
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

/*
 * The first segment with a free block at or after @index, around the end of
 * the device. Returns false if there is none.
 */
static bool summary_search(struct zram_blkmap *map, u64 *index)
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

/*
 * A run of @want free blocks at or after @from, or the longest of the first
 * few runs there are. Returns its length, 0 if there is no free block.
 */
static unsigned int segment_find_run(struct segment *seg, unsigned int from,
				     unsigned int want, unsigned int *start)
{
	unsigned int end = seg->nr_blocks;
	unsigned int longest = 0;
	int tries;

	for (tries = 0; tries < RUNS_TRIED && longest < want; tries++) {
		unsigned int at, stop;

		at = find_next_zero_bit(seg->used, end, from);
		if (at >= end)
			break;
		stop = find_next_bit(seg->used, min(end, at + want), at);
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
 * length, 0 if there is no free block, or -ENOMEM.
 */
static int segment_reserve(struct zram_blkmap *map, u64 block,
			   unsigned int want, u64 *first)
{
	u64 base = round_down(block, SEGMENT_BLOCKS);
	struct segment *seg = segment_find(map, block);
	unsigned int start, nr, i;
	u32 *refs;

	if (!seg) {
		if (!region_create(map, block >> (SEGMENT_SHIFT + REGION_SHIFT)))
			return -ENOMEM;
		seg = segment_find(map, block);
	}

	spin_lock_irq(&seg->lock);
	if (!seg->refs) {
		spin_unlock_irq(&seg->lock);
		refs = kcalloc(SEGMENT_BLOCKS, sizeof(*refs), BLKMAP_GFP);
		if (!refs)
			return -ENOMEM;
		/* Unused, so nobody else looks; reserving is one at a time. */
		spin_lock_irq(&seg->lock);
		seg->refs = refs;
	}

	nr = segment_find_run(seg, block - base, want, &start);
	if (nr) {
		bitmap_set(seg->used, start, nr);
		for (i = 0; i < nr; i++)
			seg->refs[start + i] = 1;
		atomic64_add(nr, &map->used);
		seg->nr_used += nr;
		if (seg->nr_used == seg->nr_blocks)
			summary_update(map, block, true);
		*first = base + start;
	}
	spin_unlock_irq(&seg->lock);
	return nr;
}

/**
 * zram_blkmap_reserve() - reserve a run of consecutive blocks
 * @map: the map
 * @want: length of the run, blocks
 * @first: where to put its first block
 *
 * The run is shorter than @want where the free blocks are scattered, and never
 * longer than a segment. Each of its blocks has one reference, to be dropped
 * with zram_blkmap_put(). Any number of tasks may reserve, they take turns.
 *
 * Context: Process context, may sleep; does not start I/O.
 * Return: length of the run in blocks, 0 if no block is free, or -ENOMEM.
 */
int zram_blkmap_reserve(struct zram_blkmap *map, unsigned int want, u64 *first)
{
	int nr;

	want = min(want, SEGMENT_BLOCKS);
	if (!want)
		return 0;

	mutex_lock(&map->reserve_lock);
	nr = segment_reserve(map, map->cursor, want, first);
	if (!nr) {
		/* Nothing up to the end of the segment: on to the next. */
		u64 index = (map->cursor >> SEGMENT_SHIFT) + 1;

		if (index == map->nr_segments)
			index = 0;
		if (summary_search(map, &index))
			nr = segment_reserve(map, index << SEGMENT_SHIFT, want,
					     first);
	}
	if (nr > 0) {
		map->cursor = *first + nr;
		if (map->cursor == map->nr_blocks)
			map->cursor = 0;
	}
	mutex_unlock(&map->reserve_lock);
	return nr;
}

static bool segment_ref(struct zram_blkmap *map, u64 block, unsigned int nr,
			int change)
{
	struct segment *seg = segment_find(map, block);
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
			summary_update(map, block, false);
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
 * __zram_blkmap_ref() - change the number of references of blocks
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 * @change: 1 or -1
 *
 * What zram_blkmap_get() and zram_blkmap_put() do, but the caller hears of a
 * block that must not be touched. Nothing is done to such a block.
 *
 * Context: Any.
 * Return: false if one of the blocks had no reference.
 */
bool __zram_blkmap_ref(struct zram_blkmap *map, u64 first, unsigned int nr,
		       int change)
{
	bool valid = true;

	while (nr) {
		unsigned int at = first & (SEGMENT_BLOCKS - 1);
		unsigned int part = min(nr, SEGMENT_BLOCKS - at);

		valid &= segment_ref(map, first, part, change);
		first += part;
		nr -= part;
	}
	return valid;
}

/**
 * zram_blkmap_used() - number of blocks in use
 * @map: the map
 *
 * Context: Any.
 * Return: blocks of 4 KiB that have a reference.
 */
u64 zram_blkmap_used(struct zram_blkmap *map)
{
	return atomic64_read(&map->used);
}
