// SPDX-License-Identifier: GPL-2.0
/*
 * Frees consecutive slots, several in one critical section.
 */

#include <linux/array_size.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "bd_map.h"
#include "slot.h"
#include "slot_range.h"
#include "table.h"
#include "zram.h"

/* Drop a reference of each block of an extent; there is no map if @nr is 0 */
static void slot_range_put_blocks(struct zram *zram, u64 first, unsigned int nr)
{
	if (nr)
		zram_bd_map_put(zram->backing.map, first, nr);
}

/* Most blocks whose references slot_range_put_packed() drops at once: more than two pages */
#define RANGE_BLOCKS	(2 * ZRAM_BLOCKS_PER_PAGE + 30)

/*
 * Drop the references of packed slots that share blocks or lie on consecutive ones; returns
 * the number of these slots. The first of @nr is packed. @nr is at most 255, so that a u8
 * can count the references of a block.
 */
static noinline_for_stack unsigned int
slot_range_put_packed(struct zram *zram, const struct zram_slot *old, unsigned int nr)
{
	u8 refs[RANGE_BLOCKS] = {};
	unsigned int i, at, nr_blocks, len = 0;
	u64 first, base;

	zram_slot_blocks(old, &base);
	for (i = 0; i < nr && zram_slot_packed(&old[i]); i++) {
		nr_blocks = zram_slot_blocks(&old[i], &first);
		if (first < base || first > base + len ||
		    first + nr_blocks > base + RANGE_BLOCKS)
			break;
		at = first - base;
		len = max(len, at + nr_blocks);
		while (nr_blocks--)
			refs[at++]++;
	}
	zram_bd_map_unshare(zram->backing.map, base, len, refs);
	return i;
}

/*
 * Release the content of detached slots. Consecutive pages that a run has written back
 * often have consecutive blocks, so drop the references of an extent in one call.
 */
static void slot_range_release(struct zram *zram, const struct zram_slot *old,
			       unsigned int nr)
{
	unsigned int i, nr_blocks, nr_extent = 0;
	u64 first, extent = 0;

	for (i = 0; i < nr; i++) {
		if (!zram_slot_test(&old[i], ZRAM_WB)) {
			zram_slot_release(zram, &old[i]);
			continue;
		}
		if (zram_slot_packed(&old[i])) {
			i += slot_range_put_packed(zram, &old[i], nr - i) - 1;
			continue;
		}
		nr_blocks = zram_slot_blocks(&old[i], &first);
		if (first != extent + nr_extent) {
			slot_range_put_blocks(zram, extent, nr_extent);
			extent = first;
			nr_extent = 0;
		}
		nr_extent += nr_blocks;
	}
	slot_range_put_blocks(zram, extent, nr_extent);
}

/* Empty consecutive slots within one group, a batch at a time */
static void slot_range_free_group(struct zram *zram, unsigned long index,
				  unsigned int nr)
{
	/* 256 bytes of stack: call chains in reclaim are deep */
	struct zram_slot old[16];
	unsigned long end = index + nr;
	unsigned int n;

	while (index < end) {
		n = zram_slot_empty(zram, &index, end, old, ARRAY_SIZE(old));
		slot_range_release(zram, old, n);
	}
}

/* Empty consecutive slots within one group */
static __always_inline void slot_range_free_part(struct zram *zram, unsigned long index,
						 unsigned int nr)
{
	if (!zram_slots_any(&zram->slots, index))
		return;
	if (nr == 1)
		zram_slot_free(zram, index);
	else
		slot_range_free_group(zram, index, nr);
}

/* How many of @nr slots from @index on are in the first group */
static unsigned int slot_range_part(unsigned long index, unsigned long nr)
{
	return min(nr, ZRAM_SLOT_GROUP - index % ZRAM_SLOT_GROUP);
}

/**
 * zram_slots_free() - empty consecutive slots
 * @zram: the device
 * @index: index of the first slot
 * @nr: number of slots; at most a cluster of swap, because this does not reschedule
 *
 * A slot lock guards 64 slots. Each critical section empties up to 16 of them.
 *
 * Context: As zram_slot_free().
 */
void zram_slots_free(struct zram *zram, unsigned long index, unsigned long nr)
{
	unsigned int part;

	for (; nr; nr -= part, index += part) {
		part = slot_range_part(index, nr);
		slot_range_free_part(zram, index, part);
	}
}

/**
 * zram_slot_free_range() - empty any number of consecutive slots
 * @zram: the device
 * @index: index of the first slot
 * @nr: number of slots
 *
 * Context: May sleep. Takes slot locks.
 */
void zram_slot_free_range(struct zram *zram, unsigned long index,
			  unsigned long nr)
{
	unsigned int part;

	for (; nr; nr -= part, index += part) {
		part = slot_range_part(index, nr);
		slot_range_free_part(zram, index, part);
		cond_resched();
	}
}
