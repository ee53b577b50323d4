// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of awake time: ages against a table of all seconds, and cut-offs against
 * the ages.
 */

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/timekeeping.h>

#include "../tier_clock.h"

/* Enough for the sleeps that a clock remembers, and more than as many again */
#define SECONDS		16384U

/**
 * struct tier_clock_test - what a test works on
 * @clock: the clock
 * @awake: for each second since boot, how long the machine had been awake
 * @now: the last second in @awake
 * @rnd: pseudo-random numbers
 */
struct tier_clock_test {
	struct zram_tier_clock clock;
	u32 awake[SECONDS];
	u32 now;
	struct rnd_state rnd;
};

static int tier_clock_test_init(struct kunit *test)
{
	struct tier_clock_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	prandom_seed_state(&t->rnd, 20261126);
	test->priv = t;
	return 0;
}

/* Time passes: up to 60 seconds awake, and up to 120 asleep */
static void live(struct kunit *test, unsigned int sleeps)
{
	struct tier_clock_test *t = test->priv;
	unsigned int i;
	u32 end;

	while (sleeps--) {
		end = t->now + prandom_u32_state(&t->rnd) % 60;
		for (; t->now < end; t->now++)
			t->awake[t->now + 1] = t->awake[t->now] + 1;
		end = t->now + 1 + prandom_u32_state(&t->rnd) % 120;
		for (; t->now < end; t->now++)
			t->awake[t->now + 1] = t->awake[t->now];
		KUNIT_EXPECT_TRUE(test, zram_tier_clock_add(&t->clock, t->now,
							    t->now - t->awake[t->now]));
		/* A notifier that comes twice, and a sleep of less than a second */
		KUNIT_EXPECT_FALSE(test, zram_tier_clock_add(&t->clock, t->now,
							     t->now - t->awake[t->now]));
	}
	for (i = 0; i < 30; i++, t->now++)
		t->awake[t->now + 1] = t->awake[t->now] + 1;
	KUNIT_ASSERT_LT(test, t->now, SECONDS);
}

/* Ages at @now are right for pages accessed from second @from on */
static void check_ages(struct kunit *test, u32 from, u32 now)
{
	struct tier_clock_test *t = test->priv;
	u32 at, age;

	for (at = from; at <= now; at++) {
		age = zram_tier_clock_age_by(&t->clock, at, now);
		if (age != t->awake[now] - t->awake[at])
			KUNIT_FAIL(test, "from %u to %u: %u and not %u", at,
				   now, age, t->awake[now] - t->awake[at]);
	}
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age_by(&t->clock, now + 1,
							 now));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age_by(&t->clock, U32_MAX,
							 now));
}

/* A cut-off of an age has the pages of this age before it, and no others */
static void check_before(struct kunit *test, u32 now)
{
	struct tier_clock_test *t = test->priv;
	u32 age, before, oldest = zram_tier_clock_age_by(&t->clock, 0, now);

	for (age = 0; age <= oldest; age++) {
		before = zram_tier_clock_before_by(&t->clock, age, now);
		KUNIT_ASSERT_GT(test, before, 0U);
		KUNIT_EXPECT_GE(test, zram_tier_clock_age_by(&t->clock,
							     before - 1, now),
				age);
		if (before <= now)
			KUNIT_EXPECT_LT(test,
					zram_tier_clock_age_by(&t->clock,
							       before, now),
					age);
		/* Older pages are accessed before */
		if (age)
			KUNIT_EXPECT_LT(test, before,
					zram_tier_clock_before_by(&t->clock,
								  age - 1, now));
	}
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_before_by(&t->clock,
							    oldest + 1, now));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_before_by(&t->clock, U32_MAX,
							    now));
}

static void tier_clock_test_no_sleep(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;

	live(test, 0);
	check_ages(test, 0, t->now);
	check_before(test, t->now);
}

static void tier_clock_test_one_sleep(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;

	live(test, 1);
	KUNIT_EXPECT_EQ(test, t->clock.nr, 1U);
	check_ages(test, 0, t->now);
	check_before(test, t->now);
}

/* As many sleeps as the clock can hold; at each end of them, too */
static void tier_clock_test_full(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;
	unsigned int i;

	live(test, ZRAM_TIER_SLEEPS);
	KUNIT_ASSERT_EQ(test, t->clock.nr, ZRAM_TIER_SLEEPS);
	check_ages(test, 0, t->now);
	check_before(test, t->now);
	for (i = 0; i < ZRAM_TIER_SLEEPS; i += 9) {
		check_ages(test, 0, t->clock.sleeps[i].end - 1);
		check_ages(test, 0, t->clock.sleeps[i].end);
		check_before(test, t->clock.sleeps[i].end);
	}
}

/* More sleeps: the clock calls no page too old, and none much too young */
static void tier_clock_test_merge(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;
	u32 at, age, before = U32_MAX, right;

	live(test, ZRAM_TIER_SLEEPS + 80);
	KUNIT_ASSERT_EQ(test, t->clock.nr, ZRAM_TIER_SLEEPS);
	check_ages(test, t->clock.sleeps[ZRAM_TIER_SLEEPS - 1].end, t->now);
	check_before(test, t->now);
	for (at = 0; at < t->now; at++) {
		age = zram_tier_clock_age_by(&t->clock, at, t->now);
		right = t->awake[t->now] - t->awake[at];
		KUNIT_EXPECT_LE(test, age, right);
		KUNIT_EXPECT_GE(test, age, right - right / 4);
		KUNIT_EXPECT_LE(test, age, before);
		before = age;
	}
	KUNIT_EXPECT_EQ(test, t->awake[t->now],
			zram_tier_clock_age_by(&t->clock, 0, t->now));
}

/* A machine that sleeps whenever it can: awake for 5 s, asleep for 10 s, and so on */
static void tier_clock_test_autosleep(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;
	u32 at, age, right, sleeps = 20000, now = sleeps * 15;
	u32 i;

	for (i = 1; i <= sleeps; i++)
		KUNIT_ASSERT_TRUE(test, zram_tier_clock_add(&t->clock, i * 15, i * 10));
	for (at = 0; at < now; at += 7) {
		age = zram_tier_clock_age_by(&t->clock, at, now);
		right = sleeps * 5 - (at / 15 * 5 + min(at % 15, 5U));
		if (age > right || age < right - right / 4)
			KUNIT_FAIL(test, "accessed at %u: age %u and not %u", at, age,
				   right);
	}
}

/* The parts of seconds that both times lose do not make awake time go back */
static void tier_clock_test_round(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, zram_tier_clock_add(&t->clock, 100, 49));
	/* Awake for 51 seconds, and now for 50 as it seems */
	KUNIT_EXPECT_TRUE(test, zram_tier_clock_add(&t->clock, 200, 150));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age_by(&t->clock, 100, 200));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age_by(&t->clock, 199, 200));
	KUNIT_EXPECT_EQ(test, 1U, zram_tier_clock_age_by(&t->clock, 50, 200));
	/* Seconds that went back, and more sleep than time: no sleep */
	KUNIT_EXPECT_FALSE(test, zram_tier_clock_add(&t->clock, 40, 300));
	KUNIT_EXPECT_FALSE(test, zram_tier_clock_add(&t->clock, 200, 300));
	KUNIT_EXPECT_EQ(test, t->clock.nr, 2U);
}

static void tier_clock_test_limits(struct kunit *test)
{
	struct tier_clock_test *t = test->priv;
	struct zram_tier_clock *clock = &t->clock;

	KUNIT_EXPECT_EQ(test, U32_MAX, zram_tier_clock_age_by(clock, 0, U32_MAX));
	KUNIT_EXPECT_EQ(test, 1U, zram_tier_clock_before_by(clock, U32_MAX,
							    U32_MAX));
	KUNIT_EXPECT_EQ(test, U32_MAX, zram_tier_clock_before_by(clock, 0,
								 U32_MAX));
	KUNIT_EXPECT_EQ(test, 1U, zram_tier_clock_before_by(clock, 0, 0));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_before_by(clock, 1, 0));

	/* Asleep for all but the first and the last ten seconds */
	KUNIT_EXPECT_TRUE(test, zram_tier_clock_add(clock, U32_MAX - 10,
						    U32_MAX - 20));
	KUNIT_EXPECT_EQ(test, 20U, zram_tier_clock_age_by(clock, 0, U32_MAX));
	KUNIT_EXPECT_EQ(test, 10U, zram_tier_clock_age_by(clock, 11, U32_MAX));
	KUNIT_EXPECT_EQ(test, 1U, zram_tier_clock_age_by(clock, U32_MAX - 1,
							 U32_MAX));
	KUNIT_EXPECT_EQ(test, U32_MAX, zram_tier_clock_before_by(clock, 0,
								 U32_MAX));
	KUNIT_EXPECT_EQ(test, U32_MAX, zram_tier_clock_before_by(clock, 1,
								 U32_MAX));
	KUNIT_EXPECT_EQ(test, U32_MAX - 9, zram_tier_clock_before_by(clock, 10,
								     U32_MAX));
	KUNIT_EXPECT_EQ(test, 10U, zram_tier_clock_before_by(clock, 11, U32_MAX));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_before_by(clock, 21, U32_MAX));
}

/* The clock of the machine, which may have slept */
static void tier_clock_test_machine(struct kunit *test)
{
	u32 begun = ktime_get_seconds(), now, awake;

	zram_tier_clock_resume();
	zram_tier_clock_resume();
	now = ktime_get_boottime_seconds();
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age(now, now));
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_age(now + 1, now));
	KUNIT_EXPECT_EQ(test, now + 1, zram_tier_clock_before(0, now));
	awake = zram_tier_clock_age(0, now);
	KUNIT_EXPECT_LE(test, awake, (u32)ktime_get_seconds() + 1);
	KUNIT_EXPECT_GE(test, awake + 2, begun);
	KUNIT_EXPECT_EQ(test, 0U, zram_tier_clock_before(awake + 1, now));
	KUNIT_EXPECT_GT(test, zram_tier_clock_before(awake, now), 0U);
}

static struct kunit_case tier_clock_test_cases[] = {
	KUNIT_CASE(tier_clock_test_no_sleep),
	KUNIT_CASE(tier_clock_test_one_sleep),
	KUNIT_CASE(tier_clock_test_full),
	KUNIT_CASE(tier_clock_test_merge),
	KUNIT_CASE(tier_clock_test_autosleep),
	KUNIT_CASE(tier_clock_test_round),
	KUNIT_CASE(tier_clock_test_limits),
	KUNIT_CASE(tier_clock_test_machine),
	{}
};

static struct kunit_suite tier_clock_test_suite = {
	.name = "zram_tier_clock",
	.init = tier_clock_test_init,
	.test_cases = tier_clock_test_cases,
};

kunit_test_suite(tier_clock_test_suite);
