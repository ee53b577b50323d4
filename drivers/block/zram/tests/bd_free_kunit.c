// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of free blocks of the block map: which of them are used first, and
 * those that are not to be reserved.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/prandom.h>

#include "../bd_map.h"

#define SEGMENT		512U		/* blocks */
#define REGION		(512 * SEGMENT)
#define MOST		(128 * SEGMENT)

/**
 * struct bd_free_test - what a test works on
 * @map: the map under test
 * @used: the blocks that the test has reserved
 */
struct bd_free_test {
	struct zram_bd_map *map;
	unsigned long *used;
};

static int bd_free_test_init(struct kunit *test)
{
	struct bd_free_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->used = kunit_kzalloc(test, MOST / 8, GFP_KERNEL);
	test->priv = t;
	return t->used ? 0 : -ENOMEM;
}

static void put(struct bd_free_test *t, unsigned int first, unsigned int nr)
{
	zram_bd_map_put(t->map, first, nr);
	bitmap_clear(t->used, first, nr);
}

static void bd_free_test_exit(struct kunit *test)
{
	struct bd_free_test *t = test->priv;
	unsigned int b;

	if (!t || !t->map)
		return;
	for_each_set_bit(b, t->used, MOST)
		zram_bd_map_put(t->map, b, 1);
	zram_bd_map_destroy(t->map);
}

static struct bd_free_test *setup(struct kunit *test, unsigned int nr)
{
	struct bd_free_test *t = test->priv;
	struct zram_bd_map *map = zram_bd_map_create(nr);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	t->map = map;
	return t;
}

static unsigned int reserve(struct kunit *test, unsigned int want)
{
	struct bd_free_test *t = test->priv;
	u64 first;
	int nr = zram_bd_map_reserve(t->map, want, 1, &first);

	KUNIT_ASSERT_GE(test, nr, 0);
	bitmap_set(t->used, first, nr);
	return nr;
}

/*
 * However often blocks are overwritten, they stay in the first segments: an eighth
 * more than are in use, and two.
 */
static void bd_free_test_zone(struct kunit *test)
{
	struct bd_free_test *t = setup(test, MOST);
	unsigned int round, b, last = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20261125);
	for (round = 0; round < 20; round++) {
		while (zram_bd_map_used(t->map) < 6 * SEGMENT)
			KUNIT_ASSERT_GT(test, reserve(test, 64), 0);
		for_each_set_bit(b, t->used, MOST) {
			last = max(last, b);
			/* All of them, or a half */
			if (round % 2 || prandom_u32_state(&rnd) % 2)
				put(t, b, 1);
		}
	}
	KUNIT_EXPECT_LT(test, last, 9 * SEGMENT);
}

static void claim(struct kunit *test, u64 *from, u64 most, u64 first, u64 nr)
{
	struct bd_free_test *t = test->priv;
	u64 at = 0;

	KUNIT_EXPECT_EQ(test, zram_bd_map_claim_free(t->map, from, &at, most),
			nr);
	if (nr)
		KUNIT_EXPECT_EQ(test, at, first);
}

/* Segments that are claimed are not reserved, and each is claimed once. */
static void bd_free_test_claim(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 8 * SEGMENT - 9);
	u64 from = 0;

	claim(test, &from, 999, 0, 0);
	while (reserve(test, SEGMENT))
		;
	put(t, 0, SEGMENT);
	put(t, 2 * SEGMENT, 3 * SEGMENT);
	put(t, 6 * SEGMENT + 1, SEGMENT - 1);
	put(t, 7 * SEGMENT, SEGMENT - 9);

	from = 0;
	claim(test, &from, 999, 0, SEGMENT);
	zram_bd_map_unclaim(t->map, 0, SEGMENT, true);
	claim(test, &from, 999, 2 * SEGMENT, 2 * SEGMENT);
	/* What is left: 0, 4, most of 6 and 7 */
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT - 1);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT - 9);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), 0);
	/* Not discarded, so they can be claimed again. */
	zram_bd_map_unclaim(t->map, 2 * SEGMENT, 2 * SEGMENT, false);
	from = 0;
	claim(test, &from, 9999, 2 * SEGMENT, 2 * SEGMENT);
	zram_bd_map_unclaim(t->map, 2 * SEGMENT, 2 * SEGMENT, true);
	from = 0;
	claim(test, &from, 9999, 0, 0);
	/* The last segment is a short one. */
	put(t, 7 * SEGMENT, SEGMENT - 9);
	from = 0;
	claim(test, &from, 9999, 7 * SEGMENT, SEGMENT - 9);
	zram_bd_map_unclaim(t->map, 7 * SEGMENT, SEGMENT - 9, true);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT - 9);
	KUNIT_EXPECT_EQ(test, zram_bd_map_free(t->map), 0);
}

/* A search for a unit that finds none is repeated after a discard. */
static void bd_free_test_unit(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 3 * SEGMENT);
	u64 from = 0, first;

	while (reserve(test, SEGMENT))
		;
	put(t, SEGMENT, SEGMENT);
	claim(test, &from, 999, SEGMENT, SEGMENT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 16, 16, &first), 0);
	zram_bd_map_unclaim(t->map, SEGMENT, SEGMENT, true);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 16, 16, &first), 16);
	KUNIT_EXPECT_EQ(test, first, SEGMENT);
	bitmap_set(t->used, first, 16);
}

/**
 * struct bd_free_test_watch - a watch that counts
 * @watch: the watch of the map
 * @told: number of calls
 */
struct bd_free_test_watch {
	struct zram_bd_watch watch;
	unsigned int told;
};

static void bd_free_test_freed(struct zram_bd_watch *watch)
{
	container_of(watch, struct bd_free_test_watch, watch)->told++;
}

/* A segment that has become free counts once, and the watch is called once for it */
static void bd_free_test_tell(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 3 * SEGMENT);
	struct bd_free_test_watch watch = { .watch.freed = bd_free_test_freed };
	u64 from = 0, first;

	while (reserve(test, SEGMENT))
		;
	put(t, 0, SEGMENT);
	zram_bd_map_set_watch(t->map, &watch.watch);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 1);
	put(t, SEGMENT, SEGMENT - 1);
	KUNIT_EXPECT_EQ(test, watch.told, 0);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 1);
	put(t, 2 * SEGMENT - 1, 1);
	KUNIT_EXPECT_EQ(test, watch.told, 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 2);
	KUNIT_EXPECT_EQ(test, zram_bd_map_claim_free(t->map, &from, &first, 9999),
			2 * SEGMENT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 0);
	zram_bd_map_unclaim(t->map, first, 2 * SEGMENT, false);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 2);
	put(t, 2 * SEGMENT, SEGMENT);
	KUNIT_EXPECT_EQ(test, watch.told, 2);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 3);
	zram_bd_map_set_watch(t->map, NULL);
}

/* References are taken on all of the blocks or on none */
static void bd_free_test_sole(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 2 * SEGMENT);

	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	zram_bd_map_get(t->map, 7, 1);
	KUNIT_EXPECT_FALSE(test, zram_bd_map_get_sole(t->map, 5, 3));
	KUNIT_EXPECT_FALSE(test, zram_bd_map_get_sole(t->map, 7, 2));
	KUNIT_EXPECT_TRUE(test, zram_bd_map_get_sole(t->map, 5, 2));
	KUNIT_EXPECT_FALSE(test, zram_bd_map_get_sole(t->map, 5, 2));
	KUNIT_EXPECT_TRUE(test, zram_bd_map_get_sole(t->map, SEGMENT - 1, 1));
	zram_bd_map_put(t->map, 5, 3);
	zram_bd_map_put(t->map, SEGMENT - 1, 1);
	/* One reference is left on each */
	put(t, 0, SEGMENT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 0);
}

/* Retired blocks are not reserved, and come one after the other to be tested. */
static void bd_free_test_retired(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 100);
	u64 block = 0;

	KUNIT_EXPECT_FALSE(test, zram_bd_map_next_retired(t->map, &block));
	KUNIT_EXPECT_EQ(test, reserve(test, 100), 100);
	KUNIT_EXPECT_TRUE(test, zram_bd_map_retire(t->map, 7));
	KUNIT_EXPECT_TRUE(test, zram_bd_map_retire(t->map, 90));
	bitmap_clear(t->used, 7, 1);
	bitmap_clear(t->used, 90, 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->map), 2);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 98);
	KUNIT_EXPECT_EQ(test, reserve(test, 1), 0);
	KUNIT_EXPECT_TRUE(test, zram_bd_map_next_retired(t->map, &block));
	KUNIT_EXPECT_EQ(test, block, 7);
	KUNIT_EXPECT_TRUE(test, zram_bd_map_next_retired(t->map, &block));
	KUNIT_EXPECT_EQ(test, block, 90);
	KUNIT_EXPECT_TRUE(test, zram_bd_map_next_retired(t->map, &block));
	KUNIT_EXPECT_EQ(test, block, 7);
	zram_bd_map_reinstate(t->map, 7);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->map), 1);
	KUNIT_EXPECT_EQ(test, reserve(test, 10), 1);
	KUNIT_EXPECT_TRUE(test, test_bit(7, t->used));
}

/* While the first segments are being discarded, a writer gets blocks behind them */
static void bd_free_test_behind_claimed(struct kunit *test)
{
	struct bd_free_test *t = setup(test, 16 * SEGMENT);
	const unsigned int segments = 4;
	u64 from = 0, first;
	unsigned int i;
	int nr;

	for (i = 0; i < segments; i++)
		KUNIT_ASSERT_EQ(test, reserve(test, SEGMENT), SEGMENT);
	for (i = 0; i < segments; i++)
		put(t, i * SEGMENT, SEGMENT);
	KUNIT_ASSERT_EQ(test, zram_bd_map_claim_free(t->map, &from, &first, U64_MAX),
			(u64)segments * SEGMENT);
	KUNIT_EXPECT_EQ(test, first, 0ULL);
	nr = zram_bd_map_reserve(t->map, SEGMENT, 1, &first);
	zram_bd_map_unclaim(t->map, 0, segments * SEGMENT, true);
	KUNIT_ASSERT_EQ(test, nr, (int)SEGMENT);
	bitmap_set(t->used, first, nr);
	KUNIT_EXPECT_GE(test, first, (u64)segments * SEGMENT);
}

/* Regions whose blocks were never used have nothing to discard, and end what is claimed */
static void bd_free_test_regions(struct kunit *test)
{
	const unsigned int segments = 2 * REGION / SEGMENT;
	struct bd_free_test *t = setup(test, 4 * REGION);
	u64 from = 0, first = 0;
	unsigned int i;

	for (i = 0; i < segments; i++) {
		KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->map, SEGMENT, 1, &first),
				(int)SEGMENT);
		KUNIT_ASSERT_EQ(test, first, (u64)i * SEGMENT);
	}
	zram_bd_map_put(t->map, first, SEGMENT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_claim_free(t->map, &from, &first, U64_MAX),
			(u64)SEGMENT);
	KUNIT_EXPECT_EQ(test, first, (u64)(segments - 1) * SEGMENT);
	KUNIT_EXPECT_EQ(test, from, (u64)2 * REGION);
	zram_bd_map_unclaim(t->map, first, SEGMENT, false);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map), 1U);
	KUNIT_EXPECT_EQ(test, zram_bd_map_claim_free(t->map, &from, &first, U64_MAX), 0ULL);
	KUNIT_EXPECT_EQ(test, from, (u64)4 * REGION);
	for (i = 0; i < segments - 1; i++)
		zram_bd_map_put(t->map, i * SEGMENT, SEGMENT);
}

static struct kunit_case bd_free_test_cases[] = {
	KUNIT_CASE(bd_free_test_zone),
	KUNIT_CASE(bd_free_test_claim),
	KUNIT_CASE(bd_free_test_unit),
	KUNIT_CASE(bd_free_test_tell),
	KUNIT_CASE(bd_free_test_sole),
	KUNIT_CASE(bd_free_test_retired),
	KUNIT_CASE(bd_free_test_behind_claimed),
	KUNIT_CASE(bd_free_test_regions),
	{}
};

static struct kunit_suite bd_free_test_suite = {
	.name = "zram_bd_free",
	.init = bd_free_test_init,
	.exit = bd_free_test_exit,
	.test_cases = bd_free_test_cases,
};

kunit_test_suite(bd_free_test_suite);
