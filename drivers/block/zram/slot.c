// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a slot: pinning its object, installing another content, emptying it.
 *
 * Whatever a slot held is detached and its successor installed in one critical
 * section; what was detached is given back after the unlock. Counters move
 * inside the section too, so they can never run ahead of the slots.
 */

#include <linux/array_size.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "bd_map.h"
#include "kc_stage.h"
#include "obj.h"
#include "slot.h"
#include "table.h"
#include "zram.h"

/**
 * zram_slot_clear_idle() - a slot is not idle any more
 * @zram: the device
 * @index: index of the slot
 *
 * Context: The slot lock is held.
 */
void zram_slot_clear_idle(struct zram *zram, unsigned long index)
{
	struct zram_slot_group *group = zram_slots_group(&zram->slots, index);
	u64 bit = zram_slots_bit(index);

	if (group->idle & bit)
		WRITE_ONCE(group->idle, group->idle & ~bit);
}

/**
 * zram_slot_touch() - note that a slot was accessed
 * @zram: the device
 * @index: index of the slot
 *
 * Context: The slot lock is held.
 */
void zram_slot_touch(struct zram *zram, unsigned long index)
{
	zram->slots.slot[index].ac_time = ktime_get_boottime_seconds();
	zram_slot_clear_idle(zram, index);
}

static bool slot_takes_memory(const struct zram_slot *slot)
{
	return zram_slot_in_memory(slot) || zram_slot_stage(slot);
}

/* Make the words of the group agree with a slot that has changed */
static void slot_update_group(struct zram_slots *slots, unsigned long index,
			      const struct zram_slot *old)
{
	struct zram_slot_group *group = zram_slots_group(slots, index);
	const struct zram_slot *slot = &slots->slot[index];
	bool in_memory = slot_takes_memory(slot);
	u64 bit = zram_slots_bit(index);

	if (zram_slot_stored(old) != zram_slot_stored(slot))
		WRITE_ONCE(group->nr_stored, group->nr_stored +
			   (zram_slot_stored(slot) ? 1 : -1));
	if (in_memory == !!(group->in_memory & bit))
		return;
	WRITE_ONCE(group->in_memory, group->in_memory ^ bit);
	if (!in_memory)
		WRITE_ONCE(group->idle, group->idle & ~bit);
}

static void slot_count(struct zram *zram, enum zram_stat id, long change)
{
	if (change)
		zram_stats_add(&zram->stats, id, change);
}

static long slot_bytes_in_memory(const struct zram_slot *slot)
{
	return slot_takes_memory(slot) ? zram_slot_size(slot) : 0;
}

static bool slot_is_huge_in_memory(const struct zram_slot *slot)
{
	return zram_slot_test(slot, ZRAM_HUGE) && zram_slot_in_memory(slot);
}

/* Most changes of a slot change few of the counters */
static void slot_account(struct zram *zram, const struct zram_slot *old,
			 const struct zram_slot *new)
{
	slot_count(zram, ZRAM_STAT_PAGES,
		   zram_slot_stored(new) - zram_slot_stored(old));
	slot_count(zram, ZRAM_STAT_SAME_PAGES,
		   zram_slot_test(new, ZRAM_SAME) -
			   zram_slot_test(old, ZRAM_SAME));
	slot_count(zram, ZRAM_STAT_COMPR_BYTES,
		   slot_bytes_in_memory(new) - slot_bytes_in_memory(old));
	slot_count(zram, ZRAM_STAT_HUGE_PAGES,
		   slot_is_huge_in_memory(new) - slot_is_huge_in_memory(old));
	if (!zram_slot_stage(old) != !zram_slot_stage(new))
		zram_obj_count_staged(&zram->pool, zram_slot_stage(new) ? 1 : -1);
}

/**
 * zram_slot_publish() - move a slot's content to another place
 * @zram: the device
 * @index: index of the slot
 * @handle: the new handle
 * @flags: the new flags, size included
 *
 * The content stays what it was, so the time of its last access stays too.
 *
 * Context: The slot lock is held.
 * Return: the slot as it was, for zram_slot_release() after the unlock.
 */
struct zram_slot zram_slot_publish(struct zram *zram, unsigned long index,
				   unsigned long handle, u32 flags)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	struct zram_slot old = *slot;

	slot->handle = handle;
	zram_slot_set_flags(slot, flags);
	slot_update_group(&zram->slots, index, &old);
	slot_account(zram, &old, slot);
	return old;
}

/* zram_slot_publish_if() under the slot lock */
static bool slot_publish_if(struct zram *zram, unsigned long index,
			    struct zram_slot *slot,
			    const struct zram_slot *expected, u32 kept)
{
	const struct zram_slot *now = &zram->slots.slot[index];

	if ((now->flags & expected->flags) != expected->flags ||
	    (expected->handle && now->handle != expected->handle))
		return false;
	*slot = zram_slot_publish(zram, index, slot->handle,
				  slot->flags | (now->flags & kept));
	return true;
}

/**
 * zram_slot_publish_if() - move a slot's content, if it is where it was
 * @zram: the device
 * @index: index of the slot
 * @slot: the new handle and flags; on return what is to be given back with
 *	zram_slot_release(): the old object, or the new if it was not installed
 * @expected: flags the slot has to have still, all of them, and its handle
 *	unless that is 0
 * @kept: flags that stay as they are
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: false if the slot is not as expected, and was left as it is.
 */
bool zram_slot_publish_if(struct zram *zram, unsigned long index,
			  struct zram_slot *slot,
			  const struct zram_slot *expected, u32 kept)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool ok;

	spin_lock(lock);
	ok = slot_publish_if(zram, index, slot, expected, kept);
	spin_unlock(lock);
	return ok;
}

/**
 * zram_slot_mark() - set a flag that a change of the content clears
 * @zram: the device
 * @index: index of the slot
 * @flag: the flag
 *
 * Context: Any but interrupts. Takes the slot lock.
 */
void zram_slot_mark(struct zram *zram, unsigned long index, u32 flag)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);

	spin_lock(lock);
	zram_slot_set_flags(slot, slot->flags | flag);
	spin_unlock(lock);
}

/**
 * zram_slot_unmark() - clear a flag, if it is still set
 * @zram: the device
 * @index: index of the slot
 * @flag: the flag
 * @mark: flags to set in its place, may be 0
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: whether the flag was set; otherwise nothing changes.
 */
bool zram_slot_unmark(struct zram *zram, unsigned long index, u32 flag,
		      u32 mark)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool set;

	spin_lock(lock);
	set = zram_slot_test(slot, flag);
	if (set)
		zram_slot_set_flags(slot, (slot->flags & ~flag) | mark);
	spin_unlock(lock);
	return set;
}

/**
 * zram_slot_pin() - look at a slot, and keep its object from being freed
 * @zram: the device
 * @index: index of the slot
 *
 * One reader at a time has the object pinned. Another one has to copy it before
 * the unlock.
 *
 * Context: The slot lock is held.
 * Return: a copy of the slot. Its flag PIN tells whether the object is pinned,
 *	to be let go with zram_slot_unpin().
 */
struct zram_slot zram_slot_pin(struct zram *zram, unsigned long index)
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

/**
 * zram_slot_unpin() - let go of an object
 * @zram: the device
 * @index: index of the slot it was found in
 * @pinned: what zram_slot_pin() returned
 *
 * Context: Any but interrupts. Takes the slot lock.
 */
void zram_slot_unpin(struct zram *zram, unsigned long index,
		     const struct zram_slot *pinned)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool there;

	spin_lock(lock);
	/* The allocator gives nobody else the same handle meanwhile */
	there = zram_slot_test(slot, ZRAM_PIN) &&
		slot->handle == pinned->handle;
	if (there)
		zram_slot_set_flags(slot, slot->flags & ~ZRAM_PIN);
	spin_unlock(lock);
	if (!there)
		zram_obj_free(&zram->pool, pinned->handle);
}

/**
 * zram_slot_replace() - install new content
 * @zram: the device
 * @index: index of the slot
 * @slot: the new content; on return what is to be given back with
 *	zram_slot_release(): the old content, or the new if it was not installed
 * @expected: flags the slot has to have still, all of them; 0 for any slot
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: false if the slot is not as expected, and was left as it is.
 */
bool zram_slot_replace(struct zram *zram, unsigned long index,
		       struct zram_slot *slot, u32 expected)
{
	const struct zram_slot old = { .flags = expected };
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool ok;

	spin_lock(lock);
	ok = slot_publish_if(zram, index, slot, &old, 0);
	if (ok)
		zram_slot_touch(zram, index);
	spin_unlock(lock);
	return ok;
}

/**
 * zram_slot_release() - give back what a slot held
 * @zram: the device
 * @slot: a detached copy
 *
 * Context: Any but interrupts; no slot lock held.
 */
void zram_slot_release(struct zram *zram, const struct zram_slot *slot)
{
	struct zram_kc_stage *stage = zram_slot_stage(slot);
	unsigned int nr;
	u64 first;

	if (stage) {
		zram_kc_stage_put(stage);
	} else if (zram_slot_in_memory(slot)) {
		/* Otherwise its reader does */
		if (!zram_slot_test(slot, ZRAM_PIN))
			zram_obj_free(&zram->pool, slot->handle);
	} else if (zram_slot_test(slot, ZRAM_WB)) {
		nr = zram_slot_blocks(slot, &first);
		zram_bd_map_put(zram->backing.map, first, nr);
	}
}

/**
 * zram_slot_free() - empty one slot
 * @zram: the device
 * @index: index of the slot
 *
 * Context: Any but interrupts; may be called with interrupts off. Takes the
 *	slot lock and waits for it, as its sections are short: a free is never
 *	missed.
 */
void zram_slot_free(struct zram *zram, unsigned long index)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_slot old;

	spin_lock(lock);
	old = zram_slot_publish(zram, index, 0, 0);
	spin_unlock(lock);
	zram_slot_release(zram, &old);
}

/*
 * Empty consecutive slots within one group, a batch at a time. Slots that are empty
 * stay untouched, so their cache lines stay clean.
 */
static void slot_free_group(struct zram *zram, unsigned long index,
			    unsigned int nr)
{
	/* 16 slots are 256 bytes of stack, which deep call chains can spare */
	struct zram_slot old[16];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	unsigned long end = index + nr;
	unsigned int i, n;

	while (index < end) {
		n = 0;
		spin_lock(lock);
		for (; index < end && n < ARRAY_SIZE(old); index++)
			if (zram_slot_stored(&zram->slots.slot[index]))
				old[n++] = zram_slot_publish(zram, index, 0, 0);
		spin_unlock(lock);
		for (i = 0; i < n; i++)
			zram_slot_release(zram, &old[i]);
	}
}

/**
 * zram_slot_free_range() - empty consecutive slots
 * @zram: the device
 * @index: index of the first
 * @nr: how many
 *
 * Context: May sleep. Takes slot locks.
 */
void zram_slot_free_range(struct zram *zram, unsigned long index,
			  unsigned long nr)
{
	unsigned long in_group;

	for (; nr; nr -= in_group, index += in_group) {
		in_group = ZRAM_SLOT_GROUP - index % ZRAM_SLOT_GROUP;
		in_group = min(in_group, nr);
		if (zram_slots_any(&zram->slots, index))
			slot_free_group(zram, index, in_group);
		cond_resched();
	}
}
