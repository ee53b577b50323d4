// SPDX-License-Identifier: GPL-2.0
/*
 * The read-back window of a device: a read of packed objects also reads neighbours, which
 * go back to memory. Neighbours are the objects of the next slots, if they lie on the blocks
 * of the read or on those that follow.
 *
 * Neighbours are part of the read that a task waits for, and are settled before it ends. So
 * no read is in flight without a reader, and reset, removal and swapoff wait for nothing
 * else. No map leads from blocks to slots. But a run packs in the order of the table, as far
 * as it packs pages of one age, so the next slots mostly lie on the next blocks.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "bd_map.h"
#include "rb_alloc.h"
#include "rb_object.h"
#include "rb_window.h"
#include "table.h"
#include "tier_clock.h"
#include "tier_hazard.h"
#include "tier_num.h"
#include "tier_policy.h"
#include "window.h"
#include "zram.h"

/*
 * After a read with neighbours has failed, reads bring none for this long. Such a read is made
 * twice, and a disk may take half a minute to fail a read.
 */
#define HOLD		(10 * HZ)

/*
 * Number of neighbours of @stream's last read that no task has read since, or that are on the
 * backing device. An estimate.
 */
static u32 rb_window_unused(const struct zram *zram,
			    const struct zram_window_stream *stream)
{
	/* A stream may be older than the table, after a reset */
	u64 first = stream->last + 1, end = min_t(u64, stream->next, zram->slots.nr);
	struct zram_slot slot = {};
	unsigned long i;
	u32 unused = 0;

	for_each_set_bit(i, stream->neighbours, end - first) {
		slot.flags = zram_slot_peek(&zram->slots.slot[first + i]);
		unused += zram_slot_test(&slot, ZRAM_BROUGHT) || zram_slot_packed(&slot);
	}
	return unused;
}

/* The first read of a neighbour counts in the age class of @slot, the page asked for */
static void rb_window_set_class(struct zram_rb_window *window,
				const struct zram_slot *slot)
{
	u32 age = zram_tier_clock_age(slot->ac_time, ktime_get_boottime_seconds());

	WRITE_ONCE(window->class, zram_tier_class(age));
}

/**
 * zram_rb_window_begin() - find the window of a read that begins
 * @zram: the device
 * @slot: copy of the packed slot that is read, from before the read
 * @index: number of the slot
 * @tick: set to a number that identifies the read
 *
 * Context: Any but interrupts.
 * Return: the window: pages of the read, the page asked for included. 0 if there is none:
 *	tiering is off, readback_window is 1, or a read in flight brings this page back.
 */
unsigned int zram_rb_window_begin(struct zram *zram, const struct zram_slot *slot,
				  unsigned long index, u32 *tick)
{
	struct zram_rb_window *window = &zram->window;
	struct zram_window_streams *streams = &window->streams;
	u32 pages = READ_ONCE(window->setting);
	struct zram_window_stream *found;

	if (!READ_ONCE(zram->tier_counting) || pages == 1)
		return 0;
	spin_lock(&window->lock);
	found = zram_window_find(streams, index);
	if (found && zram_window_joins(found, index)) {
		spin_unlock(&window->lock);
		return 0;
	}
	if (time_before64(get_jiffies_64(), zram->backing.window_hold))
		pages = 1;
	else if (!pages)
		pages = found ? zram_window_next(found, index,
						 rb_window_unused(zram, found)) : 1;
	found = found ?: zram_window_replace(streams);
	zram_window_read(streams, found, index, pages);
	*tick = found->tick;
	spin_unlock(&window->lock);
	if (pages > 1)
		rb_window_set_class(window, slot);
	return pages;
}

/**
 * zram_rb_window_advance() - note the last slot of a read that gets no more objects
 * @zram: the device
 * @packed: the read, whose window is not 0; neighbours may still be added
 *
 * The next read of the same bio begins before this one is filled, and continues its read
 * stream.
 *
 * Context: Any but interrupts.
 */
void zram_rb_window_advance(struct zram *zram, const struct zram_rb_packed *packed)
{
	unsigned long last = packed->objects[packed->nr_objects - 1].index;
	struct zram_rb_window *window = &zram->window;
	struct zram_window_stream *stream;

	spin_lock(&window->lock);
	stream = zram_window_current(&window->streams, packed->tick);
	if (stream) {
		stream->last = last;
		stream->next = last + 1;
	}
	spin_unlock(&window->lock);
}

/* Add @slot to the read if it lies on its blocks or on those that follow */
static void rb_window_add(struct zram *zram, struct zram_rb_packed *packed,
			  const struct zram_slot *slot, unsigned long index)
{
	unsigned int nr;
	u64 first, end;

	if (!zram_slot_packed(slot))
		return;
	nr = zram_slot_blocks(slot, &first);
	end = first + nr - packed->first;
	if (first < packed->first || first > packed->first + packed->nr ||
	    end > packed->max_pages * ZRAM_BLOCKS_PER_PAGE)
		return;
	zram_bd_map_get(zram->backing.map, first, nr);
	packed->objects[packed->nr_objects++] = (struct zram_rb_object){
		.slot = *slot,
		.index = index,
	};
	packed->nr = max_t(unsigned int, packed->nr, end);
}

/* Add slots of one group from @index on */
static void rb_window_add_group(struct zram *zram, struct zram_rb_packed *packed,
				unsigned long index, unsigned long end,
				unsigned int most)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);

	spin_lock(lock);
	for (; index < end && packed->nr_objects < most; index++)
		rb_window_add(zram, packed, &zram->slots.slot[index], index);
	spin_unlock(lock);
}

/* Remove the neighbours from the read, and drop their references */
static void rb_window_clear(struct zram *zram, struct zram_rb_packed *packed)
{
	unsigned int nr;
	u64 first;

	while (packed->nr_objects > packed->own_objects) {
		nr = zram_slot_blocks(&packed->objects[--packed->nr_objects].slot,
				      &first);
		zram_bd_map_put(zram->backing.map, first, nr);
	}
	packed->nr = packed->nr_own;
}

/* Add the neighbours of slot @last, if there is memory */
static void rb_window_bring(struct zram *zram, struct zram_rb_packed *packed,
			    unsigned long last)
{
	unsigned int most = min(packed->own_objects + packed->window - 1,
				packed->max_objects);
	unsigned long end = min(last + 1 + ZRAM_WINDOW_SPREAD * packed->window,
				zram->slots.nr);
	unsigned long i, stop;

	for (i = last + 1; i < end && packed->nr_objects < most; i = stop) {
		stop = min(ALIGN(i + 1, ZRAM_SLOT_GROUP), end);
		rb_window_add_group(zram, packed, i, stop, most);
	}
	if (!zram_rb_alloc_grow(packed, packed->nr, ZRAM_RB_WINDOW_GFP))
		rb_window_clear(zram, packed);
}

/**
 * zram_rb_window_fill() - add neighbours to a read
 * @zram: the device
 * @packed: the read, with all objects that the reader asks for
 * @bring: false: add none, because the reader itself may read them next
 *
 * Context: Any but interrupts. Takes slot locks.
 */
void zram_rb_window_fill(struct zram *zram, struct zram_rb_packed *packed,
			 bool bring)
{
	unsigned long last = packed->objects[packed->own_objects - 1].index;
	struct zram_rb_window *window = &zram->window;
	struct zram_window_stream *stream;
	unsigned int i;

	if (bring && packed->window > 1 && atomic64_read(&window->room) > 0)
		rb_window_bring(zram, packed, last);
	spin_lock(&window->lock);
	stream = zram_window_current(&window->streams, packed->tick);
	if (stream) {
		stream->last = last;
		stream->next = last + 1;
		for (i = packed->own_objects; i < packed->nr_objects; i++)
			zram_window_add(stream, packed->objects[i].index);
		stream->busy = stream->brought;
	}
	spin_unlock(&window->lock);
}

/**
 * zram_rb_window_charge() - may a neighbour take memory?
 * @zram: the device
 * @bytes: size of its object
 *
 * Reads that end at a time never charge more than the headroom. What is charged for a
 * neighbour that does not come back in the end stays so until the next step.
 *
 * Context: Any.
 * Return: true if so. Then the bytes are charged to the headroom.
 */
bool zram_rb_window_charge(struct zram *zram, unsigned int bytes)
{
	s64 room = atomic64_read(&zram->window.room);

	do {
		if (room < bytes)
			return false;
	} while (!atomic64_try_cmpxchg(&zram->window.room, &room, room - bytes));
	return true;
}

/**
 * zram_rb_window_settle() - count the neighbours of a read that has ended
 * @zram: the device
 * @packed: the read
 * @brought: number of neighbours that went back to memory
 * @dropped: number of neighbours that did not
 *
 * Context: Any but interrupts.
 */
void zram_rb_window_settle(struct zram *zram, const struct zram_rb_packed *packed,
			   unsigned int brought, unsigned int dropped)
{
	struct zram_rb_window *window = &zram->window;
	struct zram_window_stream *stream;

	spin_lock(&window->lock);
	stream = zram_window_current(&window->streams, packed->tick);
	if (stream)
		stream->busy = false;
	spin_unlock(&window->lock);
	atomic64_add(brought, &window->brought);
	atomic64_add(dropped, &window->dropped);
	if (brought)
		WRITE_ONCE(window->moved, true);
}

/**
 * zram_rb_window_failed() - shrink all windows, because a read with neighbours failed
 * @zram: the device; the read is not over
 *
 * For 10 seconds a read has one page, also if the user's setting is another.
 *
 * Context: Any but interrupts.
 */
void zram_rb_window_failed(struct zram *zram)
{
	spin_lock(&zram->window.lock);
	zram_window_shrink(&zram->window.streams);
	zram->backing.window_hold = get_jiffies_64() + HOLD;
	spin_unlock(&zram->window.lock);
}

/**
 * zram_rb_window_set_room() - set the headroom of neighbours until the next step
 * @zram: the device
 * @config: the user's settings
 * @in: the state of the pool; staged pages do not count in its memory
 * @is_short: memory is short, or pages are leaving because of a limit
 *
 * Context: Any.
 */
void zram_rb_window_set_room(struct zram *zram,
			     const struct zram_tier_config *config,
			     const struct zram_tier_input *in, bool is_short)
{
	s64 room = is_short ? 0 :
		min(zram_window_room(config->pool_target, in->object_bytes),
		    zram_window_room(zram_tier_90_percent(in->limit_bytes),
				     in->pool_bytes));

	atomic64_set(&zram->window.room, room);
}

/**
 * zram_rb_window_moved() - have pages come back since the last call?
 * @zram: the device
 *
 * Context: The thread of tiering.
 * Return: true if so.
 */
bool zram_rb_window_moved(struct zram *zram)
{
	bool moved = READ_ONCE(zram->window.moved);

	/* A page that comes back from now on is accessed before the caller reads the clock */
	if (moved)
		WRITE_ONCE(zram->window.moved, false);
	return moved;
}
