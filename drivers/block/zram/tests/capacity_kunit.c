// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the forecast of what a device can still store: fills of a model of a
 * device, each bound, and numbers of any size.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "../capacity.h"

#define MIB(n)	((u64)(n) << 20)
#define GIB(n)	((u64)(n) << 30)

/* A device of 1 GiB with mem_limit, half of whose pages are same-filled */
static const struct zram_capacity_input capacity_test_half = {
	.size_pages = GIB(1) / PAGE_SIZE,
	.pages = 2000,
	.same_pages = 1000,
	.object_bytes = 1000 * PAGE_SIZE / 4,
	.pool_bytes = 1000 * PAGE_SIZE / 4,
	.limit_bytes = 1000 * PAGE_SIZE / 4 + MIB(32),
	.available_bytes = MIB(1),
	.budget_bytes = U64_MAX,
	.spill_bytes = U64_MAX,
};

static u64 capacity_test_storable(const struct zram_capacity_input *in)
{
	struct zram_capacity out;

	zram_capacity_forecast(in, &out);
	return out.storable;
}

/*
 * A fill: of each ten pages, @same are same-filled, @huge do not compress, and the others
 * take @part of a page. The allocator has gaps of @gaps bytes at once, and rounds each
 * compressed object up by @round bytes.
 */
struct capacity_test_fill {
	unsigned int same;
	unsigned int huge;
	unsigned int part;
	unsigned int gaps;
	unsigned int round;
};

static bool capacity_test_add(const struct capacity_test_fill *fill,
			      struct zram_capacity_input *in, u32 index)
{
	unsigned int kind = index * 7 % 10, size, memory;

	if (in->pages == in->size_pages)
		return false;
	if (kind < fill->same) {
		in->same_pages++;
		in->pages++;
		return true;
	}
	size = kind < fill->same + fill->huge ? PAGE_SIZE : PAGE_SIZE / fill->part;
	memory = size + (size < PAGE_SIZE ? fill->round : 0);
	if (!in->pool_bytes)
		memory += fill->gaps;
	if (in->pool_bytes + memory > in->limit_bytes)
		return false;
	in->pool_bytes += memory;
	in->object_bytes += size;
	in->huge_pages += size == PAGE_SIZE;
	in->pages++;
	return true;
}

static void capacity_test_fills(struct kunit *test)
{
	static const struct capacity_test_fill fills[] = {
		{ 0, 10, 1, 0, 0 }, { 0, 0, 3, SZ_1M, 40 }, { 5, 0, 4, SZ_1M, 30 },
		{ 3, 3, 3, SZ_512K, 40 }, { 9, 0, 2, SZ_64K, 60 }, { 9, 1, 1, 0, 0 },
		{ 0, 5, 8, SZ_1M, 16 }, { 1, 1, 2, SZ_256K, 100 },
	};
	u64 forecast[64], error, most;
	unsigned int i, nr, k, last, step = 1000;

	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		struct zram_capacity_input in = {
			.size_pages = GIB(64) / PAGE_SIZE,
			.limit_bytes = MIB(24),
		};

		for (last = 0, nr = 0; capacity_test_add(&fills[i], &in, last); last++)
			if (last && last % step == 0 && nr < ARRAY_SIZE(forecast))
				forecast[nr++] = capacity_test_storable(&in);
		for (k = 0; k < nr; k++) {
			most = (u64)(last - (k + 1) * step) * PAGE_SIZE;
			error = max(forecast[k], most) - min(forecast[k], most);
			KUNIT_EXPECT_LE_MSG(test, error, div_u64(most, 10) + MIB(1),
					    "fill %u at %u of %u: %llu",
					    i, (k + 1) * step, last, forecast[k]);
		}
		KUNIT_EXPECT_GT(test, nr, 3U);
		KUNIT_EXPECT_LE(test, capacity_test_storable(&in), MIB(1));
	}
}

static void capacity_test_mean(struct kunit *test)
{
	struct zram_capacity_input in = capacity_test_half;
	struct zram_capacity out;

	zram_capacity_forecast(&in, &out);
	KUNIT_EXPECT_EQ(test, out.ratio_percent, 800ULL);
	KUNIT_EXPECT_EQ(test, out.memory_left, MIB(32));
	KUNIT_EXPECT_EQ(test, out.storable, MIB(256));
	KUNIT_EXPECT_EQ(test, out.backing_left, 0ULL);
	KUNIT_EXPECT_EQ(test, out.budget_left, (u64)ZRAM_CAPACITY_MAX);
	/* Without mem_limit, what is available counts */
	in.limit_bytes = 0;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(8));
	/* A limit below what is in use */
	in.limit_bytes = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), 0ULL);
	/* disksize is the bound */
	in = capacity_test_half;
	in.size_pages = in.pages + 7;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), 7ULL * PAGE_SIZE);
	/* Pages on the backing device take no memory, but they were no same-filled ones */
	in = capacity_test_half;
	in.pages += 3000;
	in.disk_pages = 3000;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(160));
}

static void capacity_test_empty(struct kunit *test)
{
	struct zram_capacity_input in = capacity_test_half;
	struct zram_capacity out;

	/* Nothing is known of pages to come */
	in.pages = 0;
	in.same_pages = 0;
	in.object_bytes = 0;
	in.pool_bytes = 0;
	in.limit_bytes = MIB(32);
	zram_capacity_forecast(&in, &out);
	KUNIT_EXPECT_EQ(test, out.ratio_percent, 100ULL);
	KUNIT_EXPECT_EQ(test, out.storable, MIB(32));
	/* All pages are same-filled */
	in.pages = 100;
	in.same_pages = 100;
	zram_capacity_forecast(&in, &out);
	KUNIT_EXPECT_EQ(test, out.ratio_percent, (u64)ZRAM_CAPACITY_MAX);
	KUNIT_EXPECT_EQ(test, out.storable, (in.size_pages - 100) * PAGE_SIZE);
	/* All others are on the backing device */
	in.disk_pages = 50;
	in.pages = 150;
	zram_capacity_forecast(&in, &out);
	KUNIT_EXPECT_EQ(test, out.ratio_percent, 300ULL);
}

static void capacity_test_backing(struct kunit *test)
{
	struct zram_capacity_input in = capacity_test_half;

	in.free_bytes = MIB(16);
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256));
	/* Tiering packs: 16 MiB take as much as in memory */
	in.moves = true;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 128));
	/* also pages that do not compress */
	in.huge_pages = 100;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 128));
	in.huge_pages = 0;
	in.budget_bytes = MIB(4);
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 32));
	/* Spill writes whole pages, half of the pages are same-filled */
	in.spill = true;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 32 + 24));
	in.spill_bytes = MIB(5);
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 32 + 2));
	in.moves = false;
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in), MIB(256 + 10));
	/* Memory is about full, so the thread does not keep up */
	in = capacity_test_half;
	in.free_bytes = MIB(16);
	in.moves = true;
	in.limit_bytes = MIB(128);
	in.pool_bytes = MIB(124);
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), MIB(128));
	in.pool_bytes += PAGE_SIZE;
	KUNIT_EXPECT_LT(test, capacity_test_storable(&in), MIB(32));
	/* With spill, a page takes there what pages have taken: little if nothing is known */
	in.spill = true;
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), MIB(150));
	in.left = zram_capacity_count(0, 0, 10000);
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), MIB(70));
	KUNIT_EXPECT_LT(test, capacity_test_storable(&in), MIB(100));
	in.left = zram_capacity_count(in.left, 0, 100000);
	KUNIT_EXPECT_LT(test, capacity_test_storable(&in), MIB(65));
	in.limit_bytes = 0;
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), MIB(100));
}

/* Pages count less, the longer ago they have left */
static void capacity_test_count(struct kunit *test)
{
	struct zram_capacity_input in = capacity_test_half;
	unsigned int i;
	u64 few;

	in.spill = true;
	in.moves = true;
	in.free_bytes = MIB(16);
	in.limit_bytes = in.pool_bytes;
	/* 16 MiB of objects of a quarter of a page, or of whole pages; half are same-filled */
	few = capacity_test_storable(&in);
	KUNIT_EXPECT_GT(test, few, MIB(120));
	KUNIT_EXPECT_LE(test, few, MIB(128));
	/* One that is spilled does not say much */
	in.left = zram_capacity_count(0, 0, 1);
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), few - MIB(1));
	in.left = zram_capacity_count(0, 0, 200000);
	KUNIT_EXPECT_LT(test, capacity_test_storable(&in), MIB(33));
	/* The pages that were spilled are forgotten */
	for (i = 0; i < 8000; i++)
		in.left = zram_capacity_count(in.left, 25, 0);
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), MIB(124));
	/* However many at once: as many of each kind */
	in.left = zram_capacity_count(in.left, U64_MAX, U64_MAX);
	KUNIT_EXPECT_EQ(test, in.left >> 16, in.left & U16_MAX);
	KUNIT_EXPECT_GT(test, in.left, 0U);
	/* No count divides by zero */
	in.left = 1U << 15;
	KUNIT_EXPECT_GT(test, capacity_test_storable(&in), 0ULL);
}

static u64 capacity_test_watch_at(const struct zram_capacity_input *in, u64 low)
{
	struct zram_capacity out;

	zram_capacity_forecast(in, &out);
	return zram_capacity_watch(in, &out, low);
}

static void capacity_test_watch(struct kunit *test)
{
	struct zram_capacity_input in = capacity_test_half;

	/* 8 bytes stored for a byte of memory */
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, MIB(8)),
			in.limit_bytes - MIB(1));
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, MIB(256)), 0ULL);
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, U64_MAX), 0ULL);
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, 0), in.limit_bytes);
	/* At the latest where the backing device does not count any more */
	in.free_bytes = MIB(900);
	in.moves = true;
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, MIB(8)),
			in.limit_bytes - in.limit_bytes / 32);
	/* All pages are same-filled */
	in = (struct zram_capacity_input){
		.size_pages = 1000, .pages = 10, .same_pages = 10,
	};
	KUNIT_EXPECT_EQ(test, capacity_test_watch_at(&in, PAGE_SIZE), 1ULL);
}

/* No number divides by zero, and none is beyond the bounds */
static void capacity_test_any(struct kunit *test)
{
	static const u64 some[] = {
		0, 1, PAGE_SIZE, U32_MAX, 1ULL << 40, S64_MAX, U64_MAX - 1, U64_MAX,
	};
	u64 *field, *end, seed = 88172645463325252ULL;
	struct zram_capacity_input in = {};
	struct zram_capacity out;
	unsigned int i;

	end = (u64 *)&in.left;
	for (i = 0; i < 20000; i++) {
		for (field = (u64 *)&in; field < end; field++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			*field = seed & 8 ? some[seed % 8] : seed >> (seed & 63);
		}
		in.left = seed;
		in.moves = seed & 16;
		in.spill = seed & 32;
		zram_capacity_forecast(&in, &out);
		zram_capacity_watch(&in, &out, seed);
		KUNIT_ASSERT_LE(test, out.storable, (u64)ZRAM_CAPACITY_MAX);
		KUNIT_ASSERT_LE(test, out.ratio_percent, (u64)ZRAM_CAPACITY_MAX);
		KUNIT_ASSERT_LE(test, out.memory_left, (u64)ZRAM_CAPACITY_MAX);
		if (in.pages >= in.size_pages)
			KUNIT_ASSERT_EQ(test, out.storable, 0ULL);
	}
}

/* Products of more than 64 bits */
static void capacity_test_large(struct kunit *test)
{
	struct zram_capacity_input in = {
		.size_pages = 1ULL << 50,
		.pages = 1ULL << 40,
		.same_pages = 1ULL << 39,
		.object_bytes = 1ULL << 49,
		.pool_bytes = 1ULL << 49,
		.limit_bytes = 1ULL << 50,
	};

	/* 2^39 objects of 2^10 bytes, and 2^49 bytes are left */
	KUNIT_EXPECT_EQ(test, capacity_test_storable(&in),
			(1ULL << 40) * PAGE_SIZE);
}

static struct kunit_case capacity_test_cases[] = {
	KUNIT_CASE(capacity_test_fills),
	KUNIT_CASE(capacity_test_mean),
	KUNIT_CASE(capacity_test_empty),
	KUNIT_CASE(capacity_test_backing),
	KUNIT_CASE(capacity_test_count),
	KUNIT_CASE(capacity_test_watch),
	KUNIT_CASE(capacity_test_any),
	KUNIT_CASE(capacity_test_large),
	{}
};

static struct kunit_suite capacity_test_suite = {
	.name = "zram_capacity",
	.test_cases = capacity_test_cases,
};

kunit_test_suite(capacity_test_suite);
