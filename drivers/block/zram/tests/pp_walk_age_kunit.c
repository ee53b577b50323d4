// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of walks of tiering, which select slots by their last access.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>

#include "../pp.h"
#include "../pp_walk.h"
#include "../read.h"
#include "../slot.h"
#include "../table.h"
#include "../zram.h"
#include "pp_walk_test.h"

/* Huge pages, each accessed a second after the one before */
static void fill_by_age(struct pp_walk_test *t)
{
	unsigned long i;

	for (i = 0; i < NR_SLOTS; i++) {
		zram_slot_publish(t->zram, i, 0, (u32)PAGE_SIZE | ZRAM_HUGE);
		t->zram->slots.slot[i].ac_time = i;
	}
}

/* A filter by last access; an access after the walk has found a slot counts */
static void pp_walk_age_test_accessed(struct kunit *test)
{
	const struct zram_pp_filter old = { .since = 500, .before = 1000 };
	const struct zram_pp_range range = { &old, 0, NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;
	struct zram_slot slot;

	fill_by_age(t);
	zram_pp_walk_init(&walk, &t->run, &range, 1);
	KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
	KUNIT_EXPECT_EQ(test, walk.index, 500UL);
	KUNIT_EXPECT_TRUE(test, zram_pp_walk_match(&walk));

	t->zram->slots.slot[500].ac_time = 1000;
	KUNIT_ASSERT_FALSE(test, zram_pp_walk_match(&walk));
	KUNIT_EXPECT_EQ(test, zram_read_claim(t->zram, 500, &old, NULL, &slot), 0);
	KUNIT_EXPECT_FALSE(test, zram_slot_stored(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_test(&t->zram->slots.slot[500],
						ZRAM_PP));

	KUNIT_EXPECT_EQ(test, go(test, &walk), 499U);
	KUNIT_EXPECT_EQ(test, find_last_bit(t->visited, NR_SLOTS), 999UL);
}

/*
 * Candidates above the cutoff go first, and each comes once if it is moved; the cutoff
 * may move between two slices.
 */
static void pp_walk_age_test_cut(struct kunit *test)
{
	struct zram_pp_filter old = { .before = 2000 };
	const struct zram_pp_range range = { &old, 0, NR_SLOTS - 1 };
	struct pp_walk_test *t = test->priv;
	struct zram_pp_walk walk;
	unsigned long i;

	fill_by_age(t);
	/* The oldest slots are the last of the table */
	for (i = 0; i < NR_SLOTS; i++)
		t->zram->slots.slot[i].ac_time = NR_SLOTS - 1 - i;

	zram_pp_walk_init(&walk, &t->run, &range, 1);
	zram_pp_walk_cut(&walk, 1000);
	for (i = 2000; i < 2500; i++) {
		KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
		KUNIT_EXPECT_EQ(test, walk.index, i);
		KUNIT_EXPECT_FALSE(test, zram_pp_walk_goes_back(&walk));
		zram_slot_mark(t->zram, i, ZRAM_WB);
		zram_pp_walk_advance(&walk);
	}
	/* Another slice, ten seconds later: the ten slots before the first come later */
	old.before += 10;
	zram_pp_walk_cut(&walk, 1010);
	for (; i < NR_SLOTS; i++) {
		KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
		KUNIT_EXPECT_EQ(test, walk.index, i);
		zram_slot_mark(t->zram, i, ZRAM_WB);
		zram_pp_walk_advance(&walk);
	}
	for (i = 990; i < 2000; i++) {
		KUNIT_ASSERT_EQ(test, zram_pp_walk_next(&walk), 0);
		KUNIT_EXPECT_EQ(test, walk.index, i);
		KUNIT_EXPECT_TRUE(test, zram_pp_walk_goes_back(&walk));
		zram_pp_walk_advance(&walk);
	}
	KUNIT_EXPECT_EQ(test, zram_pp_walk_next(&walk), -ENOENT);

	zram_pp_walk_init(&walk, &t->run, &range, 1);
	zram_pp_walk_cut(&walk, 0);
	KUNIT_EXPECT_EQ(test, zram_pp_walk_total(&walk), (u64)NR_SLOTS);
	KUNIT_EXPECT_EQ(test, go(test, &walk), 1010U);
}

static struct kunit_case pp_walk_age_test_cases[] = {
	KUNIT_CASE(pp_walk_age_test_accessed),
	KUNIT_CASE(pp_walk_age_test_cut),
	{}
};

static struct kunit_suite pp_walk_age_test_suite = {
	.name = "zram_pp_walk_age",
	.init = pp_walk_test_init,
	.exit = pp_walk_test_exit,
	.test_cases = pp_walk_age_test_cases,
};

kunit_test_suite(pp_walk_age_test_suite);
