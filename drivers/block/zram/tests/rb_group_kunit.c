// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the count of read-back groups in flight, by which tiering steps back.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>

#include "../rb_group.h"
#include "../tier_latency.h"
#include "../zram.h"

/**
 * struct rb_group_test - what a test works on
 * @zram: a device with no more than a group needs
 * @pool: its memory for reads; without any
 * @done: completed by groups at their end
 */
struct rb_group_test {
	struct zram *zram;
	struct zram_rb_pool pool;
	struct completion done;
};

static int rb_group_test_init(struct kunit *test)
{
	struct rb_group_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram || zram_stats_init(&t->zram->stats))
		return -ENOMEM;
	t->zram->backing.reads = &t->pool;
	init_completion(&t->done);
	test->priv = t;
	return 0;
}

static void rb_group_test_exit(struct kunit *test)
{
	struct rb_group_test *t = test->priv;

	if (t)
		zram_stats_destroy(&t->zram->stats);
}

/* Begin a group of a task that waits */
static void begin(struct rb_group_test *t, struct zram_rb_group *group)
{
	zram_rb_group_begin(group, t->zram, NULL, 0);
	group->done = &t->done;
}

/* The device is busy from the first group to the end of the last */
static void rb_group_test_busy(struct kunit *test)
{
	struct rb_group_test *t = test->priv;
	struct zram_rb_group a, b;

	t->zram->tier_counting = true;
	KUNIT_EXPECT_FALSE(test, zram_rb_group_busy(t->zram));
	begin(t, &a);
	begin(t, &b);
	refcount_inc(&b.pending);
	zram_rb_group_put(&a, BLK_STS_OK);
	zram_rb_group_put(&b, BLK_STS_IOERR);
	KUNIT_EXPECT_TRUE(test, zram_rb_group_busy(t->zram));
	zram_rb_group_put(&b, BLK_STS_OK);
	KUNIT_EXPECT_FALSE(test, zram_rb_group_busy(t->zram));
}

/* Tiering may start and stop while a group is in flight */
static void rb_group_test_switch(struct kunit *test)
{
	struct rb_group_test *t = test->priv;
	struct zram_rb_group a, b;

	begin(t, &a);
	KUNIT_EXPECT_FALSE(test, zram_rb_group_busy(t->zram));
	t->zram->tier_counting = true;
	begin(t, &b);
	zram_rb_group_put(&a, BLK_STS_OK);
	KUNIT_EXPECT_TRUE(test, zram_rb_group_busy(t->zram));
	t->zram->tier_counting = false;
	zram_rb_group_put(&b, BLK_STS_OK);
	KUNIT_EXPECT_FALSE(test, zram_rb_group_busy(t->zram));
}

/* Sum of the reads counted */
static int rb_group_test_times(const struct rb_group_test *t)
{
	int k, sum = 0;

	for (k = 0; k < ZRAM_TIER_LATENCY_TIMES; k++)
		sum += atomic_read(&t->pool.times.count[k]);
	return sum;
}

/* A group counts once in the histogram, when it ends, and only if that is on */
static void rb_group_test_histogram(struct kunit *test)
{
	struct rb_group_test *t = test->priv;
	struct zram_rb_group group;

	t->zram->tier_counting = true;
	begin(t, &group);
	zram_rb_group_put(&group, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, rb_group_test_times(t), 0);
	t->pool.times.on = true;
	begin(t, &group);
	refcount_inc(&group.pending);
	zram_rb_group_put(&group, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, rb_group_test_times(t), 0);
	zram_rb_group_put(&group, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, rb_group_test_times(t), IS_ENABLED(CONFIG_ZRAM_TIER));
}

static struct kunit_case rb_group_test_cases[] = {
	KUNIT_CASE(rb_group_test_busy),
	KUNIT_CASE(rb_group_test_switch),
	KUNIT_CASE(rb_group_test_histogram),
	{}
};

static struct kunit_suite rb_group_test_suite = {
	.name = "zram_rb_group",
	.init = rb_group_test_init,
	.exit = rb_group_test_exit,
	.test_cases = rb_group_test_cases,
};

kunit_test_suite(rb_group_test_suite);
