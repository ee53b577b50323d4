// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the time that a run spends on a device that fails. The device is the
 * model of wb_retry_test.h.
 */

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/jiffies.h>

#include "../bd_map.h"
#include "../wb_retry.h"
#include "wb_retry_test.h"

/* Time is limited, however few writes fail. */
static void wb_retry_test_slow(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->retry.failing = 9 * HZ;
	KUNIT_EXPECT_FALSE(test, zram_wb_retry_gave_up(&t->retry));
	t->retry.failing = 10 * HZ;
	KUNIT_EXPECT_TRUE(test, zram_wb_retry_gave_up(&t->retry));
	write_request(test, 64, BIT_ULL(7), 0);
	KUNIT_EXPECT_EQ(test, t->tried, 0);
	expect(test, 0, 0);
}

/* The test of a retired block does not count, however long it takes. */
static void wb_retry_test_slow_retired(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	write_request(test, 64, ~0ULL, BIT_ULL(5));
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 1);
	t->retry.failing = 0;
	t->slow = 50;
	zram_wb_retry_begin(&t->retry, t->map);
	KUNIT_EXPECT_EQ(test, t->retry.failing, 0UL);
	expect(test, 0, 1);
}

/* A block is retired even if each failure takes half of the time limit, or all of it. */
static void wb_retry_test_slow_block(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int at;

	for (at = 0; at < 128; at++) {
		t->takes = (at < 64 ? 6 : 12) * HZ;
		t->retry.failing = 0;
		write_request(test, 64, ~0ULL, BIT_ULL(at % 64));
		KUNIT_EXPECT_EQ(test, zram_wb_retry_gave_up(&t->retry), at >= 64);
		expect(test, 1, 0);
		t->tried = 0;
		zram_wb_retry_end(&t->retry, t->map);
		expect(test, 0, 1);
		/* At most: the block, and another block before and after it */
		KUNIT_EXPECT_LE(test, t->tried, 3);
		KUNIT_EXPECT_EQ(test, zram_wb_retry_gave_up(&t->retry), at >= 64);
		/* Free the retired block, so that the next request gets 64 blocks */
		repair(t);
		t->retry.failing = 0;
		zram_wb_retry_begin(&t->retry, t->map);
		expect(test, 0, 0);
	}
}

/* A run that is to end tests neither blocks nor the device, however long a write takes. */
static void wb_retry_test_stopped(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;

	t->takes = 12 * HZ;
	for (i = 0; i < 2; i++) {
		t->zram->stopping = false;
		t->retry.failing = 0;
		repair(t);
		write_request(test, 64, ~0ULL, BIT_ULL(5));
		expect(test, 1, 0);
		t->zram->stopping = i == 0;
		t->retry.failures = i == 1 ? 256 : 0;
		t->tried = 0;
		zram_wb_retry_end(&t->retry, t->map);
		KUNIT_EXPECT_EQ(test, t->tried, 0);
		expect(test, 0, 0);
	}
}

/* A run writes only three more blocks to a dead device that takes long for each. */
static void wb_retry_test_slow_device(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->dead = true;
	t->takes = 30 * HZ;
	write_request(test, 64, ~0ULL, 0);
	KUNIT_EXPECT_EQ(test, t->tried, 2);
	t->tried = 0;
	zram_wb_retry_end(&t->retry, t->map);
	KUNIT_EXPECT_EQ(test, t->tried, 1);
	expect(test, 0, 0);
}

/* A run that is to end takes blocks for bad, and checks none of them. */
static void wb_retry_test_unchecked(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->retry.verify = model_verify;
	t->retry.failing = 10 * HZ;
	write_request(test, 64, 0, 0);
	KUNIT_EXPECT_EQ(test, t->req.bad, ~0ULL);
	KUNIT_EXPECT_EQ(test, t->req.err, -EIO);
	t->retry.failing = 0;
	t->zram->stopping = true;
	write_request(test, 64, 0, 0);
	KUNIT_EXPECT_EQ(test, t->req.bad, ~0ULL);
	KUNIT_EXPECT_EQ(test, t->req.err, -EINTR);
	KUNIT_EXPECT_EQ(test, t->checked + t->tried, 0);
	expect(test, 0, 0);
	/* A device that is trusted needs no check. */
	t->retry.verify = NULL;
	write_request(test, 64, 0, 0);
	KUNIT_EXPECT_EQ(test, t->req.bad, 0ULL);
}

static struct kunit_case wb_retry_slow_test_cases[] = {
	KUNIT_CASE(wb_retry_test_slow),
	KUNIT_CASE(wb_retry_test_slow_retired),
	KUNIT_CASE(wb_retry_test_slow_block),
	KUNIT_CASE(wb_retry_test_stopped),
	KUNIT_CASE(wb_retry_test_slow_device),
	KUNIT_CASE(wb_retry_test_unchecked),
	{}
};

static struct kunit_suite wb_retry_slow_test_suite = {
	.name = "zram_wb_retry_slow",
	.init = wb_retry_test_init,
	.exit = wb_retry_test_exit,
	.test_cases = wb_retry_slow_test_cases,
};

kunit_test_suite(wb_retry_slow_test_suite);
