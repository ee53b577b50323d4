// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of compaction by the tiering thread: when it compacts a pool with gaps.
 */

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "../obj.h"
#include "../stats.h"
#include "../tier_compact.h"
#include "../tier_policy.h"
#include "../zram.h"

#define NR_OBJECTS	512
/* One in so many stays */
#define KEPT		4
#define SIZE		1000
/* As tier_compact.c */
#define ENOUGH		256
#define EVERY		2000
/* The awake time of the last compaction, ms */
#define LAST		5000

/**
 * struct compact_test - what a test works on
 * @zram: has counters and a pool, and nothing else
 * @handles: objects; 0 if there is none
 * @in: what the policy was told, before the pool had gaps
 * @compact: state of the thread; the last compaction is EVERY ms ago at LAST + EVERY
 * @pages: pages of the pool, which has gaps
 */
struct compact_test {
	struct zram zram;
	unsigned long handles[NR_OBJECTS];
	struct zram_tier_input in;
	struct zram_tier_compact compact;
	unsigned long pages;
};

/* The counter says that the objects have so many bytes */
static void compact_test_objects(struct compact_test *t, u64 bytes)
{
	struct zram_stats *stats = &t->zram.stats;

	zram_stats_add(stats, ZRAM_STAT_COMPR_BYTES,
		       bytes - zram_stats_read(stats, ZRAM_STAT_COMPR_BYTES));
}

static int compact_test_init(struct kunit *test)
{
	struct compact_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	err = zram_stats_init(&t->zram.stats);
	if (err)
		return err;
	err = zram_obj_pool_create(&t->zram.pool, "kunit");
	if (err)
		return err;
	for (i = 0; i < NR_OBJECTS && !err; i++)
		err = zram_obj_alloc(&t->zram.pool, SIZE, GFP_KERNEL, NUMA_NO_NODE,
				     &t->handles[i]);
	t->in.pool_bytes = (u64)zram_obj_pool_pages(&t->zram.pool) << PAGE_SHIFT;
	t->in.object_bytes = t->in.pool_bytes;
	for (i = 0; i < NR_OBJECTS && !err; i++) {
		if (i % KEPT) {
			zram_obj_free(&t->zram.pool, t->handles[i]);
			t->handles[i] = 0;
		}
	}
	t->pages = zram_obj_pool_pages(&t->zram.pool);
	compact_test_objects(t, NR_OBJECTS / KEPT * SIZE);
	t->compact.last = LAST;
	return err;
}

static void compact_test_exit(struct kunit *test)
{
	struct compact_test *t = test->priv;
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < NR_OBJECTS; i++)
		if (t->handles[i])
			zram_obj_free(&t->zram.pool, t->handles[i]);
	zram_obj_pool_destroy(&t->zram.pool);
	zram_stats_destroy(&t->zram.stats);
}

/* Make a step at @now; it compacts the pool or, if not @wanted, leaves it as it is */
static void compact_test_step(struct kunit *test, u64 now, bool urgent, bool wanted)
{
	struct compact_test *t = test->priv;
	unsigned long pages;

	zram_tier_compact_step(&t->compact, &t->zram, &t->in, now, urgent);
	pages = zram_obj_pool_pages(&t->zram.pool);
	KUNIT_EXPECT_EQ(test, pages < t->pages, wanted);
	KUNIT_EXPECT_LE(test, pages, t->pages);
}

static void compact_test_often(struct kunit *test)
{
	struct compact_test *t = test->priv;

	t->compact.freed = ENOUGH - 1;
	compact_test_step(test, LAST + EVERY, false, false);
	t->compact.freed = ENOUGH;
	compact_test_step(test, LAST + EVERY - 1, false, false);
	KUNIT_EXPECT_EQ(test, t->compact.last, (u64)LAST);
	KUNIT_EXPECT_EQ(test, t->compact.freed, (u64)ENOUGH);
	compact_test_step(test, LAST + EVERY, false, true);
	KUNIT_EXPECT_EQ(test, t->compact.last, (u64)LAST + EVERY);
	KUNIT_EXPECT_EQ(test, t->compact.freed, 0ULL);
}

/* A pool whose gaps are small is left as it is */
static void compact_test_gaps(struct kunit *test)
{
	struct compact_test *t = test->priv;
	u64 bytes = (u64)t->pages << PAGE_SHIFT;

	compact_test_objects(t, bytes - bytes / 8);
	t->compact.freed = ENOUGH;
	compact_test_step(test, LAST + EVERY, false, false);
	KUNIT_EXPECT_EQ(test, t->compact.last, (u64)LAST + EVERY);
	compact_test_objects(t, 2 * bytes);
	compact_test_step(test, LAST + 2 * EVERY, false, false);
	/* The objects that left before count as soon as the gaps are large */
	compact_test_objects(t, bytes / 2);
	compact_test_step(test, LAST + 3 * EVERY, false, true);
	KUNIT_EXPECT_EQ(test, t->compact.freed, 0ULL);
}

static void compact_test_urgent(struct kunit *test)
{
	struct compact_test *t = test->priv;

	compact_test_objects(t, (u64)t->pages << PAGE_SHIFT);
	compact_test_step(test, LAST, true, true);
}

/* Staged pages count as objects, and fill no gap of the pool */
static void compact_test_staged(struct kunit *test)
{
	struct compact_test *t = test->priv;
	u64 bytes = (u64)t->pages << PAGE_SHIFT;

	zram_obj_count_staged(&t->zram.pool, t->pages);
	compact_test_objects(t, 2 * bytes - bytes / 8);
	KUNIT_EXPECT_EQ(test, zram_tier_compact_gaps(&t->zram), bytes / 8);
	t->compact.freed = ENOUGH;
	compact_test_step(test, LAST + EVERY, false, false);
	compact_test_objects(t, bytes + bytes / 2);
	compact_test_step(test, LAST + 2 * EVERY, false, true);
	/* The counters may be inconsistent */
	compact_test_objects(t, bytes / 2);
	KUNIT_EXPECT_LE(test, zram_tier_compact_gaps(&t->zram), bytes);
	zram_obj_count_staged(&t->zram.pool, -(long)t->pages);
}

/* Near mem_limit a few freed objects are enough, but time has to pass */
static void compact_test_tight(struct kunit *test)
{
	struct compact_test *t = test->priv;

	t->compact.freed = 1;
	t->in.limit_bytes = 2 * t->in.pool_bytes;
	compact_test_step(test, LAST + EVERY, false, false);
	t->in.limit_bytes = t->in.pool_bytes + div_u64(t->in.pool_bytes, 20);
	compact_test_step(test, LAST + EVERY - 1, false, false);
	compact_test_step(test, LAST + EVERY, false, true);
}

static struct kunit_case compact_test_cases[] = {
	KUNIT_CASE(compact_test_often),
	KUNIT_CASE(compact_test_gaps),
	KUNIT_CASE(compact_test_urgent),
	KUNIT_CASE(compact_test_staged),
	KUNIT_CASE(compact_test_tight),
	{}
};

static struct kunit_suite compact_test_suite = {
	.name = "zram_tier_compact",
	.init = compact_test_init,
	.exit = compact_test_exit,
	.test_cases = compact_test_cases,
};

kunit_test_suite(compact_test_suite);
