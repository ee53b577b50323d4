// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the read-back window: it grows for reads in order, and stays at one page for
 * reads that continue no read stream.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "../window.h"

#define SLOTS	4096U

/**
 * struct window_test - a device whose pages are all on the backing device at first
 * @streams: the read streams
 * @memory: slots that are in memory
 * @unread: slots that were brought back and not read since
 * @ages: number of ages of pages, in turn in the table; pages of an age were written together
 * @reads: number of reads of the backing device
 * @brought: number of neighbours brought back
 * @longest: the longest window
 */
struct window_test {
	struct zram_window_streams streams;
	DECLARE_BITMAP(memory, SLOTS);
	DECLARE_BITMAP(unread, SLOTS);
	unsigned int ages;
	unsigned int reads;
	unsigned int brought;
	u32 longest;
};

static u32 window_test_unused(const struct window_test *t,
			      const struct zram_window_stream *stream)
{
	unsigned long i;
	u32 unused = 0;
	u64 slot;

	for_each_set_bit(i, stream->neighbours, ZRAM_WINDOW_SLOTS) {
		slot = stream->last + 1 + i;
		unused += test_bit(slot, t->unread) || !test_bit(slot, t->memory);
	}
	return unused;
}

/* Read the neighbours of a slot. They go back to memory unless @dropped is set */
static void window_test_bring(struct window_test *t, struct zram_window_stream *stream,
			      u32 slot, u32 pages, bool dropped)
{
	u32 i, end = min(slot + 1 + ZRAM_WINDOW_SPREAD * pages, SLOTS);

	for (i = slot + t->ages; i < end && stream->brought + 1 < pages; i += t->ages) {
		if (test_bit(i, t->memory))
			continue;
		zram_window_add(stream, i);
		if (dropped)
			continue;
		__set_bit(i, t->memory);
		__set_bit(i, t->unread);
		t->brought++;
	}
}

/* Read a slot, as the driver does */
static void window_test_read(struct window_test *t, u32 slot, bool dropped)
{
	struct zram_window_stream *stream;
	u32 pages = 1;

	__clear_bit(slot, t->unread);
	if (test_bit(slot, t->memory))
		return;
	t->reads++;
	stream = zram_window_find(&t->streams, slot);
	if (stream)
		pages = zram_window_next(stream, slot,
					 window_test_unused(t, stream));
	else
		stream = zram_window_replace(&t->streams);
	zram_window_read(&t->streams, stream, slot, pages);
	t->longest = max(t->longest, pages);
	window_test_bring(t, stream, slot, pages, dropped);
}

static struct window_test *window_test_new(struct kunit *test)
{
	struct window_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->ages = 1;
	return t;
}

static void window_test_in_order(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	u32 i;

	for (i = 0; i < SLOTS; i++)
		window_test_read(t, i, false);
	KUNIT_EXPECT_EQ(test, ZRAM_WINDOW_MAX, t->longest);
	/* 1, 4 and 16 pages, then 64 at a time */
	KUNIT_EXPECT_EQ(test, 3 + DIV_ROUND_UP(SLOTS - 21, ZRAM_WINDOW_MAX), t->reads);
	KUNIT_EXPECT_EQ(test, SLOTS, t->reads + t->brought);
}

/* As many tasks as there are streams, each in an order of its own */
static void window_test_tasks(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	const u32 part = SLOTS / ZRAM_WINDOW_STREAMS;
	u32 i;

	for (i = 0; i < SLOTS; i++)
		window_test_read(t, i % ZRAM_WINDOW_STREAMS * part +
				 i / ZRAM_WINDOW_STREAMS, false);
	KUNIT_EXPECT_EQ(test, ZRAM_WINDOW_MAX, t->longest);
	KUNIT_EXPECT_LE(test, t->reads, 12U * ZRAM_WINDOW_STREAMS);
}

/* Pages of several ages, or of several tasks, lie among each other: each has its stream */
static void window_test_ages(struct kunit *test)
{
	struct window_test *t;
	u32 i, ages;

	for (ages = 2; ages <= ZRAM_WINDOW_SPREAD; ages++) {
		t = window_test_new(test);
		t->ages = ages;
		for (i = 0; i < SLOTS; i++)
			window_test_read(t, i, false);
		KUNIT_EXPECT_EQ_MSG(test, ZRAM_WINDOW_MAX, t->longest, "%u ages", ages);
		KUNIT_EXPECT_LE_MSG(test, t->reads, SLOTS / 16, "%u ages", ages);
	}
}

/* A task reads pages of one age; those of the other stay on the device */
static void window_test_one_age(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	u32 i;

	t->ages = 2;
	for (i = 0; i < SLOTS; i += 2)
		window_test_read(t, i, false);
	KUNIT_EXPECT_EQ(test, ZRAM_WINDOW_MAX, t->longest);
	KUNIT_EXPECT_LE(test, t->reads, SLOTS / 2 / 32);
	KUNIT_EXPECT_EQ(test, SLOTS / 2, t->reads + t->brought);
}

/* A task reads pages of one age, a second task those of the other, 41 slots behind */
static void window_test_behind(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	const u32 behind = 41;
	u32 i;

	t->ages = 2;
	for (i = 0; i < SLOTS + behind; i += 2) {
		if (i < SLOTS)
			window_test_read(t, i, false);
		if (i > behind)
			window_test_read(t, i - behind, false);
	}
	KUNIT_EXPECT_EQ(test, ZRAM_WINDOW_MAX, t->longest);
	KUNIT_EXPECT_LE(test, t->reads, SLOTS / 16);
}

static void window_test_random(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	u32 i, random = 1;

	for (i = 0; i < SLOTS; i++) {
		random = random * 1664525 + 1013904223;
		window_test_read(t, random >> 20, false);
	}
	KUNIT_EXPECT_GE(test, t->reads, SLOTS / 2);
	KUNIT_EXPECT_LE(test, t->brought, SLOTS / 20);
	KUNIT_EXPECT_LE(test, t->longest, 16U);
}

/* A task that reads each tenth page in order, after one that read all */
static void window_test_sparse(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	u32 i;

	for (i = 0; i < 1024; i++)
		window_test_read(t, i, false);
	t->brought = 0;
	for (; i < SLOTS; i += 10)
		window_test_read(t, i, false);
	KUNIT_EXPECT_LE(test, t->brought, 2 * ZRAM_WINDOW_MAX);
}

/* Neighbours are dropped: reads have single pages, with a wider try at times */
static void window_test_dropped(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	u32 i, asked = 0;

	for (i = 0; i < SLOTS; i++) {
		window_test_read(t, i, true);
		asked += t->streams.stream[0].brought;
	}
	KUNIT_EXPECT_EQ(test, SLOTS, t->reads);
	KUNIT_EXPECT_LE(test, t->longest, 4U);
	KUNIT_EXPECT_LE(test, asked, 2 * SLOTS);
}

static void window_test_next(struct kunit *test)
{
	struct zram_window_stream stream = { .last = 10, .next = 11, .pages = 1 };

	KUNIT_EXPECT_EQ(test, 4U, zram_window_next(&stream, 11, 0));
	/* The last read had no neighbours: the window stays */
	stream.pages = 16;
	KUNIT_EXPECT_EQ(test, 16U, zram_window_next(&stream, 11, 0));
	stream.next = 26;
	stream.brought = 15;
	KUNIT_EXPECT_EQ(test, 64U, zram_window_next(&stream, 26, 0));
	KUNIT_EXPECT_EQ(test, 64U, zram_window_next(&stream, 26, 3));
	KUNIT_EXPECT_EQ(test, 16U, zram_window_next(&stream, 26, 4));
	KUNIT_EXPECT_EQ(test, 16U, zram_window_next(&stream, 26, 8));
	KUNIT_EXPECT_EQ(test, 4U, zram_window_next(&stream, 26, 9));
	KUNIT_EXPECT_EQ(test, 4U, zram_window_next(&stream, 26, 15));
	/* More than were brought: others were there before */
	KUNIT_EXPECT_EQ(test, 4U, zram_window_next(&stream, 26, U32_MAX));
	KUNIT_EXPECT_EQ(test, 4U, zram_window_next(&stream, 25, 0));
	/* In flight: a read of a neighbour joins, and a later slot leaves the window as it is */
	stream.busy = true;
	KUNIT_EXPECT_TRUE(test, zram_window_joins(&stream, 25));
	KUNIT_EXPECT_FALSE(test, zram_window_joins(&stream, 26));
	KUNIT_EXPECT_EQ(test, 16U, zram_window_next(&stream, 26, 0));
	KUNIT_EXPECT_EQ(test, 16U, zram_window_next(&stream, 26, 15));
	stream.busy = false;
	KUNIT_EXPECT_FALSE(test, zram_window_joins(&stream, 25));
	stream.pages = 64;
	KUNIT_EXPECT_EQ(test, 64U, zram_window_next(&stream, 26, 0));
	stream.pages = 1;
	KUNIT_EXPECT_EQ(test, 1U, zram_window_next(&stream, 26, 15));
}

static void window_test_find(struct kunit *test)
{
	struct window_test *t = window_test_new(test);
	struct zram_window_streams *streams = &t->streams;
	struct zram_window_stream *first, *other;

	/* A stream of zeroes does not continue from slot 0 */
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, 0));
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, 1));
	first = zram_window_replace(streams);
	zram_window_read(streams, first, U64_MAX - 8, 1);
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, U64_MAX - 9));
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, U64_MAX - 8));
	KUNIT_EXPECT_PTR_EQ(test, first, zram_window_find(streams, U64_MAX - 7));
	KUNIT_EXPECT_PTR_EQ(test, first, zram_window_find(streams, U64_MAX - 3));
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, U64_MAX - 2));
	KUNIT_EXPECT_NULL(test, zram_window_find(streams, 0));

	KUNIT_EXPECT_PTR_EQ(test, first, zram_window_current(streams, first->tick));
	KUNIT_EXPECT_NULL(test, zram_window_current(streams, 0));
	KUNIT_EXPECT_NULL(test, zram_window_current(streams, first->tick + 1));
	other = zram_window_replace(streams);
	KUNIT_EXPECT_PTR_NE(test, first, other);
	/* Ticks wrap */
	streams->ticks = U32_MAX;
	first->tick = U32_MAX;
	for (other = streams->stream; other < streams->stream + ZRAM_WINDOW_STREAMS; other++)
		if (other != first)
			zram_window_read(streams, other, 7, 1);
	KUNIT_EXPECT_PTR_EQ(test, first, zram_window_replace(streams));

	first->pages = 64;
	zram_window_shrink(streams);
	KUNIT_EXPECT_EQ(test, 1U, first->pages);
}

static void window_test_room(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, S64_MAX, zram_window_room(0, 0));
	KUNIT_EXPECT_EQ(test, S64_MAX, zram_window_room(0, U64_MAX));
	KUNIT_EXPECT_EQ(test, 95LL, zram_window_room(100, 0));
	KUNIT_EXPECT_EQ(test, 5LL, zram_window_room(100, 90));
	KUNIT_EXPECT_EQ(test, 0LL, zram_window_room(100, 95));
	KUNIT_EXPECT_EQ(test, 0LL, zram_window_room(100, U64_MAX));
	KUNIT_EXPECT_EQ(test, 1LL, zram_window_room(1, 0));
	KUNIT_EXPECT_EQ(test, S64_MAX, zram_window_room(U64_MAX, 0));
}

static struct kunit_case zram_window_test_cases[] = {
	KUNIT_CASE(window_test_in_order),
	KUNIT_CASE(window_test_tasks),
	KUNIT_CASE(window_test_ages),
	KUNIT_CASE(window_test_one_age),
	KUNIT_CASE(window_test_behind),
	KUNIT_CASE(window_test_random),
	KUNIT_CASE(window_test_sparse),
	KUNIT_CASE(window_test_dropped),
	KUNIT_CASE(window_test_next),
	KUNIT_CASE(window_test_find),
	KUNIT_CASE(window_test_room),
	{}
};

static struct kunit_suite zram_window_test_suite = {
	.name = "zram_window",
	.test_cases = zram_window_test_cases,
};

kunit_test_suite(zram_window_test_suite);
