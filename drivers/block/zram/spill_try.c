// SPDX-License-Identifier: GPL-2.0
/*
 * Finds blocks that a page can be written to.
 *
 * If a write fails, the next try takes blocks elsewhere, because bad blocks lie together.
 * If that try succeeds, the device works. Then spill writes the blocks that failed once
 * more, as a run does, and retires those that fail again. If all tries fail, the device
 * fails, and no block is retired. Later runs test retired blocks, see wb_retry.c.
 */

#include <linux/jiffies.h>

#include "bd_map.h"
#include "io_wait.h"
#include "spill_try.h"
#include "table.h"

/*
 * After more than this time of failed writes there is no third or fourth try. Then spill
 * retires the failed blocks without another test, because the writer waits.
 */
#define MAX_FAILING	(10 * HZ)

/**
 * struct try_failed - blocks of a page that could not be written
 * @first: the first of them
 * @err: the error
 */
struct try_failed {
	u64 first;
	int err;
};

/*
 * Write once; adds the time of a write that fails to *@failing. The time does not include
 * waiting for a discard, nor writes of a slow device that succeed.
 */
static int try_write(struct zram_spill_try *try, u64 first, unsigned long *failing)
{
	unsigned long start = jiffies;
	int err = try->write(try, first);

	if (err)
		*failing += jiffies - start;
	return err;
}

/* Do the blocks of a page fail again, on a device that works? */
static bool try_is_bad(struct zram_spill_try *try, const struct try_failed *bad,
		       unsigned long *failing)
{
	if (!zram_io_is_block_fault(bad->err))
		return false;
	return *failing > MAX_FAILING ||
	       zram_io_is_block_fault(try_write(try, bad->first, failing));
}

/* Retire or free the blocks of a page. Takes over the caller's references */
static void try_settle(struct zram_spill_try *try, const struct try_failed *bad,
		       bool retire)
{
	unsigned int i;

	for (i = 0; i < ZRAM_BLOCKS_PER_PAGE; i++) {
		if (retire && zram_bd_map_retire(try->map, bad->first + i))
			try->retired++;
		else
			zram_bd_map_put(try->map, bad->first + i, 1);
	}
}

/*
 * Reserve blocks for a page, elsewhere than those of @last if that is not NULL: 0, -ENOSPC or
 * -ENOMEM. A writer that finds none waits for those that are being discarded, and for those
 * that a run may give back.
 */
static int try_reserve(struct zram_bd_map *map, const struct try_failed *last,
		       u64 *first)
{
	unsigned long until = zram_bd_map_wait_until();
	const unsigned int unit = ZRAM_BLOCKS_PER_PAGE;
	int nr, unclaims;

	do {
		unclaims = zram_bd_map_unclaims(map);
		nr = last ? zram_bd_map_reserve_beyond(map, last->first, unit, unit, first) :
			    zram_bd_map_reserve(map, unit, unit, first);
	} while (!nr && zram_bd_map_wait_unclaim(map, unclaims, until));
	if (nr < 0)
		return nr;
	return nr ? 0 : -ENOSPC;
}

/**
 * zram_spill_try() - write a page to free blocks
 * @try: the page, and the device
 * @first: set to the first block. Each block has one reference, which the caller gets
 *
 * Context: May sleep; waits for I/O. The map may allocate memory, but does not wait for it.
 * Return: 0; -ENOSPC if no blocks are free or being discarded; -ENOMEM if the map has no
 *	memory; otherwise the error of the last write. Then try->used is set.
 */
int zram_spill_try(struct zram_spill_try *try, u64 *first)
{
	struct try_failed failed[ZRAM_SPILL_TRIES];
	unsigned long failing = 0;
	unsigned int i, nr = 0;
	int err;

	for (;;) {
		err = try_reserve(try->map, nr ? &failed[nr - 1] : NULL, first);
		if (err)
			break;
		try->used = true;
		err = try_write(try, *first, &failing);
		if (!err)
			break;
		failed[nr++] = (struct try_failed){ *first, err };
		/* -ECANCELED: nothing was written, and the next try would write nothing either */
		if (nr == ZRAM_SPILL_TRIES || err == -ECANCELED ||
		    (nr > 1 && failing > MAX_FAILING))
			break;
	}
	for (i = 0; i < nr; i++)
		try_settle(try, &failed[i],
			   !err && try_is_bad(try, &failed[i], &failing));
	/* After failed writes return their error, also if no other blocks are free */
	return err && nr ? failed[nr - 1].err : err;
}
