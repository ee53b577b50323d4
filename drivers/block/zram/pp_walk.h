/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PP_WALK_H_
#define _ZRAM_PP_WALK_H_

#include <linux/types.h>

struct zram;
struct zram_pp_run;
struct zram_pp_filter;

/**
 * struct zram_pp_range - a range of slots with a filter
 * @filter: selects slots of the range
 * @first: first slot
 * @last: last slot, not below the first
 */
struct zram_pp_range {
	const struct zram_pp_filter *filter;
	unsigned long first;
	unsigned long last;
};

/**
 * enum zram_pp_order - which candidates go first if space is short
 * @ZRAM_PP_BY_INDEX: the lower index
 * @ZRAM_PP_LARGEST: the larger object
 * @ZRAM_PP_OLDEST: the one not accessed for longer
 * @ZRAM_PP_OLD_FIRST: those last accessed before a given second, then the others
 */
enum zram_pp_order {
	ZRAM_PP_BY_INDEX,
	ZRAM_PP_LARGEST,
	ZRAM_PP_OLDEST,
	ZRAM_PP_OLD_FIRST,
};

/* 64 classes of size and that of whole pages; ages take fewer */
#define ZRAM_PP_RANKS	65

/**
 * struct zram_pp_walk - a way through the candidates of a run
 * @run: the run
 * @zram: its device
 * @ranges: where to look, and for what, one after the other
 * @nr_ranges: number of ranges
 * @order: who goes first
 * @cut: the lowest rank there may be room for
 * @now: the time of it, as slots know time
 * @above: with %ZRAM_PP_OLD_FIRST, slots last accessed before this go first, in
 *	seconds since boot
 * @turn: those above the cut, on it and below
 * @range: the range it is in
 * @index: the slot it has come to
 * @passed: number of slots in the ranges it is through with
 * @again: slots from here on may be among those handed out before
 */
struct zram_pp_walk {
	const struct zram_pp_run *run;
	struct zram *zram;
	const struct zram_pp_range *ranges;
	unsigned int nr_ranges;
	enum zram_pp_order order;
	unsigned int cut;
	u32 now;
	u32 above;
	unsigned int turn;
	unsigned int range;
	unsigned long index;
	u64 passed;
	bool again;
};

/* The filter for the current slot */
static inline const struct zram_pp_filter *
zram_pp_walk_filter(const struct zram_pp_walk *walk)
{
	return walk->ranges[walk->range].filter;
}

void zram_pp_walk_init(struct zram_pp_walk *walk, const struct zram_pp_run *run,
		       const struct zram_pp_range *ranges, unsigned int nr);
int zram_pp_walk_sort(struct zram_pp_walk *walk, enum zram_pp_order order,
		      u64 room);
void zram_pp_walk_cut(struct zram_pp_walk *walk, u32 above);
int zram_pp_walk_next(struct zram_pp_walk *walk);
void zram_pp_walk_advance(struct zram_pp_walk *walk);
bool zram_pp_walk_goes_back(const struct zram_pp_walk *walk);
void zram_pp_walk_forget(struct zram_pp_walk *walk);
bool zram_pp_walk_match(const struct zram_pp_walk *walk);
u64 zram_pp_walk_scanned(const struct zram_pp_walk *walk);
u64 zram_pp_walk_total(const struct zram_pp_walk *walk);

#endif
