// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of recompression in slices, as tiering does it.
 */

#include <kunit/test.h>
#include <linux/errno.h>

#include "../pp.h"
#include "../recompress.h"
#include "recompress_test.h"

static const struct zram_pp_filter old = {
	.must_not = ZRAM_INCOMPRESSIBLE,
	.below_prio = 1,
	.before = NR_OLD,
};

/* Slices continue where the one before ended; young pages stay as they are */
static void recompress_test_slices(struct kunit *test)
{
	struct recompress_test *t = test->priv;
	struct zram_recompress_pass pass = {};
	unsigned int slices = 0;
	u64 replaced = 0;

	do {
		t->steps = 30;
		KUNIT_ASSERT_EQ(test, zram_recompress_slice(&t->run, &old, &pass),
				pass.done ? 0 : -EAGAIN);
		replaced += pass.replaced;
		slices++;
		KUNIT_EXPECT_EQ(test, pass.next, (unsigned long)replaced);
	} while (!pass.done && slices < 10);
	KUNIT_EXPECT_EQ(test, slices, 4U);
	KUNIT_EXPECT_EQ(test, replaced, (u64)NR_OLD);
	KUNIT_EXPECT_FALSE(test, pass.refused);
	expect_replaced(test, NR_OLD);
}

/* A slice whose time is over ends between two pages */
static void recompress_test_stop(struct kunit *test)
{
	struct recompress_test *t = test->priv;
	struct zram_recompress_pass pass = {};

	t->steps = 20;
	KUNIT_EXPECT_EQ(test, zram_recompress_slice(&t->run, &old, &pass),
			-EAGAIN);
	KUNIT_EXPECT_GT(test, pass.replaced, 0ULL);
	KUNIT_EXPECT_LE(test, pass.replaced, 20ULL);
	KUNIT_EXPECT_EQ(test, pass.next, (unsigned long)pass.replaced);
	KUNIT_EXPECT_FALSE(test, pass.done);
	expect_replaced(test, pass.replaced);
}

/* A slice that ends before its first page is not the end of the pass */
static void recompress_test_no_page(struct kunit *test)
{
	struct recompress_test *t = test->priv;
	struct zram_recompress_pass pass = {};

	t->steps = 0;
	KUNIT_EXPECT_EQ(test, zram_recompress_slice(&t->run, &old, &pass),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, pass.next, 0UL);
	KUNIT_EXPECT_FALSE(test, pass.done);
	expect_replaced(test, 0);
}

/* A slice tells that mem_limit has refused pages */
static void recompress_test_refused(struct kunit *test)
{
	struct recompress_test *t = test->priv;
	struct zram_recompress_pass pass = {};

	t->zram->pool.limit_pages = zram_obj_pool_pages(&t->zram->pool);
	KUNIT_EXPECT_EQ(test, zram_recompress_slice(&t->run, &old, &pass),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, pass.next, 64UL);
	KUNIT_EXPECT_TRUE(test, pass.refused);
	KUNIT_EXPECT_FALSE(test, pass.done);
	expect_replaced(test, 0);
}

static struct kunit_case recompress_test_cases[] = {
	KUNIT_CASE(recompress_test_slices),
	KUNIT_CASE(recompress_test_stop),
	KUNIT_CASE(recompress_test_no_page),
	KUNIT_CASE(recompress_test_refused),
	{}
};

static struct kunit_suite recompress_test_suite = {
	.name = "zram_recompress",
	.init = recompress_test_init,
	.exit = recompress_test_exit,
	.test_cases = recompress_test_cases,
};

kunit_test_suite(recompress_test_suite);
