// SPDX-License-Identifier: GPL-2.0
/*
 * The slot table: memory for the slots, their groups and their locks.
 */

#include <linux/atomic.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>

#include "table.h"

/* Slots of all tables, which is the most that swap on zram can hold */
static atomic_long_t table_slots;

/*
 * Huge pages make each access to a slot cost fewer TLB misses, but the allocator
 * rounds the size up to whole ones: not for a table that would grow by more than
 * 1/32.
 */
static bool table_wants_huge(size_t size)
{
	return size >= PMD_SIZE &&
		round_up(size, PMD_SIZE) - size <= size / 32;
}

/*
 * Fail if there is no memory for the table, instead of having the OOM killer end
 * other tasks for it. (It may still, if they allocate at the same time.)
 */
static void *table_alloc(size_t size)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN;
	void *table = NULL;

	if (size / PAGE_SIZE >
	    zram_table_affordable(si_mem_available(), get_nr_swap_pages(),
				  atomic_long_read(&table_slots)))
		return NULL;
	if (table_wants_huge(size))
		table = vmalloc_huge_node(size, gfp | __GFP_NORETRY,
					  NUMA_NO_NODE);
	return table ?: __vmalloc(size, gfp | __GFP_RETRY_MAYFAIL);
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
	unsigned long i, nr_groups = DIV_ROUND_UP(nr, ZRAM_SLOT_GROUP);
	struct zram_slots new = {};

	if (nr > SIZE_MAX / sizeof(*new.slot))
		return -ENOMEM;
	new.groups = table_alloc(nr_groups * sizeof(*new.groups));
	new.slot = table_alloc(nr * sizeof(*new.slot));
	if (!new.groups || !new.slot) {
		zram_table_destroy(&new);
		return -ENOMEM;
	}

	for (i = 0; i < nr_groups; i++) {
		spin_lock_init(&new.groups[i].lock);
		cond_resched();
	}
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
	*slots = (struct zram_slots){};
}
