// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the count of read-back groups in flight, by which tiering steps back.
 */

#include <kunit/test.h>
#include <linux/completion.h>

#include "../rb_group.h"
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
	struct zram_rb_set set = { .zram = t->zram };

	zram_rb_group_embed(&set, group, NULL);
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

static struct kunit_case rb_group_test_cases[] = {
	KUNIT_CASE(rb_group_test_busy),
	KUNIT_CASE(rb_group_test_switch),
	{}
};

static struct kunit_suite rb_group_test_suite = {
	.name = "zram_rb_group",
	.init = rb_group_test_init,
	.exit = rb_group_test_exit,
	.test_cases = rb_group_test_cases,
};

kunit_test_suite(rb_group_test_suite);
