// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the passes that slices of recompression make.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/mutex.h>

#include "../tier_dev.h"
#include "../tier_slice.h"
#include "recompress_test.h"

static int tier_slice_test_init(struct kunit *test)
{
	struct recompress_test *t;
	int err = recompress_test_init(test);

	if (err)
		return err;
	t = test->priv;
	t->zram->tier = kunit_kzalloc(test, sizeof(*t->zram->tier), GFP_KERNEL);
	mutex_init(&t->zram->pp_lock);
	return t->zram->tier ? 0 : -ENOMEM;
}

static struct zram_tier_slice *tier_slice_test_create(struct kunit *test)
{
	struct recompress_test *t = test->priv;
	struct zram_tier_slice *slice;

	slice = kunit_kzalloc(test, sizeof(*slice), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, slice);
	zram_tier_slice_init(slice, t->zram);
	return slice;
}

/* Pages that are old by now */
static void tier_slice_test_recompress(struct kunit *test,
				       struct zram_tier_slice *slice,
				       enum zram_tier_pass expected, u64 replaced)
{
	unsigned int slices = 0;

	/* A slice may end by its time, on a busy host also before its first page */
	do {
		zram_tier_slice_recompress(slice, NR_OLD);
		replaced -= slice->recompressed;
	} while (slice->recompression != expected && slices++ < NR_OLD);
	KUNIT_EXPECT_EQ(test, slice->recompression, expected);
	KUNIT_EXPECT_EQ(test, replaced, 0ULL);
}

/* While a task waits for its run, no pass begins, and none is over */
static void tier_slice_test_waiting(struct kunit *test)
{
	struct zram_tier_slice *slice = tier_slice_test_create(test);
	struct recompress_test *t = test->priv;

	atomic_inc(&t->zram->pp_waiting);
	tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_STUCK, 0);
	atomic_dec(&t->zram->pp_waiting);
	tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_DONE, NR_OLD);
	expect_replaced(test, NR_OLD);
}

static unsigned int tier_slice_test_stops;

/* Lets a slice begin, and ends it then */
static int tier_slice_test_stop(const struct zram_pp_run *run)
{
	return tier_slice_test_stops++ ? -EAGAIN : 0;
}

/* A slice that ends before its first page leaves the whole pass to the next one */
static void tier_slice_test_no_page(struct kunit *test)
{
	struct zram_tier_slice *slice = tier_slice_test_create(test);
	const struct zram_pp_run pp = slice->pp;

	tier_slice_test_stops = 0;
	slice->pp.stop = tier_slice_test_stop;
	tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_STUCK, 0);
	slice->pp = pp;
	tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_DONE, NR_OLD);
	expect_replaced(test, NR_OLD);
}

/* Pages that mem_limit has refused are tried again when it allows of them */
static void tier_slice_test_refused(struct kunit *test)
{
	struct zram_tier_slice *slice = tier_slice_test_create(test);
	struct recompress_test *t = test->priv;
	struct zram_obj_pool *pool = &t->zram->pool;
	unsigned int i;

	pool->limit_pages = zram_obj_pool_pages(pool);
	for (i = 0; i < 4; i++)
		tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_STUCK, 0);
	pool->limit_pages = 0;
	tier_slice_test_recompress(test, slice, ZRAM_TIER_PASS_DONE, NR_OLD);
	expect_replaced(test, NR_OLD);
}

static struct kunit_case tier_slice_test_cases[] = {
	KUNIT_CASE(tier_slice_test_waiting),
	KUNIT_CASE(tier_slice_test_no_page),
	KUNIT_CASE(tier_slice_test_refused),
	{}
};

static struct kunit_suite tier_slice_test_suite = {
	.name = "zram_tier_slice",
	.init = tier_slice_test_init,
	.exit = recompress_test_exit,
	.test_cases = tier_slice_test_cases,
};

kunit_test_suite(tier_slice_test_suite);
