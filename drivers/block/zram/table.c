// SPDX-License-Identifier: GPL-2.0
/*
 * The slot table: memory for the slots, their groups and their locks.
 */

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>

#include "table.h"

/* More locks than this do not make contention any rarer */
#define MAX_SLOT_LOCKS	1024UL

/* Slots of all tables, which is the most that swap on zram can hold */
static atomic_long_t table_slots;

/*
 * Fail if there is no memory for the table, instead of having the OOM killer end
 * other tasks for it. (It may still, if they allocate at the same time.)
 */
static void *table_alloc(size_t size)
{
	if (size / PAGE_SIZE >
	    zram_table_affordable(si_mem_available(), get_nr_swap_pages(),
				  atomic_long_read(&table_slots)))
		return NULL;
	return __vmalloc(size, GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_ZERO |
			 __GFP_NOWARN);
}

/**
 * zram_table_create() - allocate the table of a device
 * @slots: the table to set up
 * @nr: number of slots, not zero
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM; then @slots is unchanged.
 */
int zram_table_create(struct zram_slots *slots, unsigned long nr)
{
	struct zram_slots new = {};
	unsigned long i, nr_groups, nr_locks;

	if (nr > SIZE_MAX / sizeof(*new.slot))
		return -ENOMEM;
	nr_groups = DIV_ROUND_UP(nr, ZRAM_SLOT_GROUP);
	nr_locks = roundup_pow_of_two(min(nr_groups, MAX_SLOT_LOCKS));
	new.lock_mask = nr_locks - 1;
	new.locks = kvmalloc_objs(*new.locks, nr_locks);
	new.groups = table_alloc(nr_groups * sizeof(*new.groups));
	new.slot = table_alloc(nr * sizeof(*new.slot));
	if (!new.locks || !new.groups || !new.slot) {
		zram_table_destroy(&new);
		return -ENOMEM;
	}

	for (i = 0; i < nr_locks; i++)
		spin_lock_init(&new.locks[i]);
	new.nr = nr;
	atomic_long_add(nr, &table_slots);
	*slots = new;
	return 0;
}

/**
 * zram_table_destroy() - free the table
 * @slots: a table whose slots are all empty, or one never created
 *
 * Context: May sleep.
 */
void zram_table_destroy(struct zram_slots *slots)
{
	atomic_long_sub(slots->nr, &table_slots);
	vfree(slots->slot);
	vfree(slots->groups);
	kvfree(slots->locks);
	*slots = (struct zram_slots){};
}

/**
 * zram_slot_blocks() - the blocks of the backing device a slot lies on
 * @slot: a slot in state WB
 * @first: where to put the first block
 *
 * Context: Any; the caller holds the slot lock or owns a detached copy.
 * Return: number of blocks.
 */
unsigned int zram_slot_blocks(const struct zram_slot *slot, u64 *first)
{
	u64 start = (u64)slot->handle << ZRAM_LOC_SHIFT;
	u64 end = start + zram_slot_size(slot);

	*first = start >> ZRAM_BLOCK_SHIFT;
	return ((end - 1) >> ZRAM_BLOCK_SHIFT) - *first + 1;
}
