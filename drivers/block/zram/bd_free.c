// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of the block map that must not be reserved: retired blocks, and free
 * segments during their discard. Also finds blocks with a single reference, and
 * tells a watch of segments that became free.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "bd_map.h"
#include "bd_tree.h"

/* For a task that is not in reclaim; the device may discard slowly, but not hang */
#define LONGEST_WAIT	(60 * HZ)

/**
 * zram_bd_map_retire() - do not use a block until it is reinstated
 * @map: the map
 * @block: the block; the caller has its only reference, and the map takes that over
 *	on success
 *
 * Context: May sleep.
 * Return: false if there is no memory to record the block.
 */
bool zram_bd_map_retire(struct zram_bd_map *map, u64 block)
{
	if (WARN_ON_ONCE(block >= map->nr_blocks) || block > ULONG_MAX)
		return false;
	if (xa_is_err(xa_store(&map->retired, block, xa_mk_value(0),
			       BD_MAP_GFP)))
		return false;
	atomic64_dec(&map->used);
	atomic64_inc(&map->bad);
	return true;
}

/**
 * zram_bd_map_next_retired() - find the next retired block to test
 * @map: the map
 * @block: set to the block
 *
 * Continues after the block of the previous call; begins again after the last block.
 *
 * Context: pp_lock of the device is held.
 * Return: false if no block is retired.
 */
bool zram_bd_map_next_retired(struct zram_bd_map *map, u64 *block)
{
	unsigned long index = map->retest;

	if (!xa_find(&map->retired, &index, ULONG_MAX, XA_PRESENT)) {
		index = 0;
		if (!xa_find(&map->retired, &index, ULONG_MAX, XA_PRESENT))
			return false;
	}
	map->retest = index + 1;
	*block = index;
	return true;
}

/**
 * zram_bd_map_reinstate() - free a retired block
 * @map: the map
 * @block: the block
 *
 * Context: May sleep.
 */
void zram_bd_map_reinstate(struct zram_bd_map *map, u64 block)
{
	if (WARN_ON_ONCE(!xa_erase(&map->retired, block)))
		return;
	atomic64_dec(&map->bad);
	atomic64_inc(&map->used);
	zram_bd_map_put(map, block, 1);
}

/**
 * zram_bd_map_get_sole() - take references on blocks that have one each
 * @map: the map
 * @first: first block
 * @nr: number of blocks; all within one extent of zram_bd_map_reserve()
 *
 * If the only reference is that of a slot, its object is alone on the block, and no reader
 * uses the block.
 *
 * Context: The caller holds the only reference, or the lock of the slot that holds it.
 * Return: false if a block has more references. Then none is taken.
 */
bool zram_bd_map_get_sole(struct zram_bd_map *map, u64 first, unsigned int nr)
{
	struct segment *seg = zram_bd_tree_find(map, first);
	unsigned int i, at = first & (SEGMENT_BLOCKS - 1);
	unsigned long irq;
	bool sole;

	if (WARN_ON_ONCE(!seg || at + nr > SEGMENT_BLOCKS))
		return false;
	spin_lock_irqsave(&seg->lock, irq);
	sole = !WARN_ON_ONCE(!seg->refs);
	for (i = 0; sole && i < nr; i++)
		sole = seg->refs[at + i] == 1;
	for (i = 0; sole && i < nr; i++)
		seg->refs[at + i]++;
	spin_unlock_irqrestore(&seg->lock, irq);
	return sole;
}

/**
 * zram_bd_map_set_watch() - set the watch of a map
 * @map: the map
 * @watch: the watch, which exists as long as the map; or NULL
 *
 * Context: Any.
 */
void zram_bd_map_set_watch(struct zram_bd_map *map, struct zram_bd_watch *watch)
{
	/* Pairs with bd_map_tell() */
	smp_store_release(&map->watch, watch);
}

/**
 * zram_bd_map_discardable() - count segments to discard
 * @map: the map
 *
 * Return: number of segments that are free and were written since their last discard;
 *	may change at once.
 */
unsigned int zram_bd_map_discardable(struct zram_bd_map *map)
{
	return atomic_read(&map->discardable);
}

/*
 * Mark a segment as used, if it is free and was written since its last discard. Takes the
 * mutex for reserving, because a writer that spills may have found free blocks in the
 * segment and not reserved them yet.
 */
static bool bd_free_claim(struct zram_bd_map *map, u64 index)
{
	struct segment *seg = zram_bd_tree_find(map, index << SEGMENT_SHIFT);
	bool claimed;

	mutex_lock(&map->reserve_lock);
	spin_lock_irq(&seg->lock);
	claimed = seg->written && !seg->nr_used;
	if (claimed) {
		bitmap_set(seg->used, 0, seg->nr_blocks);
		seg->nr_used = seg->nr_blocks;
		atomic_dec(&map->discardable);
		atomic_inc(&map->claimed);
		zram_bd_tree_update(map, index << SEGMENT_SHIFT, true);
	}
	spin_unlock_irq(&seg->lock);
	mutex_unlock(&map->reserve_lock);
	return claimed;
}

/**
 * zram_bd_map_claim_free() - keep free segments from being reserved
 * @map: the map
 * @from: block to begin with; set to the block after the claimed ones
 * @first: set to the first claimed block
 * @most: number of blocks after which to stop; at the end of a segment, so more may
 *	be claimed
 *
 * Claims consecutive segments that are wholly free and were written since their last
 * discard.
 *
 * Context: May sleep.
 * Return: number of blocks, for zram_bd_map_unclaim(); 0 if there are no more.
 */
u64 zram_bd_map_claim_free(struct zram_bd_map *map, u64 *from, u64 *first,
			   u64 most)
{
	u64 index = *from >> SEGMENT_SHIFT, nr = 0;

	while (index < map->nr_segments && nr < most) {
		if (!nr && !atomic_read(&map->discardable))
			break;
		if (!map->regions[index >> REGION_SHIFT]) {
			if (nr)
				break;
			index = round_up(index + 1, REGION_SEGMENTS);
			continue;
		}
		if (bd_free_claim(map, index)) {
			if (!nr)
				*first = index << SEGMENT_SHIFT;
			nr += SEGMENT_BLOCKS;
		} else if (nr) {
			break;
		}
		index++;
		cond_resched();
	}
	*from = index << SEGMENT_SHIFT;
	return nr ? min(nr, map->nr_blocks - *first) : 0;
}

/* @nr of what @count counts have ended. Their blocks are free before */
static void bd_free_end(struct zram_bd_map *map, atomic_t *count, int nr)
{
	/* In this order, see bd_free_wait() */
	atomic_inc_return(&map->unclaims);
	atomic_sub_return(nr, count);
	/* The additions are full barriers, so this sees tasks that have not seen them */
	if (waitqueue_active(&map->unclaimed))
		wake_up_all(&map->unclaimed);
}

/**
 * zram_bd_map_unclaim() - free claimed segments, so that they can be reserved again
 * @map: the map
 * @first: first block, from zram_bd_map_claim_free()
 * @nr: number of blocks, from zram_bd_map_claim_free()
 * @discarded: whether the backing device has discarded the blocks
 *
 * Context: May sleep.
 */
void zram_bd_map_unclaim(struct zram_bd_map *map, u64 first, u64 nr,
			 bool discarded)
{
	int segments = 0;
	u64 block;

	for (block = first; block < first + nr; block += SEGMENT_BLOCKS, segments++) {
		struct segment *seg = zram_bd_tree_find(map, block);

		spin_lock_irq(&seg->lock);
		bitmap_clear(seg->used, 0, seg->nr_blocks);
		zram_bd_tree_update(map, block, false);
		WRITE_ONCE(map->none, 0);
		seg->nr_used = 0;
		seg->written = !discarded;
		if (!discarded)
			atomic_inc(&map->discardable);
		spin_unlock_irq(&seg->lock);
	}
	bd_free_end(map, &map->claimed, segments);
}

/**
 * zram_bd_map_fill_begin() - announce a request that reserves more than it may need
 * @map: the map
 *
 * A run reserves the blocks of a request, and charges them to the limit, before it knows
 * how many its objects take. Meanwhile a writer that finds none waits for the others. The
 * caller calls zram_bd_map_fill_end() when it has freed and refunded those, and does not
 * wait for I/O before that.
 *
 * Context: Any.
 */
void zram_bd_map_fill_begin(struct zram_bd_map *map)
{
	atomic_inc(&map->filling);
}

/**
 * zram_bd_map_fill_end() - undo zram_bd_map_fill_begin()
 * @map: the map
 *
 * Context: Any but interrupts.
 */
void zram_bd_map_fill_end(struct zram_bd_map *map)
{
	bd_free_end(map, &map->filling, 1);
}

/**
 * zram_bd_map_unclaims() - number of discards and requests that have ended
 * @map: the map
 *
 * Context: Any.
 * Return: the number, for zram_bd_map_wait_unclaim(); wraps.
 */
int zram_bd_map_unclaims(struct zram_bd_map *map)
{
	return atomic_read_acquire(&map->unclaims);
}

/**
 * zram_bd_map_wait_until() - the time limit of a task that is going to wait
 *
 * A discard may need memory, and a discard and a run may wait for their share of a CPU or of
 * the device. So a task in reclaim, which others wait for to get memory, waits for a second.
 *
 * Context: Any.
 * Return: for zram_bd_map_wait_unclaim() and zram_bd_map_wait_fill(), jiffies.
 */
unsigned long zram_bd_map_wait_until(void)
{
	return jiffies + (current->flags & PF_MEMALLOC ? HZ : LONGEST_WAIT);
}

static bool bd_free_busy(const struct zram_bd_map *map, bool discards)
{
	return atomic_read_acquire(&map->filling) ||
	       (discards && atomic_read_acquire(&map->claimed));
}

static bool bd_free_wait(struct zram_bd_map *map, int since, unsigned long until,
			 bool discards)
{
	/* An end that the first read sees is also seen by the second */
	if (!bd_free_busy(map, discards) && atomic_read(&map->unclaims) == since)
		return false;
	/* Wakes up each second, for the reason that zram_io_wait() has */
	while (time_before(jiffies, until))
		if (wait_event_timeout(map->unclaimed,
				       atomic_read(&map->unclaims) != since ||
				       !bd_free_busy(map, discards), HZ))
			return true;
	return false;
}

/**
 * zram_bd_map_wait_unclaim() - wait until other tasks may have given blocks back
 * @map: the map, in which a search has found no free block
 * @since: zram_bd_map_unclaims() before that search
 * @until: zram_bd_map_wait_until() before the first search
 *
 * Free segments that are being discarded cannot be reserved, and a request that is being
 * filled has blocks that it may not need.
 *
 * Context: Sleeps until a discard or a filling has ended, so not under pp_lock.
 * Return: true if there was one during the search: search again.
 */
bool zram_bd_map_wait_unclaim(struct zram_bd_map *map, int since, unsigned long until)
{
	return bd_free_wait(map, since, until, true);
}

/**
 * zram_bd_map_wait_fill() - wait until a run may have refunded blocks
 * @map: the map of the device whose limit allows nothing
 * @since: zram_bd_map_unclaims() before the limit was asked
 * @until: zram_bd_map_wait_until() before it was first asked
 *
 * Context: Sleeps until a filling has ended, so not under pp_lock.
 * Return: true if there was one meanwhile: ask again.
 */
bool zram_bd_map_wait_fill(struct zram_bd_map *map, int since, unsigned long until)
{
	return bd_free_wait(map, since, until, false);
}
