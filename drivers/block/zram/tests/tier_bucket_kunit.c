// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the token bucket: bytes of a day, to the byte.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "../tier_bucket.h"

#define DAY_MS	86400000U

/* Write as much as a bucket allows, in portions of a request */
static u64 take_all(struct zram_tier_bucket *bucket, u64 portion, bool spill)
{
	u64 sum = 0, got;

	do {
		got = min(portion, zram_tier_bucket_left(bucket, spill));
		zram_tier_bucket_charge(bucket, got);
		sum += got;
	} while (got);
	return sum;
}

static void bucket_test_window(struct kunit *test)
{
	/* 10 MiB a minute */
	const u64 minute = 10 << 20;
	struct zram_tier_bucket bucket = { .daily = 24 * 60 * minute };
	unsigned int window;

	KUNIT_EXPECT_EQ(test, take_all(&bucket, 262144, false), bucket.daily);
	for (window = 0; window < 10; window++) {
		zram_tier_bucket_fill(&bucket, 60000);
		KUNIT_EXPECT_EQ(test, take_all(&bucket, 262144, false), minute);
		KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	}
}

/* However a day is cut into parts, it frees a day's bytes, and not one more */
static void bucket_test_parts(struct kunit *test)
{
	static const u64 sizes[] = {
		1, 4096, 86399999, 86400000, 86400001, 1000000007, 1ULL << 30,
		(1ULL << 40) + 1, (1ULL << 62) - 1,
	};
	static const u32 parts[] = { 86400000, 43200000, 1000000, 250000, 86400 };
	unsigned int s, p;
	u32 i;

	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (p = 0; p < ARRAY_SIZE(parts); p++) {
			/* More was spent than a day frees, so the rest is kept */
			struct zram_tier_bucket bucket = {
				.daily = sizes[s],
				.spent = 2 * sizes[s],
			};

			for (i = 0; i < DAY_MS / parts[p]; i++)
				zram_tier_bucket_fill(&bucket, parts[p]);
			if (DAY_MS % parts[p])
				zram_tier_bucket_fill(&bucket,
						      DAY_MS % parts[p]);
			KUNIT_EXPECT_EQ_MSG(test, bucket.spent, sizes[s],
					    "parts of %u ms", parts[p]);
		}
	}
}

static void bucket_test_reserve(struct kunit *test)
{
	struct zram_tier_bucket bucket = { .daily = 1000, .reserve = 300 };

	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 700);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 1000);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, 900, false), 700);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, 900, true), 300);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 0);
	/* What becomes free fills the reserve first */
	zram_tier_bucket_fill(&bucket, DAY_MS / 10 * 3);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	zram_tier_bucket_fill(&bucket, DAY_MS / 1000);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 1);
	/* A day frees no more than was spent */
	zram_tier_bucket_fill(&bucket, DAY_MS);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 1000);
	/* At most half of the day's worth is reserved */
	bucket.reserve = U64_MAX;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 500);
	bucket.spent = 1;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 499);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 999);
}

/* Writing the attribute again is no way to get a second day's worth */
static void bucket_test_change(struct kunit *test)
{
	struct zram_tier_bucket bucket = { .daily = 1000 };

	take_all(&bucket, 100, false);
	bucket.daily = 500;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	bucket.daily = 1000;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	bucket.daily = 1500;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 500);
	/* 500 of them are more than the day's worth of now */
	bucket.daily = 500;
	zram_tier_bucket_fill(&bucket, DAY_MS);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	zram_tier_bucket_fill(&bucket, DAY_MS);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 500);
	/* But no bound does forget */
	take_all(&bucket, 500, false);
	bucket.daily = ZRAM_TIER_NO_LIMIT;
	zram_tier_bucket_fill(&bucket, 1);
	bucket.daily = 500;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 500);
}

/* Days in one call free as many bytes as day by day */
static void bucket_test_days(struct kunit *test)
{
	unsigned int days, i;

	for (days = 0; days < 6; days++) {
		struct zram_tier_bucket bucket = { .daily = 500, .spent = 2000 };
		struct zram_tier_bucket each = bucket;

		zram_tier_bucket_fill(&bucket, (u64)days * DAY_MS + DAY_MS / 2);
		for (i = 0; i < days; i++)
			zram_tier_bucket_fill(&each, DAY_MS);
		zram_tier_bucket_fill(&each, DAY_MS / 2);
		KUNIT_EXPECT_EQ(test, bucket.spent, each.spent);
		KUNIT_EXPECT_EQ(test, bucket.spent,
				max(2000 - 250 - 500 * (int)days, 0));
	}
}

static void bucket_test_zero(struct kunit *test)
{
	struct zram_tier_bucket bucket = {};

	zram_tier_bucket_fill(&bucket, 0);
	zram_tier_bucket_fill(&bucket, U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 0);
	bucket.daily = 4096;
	/* No time is saved up while the bucket is full */
	zram_tier_bucket_fill(&bucket, DAY_MS - 1);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, 4096, true), 4096);
	zram_tier_bucket_fill(&bucket, 1);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 0);
}

static void bucket_test_large(struct kunit *test)
{
	struct zram_tier_bucket bucket = { .daily = ZRAM_TIER_NO_LIMIT };
	int i;

	for (i = 0; i < 4; i++) {
		zram_tier_bucket_charge(&bucket, 1ULL << 63);
		KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false),
				ZRAM_TIER_NO_LIMIT);
	}
	/* The sum saturates */
	KUNIT_EXPECT_EQ(test, bucket.spent, U64_MAX);
	/* What is reserved does not wrap it */
	bucket.daily = 1000;
	bucket.reserve = 100;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, false), 0);
	bucket.daily = 1ULL << 63;
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 0);
	zram_tier_bucket_fill(&bucket, DAY_MS);
	KUNIT_EXPECT_EQ(test, bucket.spent, U64_MAX >> 1);
	KUNIT_EXPECT_EQ(test, zram_tier_bucket_left(&bucket, true), 1);
	/* So does the product of days and bytes */
	bucket.spent = U64_MAX;
	zram_tier_bucket_fill(&bucket, 2ULL * DAY_MS);
	KUNIT_EXPECT_EQ(test, bucket.spent, 0);
	KUNIT_EXPECT_EQ(test, bucket.part, 0);
}

static struct kunit_case bucket_test_cases[] = {
	KUNIT_CASE(bucket_test_window),
	KUNIT_CASE(bucket_test_parts),
	KUNIT_CASE(bucket_test_reserve),
	KUNIT_CASE(bucket_test_change),
	KUNIT_CASE(bucket_test_days),
	KUNIT_CASE(bucket_test_zero),
	KUNIT_CASE(bucket_test_large),
	{}
};

static struct kunit_suite bucket_test_suite = {
	.name = "zram_tier_bucket",
	.test_cases = bucket_test_cases,
};

kunit_test_suite(bucket_test_suite);
