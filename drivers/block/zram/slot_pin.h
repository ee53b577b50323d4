/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SLOT_PIN_H_
#define _ZRAM_SLOT_PIN_H_

#include "table.h"
#include "zram.h"

/**
 * zram_slot_pin() - copy a slot and pin its object, so that it is not freed
 * @zram: the device
 * @index: index of the slot
 *
 * One reader at a time can pin an object. Another one has to copy it before the
 * unlock.
 *
 * Context: The slot lock is held.
 * Return: a copy of the slot. PIN is set in it if the object was pinned; then
 *	the caller has to call zram_slot_unpin().
 */
static inline struct zram_slot zram_slot_pin(struct zram *zram,
					     unsigned long index)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	struct zram_slot copy = *slot;

	copy.flags ^= ZRAM_PIN;
	if (zram_slot_in_memory(slot) && zram_slot_test(&copy, ZRAM_PIN))
		zram_slot_set_flags(slot, copy.flags);
	else
		copy.flags &= ~ZRAM_PIN;
	return copy;
}

void zram_slot_unpin(struct zram *zram, unsigned long index,
		     const struct zram_slot *pinned);
void zram_slot_unpin_range(struct zram *zram, unsigned long index,
			   struct zram_slot *pinned, unsigned int nr);

#endif
