// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the latency governor: percentiles, reads of other programs, and what slow,
 * fast and quiet seconds do to the writes in flight.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "../tier_latency.h"

#define TARGET		1000U
#define FULL		512U
#define NONE		ZRAM_TIER_LATENCY_NONE

/**
 * struct latency_test - a governor and its device
 * @latency: the governor
 * @times: reads
 * @in: input of the next step
 */
struct latency_test {
	struct zram_tier_latency latency;
	struct zram_tier_latency_times times;
	struct zram_tier_latency_input in;
};

static int latency_test_init(struct kunit *test)
{
	struct latency_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->in = (struct zram_tier_latency_input){
		.now = 5000,
		.target_us = TARGET,
		.full = FULL,
		.least = 1,
	};
	test->priv = t;
	return 0;
}

static u32 look(struct latency_test *t)
{
	return zram_tier_latency_step(&t->latency, &t->times, &t->in);
}

/* Set the target, and let a minute pass without reads, which removes the limit */
static u32 start(struct latency_test *t)
{
	look(t);
	t->in.now += 60 * MSEC_PER_SEC;
	return look(t);
}

/* Reads of the disk by other programs end */
static void others(struct latency_test *t, unsigned int nr, u64 us)
{
	t->in.disk_reads += nr;
	t->in.disk_ns += nr * us * NSEC_PER_USEC;
}

static void reads(struct latency_test *t, unsigned int nr, u64 us)
{
	while (nr--)
		zram_tier_latency_count(&t->times, us);
}

/* A second with a read of @us, or without one; returns the limit after it */
static u32 second(struct latency_test *t, u64 us, bool wrote)
{
	if (us)
		reads(t, 1, us);
	t->latency.wrote = wrote;
	t->in.now += MSEC_PER_SEC;
	return look(t);
}

static u32 seconds(struct latency_test *t, unsigned int nr, u64 us, bool wrote)
{
	u32 limit = t->latency.limit;

	while (nr--)
		limit = second(t, us, wrote);
	return limit;
}

/* Slow seconds until the thread is stopped */
static void stop(struct kunit *test)
{
	struct latency_test *t = test->priv;
	unsigned int nr = 0;

	while (second(t, 5000, true) && nr < 20)
		nr++;
	KUNIT_ASSERT_EQ(test, t->latency.limit, 0);
}

/* Classes rise with the time, one by one */
static void latency_test_class(struct kunit *test)
{
	unsigned int class, last = 0;
	u64 us;

	for (us = 0; us < 100000; us++) {
		class = zram_tier_latency_class(us);
		KUNIT_ASSERT_LE(test, last, class);
		KUNIT_ASSERT_LE(test, class, last + 1);
		last = class;
	}
	KUNIT_EXPECT_EQ(test, zram_tier_latency_class(0), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_latency_class(9), 8);
	KUNIT_EXPECT_EQ(test, zram_tier_latency_class(U64_MAX),
			ZRAM_TIER_LATENCY_TIMES - 1);
	KUNIT_EXPECT_EQ(test, zram_tier_latency_class(7ULL << 23),
			ZRAM_TIER_LATENCY_TIMES - 1);
	KUNIT_EXPECT_EQ(test, zram_tier_latency_class((7ULL << 23) - 1),
			ZRAM_TIER_LATENCY_TIMES - 2);
}

/* The percentile of reads that all took a time is that time, to an eighth */
static void latency_test_percentile(struct kunit *test)
{
	static const u32 times[] = { 0, 1, 7, 8, 100, 999, 20000, 3000000, 50000000 };
	struct latency_test *t = test->priv;
	unsigned int i;

	t->in.target_us = U32_MAX;
	start(t);
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		reads(t, 3, times[i]);
		second(t, 0, true);
		KUNIT_EXPECT_GE(test, t->latency.p95_us, times[i] - times[i] / 8);
		KUNIT_EXPECT_LE(test, t->latency.p95_us, times[i] + times[i] / 8);
	}
	/* A second without reads leaves the percentile of the last one that had some */
	i = t->latency.p95_us;
	second(t, 0, true);
	KUNIT_EXPECT_EQ(test, t->latency.p95_us, i);
}

/* One of 20 may be slow, two may not */
static void latency_test_outlier(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	reads(t, 19, 100);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), NONE);
	reads(t, 38, 100);
	reads(t, 2, 5000);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), NONE);
	reads(t, 18, 100);
	reads(t, 1, 5000);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), FULL / 2);
}

/* Slow reads halve the writes in flight, and stop them in the end */
static void latency_test_halve(struct kunit *test)
{
	struct latency_test *t = test->priv;
	u32 limit;

	KUNIT_EXPECT_EQ(test, start(t), NONE);
	for (limit = FULL / 2; limit >= 8; limit /= 2)
		KUNIT_EXPECT_EQ(test, second(t, 5000, true), limit);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), 0);
}

/* Nothing changes before a second is over */
static void latency_test_early(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	reads(t, 10, 5000);
	t->latency.wrote = true;
	t->in.now += 999;
	KUNIT_EXPECT_EQ(test, look(t), NONE);
	t->in.now++;
	KUNIT_EXPECT_EQ(test, look(t), FULL / 2);
}

/* A second in which the thread wrote nothing says nothing about its writes */
static void latency_test_innocent(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	KUNIT_EXPECT_EQ(test, seconds(t, 20, 5000, false), NONE);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), FULL / 2);
	KUNIT_EXPECT_EQ(test, seconds(t, 20, 5000, false), FULL / 2);
}

/* Three fast seconds in a row double them; a slow one in between starts over */
static void latency_test_recover(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	seconds(t, 3, 5000, true);
	KUNIT_EXPECT_EQ(test, t->latency.limit, FULL / 8);
	KUNIT_EXPECT_EQ(test, seconds(t, 2, 100, true), FULL / 8);
	KUNIT_EXPECT_EQ(test, second(t, 5000, false), FULL / 8);
	KUNIT_EXPECT_EQ(test, seconds(t, 2, 100, true), FULL / 8);
	KUNIT_EXPECT_EQ(test, second(t, 100, true), FULL / 4);
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 0, true), FULL / 2);
	KUNIT_EXPECT_EQ(test, seconds(t, 3, TARGET, true), NONE);
}

/* Reads that stay slow do not stop the thread for good */
static void latency_test_probe(struct kunit *test)
{
	static const unsigned int stops[] = { 4, 8, 16, 32, 64, 64, 64 };
	struct latency_test *t = test->priv;
	unsigned int i;

	start(t);
	for (i = 0; i < ARRAY_SIZE(stops); i++) {
		stop(test);
		KUNIT_EXPECT_EQ(test, seconds(t, stops[i] - 1, 5000, false), 0);
		KUNIT_EXPECT_EQ(test, second(t, 5000, false), 8);
	}
	/* Fast reads prove that the writes were the cause */
	stop(test);
	KUNIT_EXPECT_EQ(test, seconds(t, 63, 100, false), 0);
	KUNIT_EXPECT_EQ(test, second(t, 100, false), 8);
	/* Fast beside writes: the next stop is short again */
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 100, true), 16);
	stop(test);
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 5000, false), 0);
	KUNIT_EXPECT_EQ(test, second(t, 5000, false), 8);
}

/* When nobody reads, nothing is held back */
static void latency_test_quiet(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	KUNIT_EXPECT_EQ(test, seconds(t, 100, 0, true), NONE);
	stop(test);
	seconds(t, 4, 5000, false);
	stop(test);
	KUNIT_EXPECT_EQ(test, seconds(t, 2, 0, false), 0);
	KUNIT_EXPECT_EQ(test, second(t, 0, false), 8);
	KUNIT_EXPECT_EQ(test, seconds(t, 3 * 6, 0, true), NONE);
	/* Nor after an hour in which the governor was not asked */
	stop(test);
	t->in.now += 3600 * MSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, look(t), 8);
	t->in.now += 3600 * MSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, look(t), NONE);
}

/* A read that does not end is slow when it has been in flight for a whole second */
static void latency_test_hang(struct kunit *test)
{
	struct latency_test *t = test->priv;

	start(t);
	t->in.reading = true;
	KUNIT_EXPECT_EQ(test, second(t, 0, true), NONE);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), FULL / 2);
	KUNIT_EXPECT_EQ(test, t->latency.p95_us, USEC_PER_SEC);
	t->in.reading = false;
	KUNIT_EXPECT_EQ(test, second(t, 0, true), FULL / 2);
	/* A target that is longer than a second */
	t->in.target_us = 2 * USEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, start(t), NONE);
	t->in.reading = true;
	KUNIT_EXPECT_EQ(test, seconds(t, 5, 0, true), NONE);
}

/* Without a target nothing is counted; another target begins anew */
static void latency_test_target(struct kunit *test)
{
	struct latency_test *t = test->priv;

	t->in.target_us = 0;
	KUNIT_EXPECT_EQ(test, seconds(t, 20, 5000, true), NONE);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->times.count[zram_tier_latency_class(5000)]), 0);
	t->in.target_us = TARGET;
	reads(t, 5, 5000);
	KUNIT_EXPECT_EQ(test, start(t), NONE);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), FULL / 2);
	t->in.target_us = TARGET / 2;
	reads(t, 5, 5000);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), 8);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), 16);
	stop(test);
	t->in.target_us = 0;
	KUNIT_EXPECT_EQ(test, look(t), NONE);
	KUNIT_EXPECT_EQ(test, t->latency.p95_us, 0);
	KUNIT_EXPECT_FALSE(test, t->times.on);
}

/* A thread that ended while it counted; the next one has no target, or sees old counts */
static void latency_test_restart(struct kunit *test)
{
	struct latency_test *t = test->priv;

	look(t);
	reads(t, 5, 5000);
	others(t, 5, 5000);
	t->latency = (struct zram_tier_latency){};
	look(t);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), 16);
	t->latency = (struct zram_tier_latency){};
	t->in.target_us = 0;
	KUNIT_EXPECT_EQ(test, look(t), NONE);
	KUNIT_EXPECT_FALSE(test, t->times.on);
}

/* A request has at least the blocks of a page, whatever size that is */
static void latency_test_least(struct kunit *test)
{
	struct latency_test *t = test->priv;

	t->in.least = 16;
	t->in.full = 40;
	KUNIT_EXPECT_EQ(test, look(t), 16);
	KUNIT_EXPECT_EQ(test, start(t), NONE);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), 20);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), 0);
	KUNIT_EXPECT_EQ(test, seconds(t, 4, 5000, false), 16);
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 0, true), 32);
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 0, true), NONE);
	/* A ring that has become smaller than the limit needs no limit */
	second(t, 5000, true);
	t->in.full = 20;
	KUNIT_EXPECT_EQ(test, second(t, 0, true), NONE);
}

/* Few blocks to begin with; each second doubles them until the first slow one */
static void latency_test_begin(struct kunit *test)
{
	struct latency_test *t = test->priv;
	u32 limit;

	KUNIT_EXPECT_EQ(test, look(t), 8);
	KUNIT_EXPECT_EQ(test, seconds(t, 20, 100, false), 8);
	for (limit = 16; limit < FULL; limit *= 2)
		KUNIT_EXPECT_EQ(test, second(t, 100, true), limit);
	KUNIT_EXPECT_EQ(test, second(t, 100, true), NONE);
}

/* Reads of the disk by other programs count by their mean */
static void latency_test_others(struct kunit *test)
{
	struct latency_test *t = test->priv;
	unsigned int i;

	t->in.disk_reads = ULONG_MAX - 5;
	t->in.disk_ns = U64_MAX - 5;
	start(t);
	others(t, 3, TARGET);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), NONE);
	KUNIT_EXPECT_EQ(test, t->latency.disk_us, TARGET);
	others(t, 9, 100);
	others(t, 1, 20000);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), FULL / 2);
	KUNIT_EXPECT_EQ(test, t->latency.disk_us, 2090);
	KUNIT_EXPECT_EQ(test, t->latency.p95_us, 0);
	/* Without a write, they say nothing about writes */
	others(t, 1, 5000);
	KUNIT_EXPECT_EQ(test, second(t, 0, false), FULL / 2);
	/* A second without reads keeps the mean, but is not judged by it */
	KUNIT_EXPECT_EQ(test, seconds(t, 3, 0, true), NONE);
	KUNIT_EXPECT_EQ(test, t->latency.disk_us, 5000);
	/* The device's own reads are fast, those of others are not, and the other way round */
	others(t, 1, 5000);
	KUNIT_EXPECT_EQ(test, second(t, 100, true), FULL / 2);
	others(t, 100, 100);
	KUNIT_EXPECT_EQ(test, second(t, 5000, true), FULL / 4);
	/* While the thread is stopped, their fast reads do not end the stop */
	stop(test);
	for (i = 1; i <= 4; i++) {
		others(t, 10, 100);
		KUNIT_EXPECT_EQ(test, second(t, 0, false), i < 4 ? 0 : 8);
	}
}

/* A read counts when it ends: as so many seconds as it took. The next one may be as long */
static void latency_test_long(struct kunit *test)
{
	struct latency_test *t = test->priv;
	unsigned int length, s;
	u32 limit;

	for (length = 1; length <= 8; length++) {
		t->in.target_us = TARGET + length;
		limit = look(t);
		for (s = 1; s <= 64; s++) {
			others(t, s % length == 0, length * USEC_PER_SEC);
			limit = second(t, 0, limit);
			if (s > 16)
				KUNIT_EXPECT_LE_MSG(test, limit, 8, "reads of %u s", length);
		}
	}
	KUNIT_EXPECT_EQ(test, seconds(t, 64, 0, false), NONE);
}

/* A pause with reads counts as one second, whatever its length */
static void latency_test_pause(struct kunit *test)
{
	struct latency_test *t = test->priv;

	look(t);
	reads(t, 5, 100);
	t->latency.wrote = true;
	t->in.now += 60 * MSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, look(t), 16);
	/* Counters that seem to run backwards, as on 32-bit machines, say nothing */
	others(t, 1, -1ULL);
	KUNIT_EXPECT_EQ(test, second(t, 0, true), 32);
}

static struct kunit_case latency_test_cases[] = {
	KUNIT_CASE(latency_test_class),
	KUNIT_CASE(latency_test_percentile),
	KUNIT_CASE(latency_test_outlier),
	KUNIT_CASE(latency_test_halve),
	KUNIT_CASE(latency_test_early),
	KUNIT_CASE(latency_test_innocent),
	KUNIT_CASE(latency_test_recover),
	KUNIT_CASE(latency_test_probe),
	KUNIT_CASE(latency_test_quiet),
	KUNIT_CASE(latency_test_hang),
	KUNIT_CASE(latency_test_target),
	KUNIT_CASE(latency_test_restart),
	KUNIT_CASE(latency_test_least),
	KUNIT_CASE(latency_test_begin),
	KUNIT_CASE(latency_test_others),
	KUNIT_CASE(latency_test_long),
	KUNIT_CASE(latency_test_pause),
	{}
};

static struct kunit_suite latency_test_suite = {
	.name = "zram_tier_latency",
	.init = latency_test_init,
	.test_cases = latency_test_cases,
};

kunit_test_suite(latency_test_suite);
