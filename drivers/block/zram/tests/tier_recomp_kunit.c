// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the times of recompression: passes while there are pages to try, and
 * none on a device that is not used.
 */

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "../tier_recomp.h"

/**
 * struct recomp_test - a device, and its clock
 * @recomp: what is tested
 * @now: seconds since boot; the machine never sleeps
 * @tried: pages accessed before this second were tried
 * @passes: how often
 */
struct recomp_test {
	struct zram_tier_recomp recomp;
	u32 now;
	u32 tried;
	unsigned int passes;
};

static u32 recomp_test_wait(const struct recomp_test *t)
{
	return zram_tier_recomp_wait(&t->recomp, t->tried,
				     (u64)t->now * MSEC_PER_SEC);
}

/* Let time pass, with passes where they are due; returns what the thread still waits */
static u32 recomp_test_run(struct recomp_test *t, u32 seconds, bool in_use)
{
	u32 end = t->now + seconds, age = t->recomp.age;

	for (; t->now < end; t->now++) {
		if (in_use)
			t->recomp.touched = t->now;
		if (recomp_test_wait(t))
			continue;
		t->passes++;
		/* As zram_tier_clock_before() without sleeps */
		if (t->now >= age)
			t->tried = max(t->tried, t->now - age + 1);
		zram_tier_recomp_done(&t->recomp, t->now - t->recomp.touched,
				      (u64)t->now * MSEC_PER_SEC);
	}
	return recomp_test_wait(t);
}

static void recomp_test_idle(struct kunit *test)
{
	static const u32 ages[] = { 1, 2, 3, 4, 7, 60, 3600, 86400 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		struct recomp_test t = { .now = 1000, .recomp.touched = 1000 };

		zram_tier_recomp_set_age(&t.recomp, ages[i]);
		/* Each page is tried within a quarter of its age, or a second */
		recomp_test_run(&t, 1 + ages[i] + ages[i] / 4, false);
		KUNIT_EXPECT_GT_MSG(test, t.tried, 1000U, "age %u", ages[i]);
		KUNIT_EXPECT_LE_MSG(test, t.passes, 8U, "age %u", ages[i]);
		/* And then the thread sleeps */
		t.passes = 0;
		KUNIT_EXPECT_EQ(test, recomp_test_run(&t, 100000, false), U32_MAX);
		KUNIT_EXPECT_EQ(test, t.passes, 0U);
	}
}

static void recomp_test_in_use(struct kunit *test)
{
	struct recomp_test t = {};

	zram_tier_recomp_set_age(&t.recomp, 40);
	KUNIT_EXPECT_NE(test, recomp_test_run(&t, 1000, true), U32_MAX);
	KUNIT_EXPECT_EQ(test, t.passes, 100U);
	KUNIT_EXPECT_GE(test, t.tried + 40 + 10, t.now);
	/* An access after the last pass is the reason for another one */
	recomp_test_run(&t, 1000, false);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), U32_MAX);
	recomp_test_run(&t, 1, true);
	KUNIT_EXPECT_NE(test, recomp_test_wait(&t), U32_MAX);
}

static void recomp_test_set_age(struct kunit *test)
{
	struct recomp_test t = { .now = 1000000, .recomp.touched = 1000000 };

	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), U32_MAX);
	zram_tier_recomp_set_age(&t.recomp, 400000);
	recomp_test_run(&t, 1, false);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), 99999U * MSEC_PER_SEC);
	/* A lower age does not wait for a pass of the higher one */
	zram_tier_recomp_set_age(&t.recomp, 10);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), 0U);
	zram_tier_recomp_set_age(&t.recomp, 0);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), U32_MAX);
	/* The highest age */
	zram_tier_recomp_set_age(&t.recomp, U32_MAX);
	recomp_test_run(&t, 1, false);
	KUNIT_EXPECT_EQ(test, t.recomp.due,
			(1000001ULL + U32_MAX / 4) * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), U32_MAX);
}

static void recomp_test_stuck(struct kunit *test)
{
	struct recomp_test t = { .recomp.touched = 1000 };
	u32 wait, sum = 0;
	int i;

	zram_tier_recomp_set_age(&t.recomp, 4);
	for (i = 0; i < 12; i++) {
		zram_tier_recomp_stuck(&t.recomp, (u64)t.now * MSEC_PER_SEC);
		wait = recomp_test_wait(&t);
		KUNIT_EXPECT_EQ(test, wait, min(1000U << i, 300000U));
		t.now += wait / MSEC_PER_SEC;
		KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), 0U);
		sum += wait;
	}
	/* Progress ends it */
	recomp_test_run(&t, 1, true);
	zram_tier_recomp_stuck(&t.recomp, (u64)t.now * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, recomp_test_wait(&t), 1000U);
	KUNIT_EXPECT_EQ(test, sum, 511000U + 3 * 300000U);
}

static struct kunit_case recomp_test_cases[] = {
	KUNIT_CASE(recomp_test_idle),
	KUNIT_CASE(recomp_test_in_use),
	KUNIT_CASE(recomp_test_set_age),
	KUNIT_CASE(recomp_test_stuck),
	{}
};

static struct kunit_suite recomp_test_suite = {
	.name = "zram_tier_recomp",
	.test_cases = recomp_test_cases,
};

kunit_test_suite(recomp_test_suite);
