// SPDX-License-Identifier: GPL-2.0
/*
 * The read-back window: how many pages a read of the backing device has, the page asked for
 * and its neighbours.
 *
 * A window belongs to a read stream, that is, to reads at ascending slots: several tasks may
 * read at once. It begins with one page, and grows while tasks read the neighbours that it
 * brought back. Reads in random order mostly continue no read stream.
 */

#include <linux/bitmap.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "window.h"

/* A window grows and shrinks by this factor */
#define FACTOR		4U
/* A read may skip this many slots and continue a stream: they may need no read */
#define SLACK		4U

/*
 * Does a read of the slot continue the stream? A slot between the neighbours of the last read
 * belongs to another stream, because its page lies elsewhere on the backing device.
 */
static bool window_continues(const struct zram_window_stream *stream, u64 slot)
{
	if (slot >= stream->next)
		return slot - stream->next <= SLACK;
	return slot > stream->last && test_bit(slot - stream->last - 1, stream->neighbours);
}

/**
 * zram_window_find() - find the stream that a read continues
 * @streams: the streams
 * @slot: the slot that is read
 *
 * Return: the stream, or NULL.
 */
struct zram_window_stream *zram_window_find(struct zram_window_streams *streams,
					    u64 slot)
{
	struct zram_window_stream *stream;
	int i;

	for (i = 0; i < ZRAM_WINDOW_STREAMS; i++) {
		stream = &streams->stream[i];
		if (stream->pages && window_continues(stream, slot))
			return stream;
	}
	return NULL;
}

/**
 * zram_window_current() - find the stream whose last read is this one
 * @streams: the streams
 * @tick: identifies the read
 *
 * Return: the stream, or NULL if it has had another read since, or was replaced.
 */
struct zram_window_stream *
zram_window_current(struct zram_window_streams *streams, u32 tick)
{
	int i;

	for (i = 0; i < ZRAM_WINDOW_STREAMS; i++)
		if (streams->stream[i].pages && streams->stream[i].tick == tick)
			return &streams->stream[i];
	return NULL;
}

/**
 * zram_window_replace() - select the stream that a new stream replaces
 * @streams: the streams
 *
 * Return: the least recently used stream. The caller passes it to zram_window_read().
 */
struct zram_window_stream *zram_window_replace(struct zram_window_streams *streams)
{
	struct zram_window_stream *oldest = &streams->stream[0];
	int i;

	for (i = 1; i < ZRAM_WINDOW_STREAMS; i++)
		if (streams->ticks - streams->stream[i].tick >
		    streams->ticks - oldest->tick)
			oldest = &streams->stream[i];
	return oldest;
}

/**
 * zram_window_joins() - is the last read of the stream bringing this slot back?
 * @stream: the stream
 * @slot: the slot that is read, which continues the stream
 *
 * Some readers begin several reads before the first one ends. A read of a slot that is
 * already on its way needs no window, and does not change that of the stream.
 *
 * Return: true if so.
 */
bool zram_window_joins(const struct zram_window_stream *stream, u64 slot)
{
	return stream->busy && slot < stream->next;
}

/**
 * zram_window_next() - find the window of the next read of a stream
 * @stream: the stream
 * @slot: the slot that is read, which continues the stream
 * @unused: neighbours that the last read brought in vain; more count as all
 *
 * Return: the window, 1 to %ZRAM_WINDOW_MAX.
 */
u32 zram_window_next(const struct zram_window_stream *stream, u64 slot, u32 unused)
{
	u32 pages = stream->pages, brought = stream->brought, used;

	/* The last read had no neighbours. Two reads in order are enough to try some */
	if (!brought)
		return max(pages, FACTOR);
	/* The last read has not ended: it is not known yet whether its neighbours are used */
	if (stream->busy)
		return pages;
	used = brought - min(unused, brought);
	/* The slot of a neighbour is read: it was dropped, or another task reads there */
	if (slot < stream->next || used < brought / 2)
		return max(pages / FACTOR, 1U);
	if (used >= brought - brought / FACTOR)
		return min(pages * FACTOR, ZRAM_WINDOW_MAX);
	return pages;
}

/**
 * zram_window_read() - record a read, which has no neighbours yet
 * @streams: the streams
 * @stream: the stream that the read continues or begins
 * @slot: the slot that is read
 * @pages: the window of the read
 */
void zram_window_read(struct zram_window_streams *streams,
		      struct zram_window_stream *stream, u64 slot, u32 pages)
{
	*stream = (struct zram_window_stream){
		.last = slot,
		.next = slot + 1,
		.pages = pages,
		.tick = ++streams->ticks,
	};
}

/**
 * zram_window_add() - record a neighbour of the last read of a stream
 * @stream: the stream
 * @slot: the neighbour, above those recorded before; ignored if it is more than
 *	%ZRAM_WINDOW_SLOTS above the slot that was read
 */
void zram_window_add(struct zram_window_stream *stream, u64 slot)
{
	u64 at = slot - stream->last - 1;

	if (at >= ZRAM_WINDOW_SLOTS)
		return;
	__set_bit(at, stream->neighbours);
	stream->brought++;
	stream->next = slot + 1;
}

/**
 * zram_window_shrink() - begin again with single pages, because a read failed
 * @streams: the streams
 */
void zram_window_shrink(struct zram_window_streams *streams)
{
	int i;

	for (i = 0; i < ZRAM_WINDOW_STREAMS; i++)
		streams->stream[i].pages = min(streams->stream[i].pages, 1U);
}

/**
 * zram_window_room() - find the headroom of neighbours below a target
 * @target: bytes above which pages leave; 0: none
 * @bytes: bytes in use
 *
 * Above the target, pages leave until they take 90 % of it. Neighbours get half of the space
 * between: up to 95 % of the target. The other half is for new pages.
 *
 * Return: bytes; %S64_MAX if there is no target.
 */
s64 zram_window_room(u64 target, u64 bytes)
{
	u64 most = target - div_u64(target, 20);

	if (!target)
		return S64_MAX;
	return min_t(u64, most > bytes ? most - bytes : 0, S64_MAX);
}
