// SPDX-License-Identifier: GPL-2.0
/*
 * The block map: counts the references of each 4 KiB block of the backing
 * device. It does not know slots.
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
 * If a region or the counts of a segment do not exist, all its blocks are free.
 *
 * A reservation is an extent within one segment. The search begins where the last
 * extent ended, and prefers the first segments of the device: as many as the blocks
 * in use need, an eighth more, and two. It tries a few extents in a few segments, so
 * a reservation costs about the same on an empty, an aged and a full device.
 *
 * If a page is larger than a block, an extent for whole pages begins and ends at a
 * multiple of a page. The search skips segments without such an extent.
 *
 * A retired block keeps its bit, but does not count as used. bd_free.c retires
 * blocks and prepares the discard of free segments.
 *
 * The map allocates no memory under a spinlock. It allocates a spare for one segment
 * before a reservation. Without the spare, the search uses segments with counts only.
 *
 * Locks, outermost first: reserve_lock (mutex; reserving), the lock of one
 * segment (its counts and bits), summary_lock ("full" bits). All segments are
 * one lock class, and no task holds two of them. Interrupts are off under the
 * spinlocks, because the completion of a read drops references.
 *
 * The counts have 32 bits: a reader takes one for as long as its I/O lasts, and
 * there is no memory for as many I/Os as would overflow them.
 */

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

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
	init_waitqueue_head(&map->unclaimed);
	xa_init(&map->retired);

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
	xa_destroy(&map->retired);
	vfree(map->spare_region);
	kfree(map->spare_refs);
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

/* Tell the watch that a segment has become free */
static void bd_map_tell(struct zram_bd_map *map)
{
	/* Pairs with zram_bd_map_set_watch() */
	struct zram_bd_watch *watch = smp_load_acquire(&map->watch);

	if (watch)
		watch->freed(watch);
}

/* Blocks from @at on are free: may a search for a unit succeed that has found none? */
static void bd_map_look_unit(struct zram_bd_map *map, const struct segment *seg,
			     unsigned int at, unsigned int end)
{
	/* Pairs with bd_reserve_search_unit() by the lock of the segment */
	unsigned int unit = READ_ONCE(map->none);

	lockdep_assert_held(&seg->lock);
	if (!unit)
		return;
	for (at = round_down(at, unit); at < end; at += unit) {
		if (at + unit <= seg->nr_blocks &&
		    find_next_bit(seg->used, at + unit, at) == at + unit)
			WRITE_ONCE(map->none, 0);
	}
}

/* Add @change to the count of a block that has at least @least references */
static __always_inline bool bd_map_ref_block(struct segment *seg, unsigned int at,
					     u32 least, int change,
					     unsigned int *freed)
{
	u32 *count = &seg->refs[at];

	if (*count < least)
		return false;
	*count += change;
	if (!*count) {
		__clear_bit(at, seg->used);
		++*freed;
	}
	return true;
}

/*
 * Change the counts of @nr blocks of a segment whose lock is held: add @change or, if @drop
 * is not NULL, subtract the block's entry in @drop. A block that has too few references stays
 * unchanged, and the function returns false. If the segment becomes free, sets *@counts to
 * the memory of its counts, which the caller frees.
 */
static noinline bool bd_map_ref_locked(struct zram_bd_map *map, struct segment *seg,
				       u64 block, unsigned int nr, int change,
				       const u8 *drop, u32 **counts)
{
	unsigned int i, at = block & (SEGMENT_BLOCKS - 1), freed = 0;
	bool valid = true;

	lockdep_assert_held(&seg->lock);
	if (!seg->refs)
		return false;
	if (drop) {
		for (i = 0; i < nr; i++)
			if (drop[i])
				valid &= bd_map_ref_block(seg, at + i, drop[i],
							  -drop[i], &freed);
	} else {
		for (i = 0; i < nr; i++)
			valid &= bd_map_ref_block(seg, at + i, 1, change, &freed);
	}
	if (!freed)
		return valid;
	if (seg->nr_used == seg->nr_blocks)
		zram_bd_tree_update(map, block, false);
	bd_map_look_unit(map, seg, at, at + nr);
	seg->nr_used -= freed;
	if (!seg->nr_used) {
		swap(*counts, seg->refs);
		/* Not for a discard, which is still to come */
		atomic_inc(&map->discardable);
	}
	atomic64_sub(freed, &map->used);
	return valid;
}

/* A segment has become free: free its counts */
static noinline void bd_map_free_counts(struct zram_bd_map *map, u32 *counts)
{
	bd_map_tell(map);
	kfree(counts);
}

static bool bd_map_ref_segment(struct zram_bd_map *map, u64 block, unsigned int nr,
			       int change, const u8 *drop)
{
	struct segment *seg = zram_bd_tree_find(map, block);
	u32 *counts = NULL;
	unsigned long irq;
	bool valid;

	if (!seg)
		return false;
	spin_lock_irqsave(&seg->lock, irq);
	valid = bd_map_ref_locked(map, seg, block, nr, change, drop, &counts);
	spin_unlock_irqrestore(&seg->lock, irq);
	if (counts)
		bd_map_free_counts(map, counts);
	return valid;
}

/* bd_map_ref_locked() for a range of any length */
static bool bd_map_ref(struct zram_bd_map *map, u64 first, unsigned int nr,
		       int change, const u8 *drop)
{
	bool valid = true;

	while (nr) {
		unsigned int at = first & (SEGMENT_BLOCKS - 1);
		unsigned int part = min(nr, SEGMENT_BLOCKS - at);

		valid &= bd_map_ref_segment(map, first, part, change, drop);
		first += part;
		nr -= part;
		if (drop)
			drop += part;
	}
	return valid;
}

/**
 * __zram_bd_map_ref() - change the number of references of blocks
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 * @change: 1 or -1
 *
 * Like zram_bd_map_get() and zram_bd_map_put(), but returns false for a block
 * without references instead of warning. Such a block is not changed.
 *
 * Return: false if one of the blocks had no reference.
 */
bool __zram_bd_map_ref(struct zram_bd_map *map, u64 first, unsigned int nr,
		       int change)
{
	return bd_map_ref(map, first, nr, change, NULL);
}

/* One block, or two of one segment: most gets and puts with 4 KiB pages */
static bool bd_map_is_few(unsigned int at, unsigned int nr)
{
	return nr - 1 < 2 && at + nr <= SEGMENT_BLOCKS;
}

/* Add @change to each of one or two blocks, if all of them have more than @least references */
static bool bd_map_ref_few(struct segment *seg, unsigned int at, unsigned int nr,
			   u32 least, int change)
{
	u32 *refs = seg->refs ? seg->refs + at : NULL;

	lockdep_assert_held(&seg->lock);
	if (!refs || refs[0] <= least)
		return false;
	if (nr > 1) {
		if (refs[1] <= least)
			return false;
		refs[1] += change;
	}
	refs[0] += change;
	return true;
}

/**
 * zram_bd_map_get() - take another reference on each block of a range
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 *
 * The caller makes sure that the blocks have references: it holds one, or a
 * lock that the task that drops the last one takes.
 *
 * Context: Any.
 */
void zram_bd_map_get(struct zram_bd_map *map, u64 first, unsigned int nr)
{
	unsigned int at = first & (SEGMENT_BLOCKS - 1);
	struct segment *seg = zram_bd_tree_find(map, first);
	unsigned long irq;
	bool done;

	if (likely(seg && bd_map_is_few(at, nr))) {
		spin_lock_irqsave(&seg->lock, irq);
		done = bd_map_ref_few(seg, at, nr, 0, 1);
		spin_unlock_irqrestore(&seg->lock, irq);
		if (likely(done))
			return;
	}
	WARN_ON_ONCE(!__zram_bd_map_ref(map, first, nr, 1));
}

/**
 * zram_bd_map_put() - drop one reference on each block of a range
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 *
 * A block without references may be reserved again at once.
 *
 * Context: Any.
 */
void zram_bd_map_put(struct zram_bd_map *map, u64 first, unsigned int nr)
{
	unsigned int at = first & (SEGMENT_BLOCKS - 1);
	struct segment *seg = zram_bd_tree_find(map, first);
	bool valid = true;
	u32 *counts = NULL;
	unsigned long irq;

	if (unlikely(!seg || !bd_map_is_few(at, nr))) {
		WARN_ON_ONCE(!__zram_bd_map_ref(map, first, nr, -1));
		return;
	}
	spin_lock_irqsave(&seg->lock, irq);
	if (!bd_map_ref_few(seg, at, nr, 1, -1))
		valid = bd_map_ref_locked(map, seg, first, nr, -1, NULL,
					  &counts);
	spin_unlock_irqrestore(&seg->lock, irq);
	if (unlikely(counts))
		bd_map_free_counts(map, counts);
	WARN_ON_ONCE(!valid);
}

/**
 * zram_bd_map_share() - take several references on the blocks of an extent
 * @map: the map
 * @first: first block
 * @nr: number of blocks; all within one extent of zram_bd_map_reserve()
 * @refs: number of references to take on each block, may be 0
 *
 * The caller holds a reference on each block. Takes the lock once for all.
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
 * zram_bd_map_unshare() - drop several references on each block of a range
 * @map: the map
 * @first: first block
 * @nr: number of blocks
 * @refs: number of references to drop on each block, may be 0
 *
 * The caller holds these references. Takes the lock of each segment once.
 *
 * Context: Any.
 */
void zram_bd_map_unshare(struct zram_bd_map *map, u64 first, unsigned int nr,
			 const u8 *refs)
{
	WARN_ON_ONCE(!bd_map_ref(map, first, nr, 0, refs));
}

/**
 * zram_bd_map_used() - number of blocks in use
 * @map: the map
 *
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
 * Return: blocks of 4 KiB that are not used, until a run can write them again.
 */
u64 zram_bd_map_bad(struct zram_bd_map *map)
{
	return atomic64_read(&map->bad);
}

/**
 * zram_bd_map_free() - number of free blocks
 * @map: the map
 *
 * Return: blocks of 4 KiB that are neither in use nor retired; may change at
 *	once.
 */
u64 zram_bd_map_free(struct zram_bd_map *map)
{
	u64 taken = zram_bd_map_used(map) + zram_bd_map_bad(map);

	/* A block that is being retired may count twice */
	return taken < map->nr_blocks ? map->nr_blocks - taken : 0;
}
