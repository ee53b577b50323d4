// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a slot: installing another content, emptying it.
 *
 * One critical section detaches the old content and installs the new. The old
 * content is freed after the unlock. Counters change in the same section, so
 * they agree with the slots.
 */

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/spinlock.h>

#include "bd_map.h"
#include "kc_stage.h"
#include "obj.h"
#include "slot.h"
#include "table.h"
#include "zram.h"

static bool slot_is_stored(u32 flags)
{
	return flags & (ZRAM_SAME | ZRAM_SIZE_MASK);
}

/* Does a slot with these flags have an object in memory, or a staging page? */
static bool slot_takes_memory(u32 flags)
{
	return (flags & ZRAM_SIZE_MASK) && !(flags & ZRAM_WB);
}

/* Count a slot that gets (@by is 1) or loses (-1) content with these flags */
static __always_inline void slot_count(struct zram *zram, u32 flags, int by)
{
	if (flags & ZRAM_SAME) {
		zram_stats_add(&zram->stats, ZRAM_STAT_SAME_PAGES, by);
	} else if (flags & ZRAM_WB) {
		zram_stats_add(&zram->stats, ZRAM_STAT_BD_PAGES, by);
	} else if (flags & ZRAM_SIZE_MASK) {
		zram_stats_add(&zram->stats, ZRAM_STAT_COMPR_BYTES,
			       by * (long)(flags & ZRAM_SIZE_MASK));
		if ((flags & (ZRAM_HUGE | ZRAM_STAGED)) == ZRAM_HUGE)
			zram_stats_add(&zram->stats, ZRAM_STAT_HUGE_PAGES, by);
	}
}

/* Update the words of the group, and the counter of slots with content */
static __always_inline void slot_change_group(struct zram *zram, unsigned long index,
					      u32 old, u32 new)
{
	struct zram_slot_group *group = zram_slots_group(&zram->slots, index);
	int stored = slot_is_stored(new) - slot_is_stored(old);

	if (stored) {
		zram_stats_add(&zram->stats, ZRAM_STAT_PAGES, stored);
		WRITE_ONCE(group->nr_stored, group->nr_stored + stored);
	}
	if (slot_takes_memory(new) == slot_takes_memory(old))
		return;
	WRITE_ONCE(group->in_memory, group->in_memory ^ zram_slots_bit(index));
	zram_slot_clear_idle(zram, index);
}

/*
 * zram_slot_publish(), inline, because each write and each free of a slot does this.
 * Most callers pass zeroes, to empty the slot.
 */
static __always_inline struct zram_slot slot_publish(struct zram *zram,
						     unsigned long index,
						     unsigned long handle,
						     u32 flags)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	struct zram_slot old = *slot;

	slot->handle = handle;
	zram_slot_set_flags(slot, flags);
	slot_count(zram, old.flags, -1);
	slot_count(zram, flags, 1);
	/* Once, because writers compare the number with mem_limit without the lock */
	if (unlikely((flags ^ old.flags) & ZRAM_STAGED))
		zram_obj_count_staged(&zram->pool, flags & ZRAM_STAGED ? 1 : -1);
	slot_change_group(zram, index, old.flags, flags);
	return old;
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
	return slot_publish(zram, index, handle, flags);
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
	const struct zram_slot *now = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool ok;

	spin_lock(lock);
	ok = (now->flags & expected->flags) == expected->flags &&
	     (!expected->handle || now->handle == expected->handle);
	if (ok)
		*slot = slot_publish(zram, index, slot->handle,
				     slot->flags | (now->flags & kept));
	spin_unlock(lock);
	return ok;
}

/**
 * zram_slot_move_range() - move the content of marked slots of one group
 * @zram: the device
 * @moves: in: the slots, and the new content of each; out: the content that the caller
 *	passes to zram_slot_release(): the old content of a slot that was moved, else the new
 * @nr: number of slots, at most 32
 * @mark: flag that a slot must have; every change of the content clears it
 * @kept: flags that stay as they are
 *
 * Like zram_slot_publish_if() for each of them, in one critical section.
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: a bit for each slot that was moved.
 */
u32 zram_slot_move_range(struct zram *zram, struct zram_slot_move *moves, unsigned int nr,
			 u32 mark, u32 kept)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, moves[0].index);
	unsigned int i;
	u32 moved = 0;

	spin_lock(lock);
	for (i = 0; i < nr; i++) {
		struct zram_slot_move *move = &moves[i];
		u32 flags = zram->slots.slot[move->index].flags;

		if (!(flags & mark))
			continue;
		move->slot = slot_publish(zram, move->index, move->slot.handle,
					  move->slot.flags | (flags & kept));
		moved |= BIT(i);
	}
	spin_unlock(lock);
	return moved;
}

/**
 * zram_slot_node() - find the NUMA node of a slot's object
 * @zram: the device
 * @index: index of the slot
 * @buf: PAGE_SIZE bytes, which may be overwritten
 *
 * Another task may free the object before this returns, so the node is a hint.
 *
 * Context: Any but interrupts. Takes the slot lock.
 * Return: the node; %NUMA_NO_NODE if there is no object, or only one node.
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
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool ok;

	spin_lock(lock);
	ok = !(expected & ~zram->slots.slot[index].flags);
	if (ok) {
		*slot = slot_publish(zram, index, slot->handle, slot->flags);
		zram_slot_touch(zram, index);
	}
	spin_unlock(lock);
	return ok;
}

/**
 * zram_slot_replace_range() - install new content in consecutive slots of one group
 * @zram: the device
 * @index: index of the first
 * @slots: in: the new content; out: the old content, to be released with
 *	zram_slot_release()
 * @nr: how many
 *
 * Context: Any but interrupts. Takes the slot lock.
 */
void zram_slot_replace_range(struct zram *zram, unsigned long index,
			     struct zram_slot *slots, unsigned int nr)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	u32 now = ktime_get_boottime_seconds();
	unsigned int i;

	spin_lock(lock);
	for (i = 0; i < nr; i++) {
		slots[i] = slot_publish(zram, index + i, slots[i].handle,
					slots[i].flags);
		zram_slot_touch_at(zram, index + i, now);
	}
	spin_unlock(lock);
}

/* Not inline, because its variables would cost every release a stack frame */
static noinline void slot_put_blocks(struct zram *zram,
				     const struct zram_slot *slot)
{
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(slot, &first);
	zram_bd_map_put(zram->backing.map, first, nr);
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
	if (zram_slot_in_memory(slot)) {
		/* If it is pinned, zram_slot_unpin() frees it */
		if (!zram_slot_test(slot, ZRAM_PIN))
			zram_obj_free(&zram->pool, slot->handle);
	} else if (zram_slot_test(slot, ZRAM_WB)) {
		slot_put_blocks(zram, slot);
	} else if (zram_slot_stage(slot)) {
		zram_kc_stage_put(zram_slot_stage(slot));
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
	old = slot_publish(zram, index, 0, 0);
	spin_unlock(lock);
	zram_slot_release(zram, &old);
}

/**
 * zram_slot_empty() - empty consecutive slots of one group in one critical section
 * @zram: the device
 * @index: in: index of the first; out: index of the first that was not visited
 * @end: index after the last, in the same group
 * @old: set to the old content, to be released with zram_slot_release()
 * @max: number of slots that @old has space for
 *
 * Does not write to slots that are empty, so their cache lines stay clean.
 *
 * Context: Any but interrupts; may be called with interrupts off. Takes the slot
 *	lock.
 * Return: number of slots in @old.
 */
unsigned int zram_slot_empty(struct zram *zram, unsigned long *index,
			     unsigned long end, struct zram_slot *old,
			     unsigned int max)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, *index);
	unsigned long i = *index;
	unsigned int n = 0;

	spin_lock(lock);
	for (; i < end && n < max; i++)
		if (zram_slot_stored(&zram->slots.slot[i]))
			old[n++] = slot_publish(zram, i, 0, 0);
	spin_unlock(lock);
	*index = i;
	return n;
}
