// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the numbers and ages of tiering, and of the policy with numbers near 2^64. */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "../tier_num.h"
#include "../tier_policy.h"
#include "tier_policy_test.h"

static void num_test_classes(struct kunit *test)
{
	static const u32 first[] = { 0, 1, 2, 4, 8, 16, 32, 64, 128, 256 };
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(first); k++) {
		KUNIT_EXPECT_EQ(test, zram_tier_class(first[k]), k);
		KUNIT_EXPECT_EQ(test, zram_tier_class_age(k), first[k]);
		if (k)
			KUNIT_EXPECT_EQ(test, zram_tier_class(first[k] - 1),
					k - 1);
	}
	KUNIT_EXPECT_EQ(test, zram_tier_class(1 << 22), 23);
	KUNIT_EXPECT_EQ(test, zram_tier_class((1 << 22) - 1), 22);
	KUNIT_EXPECT_EQ(test, zram_tier_class(U32_MAX), 23);
	KUNIT_EXPECT_EQ(test, zram_tier_class_age(23), 1 << 22);
	KUNIT_EXPECT_EQ(test, zram_tier_class_age(ZRAM_TIER_CLASSES), U32_MAX);
}

static void num_test_saturating(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, zram_tier_add(U64_MAX - 1, 1), U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_add(U64_MAX - 1, 2), U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_add(3, 4), 7);
	KUNIT_EXPECT_EQ(test, zram_tier_sub(4, 3), 1);
	KUNIT_EXPECT_EQ(test, zram_tier_sub(3, 4), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_tick(U32_MAX - 1), U32_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_tick(U32_MAX), U32_MAX);
	/* Exact below 2^63, and never less than that above */
	KUNIT_EXPECT_EQ(test, zram_tier_mul(1ULL << 31, U32_MAX),
			(u64)U32_MAX << 31);
	KUNIT_EXPECT_EQ(test, zram_tier_mul(0x7fffffff, U32_MAX),
			0x7fffffffULL * U32_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_mul(1ULL << 33, U32_MAX), U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_mul(1ULL << 62, 2), U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_mul((1ULL << 62) - 1, 2), (1ULL << 63) - 2);
	KUNIT_EXPECT_EQ(test, zram_tier_mul(U64_MAX, 0), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_q8(5), 1280);
	/* What decays ends, and does not wrap */
	KUNIT_EXPECT_EQ(test, zram_tier_decay(1000, 10), 900);
	KUNIT_EXPECT_EQ(test, zram_tier_decay(5, 10), 4);
	KUNIT_EXPECT_EQ(test, zram_tier_decay(1, 10), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_decay(0, 10), 0);
}

/* A number, its product with some others, and how often that was doubled */
static struct zram_tier_num num_of(u64 x, u64 times, u64 again)
{
	return zram_tier_num_times(zram_tier_num_times(zram_tier_num(x), times),
				   again);
}

static void num_test_less(struct kunit *test)
{
	static const struct {
		u64 a[3], b[3];
	} less[] = {
		{ { 0, 1, 1 }, { 1, 1, 1 } },
		{ { 5, 0, 7 }, { 1, 1, 1 } },
		{ { 1, 1, 1 }, { 2, 1, 1 } },
		{ { U64_MAX, 1, 1 }, { U64_MAX, 2, 1 } },
		{ { 3, 5, 7 }, { 106, 1, 1 } },
		{ { 104, 1, 1 }, { 3, 5, 7 } },
		{ { U64_MAX, U64_MAX, 1 }, { U64_MAX, U64_MAX, 2 } },
		{ { U64_MAX, U64_MAX, U64_MAX - (U64_MAX >> 8) },
		  { U64_MAX, U64_MAX, U64_MAX } },
		{ { U32_MAX - 1ULL, 1, 1 }, { U32_MAX, 1, 1 } },
		{ { 1ULL << 32, 1, 1 }, { (1ULL << 32) + 2, 1, 1 } },
		{ { 1ULL << 63, 1ULL << 63, 1 }, { 1ULL << 63, 3ULL << 62, 1 } },
		{ { 1ULL << 40, 1ULL << 40, 3 }, { 1ULL << 41, 1ULL << 40, 2 } },
	};
	static const struct {
		u64 a[3], b[3];
	} same[] = {
		{ { 0, 1, 1 }, { 5, 0, U64_MAX } },
		{ { 3, 5, 7 }, { 105, 1, 1 } },
		{ { 1, 1ULL << 60, 1ULL << 60 }, { 1ULL << 60, 1, 1ULL << 60 } },
		{ { 1ULL << 63, 6, 1 }, { 1ULL << 62, 3, 4 } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(less); i++) {
		struct zram_tier_num a = num_of(less[i].a[0], less[i].a[1], less[i].a[2]);
		struct zram_tier_num b = num_of(less[i].b[0], less[i].b[1], less[i].b[2]);

		KUNIT_EXPECT_TRUE_MSG(test, zram_tier_num_less(a, b), "case %u", i);
		KUNIT_EXPECT_FALSE_MSG(test, zram_tier_num_less(b, a), "case %u", i);
	}
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		struct zram_tier_num a = num_of(same[i].a[0], same[i].a[1], same[i].a[2]);
		struct zram_tier_num b = num_of(same[i].b[0], same[i].b[1], same[i].b[2]);

		KUNIT_EXPECT_FALSE_MSG(test, zram_tier_num_less(a, b), "case %u", i);
		KUNIT_EXPECT_FALSE_MSG(test, zram_tier_num_less(b, a), "case %u", i);
	}
}

/* Counts near 2^63 and 2^64, again and again: sums saturate, and none wraps */
static void num_test_saturation(struct kunit *test)
{
	static const u64 large[] = { 1ULL << 63, (1ULL << 63) - 1, U64_MAX };
	struct machine *m = machine_make(test);
	u64 x, sum = 0;
	unsigned int i, k;

	for (i = 0; i < 300; i++) {
		x = large[i % 3];
		for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
			m->in.reads[k] = x;
			m->in.reads_disk[k] = x;
			m->walk.pages[k] = x;
			m->walk.on_disk[k] = x;
		}
		m->in.wait_us = x;
		m->in.asked = x;
		m->in.ram_pages = x;
		m->in.pool_bytes = x;
		m->in.object_bytes = x;
		m->in.pool_pages = large[(i + 1) % 3];
		m->in.limit_bytes = i % 2 ? x : 1;
		m->in.pool_ns = i % 2 ? U32_MAX : 1;
		m->in.walk = &m->walk;
		machine_step(m);
		for (k = 0, sum = U64_MAX; k < ZRAM_TIER_CLASSES; k++) {
			sum = min(sum, m->state.hazard.past.reads[k]);
			sum = min(sum, m->state.hazard.past.exposure[k]);
		}
		sum = min3(sum, m->state.brake.waits, m->state.pressure_us / 2 * 1000);
		if (i > 8 && sum < 1ULL << 60)
			KUNIT_FAIL(test, "a sum wraps in step %u", i);
		if (!m->state.brake.margin || m->state.brake.margin > ZRAM_TIER_MARGIN_MAX)
			KUNIT_FAIL(test, "margin %u", m->state.brake.margin);
	}
	/* Each read is a regret */
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, 1);
	KUNIT_EXPECT_GE(test, m->out.regret, 100);
}

/* A product of more than 64 bits is large, not what is left of it */
static void num_test_product(struct kunit *test)
{
	struct machine *m = machine_make(test);

	m->in.reads[1] = 1ULL << 40;
	m->in.pool_ns = 1U << 30;
	machine_step(m);
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	KUNIT_EXPECT_GT(test, m->state.pressure_us, 1ULL << 50);
}

static struct kunit_case num_test_cases[] = {
	KUNIT_CASE(num_test_classes),
	KUNIT_CASE(num_test_saturating),
	KUNIT_CASE(num_test_less),
	KUNIT_CASE(num_test_saturation),
	KUNIT_CASE(num_test_product),
	{}
};

static struct kunit_suite num_test_suite = {
	.name = "zram_tier_num",
	.test_cases = num_test_cases,
};

kunit_test_suite(num_test_suite);
