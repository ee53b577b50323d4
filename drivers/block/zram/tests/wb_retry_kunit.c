// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what becomes of blocks that could not be written. The device is
 * a model: a bit for each block that cannot be written.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/jiffies.h>

#include "../bd_map.h"
#include "../pp.h"
#include "../wb_retry.h"
#include "wb_retry_test.h"

/* A block that fails each time is retired at the end, its neighbours are not. */
static void wb_retry_test_bad_block(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	write_request(test, 64, ~0ULL, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->req.bad, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->tried, 64);
	expect(test, 1, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 1);

	/* The next run asks once whether it still is. */
	t->tried = 0;
	zram_wb_retry_begin(&t->retry, t->map);
	KUNIT_EXPECT_EQ(test, t->tried, 1);
	expect(test, 0, 1);
	repair(t);
	zram_wb_retry_begin(&t->retry, t->map);
	expect(test, 0, 0);
}

/* References that slots have taken over stay. Of the others, those of failed blocks stay. */
static void wb_retry_test_taken(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->taken = GENMASK_ULL(62, 3);
	write_request(test, 64, ~0ULL, BIT_ULL(1) | BIT_ULL(63));
	expect(test, 62, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 60, 2);
	zram_bd_map_put(t->map, t->req.first + 3, 60);
	expect(test, 0, 2);

	t->taken = ~0ULL;
	write_request(test, 64, 0, 0);
	expect(test, 64, 2);
	zram_bd_map_put(t->map, t->req.first, 64);
}

static int slice_over(const struct zram_pp_run *run)
{
	return -EAGAIN;
}

static int thread_ends(const struct zram_pp_run *run)
{
	return -EINTR;
}

/* The end of a slice leaves time to retire a block, the end of the thread does not. */
static void wb_retry_test_slice(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->run.stop = thread_ends;
	write_request(test, 64, ~0ULL, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->tried, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);

	repair(t);
	t->run.stop = slice_over;
	write_request(test, 64, ~0ULL, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->tried, 64);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 1);
}

/* While a task waits for it, a slice spends time on one bad block, and tests none after it */
static void wb_retry_test_wanted(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->run.stop = slice_over;
	atomic_set(&t->zram->pp_waiting, 1);
	t->takes = HZ;
	write_request(test, 64, ~0ULL, BIT_ULL(5) | BIT_ULL(7) | BIT_ULL(9));
	KUNIT_EXPECT_EQ(test, t->tried, 6);
	expect(test, 1, 0);
	t->tried = 0;
	zram_wb_retry_end(&t->retry, t->map);
	KUNIT_EXPECT_EQ(test, t->tried, 2);
	expect(test, 0, 1);

	t->tried = 0;
	repair(t);
	zram_wb_retry_begin(&t->retry, t->map);
	KUNIT_EXPECT_EQ(test, t->tried, 0);
	expect(test, 0, 1);
	t->run.stop = NULL;
}

/* An error that passes retires nothing, wherever in the retry it came. */
static void wb_retry_test_transient(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int at;

	for (at = 0; at < 62; at++) {
		write_request(test, 64, ~0ULL, 7ULL << at);
		expect(test, 3, 0);
		repair(t);
		zram_wb_retry_end(&t->retry, t->map);
		expect(test, 0, 0);
	}
}

/* A device that fails is asked for two blocks of a request, and given up. */
static void wb_retry_test_device(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int tried = 0, requests = 0;

	t->dead = true;
	while (!zram_wb_retry_gave_up(&t->retry) && requests < 1000) {
		write_request(test, 32, U32_MAX, 0);
		KUNIT_EXPECT_EQ(test, t->tried, 2);
		tried += t->tried;
		requests++;
	}
	KUNIT_EXPECT_EQ(test, tried, 64);
	expect(test, ZRAM_WB_RETRY_MAX, 0);
	write_request(test, 32, U32_MAX, 0);
	KUNIT_EXPECT_EQ(test, t->tried, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);
}

/* All segments that a device with few blocks in use would use are bad, and others work. */
static void wb_retry_test_segments(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i, suspected;
	u64 first;
	int nr;

	bitmap_set(t->bad, 0, 1024);
	for (i = 0; i < 64; i++) {
		nr = zram_wb_retry_reserve(&t->retry, t->map, 64, 1, &first);
		KUNIT_ASSERT_GT(test, nr, 0);
		write_blocks(t, first, nr, GENMASK_ULL(nr - 1, 0));
	}
	KUNIT_EXPECT_FALSE(test, zram_wb_retry_gave_up(&t->retry));
	suspected = t->retry.nr;
	KUNIT_EXPECT_GE(test, suspected, 2);
	expect(test, suspected, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, suspected);
}

/* A device that fails for a few requests is not given up, and retires no block. */
static void wb_retry_test_device_short(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;

	t->dead = true;
	for (i = 0; i < 4; i++)
		write_request(test, 64, ~0ULL, 0);
	KUNIT_EXPECT_FALSE(test, zram_wb_retry_gave_up(&t->retry));
	expect(test, 8, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);
	/* So if it works again at the end */
	for (i = 0; i < 4; i++)
		write_request(test, 64, ~0ULL, 0);
	expect(test, 8, 0);
	t->dead = false;
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);
}

/*
 * Neighbours that fail together are retired, two in each run: the run writes only to the
 * first and the last block of a request if it can write neither.
 */
static void wb_retry_test_neighbours(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	write_request(test, 8, 0xff, 0xff);
	KUNIT_EXPECT_EQ(test, t->tried, 2);
	expect(test, 2, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 2);
	/* Only the first and the last are bad, the others have not been tried. */
	write_request(test, 64, ~0ULL, BIT_ULL(0) | BIT_ULL(63));
	KUNIT_EXPECT_EQ(test, t->tried, 2);
	expect(test, 2, 2);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 4);
}

/* Suspected blocks are free again if the device fails at the end, too. */
static void wb_retry_test_dies(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	write_request(test, 64, ~0ULL, BIT_ULL(3));
	expect(test, 1, 0);
	t->dead = true;
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);
}

/* 300 requests, of which every @nth block fails; is the device given up? */
static bool gives_up(struct kunit *test, unsigned int nth)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;
	u64 lasting = 0;
	bool up;

	for (i = 1; i < 60; i += nth)
		lasting |= BIT_ULL(i);
	t->retry.failures = 0;
	for (i = 0; i < 300; i++) {
		repair(t);
		write_request(test, 60, GENMASK_ULL(59, 0), lasting);
	}
	up = zram_wb_retry_gave_up(&t->retry);
	repair(t);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 0);
	return up;
}

/* A device that writes more than four of five blocks is not given up. */
static void wb_retry_test_ratio(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, gives_up(test, 6));
	KUNIT_EXPECT_TRUE(test, gives_up(test, 4));
}

/* More blocks than can be suspected are free at once. */
static void wb_retry_test_crowd(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	write_request(test, 64, ~0ULL, GENMASK_ULL(62, 0));
	expect(test, ZRAM_WB_RETRY_MAX, 0);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, ZRAM_WB_RETRY_MAX);
	repair(t);
	zram_wb_retry_begin(&t->retry, t->map);
	expect(test, 0, 0);
}

/* A check finds the block that was not written; the time it takes counts then. */
static void wb_retry_test_check(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	t->retry.verify = model_verify;
	t->check_slow = 50;
	write_request(test, 64, 0, 0);
	KUNIT_EXPECT_EQ(test, t->req.bad, 0ULL);
	KUNIT_EXPECT_EQ(test, t->retry.failing, 0UL);
	write_request(test, 64, 0, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->req.bad, BIT_ULL(5));
	KUNIT_EXPECT_EQ(test, t->tried, 1);
	KUNIT_EXPECT_GE(test, t->retry.failing, msecs_to_jiffies(50));
	KUNIT_EXPECT_EQ(test, t->checked, 2);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 1);
}

static struct kunit_case wb_retry_test_cases[] = {
	KUNIT_CASE(wb_retry_test_bad_block),
	KUNIT_CASE(wb_retry_test_taken),
	KUNIT_CASE(wb_retry_test_slice),
	KUNIT_CASE(wb_retry_test_wanted),
	KUNIT_CASE(wb_retry_test_transient),
	KUNIT_CASE(wb_retry_test_device),
	KUNIT_CASE(wb_retry_test_segments),
	KUNIT_CASE(wb_retry_test_device_short),
	KUNIT_CASE(wb_retry_test_neighbours),
	KUNIT_CASE(wb_retry_test_dies),
	KUNIT_CASE(wb_retry_test_ratio),
	KUNIT_CASE(wb_retry_test_crowd),
	KUNIT_CASE(wb_retry_test_check),
	{}
};

static struct kunit_suite wb_retry_test_suite = {
	.name = "zram_wb_retry",
	.init = wb_retry_test_init,
	.exit = wb_retry_test_exit,
	.test_cases = wb_retry_test_cases,
};

kunit_test_suite(wb_retry_test_suite);
