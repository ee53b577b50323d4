// SPDX-License-Identifier: GPL-2.0
/*
 * The read-back window: how many pages a read of the backing device brings back.
 *
 * A window grows while what it brought is used, so a read that nothing precedes brings
 * one page. It belongs to a stream, that is, to reads of slots that follow each other, as
 * several tasks may return at once. Reads in random order continue no stream.
 */

#include <linux/limits.h>
#include <linux/minmax.h>

#include "window.h"

/* Growth and shrinking, both by this factor */
#define FACTOR		4U
/* A read continues a stream if it skips so many slots: they may need no read */
#define SLACK		4U

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
		if (stream->pages && slot > stream->last &&
		    slot - stream->last <= stream->next - stream->last + SLACK)
			return stream;
	}
	return NULL;
}

/**
 * zram_window_current() - find the stream that a read was the last one of
 * @streams: the streams
 * @tick: of the read
 *
 * Return: the stream, or NULL if it has gone on, or is not followed any more.
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
 * zram_window_replace() - make a stream of the one that was used least recently
 * @streams: the streams
 *
 * Return: the stream, which is to be passed to zram_window_read().
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
 * zram_window_joins() - is the slot being brought back by the last read?
 * @stream: the stream
 * @slot: the slot that is read, which continues the stream
 *
 * Some readers begin several reads before the first one ends. Such a read needs no
 * window of its own, and says nothing about that of the stream.
 *
 * Return: true if so.
 */
bool zram_window_joins(const struct zram_window_stream *stream, u64 slot)
{
	return stream->busy && slot < stream->next;
}

/**
 * zram_window_next() - the window of the next read of a stream
 * @stream: the stream
 * @slot: the slot that is read, which continues the stream
 * @unused: pages that the last read brought and that nobody has read
 *
 * Return: the window, 1 to %ZRAM_WINDOW_MAX.
 */
u32 zram_window_next(const struct zram_window_stream *stream, u64 slot, u32 unused)
{
	u32 pages = stream->pages, brought = stream->brought, used;

	/* Nothing was brought, so there is nothing to learn: two reads in order are a start */
	if (!brought)
		return max(pages, FACTOR);
	/* Whether they will be used is not known yet */
	if (stream->busy)
		return pages;
	used = brought - min(unused, brought);
	/* One that was brought, and is not there: it was dropped, or another task reads */
	if (slot < stream->next || used < brought / 2)
		return max(pages / FACTOR, 1U);
	if (used >= brought - brought / FACTOR)
		return min(pages * FACTOR, ZRAM_WINDOW_MAX);
	return pages;
}

/**
 * zram_window_read() - note a read, which has brought nothing yet
 * @streams: the streams
 * @stream: the stream that it continues or begins
 * @slot: the slot that is read
 * @pages: its window
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
 * zram_window_shrink() - a read has failed: begin again with single pages
 * @streams: the streams
 */
void zram_window_shrink(struct zram_window_streams *streams)
{
	int i;

	for (i = 0; i < ZRAM_WINDOW_STREAMS; i++)
		streams->stream[i].pages = min(streams->stream[i].pages, 1U);
}

/**
 * zram_window_room() - what may be brought back below a target
 * @target: bytes above which pages leave; 0: none
 * @bytes: bytes that count
 *
 * Pages leave until they take 90 % of the target. Between that and the target is space for
 * what is stored, and half of it is for what comes back.
 *
 * Return: bytes; %S64_MAX if there is no target.
 */
s64 zram_window_room(u64 target, u64 bytes)
{
	u64 most = target - target / 20;

	if (!target)
		return S64_MAX;
	return min_t(u64, most > bytes ? most - bytes : 0, S64_MAX);
}
