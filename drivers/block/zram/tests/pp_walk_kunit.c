// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of selection: each walk visits every candidate once, and those
 * first that are to go first.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/prandom.h>
#include <linux/timekeeping.h>

#include "../pp.h"
#include "../pp_walk.h"
#include "../slot.h"
#include "../table.h"
#include "../zram.h"
#include "pp_walk_test.h"

static const struct zram_pp_filter any = {};
static const struct zram_pp_filter idle = { .idle = true };
static const struct zram_pp_filter huge = { .must = ZRAM_HUGE };
static const struct zram_pp_filter not_huge = { .must_not = ZRAM_HUGE };

/* Slots of all states, sizes and ages */
static void fill(struct pp_walk_test *t)
{
	struct rnd_state rnd;
	unsigned long i;

	prandom_seed_state(&rnd, 20260104);
	for (i = 0; i < NR_SLOTS; i++) {
		struct zram_slot_group *group =
			zram_slots_group(&t->zram->slots, i);
		u32 r = prandom_u32_state(&rnd);
		u32 flags = 1 + (r >> 8) % (PAGE_SIZE - 1);

		switch (r % 8) {
		case 0:
			flags = 0;
			break;
		case 1:
			flags = ZRAM_SAME;
			break;
		case 2:
			flags |= ZRAM_WB;
			break;
		case 3:
			flags = (u32)PAGE_SIZE | ZRAM_HUGE;
			break;
		}
		zram_slot_publish(t->zram, i, 0, flags);
		t->zram->slots.slot[i].ac_time = t->now - (r >> 20);
		if (r & BIT(6) && zram_slot_in_memory(&t->zram->slots.slot[i]))
			group->idle |= zram_slots_bit(i);
	}
}

/* Does a filter take the slot? Told without any of the words of its group */
static bool wanted(struct pp_walk_test *t, const struct zram_pp_filter *filter,
		   unsigned long i)
{
	struct zram_slot_group *group = zram_slots_group(&t->zram->slots, i);
	u32 flags = t->zram->slots.slot[i].flags;

	if (flags & ZRAM_WB || !(flags & ZRAM_SIZE_MASK))
		return false;
	if (filter == &huge)
		return flags & ZRAM_HUGE;
	if (filter == &not_huge)
		return !(flags & ZRAM_HUGE);
	return filter != &idle || group->idle & zram_slots_bit(i);
}

static void check_visited(struct kunit *test, const struct zram_pp_range *range)
{
	struct pp_walk_test *t = test->priv;
	unsigned long i;

	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_EXPECT_EQ_MSG(test, test_bit(i, t->visited),
				    i >= range->first && i <= range->last &&
				    wanted(t, range->filter, i), "slot %lu", i);
}

static void pp_walk_test_ranges(struct kunit *test)
{
	const struct zram_pp_range ranges[] = {
		{ &any, 0, NR_SLOTS - 1 },
		{ &idle, 0, NR_SLOTS - 1 },
		{ &huge, 0, NR_SLOTS - 1 },
		{ &not_huge, 0, NR_SLOTS - 1 },
		{ &any, 0, 0 },
		{ &any, 63, 64 },
		{ &any, 64, 127 },
		{ &idle, 1, 62 },
		{ &huge, 1000, 2000 },
		{ &any, NR_SLOTS - 1, NR_SLOTS - 1 },
		{ &any, NR_SLOTS - 70, NR_SLOTS - 1 },
	};
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;
	unsigned int i;

	fill(t);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		zram_pp_walk_init(&walk, &t->run, &ranges[i], 1);
		go(test, &walk);
		check_visited(test, &ranges[i]);
	}
	zram_pp_walk_init(&walk, &t->run, ranges, 0);
	KUNIT_EXPECT_EQ(test, go(test, &walk), 0U);
}

/* Several ranges are one walk, in the order they are given in. */
static void pp_walk_test_lists(struct kunit *test)
{
	const struct zram_pp_range ranges[] = {
		{ &any, 500, 600 },
		{ &huge, 0, 99 },
		{ &not_huge, 0, 99 },
		{ &any, 200, 200 },
	};
	struct pp_walk_test *t = test->priv;
	unsigned int nr, want = 0;
	struct zram_pp_walk walk;
	unsigned long i;

	fill(t);
	zram_pp_walk_init(&walk, &t->run, ranges, ARRAY_SIZE(ranges));
	KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
	KUNIT_EXPECT_GE(test, walk.index, 500UL);
	nr = go(test, &walk);
	for (i = 0; i < NR_SLOTS; i++)
		want += wanted(t, &any, i) &&
			(i < 100 || i == 200 || (i >= 500 && i <= 600));
	KUNIT_EXPECT_EQ(test, nr, want);
}

static unsigned int rank(struct pp_walk_test *t, enum zram_pp_order order,
			 u32 now, unsigned long i)
{
	const struct zram_slot *slot = &t->zram->slots.slot[i];

	if (order == ZRAM_PP_LARGEST)
		return zram_slot_size(slot) / (PAGE_SIZE / 64);
	return now > slot->ac_time ? ilog2(now - slot->ac_time) + 1 : 0;
}

/*
 * Whoever is among the first that there is room for has no lower rank than
 * whoever is not.
 */
static void check_order(struct kunit *test, enum zram_pp_order order, u64 room)
{
	const struct zram_pp_range range = { &any, 0, NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	unsigned int r, size, lowest = UINT_MAX, highest = 0;
	struct zram_pp_walk walk;
	u64 taken = 0;

	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_ASSERT_EQ(test, zram_pp_walk_sort(&walk, order, room), 0);
	for (; !zram_pp_walk_next(&walk); zram_pp_walk_advance(&walk)) {
		r = rank(t, order, walk.now, walk.index);
		size = zram_slot_size(&t->zram->slots.slot[walk.index]);
		taken += order == ZRAM_PP_LARGEST || size == PAGE_SIZE ? PAGE_SIZE :
			 round_up(size + 4, 8);
		if (taken <= room)
			lowest = min(lowest, r);
		else
			highest = max(highest, r);
	}
	KUNIT_EXPECT_GE_MSG(test, lowest, highest, "order %d room %llu", order,
			    room);
	/* And all come in the end. */
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_ASSERT_EQ(test, zram_pp_walk_sort(&walk, order, room), 0);
	go(test, &walk);
	check_visited(test, &range);
}

static void pp_walk_test_order(struct kunit *test)
{
	static const u64 rooms[] = { 0, 1, 4096, 100 * 4096, 1000 * 4096,
				     2000 * 4096, U32_MAX };
	unsigned int i;

	fill(test->priv);
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		check_order(test, ZRAM_PP_LARGEST, rooms[i]);
		check_order(test, ZRAM_PP_OLDEST, rooms[i]);
	}
}

/* With room for all the order is that of the table. */
static void pp_walk_test_room(struct kunit *test)
{
	const struct zram_pp_range range = { &any, 0, NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;
	unsigned long last = 0;

	fill(t);
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_ASSERT_EQ(test, zram_pp_walk_sort(&walk, ZRAM_PP_LARGEST,
						U32_MAX * (u64)PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, zram_pp_walk_total(&walk), (u64)NR_SLOTS);
	for (; !zram_pp_walk_next(&walk); zram_pp_walk_advance(&walk)) {
		KUNIT_EXPECT_GE(test, walk.index, last);
		last = walk.index;
	}
	KUNIT_EXPECT_GT(test, last, NR_SLOTS - 100UL);

	/* A walk that continues in the middle does not begin again */
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	walk.index = 1000;
	KUNIT_ASSERT_EQ(test, zram_pp_walk_sort(&walk, ZRAM_PP_LARGEST,
						U32_MAX * (u64)PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, walk.index, 1000UL);
}

/* A slot that may have been handed out before is told from one that was not. */
static void pp_walk_test_back(struct kunit *test)
{
	const struct zram_pp_range ranges[] = {
		{ &any, 10, 20 },
		{ &any, 31, 40 },
		{ &any, 21, 30 },
		{ &any, 9, 9 },
		{ &any, 5, 12 },
		{ &any, 50, 50 },
		{ &any, 31, 31 },
	};
	static const struct {
		unsigned long index;
		bool back;
	} steps[] = {
		{ 10 }, { 12 }, { 20 }, { 31 }, { 21 }, { 30 }, { 9 },
		{ 5, true }, { 9 }, { 10 }, { 12 }, { 50 }, { 31, true },
	};
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		zram_slot_publish(t->zram, steps[i].index, 0, 100);
	zram_pp_walk_init(&walk, &t->run, ranges, ARRAY_SIZE(ranges));
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
		KUNIT_EXPECT_EQ(test, walk.index, steps[i].index);
		KUNIT_EXPECT_EQ_MSG(test, zram_pp_walk_goes_back(&walk),
				    steps[i].back, "step %u", i);
		/* Once a range is settled all of its slots are new. */
		zram_pp_walk_forget(&walk);
		KUNIT_EXPECT_FALSE(test, zram_pp_walk_goes_back(&walk));
		zram_pp_walk_advance(&walk);
	}
	KUNIT_EXPECT_EQ(test, zram_pp_walk_next(&walk), -ENOENT);
}

/*
 * Slots around the 2^32nd: the table is made to begin there, as no machine has the
 * memory for those before.
 */
static void pp_walk_test_far(struct kunit *test)
{
	unsigned long base = (unsigned long)BIT_ULL(32) - 32 * ZRAM_SLOT_GROUP;
	struct zram_pp_range range = { &idle, base, base + NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	struct zram_slots near = t->zram->slots;
	unsigned long i, expected = base + 1;
	struct zram_pp_walk walk;

	if (BITS_PER_LONG == 32)
		kunit_skip(test, "no device has as many pages");
	t->zram->slots.slot -= base;
	t->zram->slots.groups -= base >> ZRAM_SLOT_GROUP_SHIFT;
	t->zram->slots.nr += base;
	for (i = base; i < base + NR_SLOTS; i++) {
		zram_slot_publish(t->zram, i, 0, 100 + (u32)(i & 7));
		if (i & 1)
			zram_slots_group(&t->zram->slots, i)->idle |=
				zram_slots_bit(i);
	}
	zram_slot_touch(t->zram, base + 5);

	zram_pp_walk_init(&walk, &t->run, &range, 1);
	for (; !zram_pp_walk_next(&walk); zram_pp_walk_advance(&walk)) {
		if (expected == base + 5)
			expected += 2;
		KUNIT_EXPECT_EQ(test, walk.index, expected);
		expected += 2;
	}
	KUNIT_EXPECT_EQ(test, expected, base + NR_SLOTS + 1);
	for (i = base; i < base + NR_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, zram_slot_size(&near.slot[i - base]),
				100 + (u32)(i & 7));

	zram_slot_mark(t->zram, base + NR_SLOTS - 1, ZRAM_PP);
	zram_slot_unmark(t->zram, base + NR_SLOTS - 1, ZRAM_PP, 0);
	KUNIT_EXPECT_FALSE(test, zram_slot_test(&near.slot[NR_SLOTS - 1],
						ZRAM_PP));
	t->zram->slots = near;
}

static void pp_walk_test_stop(struct kunit *test)
{
	const struct zram_pp_range range = { &any, 0, NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;

	/* A walk over nothing takes time too. */
	t->zram->stopping = true;
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_EXPECT_EQ(test, zram_pp_walk_next(&walk), -EINTR);
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_EXPECT_EQ(test, zram_pp_walk_sort(&walk, ZRAM_PP_OLDEST, 0),
			-EINTR);
}

static struct kunit_case pp_walk_test_cases[] = {
	KUNIT_CASE(pp_walk_test_ranges),
	KUNIT_CASE(pp_walk_test_lists),
	KUNIT_CASE(pp_walk_test_order),
	KUNIT_CASE(pp_walk_test_room),
	KUNIT_CASE(pp_walk_test_back),
	KUNIT_CASE(pp_walk_test_far),
	KUNIT_CASE(pp_walk_test_stop),
	{}
};

static struct kunit_suite pp_walk_test_suite = {
	.name = "zram_pp_walk",
	.init = pp_walk_test_init,
	.exit = pp_walk_test_exit,
	.test_cases = pp_walk_test_cases,
};

kunit_test_suite(pp_walk_test_suite);
