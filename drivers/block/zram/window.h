/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WINDOW_H_
#define _ZRAM_WINDOW_H_

#include <linux/bitops.h>
#include <linux/types.h>

/* The longest window: pages of a read of the backing device, the page asked for included */
#define ZRAM_WINDOW_MAX		64U
/* Slots that are searched for neighbours, for each page of the window */
#define ZRAM_WINDOW_SPREAD	4U
#define ZRAM_WINDOW_SLOTS	(ZRAM_WINDOW_SPREAD * ZRAM_WINDOW_MAX)
/* Read streams of a device */
#define ZRAM_WINDOW_STREAMS	8

/**
 * struct zram_window_stream - a read stream: reads at ascending slots
 * @last: the slot read last
 * @next: the slot after those that were read or brought back
 * @pages: the window of the last read, pages; 0: not used yet
 * @brought: number of neighbours of the last read
 * @tick: identifies the last read
 * @busy: the last read has neighbours, and has not ended
 * @neighbours: the neighbours of the last read; bit 0 is the slot after @last
 */
struct zram_window_stream {
	u64 last;
	u64 next;
	u32 pages;
	u32 brought;
	u32 tick;
	bool busy;
	DECLARE_BITMAP(neighbours, ZRAM_WINDOW_SLOTS);
};

/**
 * struct zram_window_streams - the read streams of a device
 * @stream: the read streams; all zero to begin with
 * @ticks: number of reads; wraps
 */
struct zram_window_streams {
	struct zram_window_stream stream[ZRAM_WINDOW_STREAMS];
	u32 ticks;
};

struct zram_window_stream *zram_window_find(struct zram_window_streams *streams,
					    u64 slot);
struct zram_window_stream *
zram_window_current(struct zram_window_streams *streams, u32 tick);
struct zram_window_stream *
zram_window_replace(struct zram_window_streams *streams);
bool zram_window_joins(const struct zram_window_stream *stream, u64 slot);
u32 zram_window_next(const struct zram_window_stream *stream, u64 slot,
		     u32 unused);
void zram_window_read(struct zram_window_streams *streams,
		      struct zram_window_stream *stream, u64 slot, u32 pages);
void zram_window_add(struct zram_window_stream *stream, u64 slot);
s64 zram_window_room(u64 target, u64 bytes);
void zram_window_shrink(struct zram_window_streams *streams);

#endif
