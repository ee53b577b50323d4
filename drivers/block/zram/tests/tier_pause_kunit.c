// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the pauses of the tiering thread: why, and for how long.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/time64.h>

#include "../tier_dev.h"
#include "../tier_pause.h"
#include "../zram.h"

/* As tier_pause.c, ms and seconds */
#define FULL		10000
#define SOON		1000
#define DEVICE_MAX	300
/* The awake time of the tests, ms */
#define NOW		123456

/**
 * struct pause_test - what a test works on
 * @zram: has @tier and nothing else
 * @tier: has a budget without a limit
 * @pause: no pause
 */
struct pause_test {
	struct zram zram;
	struct zram_tier tier;
	struct zram_tier_pause pause;
};

static int pause_test_init(struct kunit *test)
{
	struct pause_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->zram.tier = &t->tier;
	spin_lock_init(&t->tier.budget.lock);
	t->tier.budget.bucket.daily = ZRAM_TIER_NO_LIMIT;
	zram_tier_pause_end(&t->pause);
	return 0;
}

static void pause_test_expect(struct kunit *test, enum zram_tier_activity why, u64 ms)
{
	struct pause_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->pause.why, why);
	KUNIT_EXPECT_TRUE(test, zram_tier_pause_is_on(&t->pause, NOW + ms - 1));
	KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW + ms));
}

static void pause_test_reasons(struct kunit *test)
{
	static const struct {
		int err;
		enum zram_tier_activity why;
		u64 ms;
	} cases[] = {
		{ -ENOSPC, ZRAM_TIER_PAUSED_FULL, FULL },
		{ -ENOMEM, ZRAM_TIER_PAUSED_MEMORY, SOON },
		{ -ECANCELED, ZRAM_TIER_PAUSED_LATENCY, SOON },
		/* The budget has bytes left, so writeback_limit is used up */
		{ -EDQUOT, ZRAM_TIER_PAUSED_LIMIT, SOON },
	};
	struct pause_test *t = test->priv;
	unsigned int i;

	KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		zram_tier_pause_result(&t->pause, &t->zram, cases[i].err, 0, NOW);
		pause_test_expect(test, cases[i].why, cases[i].ms);
		/* None of them is an error of the device */
		KUNIT_EXPECT_EQ(test, t->tier.status.last_error, 0);
		zram_tier_pause_end(&t->pause);
		KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW));
	}
	/* Nothing may be written in a day */
	t->tier.budget.bucket.daily = 0;
	zram_tier_pause_result(&t->pause, &t->zram, -EDQUOT, 0, NOW);
	pause_test_expect(test, ZRAM_TIER_PAUSED_BUDGET, SOON);
}

/* Each error of the device doubles the pause, up to five minutes */
static void pause_test_device(struct kunit *test)
{
	static const unsigned int seconds[] = {
		1, 2, 4, 8, 16, 32, 64, 128, 256, DEVICE_MAX, DEVICE_MAX,
	};
	struct pause_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
		pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, seconds[i] * MSEC_PER_SEC);
	}
	KUNIT_EXPECT_EQ(test, t->tier.status.last_error, -EIO);
	/* Another pause does not make the device work */
	zram_tier_pause_result(&t->pause, &t->zram, -ENOMEM, 0, NOW);
	zram_tier_pause_result(&t->pause, &t->zram, -EREMOTEIO, 0, NOW);
	pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, DEVICE_MAX * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, t->tier.status.last_error, -EREMOTEIO);
	/* Pages were moved */
	zram_tier_pause_end(&t->pause);
	zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
	pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, MSEC_PER_SEC);
}

/* A slice that moved no page does not end the pause of a device that fails */
static void pause_test_no_page(struct kunit *test)
{
	static const int err[] = { -EAGAIN, -EINTR, -ENOENT };
	struct pause_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(err); i++) {
		KUNIT_EXPECT_TRUE(test, zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW));
		KUNIT_EXPECT_EQ(test, err[i] == -ENOENT,
				zram_tier_pause_result(&t->pause, &t->zram, err[i], 0, NOW));
		pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, MSEC_PER_SEC << i);
	}
	/* Nor is the end of a lack of memory the end of it */
	zram_tier_pause_result(&t->pause, &t->zram, -ENOMEM, 0, NOW);
	zram_tier_pause_result(&t->pause, &t->zram, -ENOENT, 0, NOW);
	zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
	pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, 8 * MSEC_PER_SEC);
	for (i = 0; i < ARRAY_SIZE(err); i++) {
		zram_tier_pause_result(&t->pause, &t->zram, err[i], 1, NOW);
		KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW));
		zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
		pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, MSEC_PER_SEC);
	}
	/* Other pauses end with the last page */
	zram_tier_pause_end(&t->pause);
	zram_tier_pause_result(&t->pause, &t->zram, -ENOSPC, 0, NOW);
	zram_tier_pause_result(&t->pause, &t->zram, -ENOENT, 0, NOW);
	KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW));
}

/* A need of memory ends the pause, not the doubling */
static void pause_test_cut(struct kunit *test)
{
	struct pause_test *t = test->priv;

	zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
	zram_tier_pause_cut(&t->pause);
	KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&t->pause, NOW));
	zram_tier_pause_result(&t->pause, &t->zram, -EIO, 0, NOW);
	pause_test_expect(test, ZRAM_TIER_PAUSED_DEVICE, 2 * MSEC_PER_SEC);
}

static struct kunit_case pause_test_cases[] = {
	KUNIT_CASE(pause_test_reasons),
	KUNIT_CASE(pause_test_device),
	KUNIT_CASE(pause_test_no_page),
	KUNIT_CASE(pause_test_cut),
	{}
};

static struct kunit_suite pause_test_suite = {
	.name = "zram_tier_pause",
	.init = pause_test_init,
	.test_cases = pause_test_cases,
};

kunit_test_suite(pause_test_suite);
