// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a slot: pinning its object, installing another content, emptying it.
 *
 * One critical section detaches the old content and installs the new. The old
 * content is freed after the unlock. Counters change in the same section, so
 * they agree with the slots.
 */

#include <linux/array_size.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
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
 * zram_slot_clear_idle() - clear the idle mark of a slot
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
 * zram_slot_touch() - record an access to a slot
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

/* Update the words of the group after a change of a slot */
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

/* Most changes of a slot change few counters; skip the others */
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
 * zram_slot_publish_if() - move a slot's content, unless it has changed
 * @zram: the device
 * @index: index of the slot
 * @slot: in: the new handle and flags; out: the content to release with
 *	zram_slot_release(), old if installed, else new
 * @expected: flags that must all be set in the slot, and its handle unless that
 *	is 0
 * @kept: flags that stay as they are
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: false if the slot is not as expected; then it is unchanged.
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
 * zram_slot_node() - tell the NUMA node of a slot's object
 * @zram: the device
 * @index: index of the slot
 * @buf: PAGE_SIZE bytes, to be scribbled over
 *
 * The object may be gone when this returns: the node is a preference.
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: the node; %NUMA_NO_NODE without an object, or if there is one node only.
 */
int zram_slot_node(struct zram *zram, unsigned long index, void *buf)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	int nid = NUMA_NO_NODE;

	if (num_online_nodes() == 1)
		return nid;
	spin_lock(lock);
	if (zram_slot_in_memory(slot))
		nid = zram_obj_node(&zram->pool, slot->handle, buf);
	spin_unlock(lock);
	return nid;
}

/**
 * zram_slot_mark() - set a flag that every change of the content clears
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
 * zram_slot_unmark() - clear a flag
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
 * zram_slot_unpin() - unpin an object, and free it if it was detached
 * @zram: the device
 * @index: index of the slot it was pinned in
 * @pinned: the copy that zram_slot_pin() returned
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
	/* The object is not freed, so its handle cannot have been reused */
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
 * @slot: in: the new content; out: the content to release with
 *	zram_slot_release(), old if installed, else new
 * @expected: flags that must all be set in the slot; 0 for any slot
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: false if a flag of @expected is clear; then the slot is unchanged.
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
 * zram_slot_release() - free the object, blocks or staging page of a slot
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
		/* If it is pinned, zram_slot_unpin() frees it */
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
 * Context: Any but interrupts; may be called with interrupts off. Spins on the
 *	slot lock, whose sections are short, so no free is skipped.
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
	/* 256 bytes of stack: call chains in reclaim are deep */
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
