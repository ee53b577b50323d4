// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a run through its candidates.
 *
 * Candidates are not collected, so a walk needs no memory. If all of them can
 * be processed, the walk returns them in the order of the table. Otherwise
 * their rank decides. A first pass adds up their space by rank and finds the
 * cutoff rank, the lowest for which there may be space. Three passes follow:
 * for candidates above the cutoff rank, at it, and below it. The last pass
 * finds candidates that changed since, and lets the run find out that space is
 * short.
 *
 * Tiering knows the cutoff before: an age. Its walk has two passes, for the
 * candidates above the cutoff and for the others. It may rest between two slots
 * while other runs change the table.
 */

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "pp.h"
#include "pp_walk.h"
#include "slot.h"
#include "table.h"
#include "zram.h"

enum { TURN_ABOVE, TURN_CUT, TURN_BELOW, NR_TURNS };

/* The slots of a group, from @index on, that may be candidates */
static u64 pp_walk_candidates(const struct zram_slots *slots,
			      const struct zram_pp_filter *filter,
			      unsigned long index)
{
	const struct zram_slot_group *group = zram_slots_group(slots, index);
	u64 from = zram_slots_bit(index);

	/* Idle slots are in memory */
	return (filter->idle ? READ_ONCE(group->idle) :
		READ_ONCE(group->in_memory)) & -from;
}

/* The rank of a slot; higher ranks go first */
static unsigned int pp_walk_rank(const struct zram_pp_walk *walk,
				 unsigned long index)
{
	const struct zram_slot *slot = &walk->zram->slots.slot[index];
	u32 age;

	switch (walk->order) {
	case ZRAM_PP_LARGEST:
		return (zram_slot_peek(slot) & ZRAM_SIZE_MASK) >>
		       (PAGE_SHIFT - ilog2(ZRAM_PP_RANKS - 1));
	case ZRAM_PP_OLDEST:
		age = walk->now - READ_ONCE(slot->ac_time);
		/* Accessed after the walk began */
		if (age > walk->now)
			age = 0;
		return fls(age);
	default:
		return 0;
	}
}

static bool pp_walk_in_turn(const struct zram_pp_walk *walk,
			    unsigned long index)
{
	unsigned int rank;

	switch (walk->order) {
	case ZRAM_PP_BY_INDEX:
		return true;
	case ZRAM_PP_OLD_FIRST:
		/* In the second pass also the slots that the moving cutoff has passed */
		return walk->turn > TURN_ABOVE ||
		       READ_ONCE(walk->zram->slots.slot[index].ac_time) <
		       walk->above;
	default:
		break;
	}
	rank = pp_walk_rank(walk, index);
	switch (walk->turn) {
	case TURN_ABOVE:
		return rank > walk->cut;
	case TURN_CUT:
		return rank == walk->cut;
	default:
		return rank < walk->cut;
	}
}

static unsigned int pp_walk_passes(const struct zram_pp_walk *walk)
{
	switch (walk->order) {
	case ZRAM_PP_BY_INDEX:
		return 1;
	case ZRAM_PP_OLD_FIRST:
		return TURN_CUT + 1;
	default:
		return NR_TURNS;
	}
}

/* Find the next candidate of the range; -ENOENT if there is none, or -EINTR */
static int pp_walk_next_in_range(struct zram_pp_walk *walk,
				 const struct zram_pp_range *range)
{
	const struct zram_slots *slots = &walk->zram->slots;
	unsigned long first, i;
	u64 left;
	int err;

	while (walk->index <= range->last) {
		first = round_down(walk->index, ZRAM_SLOT_GROUP);
		left = pp_walk_candidates(slots, range->filter, walk->index);
		for (; left; left &= left - 1) {
			i = first + __ffs64(left);
			if (i > range->last)
				return -ENOENT;
			if (zram_pp_match(walk->zram, range->filter, i) &&
			    pp_walk_in_turn(walk, i)) {
				walk->index = i;
				return 0;
			}
		}
		if (range->last - first < ZRAM_SLOT_GROUP)
			return -ENOENT;
		walk->index = first + ZRAM_SLOT_GROUP;
		/* Every 64 groups is enough: an empty group takes no time */
		if (first % (64 * ZRAM_SLOT_GROUP))
			continue;
		cond_resched();
		err = zram_pp_stop(walk->run);
		if (err)
			return err;
	}
	return -ENOENT;
}

/* May a slot of the range @walk enters have been handed out in one before? */
static bool pp_walk_overlaps(const struct zram_pp_walk *walk,
			     const struct zram_pp_range *range)
{
	const struct zram_pp_range *before;

	for (before = walk->ranges; before < range; before++)
		if (before->first <= range->last &&
		    range->first <= before->last)
			return true;
	return false;
}

static void pp_walk_restart(struct zram_pp_walk *walk)
{
	walk->range = 0;
	walk->index = walk->nr_ranges ? walk->ranges[0].first : 0;
}

/**
 * zram_pp_walk_init() - start a walk
 * @walk: the walk
 * @run: the run; kept as long as the walk
 * @ranges: where to look, and for what; kept as long as the walk
 * @nr: number of ranges
 *
 * Context: Any. In a run.
 */
void zram_pp_walk_init(struct zram_pp_walk *walk, const struct zram_pp_run *run,
		       const struct zram_pp_range *ranges, unsigned int nr)
{
	*walk = (struct zram_pp_walk){
		.run = run,
		.zram = run->zram,
		.ranges = ranges,
		.nr_ranges = nr,
		.now = ktime_get_boottime_seconds(),
	};
	pp_walk_restart(walk);
}

/* Space that a slot takes on the backing device, bytes */
static unsigned int pp_walk_room(const struct zram_pp_walk *walk)
{
	const struct zram_slot *slot = &walk->zram->slots.slot[walk->index];

	if (walk->order == ZRAM_PP_LARGEST)
		return PAGE_SIZE;
	return round_up(zram_slot_packed_size(zram_slot_peek(slot) & ZRAM_SIZE_MASK),
			BIT(ZRAM_LOC_SHIFT));
}

/**
 * zram_pp_walk_sort() - order the candidates by rank if space is short
 * @walk: a walk that was just started
 * @order: %ZRAM_PP_LARGEST if every page takes a page of the backing device,
 *	%ZRAM_PP_OLDEST if it takes the size of its object
 * @room: space for candidates, bytes
 *
 * If there is space for all, the order stays that of the table, and the walk stays
 * at its slot: a run that continues has visited the slots before it.
 *
 * Context: May sleep. In a run.
 * Return: 0, or as zram_pp_stop().
 */
int zram_pp_walk_sort(struct zram_pp_walk *walk, enum zram_pp_order order,
		      u64 room)
{
	u64 bytes[ZRAM_PP_RANKS] = {}, total = 0;
	unsigned long first = walk->index;
	int err, rank;

	walk->order = order;
	/* Ranks begin at zero, so this pass visits all of them */
	walk->turn = TURN_BELOW;
	walk->cut = UINT_MAX;
	for (;; walk->index++) {
		err = zram_pp_walk_next(walk);
		if (err)
			break;
		bytes[pp_walk_rank(walk, walk->index)] += pp_walk_room(walk);
		cond_resched();
	}
	if (err != -ENOENT)
		return err;

	for (rank = ZRAM_PP_RANKS - 1; rank >= 0; rank--) {
		total += bytes[rank];
		if (total > room)
			break;
	}
	walk->order = rank < 0 ? ZRAM_PP_BY_INDEX : order;
	walk->cut = max(rank, 0);
	walk->turn = TURN_ABOVE;
	walk->passed = 0;
	walk->again = false;
	pp_walk_restart(walk);
	if (walk->order == ZRAM_PP_BY_INDEX)
		walk->index = first;
	return 0;
}

/**
 * zram_pp_walk_cut() - let the candidates go first that were not accessed for long
 * @walk: a walk that was just started; or the same one later, as the cutoff moves
 *	with the time
 * @above: slots last accessed before this second go first, in seconds since boot; 0:
 *	the order is that of the table
 *
 * Unlike zram_pp_walk_sort() it needs no pass to find the cutoff.
 *
 * Context: The owner of the walk.
 */
void zram_pp_walk_cut(struct zram_pp_walk *walk, u32 above)
{
	walk->order = above ? ZRAM_PP_OLD_FIRST : ZRAM_PP_BY_INDEX;
	walk->above = above;
}

/**
 * zram_pp_walk_next() - find the next candidate, at or after the current slot
 * @walk: the walk; its index becomes that of the candidate
 *
 * Looks without locks: the caller checks the candidate under the slot lock, see
 * zram_pp_walk_match(). It stays the next one until zram_pp_walk_advance().
 *
 * Context: May sleep. In a run.
 * Return: 0, -ENOENT after the last, or as zram_pp_stop().
 */
int zram_pp_walk_next(struct zram_pp_walk *walk)
{
	const struct zram_pp_range *range;
	int err;

	for (;;) {
		for (; walk->range < walk->nr_ranges; walk->range++) {
			range = &walk->ranges[walk->range];
			err = pp_walk_next_in_range(walk, range);
			if (err != -ENOENT)
				return err;
			walk->passed += range->last - range->first + 1;
			if (walk->range + 1 < walk->nr_ranges) {
				walk->index = range[1].first;
				walk->again |= pp_walk_overlaps(walk, &range[1]);
			}
		}
		if (walk->turn + 1 >= pp_walk_passes(walk))
			return -ENOENT;
		walk->turn++;
		walk->again = true;
		pp_walk_restart(walk);
	}
}

/**
 * zram_pp_walk_advance() - go on to the next slot
 * @walk: the walk, at a candidate
 *
 * Context: The owner of the walk.
 */
void zram_pp_walk_advance(struct zram_pp_walk *walk)
{
	walk->index++;
}

/**
 * zram_pp_walk_goes_back() - may the walk have returned this slot before?
 * @walk: the walk, at a candidate
 *
 * Ranges may overlap, and a slot that was overwritten may come again in another
 * pass. A run must not have two copies of a slot in flight: PP of the second
 * would prove the first.
 *
 * Context: The owner of the walk.
 * Return: true if the run has to settle everything in flight before it takes
 *	this slot, and then call zram_pp_walk_forget().
 */
bool zram_pp_walk_goes_back(const struct zram_pp_walk *walk)
{
	return walk->again;
}

/**
 * zram_pp_walk_forget() - the run has settled everything in flight
 * @walk: the walk
 *
 * Context: The owner of the walk.
 */
void zram_pp_walk_forget(struct zram_pp_walk *walk)
{
	walk->again = false;
}

/**
 * zram_pp_walk_match() - is the current slot still a candidate?
 * @walk: the walk
 *
 * Context: The slot lock is held.
 * Return: true if the range's filter takes it.
 */
bool zram_pp_walk_match(const struct zram_pp_walk *walk)
{
	return zram_pp_match(walk->zram, zram_pp_walk_filter(walk), walk->index);
}

/**
 * zram_pp_walk_scanned() - slots that the walk has passed
 * @walk: the walk
 *
 * Context: The owner of the walk.
 * Return: slots, at most zram_pp_walk_total().
 */
u64 zram_pp_walk_scanned(const struct zram_pp_walk *walk)
{
	u64 scanned = walk->passed;

	if (walk->range < walk->nr_ranges)
		scanned += walk->index - walk->ranges[walk->range].first;
	return scanned;
}

/**
 * zram_pp_walk_total() - slots that the walk will pass
 * @walk: the walk
 *
 * Return: slots; each counts once for each pass.
 */
u64 zram_pp_walk_total(const struct zram_pp_walk *walk)
{
	unsigned int i;
	u64 total = 0;

	for (i = 0; i < walk->nr_ranges; i++)
		total += walk->ranges[i].last - walk->ranges[i].first + 1;
	return total * pp_walk_passes(walk);
}
