// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of reserving blocks: the short way, which looks at the segment of the cursor
 * only, reserves what the search reserves.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/prandom.h>

#include "../bd_map.h"
#include "../bd_tree.h"
#include "bd_map_test.h"

#define STEPS		20000
#define PHASE		200	/* steps that fill the maps, or empty them */
#define SHORTCUTS	63

/**
 * struct reserve_test - two maps with the same blocks in use
 * @model: the map that takes the short way, and which of its blocks are in use
 * @searched: the map that searches
 * @taken: reservations that took the short way
 */
struct reserve_test {
	struct bd_map_test *model;
	struct zram_bd_map *searched;
	unsigned int taken;
};

static void reserve_test_exit(struct kunit *test)
{
	struct bd_map_test *t = test->priv;
	unsigned int b;

	if (!t || !t->map)
		return;
	for (b = 0; b < t->nr; b++)
		if (t->ref[b])
			zram_bd_map_put(t->map, b, 1);
	bd_map_destroy(test);
}

/* Reserve on both maps. A search without shortcuts looks for @want blocks, so @enough is @want */
static void reserve_both(struct kunit *test, struct reserve_test *r, unsigned int want)
{
	struct bd_map_test *t = r->model;
	u64 first = 0, found = 0;
	int nr, nr_found, i;

	t->map->shortcuts = SHORTCUTS;
	t->map->enough = want;
	r->searched->shortcuts = 0;
	nr = zram_bd_map_reserve(t->map, want, 1, &first);
	nr_found = zram_bd_map_reserve(r->searched, want, 1, &found);
	KUNIT_ASSERT_GE(test, nr, 0);
	KUNIT_ASSERT_EQ(test, nr, nr_found);
	if (nr)
		KUNIT_ASSERT_EQ(test, first, found);
	KUNIT_ASSERT_EQ(test, t->map->cursor, r->searched->cursor);
	KUNIT_ASSERT_EQ(test, zram_bd_map_used(t->map), zram_bd_map_used(r->searched));
	r->taken += nr && t->map->shortcuts == SHORTCUTS - 1;
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, t->ref[first + i], 0);
		t->ref[first + i] = 1;
	}
}

static void put_both(struct reserve_test *r, unsigned int b)
{
	if (!r->model->ref[b])
		return;
	zram_bd_map_put(r->model->map, b, 1);
	zram_bd_map_put(r->searched, b, 1);
	r->model->ref[b] = 0;
}

/* Free up to 63 consecutive blocks in use, from the first one after a random place on */
static void put_some(struct reserve_test *r)
{
	struct bd_map_test *t = r->model;
	unsigned int b = prandom_u32_state(&t->rnd) % t->nr, nr, i;

	for (i = 0; i < t->nr && !t->ref[b]; i++)
		b = (b + 1) % t->nr;
	for (nr = prandom_u32_state(&t->rnd) % 64; nr && b < t->nr && t->ref[b]; nr--)
		put_both(r, b++);
}

static const unsigned int sizes[] = {
	1, 40, SEGMENT - 1, SEGMENT, SEGMENT + 1, 5 * SEGMENT + 77, 40 * SEGMENT,
};

static void size_desc(const unsigned int *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u blocks", *size);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

/*
 * Maps that fill up, age and become empty, in turn. While they become empty, the search
 * leaves the last segments, where the cursor is.
 */
static void bd_reserve_test_equal(struct kunit *test)
{
	static const unsigned int wants[] = { 1, 1, 2, 3, 8, 64 };
	struct bd_map_test *t = bd_map_setup(test, *(unsigned int *)test->param_value);
	struct reserve_test r = { .model = t, .searched = zram_bd_map_create(t->nr) };
	unsigned int step, i, percent = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, r.searched);
	for (step = 0; step < STEPS; step++) {
		if (step % PHASE == 0)
			percent = step % (2 * PHASE) ? 20 : 95;
		if (prandom_u32_state(&t->rnd) % 100 < percent) {
			i = prandom_u32_state(&t->rnd) % ARRAY_SIZE(wants);
			reserve_both(test, &r, min(wants[i], t->nr));
		} else {
			put_some(&r);
		}
	}
	kunit_info(test, "%u short ways\n", r.taken);
	KUNIT_EXPECT_GT(test, r.taken, 100);
	for (i = 0; i < t->nr; i++)
		put_both(&r, i);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 0ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_discardable(t->map),
			zram_bd_map_discardable(r.searched));
	zram_bd_map_destroy(r.searched);
}

/* An extent that is longer than enough is reserved up to the wanted length */
static void bd_reserve_test_longer(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, 2 * SEGMENT);
	u64 first;

	while (zram_bd_map_reserve(t->map, SEGMENT, 1, &first) > 0)
		;
	zram_bd_map_put(t->map, 7, 1);
	zram_bd_map_put(t->map, 20, 5);
	zram_bd_map_put(t->map, 300, 100);
	t->map->cursor = 0;
	t->map->enough = 2;
	t->map->shortcuts = SHORTCUTS;
	/* One block is less than enough: the search finds the next extent */
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 64, 1, &first), 5);
	KUNIT_EXPECT_EQ(test, first, 20ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 64, 1, &first), 64);
	KUNIT_EXPECT_EQ(test, first, 300ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 64, 1, &first), 36);
	KUNIT_EXPECT_EQ(test, first, 364ULL);
	KUNIT_EXPECT_EQ(test, t->map->shortcuts, SHORTCUTS - 3U);
	/* After the last extent of the segment, the search starts from the beginning */
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 64, 1, &first), 1);
	KUNIT_EXPECT_EQ(test, first, 7ULL);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 64, 1, &first), 0);
	zram_bd_map_put(t->map, 0, 2 * SEGMENT);
}

static struct kunit_case bd_reserve_test_cases[] = {
	KUNIT_CASE_PARAM(bd_reserve_test_equal, size_gen_params),
	KUNIT_CASE(bd_reserve_test_longer),
	{}
};

static struct kunit_suite bd_reserve_test_suite = {
	.name = "zram_bd_reserve",
	.init = bd_map_test_init,
	.exit = reserve_test_exit,
	.test_cases = bd_reserve_test_cases,
};

kunit_test_suite(bd_reserve_test_suite);
