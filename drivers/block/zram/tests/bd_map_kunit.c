// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the block map. Whatever the map does is repeated on a model,
 * a plain array of counts, and the two must agree all the time.
 */

#include <kunit/test.h>
#include <linux/prandom.h>

#include "../bd_map.h"
#include "bd_map_test.h"

#define REGION		(512 * SEGMENT)

static void bd_map_test_exit(struct kunit *test)
{
	struct bd_map_test *t = test->priv;
	unsigned int b;

	if (!t)
		return;
	/* After a failure blocks may be left, which is no further news. */
	for (b = 0; t->map && b < t->nr; b++)
		while (t->ref[b]--)
			__zram_bd_map_ref(t->map, b, 1, -1);
	bd_map_destroy(test);
}

static u32 below(struct bd_map_test *t, u32 limit)
{
	return prandom_u32_state(&t->rnd) % limit;
}

/* Reserve on both. Returns the length of the run, which starts at t->first. */
static unsigned int reserve(struct kunit *test, unsigned int want)
{
	struct bd_map_test *t = test->priv;
	int nr, i;

	nr = zram_bd_map_reserve(t->map, want, 1, &t->first);
	KUNIT_ASSERT_GE(test, nr, 0);
	KUNIT_ASSERT_LE(test, (unsigned int)nr, want);
	if (!nr) {
		KUNIT_ASSERT_EQ(test, t->used, t->nr);
		return 0;
	}
	KUNIT_ASSERT_LE(test, t->first + nr, (u64)t->nr);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, t->ref[t->first + i], 0);
		t->ref[t->first + i] = 1;
	}
	t->used += nr;
	KUNIT_ASSERT_EQ(test, zram_bd_map_used(t->map), (u64)t->used);
	return nr;
}

static void get(struct kunit *test, unsigned int first, unsigned int nr)
{
	struct bd_map_test *t = test->priv;
	unsigned int i;

	zram_bd_map_get(t->map, first, nr);
	for (i = 0; i < nr; i++)
		t->ref[first + i]++;
	KUNIT_ASSERT_EQ(test, zram_bd_map_used(t->map), (u64)t->used);
}

static void put(struct kunit *test, unsigned int first, unsigned int nr)
{
	struct bd_map_test *t = test->priv;
	unsigned int i;

	zram_bd_map_put(t->map, first, nr);
	for (i = 0; i < nr; i++)
		if (!--t->ref[first + i])
			t->used--;
	KUNIT_ASSERT_EQ(test, zram_bd_map_used(t->map), (u64)t->used);
}

/* Drop all, some or no references of each block */
static void unshare(struct kunit *test, unsigned int first, unsigned int nr)
{
	struct bd_map_test *t = test->priv;
	unsigned int i;
	u8 refs[70];

	for (i = 0; i < nr; i++) {
		refs[i] = below(t, min(t->ref[first + i], 254U) + 1);
		t->ref[first + i] -= refs[i];
		t->used -= refs[i] && !t->ref[first + i];
	}
	zram_bd_map_unshare(t->map, first, nr, refs);
	KUNIT_ASSERT_EQ(test, zram_bd_map_used(t->map), (u64)t->used);
}

/* Reserve until the map is full, in runs as long as there are. */
static void fill(struct kunit *test)
{
	while (reserve(test, SEGMENT))
		;
}

static void put_all(struct kunit *test)
{
	struct bd_map_test *t = test->priv;
	unsigned int b;

	for (b = 0; b < t->nr; b++)
		while (t->ref[b])
			put(test, b, 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 0ULL);
}

/* Put a block that is used, near a random place. */
static void put_random(struct kunit *test)
{
	struct bd_map_test *t = test->priv;
	unsigned int b = below(t, t->nr);

	if (!t->used)
		return;
	while (!t->ref[b])
		b = (b + 1) % t->nr;
	put(test, b, 1);
}

/* The number of blocks from @first that have a reference, at most @max. */
static unsigned int used_run(struct bd_map_test *t, unsigned int first,
			     unsigned int max)
{
	unsigned int nr = 0;

	while (nr < max && first + nr < t->nr && t->ref[first + nr])
		nr++;
	return nr;
}

static const unsigned int sizes[] = {
	1, 2, 63, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 101,
	REGION - 1, REGION + 1, 2 * REGION + SEGMENT + 7,
};

static void size_desc(const unsigned int *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u blocks", *size);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

static void bd_map_test_random(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, *(unsigned int *)test->param_value);
	unsigned int round, nr, b;

	for (round = 0; round < 20000; round++) {
		b = below(t, t->nr);
		nr = used_run(t, b, 1 + below(t, 70));
		/* Fill up and run dry in turn. */
		switch (below(t, 8) + (round / 3000 % 2)) {
		case 0 ... 3:
			reserve(test, 1 + below(t, 600));
			break;
		case 4:
			get(test, b, nr);
			break;
		case 5:
			unshare(test, b, nr);
			break;
		default:
			put(test, b, nr);
		}
	}
	put_all(test);
	fill(test);
	KUNIT_EXPECT_EQ(test, t->used, t->nr);
	put_all(test);
}

static void bd_map_test_full(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, *(unsigned int *)test->param_value);
	unsigned int round, nr, got;

	fill(test);
	for (round = 0; round < 200; round++) {
		unsigned int b = below(t, t->nr);

		/* What comes back is what there is, wherever it is. */
		KUNIT_ASSERT_EQ(test, reserve(test, 1), 0);
		nr = used_run(t, b, SEGMENT - b % SEGMENT);
		nr = 1 + below(t, nr);
		put(test, b, nr);
		/* The cursor may be in the middle and make it two runs. */
		got = reserve(test, SEGMENT);
		if (got < nr)
			got += reserve(test, SEGMENT);
		KUNIT_ASSERT_EQ(test, got, nr);
	}
	put_all(test);
}

static void bd_map_test_runs(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, 4 * SEGMENT);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 0, 1, &t->first), 0);

	/* Unused blocks go out in order, and a run lies in one segment. */
	for (i = 0; i < SEGMENT / 64; i++) {
		KUNIT_EXPECT_EQ(test, reserve(test, 64), 64);
		KUNIT_EXPECT_EQ(test, t->first, (u64)i * 64);
	}
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT - 12), SEGMENT - 12);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 64);
	KUNIT_EXPECT_EQ(test, t->first, 2ULL * SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, UINT_MAX), SEGMENT);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), SEGMENT - 64);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), 12);
	KUNIT_EXPECT_EQ(test, reserve(test, SEGMENT), 0);

	/* A run of the wanted length is not missed for a shorter neighbour. */
	put(test, 100, 1);
	put(test, 102, 3);
	put(test, 200, 64);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 64);
	KUNIT_EXPECT_EQ(test, t->first, 200ULL);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 3);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 1);

	/* get and put of a range across segments */
	get(test, SEGMENT - 10, 2 * SEGMENT + 20);
	put(test, SEGMENT - 10, 2 * SEGMENT + 20);
	put_all(test);
}

/* Every second block is free: runs of one, each block once, then nothing. */
static void bd_map_test_aged(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, 2 * REGION + 77);
	unsigned int b, nr;

	fill(test);
	for (b = 0; b < t->nr; b += 2)
		put(test, b, 1);
	for (b = 0; b < t->nr; b += 2)
		KUNIT_ASSERT_EQ(test, reserve(test, 64), 1);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 0);

	/* 95 % full: every free block is found within one round. */
	for (b = 0; b < t->nr / 20; b++)
		put_random(test);
	for (nr = 0; nr < b;)
		nr += reserve(test, 64);
	KUNIT_EXPECT_EQ(test, nr, b);
	put_all(test);
}

/* Where runs are short, a longer one is found after a while. */
static void bd_map_test_scattered(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, 4 * SEGMENT);
	unsigned int b, tries;

	fill(test);
	for (b = 0; b < 3 * SEGMENT; b += 2)
		put(test, b, 1);
	/* The first search looks at all, the next ones do not */
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 1);
	put(test, 3 * SEGMENT, 64);
	KUNIT_EXPECT_EQ(test, reserve(test, 64), 1);
	for (tries = 1; reserve(test, 64) < 64; tries++)
		KUNIT_ASSERT_LT(test, tries, 64);
	KUNIT_EXPECT_EQ(test, t->first, 3ULL * SEGMENT);
	put_all(test);
}

/* Blocks come free at the head and at the tail of the device in turn. */
static void bd_map_test_ends(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, REGION + 3 * SEGMENT + 5);
	unsigned int i;

	fill(test);
	for (i = 0; i < 2000; i++) {
		unsigned int b = i % 2 ? t->nr - 1 - i / 2 : i / 2;

		put(test, b, 1);
		KUNIT_ASSERT_EQ(test, reserve(test, 8), 1);
		KUNIT_ASSERT_EQ(test, t->first, (u64)b);
	}
	for (i = 0; i < 1000; i++) {
		put(test, i, 1);
		put(test, t->nr - 1 - i, 1);
	}
	fill(test);
	put_all(test);
}

static void bd_map_test_huge(struct kunit *test)
{
	struct bd_map_test *t = test->priv;
	const u64 nr_blocks = 1ULL << 33;
	struct zram_bd_map *map;
	u64 first, i;

	map = zram_bd_map_create(nr_blocks);
	if (PTR_ERR_OR_ZERO(map) == -ENOMEM)
		kunit_skip(test, "no memory for a map of 32 TiB");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	t->map = map;

	/* Into the second region */
	for (i = 0; i < 600; i++) {
		KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(map, SEGMENT, 1, &first),
				SEGMENT);
		KUNIT_ASSERT_EQ(test, first, i * SEGMENT);
	}
	/* Beyond what was ever used, in the last block and past the end */
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(map, nr_blocks / 2, 1, -1));
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(map, nr_blocks - 1, 1, 1));
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(map, nr_blocks, 1, -1));
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 600ULL * SEGMENT);
	zram_bd_map_put(map, 0, 600 * SEGMENT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(map), 0ULL);

	KUNIT_EXPECT_EQ(test, PTR_ERR(zram_bd_map_create(0)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(zram_bd_map_create(U64_MAX)), -EFBIG);
}

static void bd_map_test_misuse(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, SEGMENT + 100);

	/* Of what was never reserved, with and without a segment to look at */
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, 0, 1, 1));
	KUNIT_EXPECT_EQ(test, reserve(test, 10), 10);
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, 10, 1, 1));
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, SEGMENT, 1, -1));
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, SEGMENT + 99, 2, 1));

	/* A second put does no harm; the valid part of a range is done. */
	put(test, 4, 1);
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, 4, 1, -1));
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 9ULL);
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, 3, 3, 1));
	t->ref[3]++;
	t->ref[5]++;
	put_all(test);
	fill(test);
	put_all(test);
}

/* More readers of one block than 16 bits count: none is forgotten. */
static void bd_map_test_concurrent(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, 8);
	unsigned int i;

	fill(test);
	for (i = 0; i < U16_MAX + 10; i++)
		zram_bd_map_get(t->map, 3, 1);
	for (i = 0; i < U16_MAX + 10; i++)
		zram_bd_map_put(t->map, 3, 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 8ULL);
	KUNIT_EXPECT_EQ(test, reserve(test, 8), 0);
	put_all(test);
	KUNIT_EXPECT_EQ(test, reserve(test, 8), 8);
	put_all(test);
}

/* As many references on each block as were asked for, here and nowhere else. */
static void bd_map_test_share(struct kunit *test)
{
	static const u16 refs[] = { 0, 1, 3, 0, 300, 2 };
	struct bd_map_test *t = bd_map_setup(test, 1000);
	unsigned int i, j, skipped, nr = ARRAY_SIZE(refs);

	/* To the very end of a segment */
	skipped = SEGMENT - nr;
	KUNIT_ASSERT_EQ(test, reserve(test, skipped), (int)skipped);
	KUNIT_ASSERT_EQ(test, reserve(test, nr), (int)nr);
	KUNIT_ASSERT_EQ(test, t->first, (u64)skipped);
	zram_bd_map_share(t->map, skipped, nr, refs);
	for (i = 0; i < nr; i++)
		t->ref[skipped + i] += refs[i];
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), (u64)SEGMENT);

	for (i = 0; i < nr; i++)
		for (j = 0; j <= refs[i]; j++)
			put(test, skipped + i, 1);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), (u64)skipped);
	KUNIT_EXPECT_FALSE(test, __zram_bd_map_ref(t->map, skipped, 1, -1));
	put_all(test);
	fill(test);
	put_all(test);
}

static struct kunit_case bd_map_test_cases[] = {
	KUNIT_CASE_PARAM(bd_map_test_random, size_gen_params),
	KUNIT_CASE_PARAM(bd_map_test_full, size_gen_params),
	KUNIT_CASE(bd_map_test_runs),
	KUNIT_CASE(bd_map_test_aged),
	KUNIT_CASE(bd_map_test_scattered),
	KUNIT_CASE(bd_map_test_ends),
	KUNIT_CASE(bd_map_test_huge),
	KUNIT_CASE(bd_map_test_misuse),
	KUNIT_CASE(bd_map_test_concurrent),
	KUNIT_CASE(bd_map_test_share),
	{}
};

static struct kunit_suite bd_map_test_suite = {
	.name = "zram_bd_map",
	.init = bd_map_test_init,
	.exit = bd_map_test_exit,
	.test_cases = bd_map_test_cases,
};

kunit_test_suite(bd_map_test_suite);
