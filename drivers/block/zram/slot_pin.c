// SPDX-License-Identifier: GPL-2.0
/*
 * Pins: a reader uses the object of a slot without the slot lock. A task that detaches
 * a pinned object leaves freeing it to that reader.
 */

#include <linux/spinlock.h>

#include "obj.h"
#include "slot_pin.h"
#include "table.h"
#include "zram.h"

/* Clear PIN if the slot still has the object; the slot lock is held */
static bool slot_pin_drop(struct zram_slot *slot, const struct zram_slot *pinned)
{
	/* The pin keeps the object from being freed, so an equal handle is the same object */
	if (!zram_slot_test(slot, ZRAM_PIN) || slot->handle != pinned->handle)
		return false;
	zram_slot_set_flags(slot, slot->flags & ~ZRAM_PIN);
	return true;
}

/**
 * zram_slot_unpin() - unpin an object, and free it if a task has detached it
 * @zram: the device
 * @index: index of the slot in which it was pinned
 * @pinned: the copy that zram_slot_pin() returned
 *
 * Context: Any but interrupts. Takes the slot lock.
 */
void zram_slot_unpin(struct zram *zram, unsigned long index,
		     const struct zram_slot *pinned)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool there;

	spin_lock(lock);
	there = slot_pin_drop(&zram->slots.slot[index], pinned);
	spin_unlock(lock);
	if (!there)
		zram_obj_free(&zram->pool, pinned->handle);
}

/**
 * zram_slot_unpin_range() - unpin the objects of consecutive slots of one group
 * @zram: the device
 * @index: index of the first slot
 * @pinned: the copies that zram_slot_pin() returned. Skips a copy without PIN; may
 *	clear PIN in the others
 * @nr: number of slots
 *
 * Context: Any but interrupts. Takes the slot lock.
 */
void zram_slot_unpin_range(struct zram *zram, unsigned long index,
			   struct zram_slot *pinned, unsigned int nr)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	unsigned int i = 0;

	while (i < nr && !zram_slot_test(&pinned[i], ZRAM_PIN))
		i++;
	if (i == nr)
		return;
	spin_lock(lock);
	for (; i < nr; i++)
		if (zram_slot_test(&pinned[i], ZRAM_PIN) &&
		    slot_pin_drop(&zram->slots.slot[index + i], &pinned[i]))
			pinned[i].flags &= ~ZRAM_PIN;
	spin_unlock(lock);
	for (i = 0; i < nr; i++)
		if (zram_slot_test(&pinned[i], ZRAM_PIN))
			zram_obj_free(&zram->pool, pinned[i].handle);
}
