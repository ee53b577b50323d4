// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what writing asks of the block map: units of several blocks,
 * runs that are given back in part, blocks that turn out bad.
 */

#include <kunit/test.h>
#include <linux/err.h>

#include "../bd_map.h"

#define SEGMENT		512U		/* blocks */

static void bd_write_test_exit(struct kunit *test)
{
	zram_bd_map_destroy(test->priv);
}

static struct zram_bd_map *create(struct kunit *test, unsigned int nr)
{
	struct zram_bd_map *map = zram_bd_map_create(nr);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	test->priv = map;
	return map;
}

/* Runs begin and end with a unit, however the free blocks lie. */
static void bd_write_test_units(struct kunit *test)
{
	const unsigned int nr = 3 * SEGMENT, unit = 16;
	struct zram_bd_map *map = create(test, nr);
	unsigned int i, got = 0;
	u64 first;
	int len;

	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, unit - 1, unit, &first), 0);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, unit + 1, unit, &first),
			(int)unit);
	zram_bd_map_put(map, first, unit);
	while ((len = zram_bd_map_reserve(map, 100, unit, &first)) > 0) {
		KUNIT_EXPECT_EQ(test, first % unit, 0ULL);
		KUNIT_EXPECT_EQ(test, len % unit, 0U);
		got += len;
	}
	KUNIT_EXPECT_EQ(test, got, nr);

	/* Half a unit each in the first two segments, a unit in the third */
	for (i = 0; i < 2 * SEGMENT; i += unit)
		zram_bd_map_put(map, i + i / unit % 8, unit / 2);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, SEGMENT, unit, &first), 0);
	zram_bd_map_put(map, 2 * SEGMENT + 32, unit);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, SEGMENT, unit, &first),
			(int)unit);
	KUNIT_EXPECT_EQ(test, first, 2ULL * SEGMENT + 32);
	KUNIT_EXPECT_EQ(test, zram_bd_map_free(map), (u64)SEGMENT);

	/* Who needs no unit finds the rest. */
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, unit, 1, &first),
			(int)unit / 2);
	zram_bd_map_put(map, first, unit / 2);

	zram_bd_map_put(map, 2 * SEGMENT, SEGMENT);
	for (i = 0; i < 2 * SEGMENT; i++)
		__zram_bd_map_ref(map, i, 1, -1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 0ULL);
}

/* What is given back at once is where the next run begins. */
static void bd_write_test_trim(struct kunit *test)
{
	const unsigned int nr = SEGMENT + 10;
	struct zram_bd_map *map = create(test, nr);
	u64 first, i;
	int len;

	for (i = 0; i < nr; i++) {
		len = zram_bd_map_reserve(map, 64, 1, &first);
		KUNIT_ASSERT_GT(test, len, 0);
		/* Close to the end of a segment a run of the next is longer. */
		if (i < SEGMENT - 63)
			KUNIT_ASSERT_EQ(test, first, i);
		if (len > 1)
			zram_bd_map_trim(map, first + 1, len - 1);
		KUNIT_ASSERT_EQ(test, zram_bd_map_used(map), i + 1);
	}
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, 64, 1, &first), 0);

	/* Not if somebody else has reserved since */
	zram_bd_map_put(map, 0, 30);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, 10, 1, &first), 10);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, 10, 1, &i), 10);
	zram_bd_map_trim(map, first + 5, 5);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(map, 10, 1, &first), 10);
	KUNIT_EXPECT_EQ(test, first, 20ULL);
	zram_bd_map_put(map, 0, 5);
	zram_bd_map_put(map, 10, nr - 10);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 0ULL);
}

/* A retired block is in use for ever, and not counted. */
static void bd_write_test_retire(struct kunit *test)
{
	struct zram_bd_map *map = create(test, 2 * SEGMENT);
	u64 first;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(map, 8, 1, &first), 8);
	zram_bd_map_retire(map, first + 3);
	zram_bd_map_put(map, first, 3);
	zram_bd_map_put(map, first + 4, 4);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 0ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(map), 1ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_free(map), 2ULL * SEGMENT - 1);
	while (zram_bd_map_reserve(map, SEGMENT, 1, &first) > 0)
		;
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 2ULL * SEGMENT - 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_free(map), 0ULL);
	zram_bd_map_put(map, 0, 3);
	zram_bd_map_put(map, 4, 2 * SEGMENT - 4);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 0ULL);
}

static struct kunit_case bd_write_test_cases[] = {
	KUNIT_CASE(bd_write_test_units),
	KUNIT_CASE(bd_write_test_trim),
	KUNIT_CASE(bd_write_test_retire),
	{}
};

static struct kunit_suite bd_write_test_suite = {
	.name = "zram_bd_write",
	.exit = bd_write_test_exit,
	.test_cases = bd_write_test_cases,
};

kunit_test_suite(bd_write_test_suite);
