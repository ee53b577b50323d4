// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what becomes of blocks that could not be written. The device is
 * a model: a bit for each block that cannot be written.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../bd_map.h"
#include "../pp.h"
#include "../wb_retry.h"
#include "../wb_ring.h"
#include "../zram.h"

#define NR_BLOCKS	4096

/**
 * struct wb_retry_test - what a test works on
 * @map: a map of NR_BLOCKS blocks
 * @retry: the blocks that failed
 * @run: a run that nothing stops
 * @zram: has no more than the run needs
 * @req: a request
 * @bad: blocks that cannot be written
 * @dead: no block can be written
 * @slow: how long a write that fails takes, in ms
 * @takes: time counted for each write that fails, in jiffies; it does not pass
 * @tried: writes the device was asked for
 * @checked: requests that were read back
 * @check_slow: how long that takes, in ms
 */
struct wb_retry_test {
	struct zram_bd_map *map;
	struct zram_wb_retry retry;
	struct zram_pp_run run;
	struct zram *zram;
	struct zram_wb_request req;
	DECLARE_BITMAP(bad, NR_BLOCKS);
	bool dead;
	unsigned int slow;
	unsigned long takes;
	unsigned int tried;
	unsigned int checked;
	unsigned int check_slow;
};

static bool model_probe(struct zram_wb_retry *retry, u64 block)
{
	struct wb_retry_test *t = container_of(retry, struct wb_retry_test, retry);

	t->tried++;
	if (!t->dead && !test_bit(block, t->bad))
		return true;
	if (t->slow)
		msleep(t->slow);
	retry->failing += t->takes;
	return false;
}

static bool model_rewrite(struct zram_wb_retry *retry,
			  struct zram_wb_request *req, unsigned int i)
{
	bool ok = model_probe(retry, req->first + i);

	if (ok)
		req->bad &= ~BIT_ULL(i);
	else
		req->faulty |= BIT_ULL(i);
	return ok;
}

/* The device has reported the blocks as written that cannot be */
static bool model_verify(struct zram_wb_retry *retry,
			 struct zram_wb_request *req)
{
	struct wb_retry_test *t = container_of(retry, struct wb_retry_test, retry);
	unsigned int i;

	t->checked++;
	msleep(t->check_slow);
	for (i = 0; i < req->nr; i++)
		if (t->dead || test_bit(req->first + i, t->bad))
			req->bad |= BIT_ULL(i);
	return !req->bad;
}

static int wb_retry_test_init(struct kunit *test)
{
	struct wb_retry_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram)
		return -ENOMEM;
	t->run.zram = t->zram;
	t->retry.pp = &t->run;
	t->retry.name = "model";
	t->retry.rewrite = model_rewrite;
	t->retry.probe = model_probe;
	t->map = zram_bd_map_create(NR_BLOCKS);
	test->priv = t;
	return PTR_ERR_OR_ZERO(t->map);
}

static void wb_retry_test_exit(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	if (t && !IS_ERR(t->map))
		zram_bd_map_destroy(t->map);
}

/*
 * Write a request of @nr blocks, of which the device has failed those in @bad;
 * those in @lasting fail each time
 */
static void write_request(struct kunit *test, unsigned int nr, u64 bad,
			  u64 lasting)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;
	u64 first;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->map, nr, 1, &first),
			(int)nr);
	for (i = 0; i < nr; i++)
		if (lasting & BIT_ULL(i))
			__set_bit(first + i, t->bad);
	t->tried = 0;
	t->req = (struct zram_wb_request){
		.first = first,
		.nr = nr,
		.bad = bad,
	};
	zram_wb_retry_request(&t->retry, &t->req);
	zram_wb_retry_settle(&t->retry, t->map, &t->req);
}

/* expect USED BAD: blocks that are used, or kept, and blocks retired */
static void expect(struct kunit *test, u64 used, u64 bad)
{
	struct wb_retry_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), used);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->map), bad);
}

static void repair(struct wb_retry_test *t)
{
	bitmap_zero(t->bad, NR_BLOCKS);
}

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

static struct kunit_case wb_retry_test_cases[] = {
	KUNIT_CASE(wb_retry_test_bad_block),
	KUNIT_CASE(wb_retry_test_transient),
	KUNIT_CASE(wb_retry_test_device),
	KUNIT_CASE(wb_retry_test_device_short),
	KUNIT_CASE(wb_retry_test_neighbours),
	KUNIT_CASE(wb_retry_test_dies),
	KUNIT_CASE(wb_retry_test_ratio),
	KUNIT_CASE(wb_retry_test_slow),
	KUNIT_CASE(wb_retry_test_slow_retired),
	KUNIT_CASE(wb_retry_test_slow_block),
	KUNIT_CASE(wb_retry_test_stopped),
	KUNIT_CASE(wb_retry_test_slow_device),
	KUNIT_CASE(wb_retry_test_crowd),
	KUNIT_CASE(wb_retry_test_check),
	KUNIT_CASE(wb_retry_test_unchecked),
	{}
};

static struct kunit_suite wb_retry_test_suite = {
	.name = "zram_wb_retry",
	.init = wb_retry_test_init,
	.exit = wb_retry_test_exit,
	.test_cases = wb_retry_test_cases,
};

kunit_test_suite(wb_retry_test_suite);
