/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SLOT_H_
#define _ZRAM_SLOT_H_

#include <linux/ktime.h>
#include <linux/types.h>

#include "table.h"
#include "zram.h"

/**
 * struct zram_slot_move - a slot whose content is to move
 * @index: its index
 * @slot: the new handle and flags, size included
 */
struct zram_slot_move {
	unsigned long index;
	struct zram_slot slot;
};

/**
 * zram_slot_clear_idle() - clear the idle mark of a slot
 * @zram: the device
 * @index: index of the slot
 *
 * Context: The slot lock is held.
 */
static inline void zram_slot_clear_idle(struct zram *zram, unsigned long index)
{
	struct zram_slot_group *group = zram_slots_group(&zram->slots, index);
	u64 bit = zram_slots_bit(index);

	if (group->idle & bit)
		WRITE_ONCE(group->idle, group->idle & ~bit);
}

/**
 * zram_slot_touch_at() - record an access to a slot
 * @zram: the device
 * @index: index of the slot
 * @now: the time, ktime_get_boottime_seconds()
 *
 * Context: The slot lock is held.
 */
static inline void zram_slot_touch_at(struct zram *zram, unsigned long index,
				      u32 now)
{
	zram->slots.slot[index].ac_time = now;
	zram_slot_clear_idle(zram, index);
}

/**
 * zram_slot_touch() - record an access to a slot at this moment
 * @zram: the device
 * @index: index of the slot
 *
 * Context: The slot lock is held.
 */
static inline void zram_slot_touch(struct zram *zram, unsigned long index)
{
	zram_slot_touch_at(zram, index, ktime_get_boottime_seconds());
}

int zram_slot_node(struct zram *zram, unsigned long index, void *buf);
void zram_slot_mark(struct zram *zram, unsigned long index, u32 flag);
bool zram_slot_unmark(struct zram *zram, unsigned long index, u32 flag,
		      u32 mark);
bool zram_slot_replace(struct zram *zram, unsigned long index,
		       struct zram_slot *slot, u32 expected);
struct zram_slot zram_slot_publish(struct zram *zram, unsigned long index,
				   unsigned long handle, u32 flags);
bool zram_slot_publish_if(struct zram *zram, unsigned long index,
			  struct zram_slot *slot,
			  const struct zram_slot *expected, u32 kept);
u32 zram_slot_move_range(struct zram *zram, struct zram_slot_move *moves, unsigned int nr,
			 u32 mark, u32 kept);
void zram_slot_replace_range(struct zram *zram, unsigned long index,
			     struct zram_slot *slots, unsigned int nr);
void zram_slot_release(struct zram *zram, const struct zram_slot *slot);
void zram_slot_free(struct zram *zram, unsigned long index);
unsigned int zram_slot_empty(struct zram *zram, unsigned long *index,
			     unsigned long end, struct zram_slot *old,
			     unsigned int max);

#endif
