// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the log of a recompression run: the order of its entries, its bounds, and
 * the pages that it counts.
 */

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../obj.h"
#include "../recompress_log.h"

/* As recompress_log.c */
#define LOG_SLOTS	4096
#define LAST_CLASS	255

/**
 * struct log_test - what a test works on
 * @pool: an empty pool
 * @has_pool: the pool exists
 * @log: a log of the pool
 */
struct log_test {
	struct zram_obj_pool pool;
	bool has_pool;
	struct zram_recompress_log *log;
};

static int log_test_init(struct kunit *test)
{
	struct log_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	err = zram_obj_pool_create(&t->pool, "kunit");
	if (err)
		return err;
	t->has_pool = true;
	t->log = zram_recompress_log_create(&t->pool, true, GFP_KERNEL);
	return t->log ? 0 : -ENOMEM;
}

static void log_test_exit(struct kunit *test)
{
	struct log_test *t = test->priv;

	if (!t)
		return;
	zram_recompress_log_destroy(t->log);
	if (t->has_pool)
		zram_obj_pool_destroy(&t->pool);
}

static void log_test_expect_taken(struct kunit *test, unsigned int class,
				  unsigned long index)
{
	struct log_test *t = test->priv;
	unsigned long taken = ULONG_MAX;
	u32 flags = U32_MAX;

	KUNIT_EXPECT_TRUE(test, zram_recompress_log_take(t->log, class, &taken, &flags));
	KUNIT_EXPECT_EQ(test, taken, index);
	KUNIT_EXPECT_EQ(test, flags, (u32)index + 1);
}

static void log_test_expect_none(struct kunit *test, unsigned int class)
{
	struct log_test *t = test->priv;
	unsigned long taken;
	u32 flags;

	KUNIT_EXPECT_FALSE(test, zram_recompress_log_take(t->log, class, &taken, &flags));
}

static bool log_test_add(struct log_test *t, unsigned int class, unsigned long index)
{
	return zram_recompress_log_add(t->log, class, index, index + 1);
}

static void log_test_expect_rarest(struct kunit *test, unsigned int wanted)
{
	struct log_test *t = test->priv;
	unsigned int class = UINT_MAX;

	KUNIT_EXPECT_TRUE(test, zram_recompress_log_rarest(t->log, &class));
	KUNIT_EXPECT_EQ(test, class, wanted);
}

/* The class with the fewest entries comes first, and of a class the last entry */
static void log_test_order(struct kunit *test)
{
	struct log_test *t = test->priv;
	unsigned int class;

	KUNIT_EXPECT_FALSE(test, zram_recompress_log_rarest(t->log, &class));
	log_test_expect_none(test, 3);
	log_test_add(t, 3, 10);
	log_test_add(t, 5, 20);
	log_test_add(t, 3, 11);
	log_test_add(t, 8, 30);
	log_test_add(t, 8, 31);
	log_test_expect_rarest(test, 5);
	log_test_expect_taken(test, 5, 20);
	log_test_expect_none(test, 5);
	log_test_expect_rarest(test, 3);
	log_test_expect_taken(test, 3, 11);
	log_test_expect_rarest(test, 3);
	log_test_expect_taken(test, 3, 10);
	log_test_expect_none(test, 3);
	log_test_expect_rarest(test, 8);
	log_test_expect_taken(test, 8, 31);
	log_test_expect_taken(test, 8, 30);
	KUNIT_EXPECT_FALSE(test, zram_recompress_log_rarest(t->log, &class));
}

/* A full log says so, and clearing it removes all entries */
static void log_test_full(struct kunit *test)
{
	struct log_test *t = test->priv;
	unsigned int class, round;
	unsigned long i;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < LOG_SLOTS - 1; i++)
			KUNIT_ASSERT_TRUE(test, log_test_add(t, i % 7, i));
		KUNIT_EXPECT_FALSE(test, log_test_add(t, 9, i));
		log_test_expect_rarest(test, 9);
		log_test_expect_taken(test, 9, i);
		log_test_expect_taken(test, (i - 1) % 7, i - 1);
		zram_recompress_log_clear(t->log);
		KUNIT_EXPECT_FALSE(test, zram_recompress_log_rarest(t->log, &class));
		log_test_expect_none(test, 0);
	}
}

/* An allocator with more classes than the log has */
static void log_test_classes(struct kunit *test)
{
	struct log_test *t = test->priv;

	log_test_add(t, LAST_CLASS + 1000, 30);
	log_test_add(t, LAST_CLASS, 31);
	log_test_expect_rarest(test, LAST_CLASS);
	log_test_expect_taken(test, LAST_CLASS, 31);
	log_test_expect_taken(test, LAST_CLASS, 30);
	log_test_expect_none(test, LAST_CLASS);
}

/* Pages that the run has removed count beyond a clear, pages that it has added do not */
static void log_test_grown(struct kunit *test)
{
	struct log_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, zram_recompress_log_grown(t->log), 0L);
	zram_recompress_log_grow(t->log, 5);
	zram_recompress_log_grow(t->log, -2);
	KUNIT_EXPECT_EQ(test, zram_recompress_log_grown(t->log), 3L);
	zram_recompress_log_clear(t->log);
	KUNIT_EXPECT_EQ(test, zram_recompress_log_grown(t->log), 0L);
	zram_recompress_log_grow(t->log, -4);
	zram_recompress_log_clear(t->log);
	KUNIT_EXPECT_EQ(test, zram_recompress_log_grown(t->log), -4L);
}

/* An object that the run has not counted is another task's */
static void log_test_disturbed(struct kunit *test)
{
	struct log_test *t = test->priv;
	unsigned long handle, pages;

	KUNIT_EXPECT_FALSE(test, zram_recompress_log_disturbed(t->log));
	KUNIT_ASSERT_EQ(test, 0, zram_obj_alloc(&t->pool, PAGE_SIZE, GFP_KERNEL,
						NUMA_NO_NODE, &handle));
	pages = zram_obj_pool_pages(&t->pool);
	KUNIT_EXPECT_GT(test, pages, 0UL);
	KUNIT_EXPECT_TRUE(test, zram_recompress_log_disturbed(t->log));
	zram_recompress_log_grow(t->log, pages);
	KUNIT_EXPECT_FALSE(test, zram_recompress_log_disturbed(t->log));
	zram_recompress_log_grow(t->log, -(long)pages);
	zram_recompress_log_clear(t->log);
	KUNIT_EXPECT_FALSE(test, zram_recompress_log_disturbed(t->log));
	zram_obj_free(&t->pool, handle);
}

static struct kunit_case log_test_cases[] = {
	KUNIT_CASE(log_test_order),
	KUNIT_CASE(log_test_full),
	KUNIT_CASE(log_test_classes),
	KUNIT_CASE(log_test_grown),
	KUNIT_CASE(log_test_disturbed),
	{}
};

static struct kunit_suite log_test_suite = {
	.name = "zram_recompress_log",
	.init = log_test_init,
	.exit = log_test_exit,
	.test_cases = log_test_cases,
};

kunit_test_suite(log_test_suite);
