// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of staging: who has a page, in which order they are taken from
 * the queue, and that a pool outlives its owner.
 */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "../kc_queue.h"
#include "../kc_stage.h"

#define NR	8

static struct zram_kc_stage *get(struct kunit *test,
				 struct zram_kc_stage_pool *pool,
				 struct zram *zram, unsigned long index)
{
	struct zram_kc_stage *stage = zram_kc_stage_get(pool);

	KUNIT_ASSERT_NOT_NULL(test, stage);
	stage->zram = zram;
	stage->index = index;
	return stage;
}

static struct zram_kc_stage_pool *create_nr(struct kunit *test, unsigned int nr)
{
	struct zram_kc_stage_pool *pool =
		zram_kc_stage_pool_create(nr, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	return pool;
}

static struct zram_kc_stage_pool *create(struct kunit *test)
{
	return create_nr(test, NR);
}

static void add_pages(struct kunit *test, struct zram_kc_stage_pool *pool,
		      struct zram *zram, unsigned int nr)
{
	struct zram_kc_stage *stage;
	bool woken;

	while (nr--) {
		stage = get(test, pool, zram, nr);
		KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(stage, &woken));
		zram_kc_stage_put(stage);
	}
}

static void kc_stage_test_pool(struct kunit *test)
{
	struct zram_kc_stage_pool *pool = create(test);
	struct zram_kc_stage *stage[NR];
	char *page = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	char *want = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_NOT_NULL(test, want);
	for (i = 0; i < NR; i++) {
		stage[i] = get(test, pool, NULL, i);
		memset(page, i + 1, PAGE_SIZE);
		zram_kc_stage_fill(stage[i], virt_to_page(page));
		KUNIT_EXPECT_EQ(test, stage[i]->nid,
				page_to_nid(virt_to_page(page)));
	}
	KUNIT_EXPECT_NULL(test, zram_kc_stage_get(pool));
	for (i = 0; i < NR; i++) {
		zram_kc_stage_load(stage[i], page);
		memset(want, i + 1, PAGE_SIZE);
		KUNIT_EXPECT_MEMEQ(test, page, want, PAGE_SIZE);
	}
	/* A reader keeps it from being used again */
	zram_kc_stage_hold(stage[3]);
	zram_kc_stage_put(stage[3]);
	KUNIT_EXPECT_NULL(test, zram_kc_stage_get(pool));
	zram_kc_stage_put(stage[3]);
	KUNIT_EXPECT_PTR_EQ(test, zram_kc_stage_get(pool), stage[3]);
	/* The pool goes with the last of them, which kmemleak and KASAN see */
	zram_kc_stage_pool_put(pool);
	for (i = 0; i < NR; i++)
		zram_kc_stage_put(stage[i]);
}

static void kc_stage_test_queue(struct kunit *test)
{
	struct zram_kc_stage_pool *pool = create(test);
	struct zram *one = (struct zram *)&pool, *two = (struct zram *)&one;
	struct zram_kc_stage *stage;
	bool woken;
	u64 seq;
	int i;

	for (i = 0; i < NR; i++) {
		stage = get(test, pool, i % 2 ? two : one, i);
		KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(stage, &woken));
		KUNIT_EXPECT_FALSE(test, woken);
		/* From here on the queue alone has it */
		zram_kc_stage_put(stage);
	}
	KUNIT_EXPECT_EQ(test, pool->depth, NR);
	stage = zram_kc_queue_take(pool);
	KUNIT_EXPECT_EQ(test, stage->index, 0);
	zram_kc_queue_done(stage, false);
	seq = zram_kc_queue_requeue(pool, two);
	KUNIT_EXPECT_EQ(test, seq, NR);
	/* Those of another do not hide them */
	KUNIT_EXPECT_EQ(test, zram_kc_queue_requeue(pool, one), NR);
	KUNIT_EXPECT_NULL(test, zram_kc_queue_take_until(pool, two, 1));
	stage = zram_kc_queue_take_until(pool, two, seq);
	KUNIT_ASSERT_NOT_NULL(test, stage);
	KUNIT_EXPECT_EQ(test, stage->index, 1);
	/* Nobody is at a page of the other device, so there is no wait */
	KUNIT_EXPECT_EQ(test, zram_kc_queue_wait(pool, one, seq), 0);
	KUNIT_EXPECT_EQ(test, zram_kc_queue_wait(pool, two, 1), 0);
	zram_kc_queue_done(stage, true);
	KUNIT_EXPECT_EQ(test, pool->depth, NR - 2);
	KUNIT_EXPECT_EQ(test, zram_kc_queue_retry(pool), 1);
	KUNIT_EXPECT_EQ(test, zram_kc_queue_retry(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->depth, NR - 1);
	zram_kc_queue_drop(pool, one);
	KUNIT_EXPECT_EQ(test, pool->depth, 4);
	KUNIT_EXPECT_NULL(test, zram_kc_queue_take_until(pool, one, seq));
	/* The one that was tried again has come to the end */
	for (i = 3; i < NR + 2; i += 2) {
		stage = zram_kc_queue_take(pool);
		KUNIT_ASSERT_NOT_NULL(test, stage);
		KUNIT_EXPECT_EQ(test, stage->index, i < NR ? i : 1);
		zram_kc_queue_done(stage, false);
	}
	KUNIT_EXPECT_EQ(test, pool->depth, 0);
	KUNIT_EXPECT_EQ(test, pool->max_depth, NR);
	zram_kc_stage_pool_put(pool);
}

/* Pages that cannot be stored, and two who try: each tries them once */
static void kc_stage_test_requeue(struct kunit *test)
{
	struct zram_kc_stage_pool *pool = create(test);
	struct zram *zram = (struct zram *)&pool;
	struct zram_kc_stage *stage;
	u64 first, second;
	bool woken;
	int i;

	for (i = 0; i < 2; i++) {
		stage = get(test, pool, zram, i);
		KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(stage, &woken));
		zram_kc_stage_put(stage);
	}
	first = zram_kc_queue_requeue(pool, zram);
	stage = zram_kc_queue_take_until(pool, zram, first);
	KUNIT_ASSERT_NOT_NULL(test, stage);
	zram_kc_queue_done(stage, true);
	/* The page that was kept is not what the first waits for any more */
	second = zram_kc_queue_requeue(pool, zram);
	KUNIT_EXPECT_GT(test, second, first);
	stage = zram_kc_queue_take_until(pool, zram, first);
	KUNIT_ASSERT_NOT_NULL(test, stage);
	KUNIT_EXPECT_EQ(test, stage->index, 1);
	zram_kc_queue_done(stage, false);
	KUNIT_EXPECT_NULL(test, zram_kc_queue_take_until(pool, zram, first));
	stage = zram_kc_queue_take_until(pool, zram, second);
	KUNIT_ASSERT_NOT_NULL(test, stage);
	KUNIT_EXPECT_EQ(test, stage->index, 0);
	zram_kc_queue_done(stage, false);
	zram_kc_stage_pool_put(pool);
}

#define ROUNDS	200
/* ns, the least that the clock of User Mode Linux tells */
#define CLOCK_TICK	256

/*
 * Time to flush one page of a device while @others pages of another device are queued.
 * Returns the least of all rounds, because a host may preempt the guest in any of them.
 */
static s64 flush_ns(struct kunit *test, unsigned int others)
{
	struct zram_kc_stage_pool *pool = create_nr(test, others + 1);
	struct zram *one = (struct zram *)&pool, *two = (struct zram *)&one;
	struct zram_kc_stage *stage;
	ktime_t begun;
	s64 ns = S64_MAX;
	u64 seq;
	int i;

	add_pages(test, pool, two, others);
	for (i = 0; i < ROUNDS; i++) {
		add_pages(test, pool, one, 1);
		begun = ktime_get();
		seq = zram_kc_queue_requeue(pool, one);
		stage = zram_kc_queue_take_until(pool, one, seq);
		ns = min(ns, ktime_to_ns(ktime_sub(ktime_get(), begun)));
		KUNIT_ASSERT_NOT_NULL(test, stage);
		zram_kc_queue_done(stage, false);
	}
	zram_kc_queue_drop(pool, two);
	zram_kc_stage_pool_put(pool);
	return ns;
}

/* Finding a page of one device does not take longer beside pages of other devices */
static void kc_stage_test_many(struct kunit *test)
{
	s64 few = flush_ns(test, 16), many = flush_ns(test, 4096);

	kunit_info(test, "%lld ns beside 16 pages, %lld beside 4096", few,
		   many);
	KUNIT_EXPECT_LT(test, many, 10 * max_t(s64, few, CLOCK_TICK));
}

static void kc_stage_test_close(struct kunit *test)
{
	struct zram_kc_stage_pool *pool = create(test);
	struct zram_kc_sleeper sleeper;
	struct zram_kc_stage *queued, *late;
	bool woken;

	INIT_LIST_HEAD(&sleeper.link);
	queued = get(test, pool, NULL, 1);
	KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(queued, &woken));
	/* There is something to do: it does not sleep */
	KUNIT_EXPECT_TRUE(test, zram_kc_queue_sleep(pool, &sleeper));
	late = get(test, pool, NULL, 2);
	zram_kc_queue_close(pool);
	KUNIT_EXPECT_NULL(test, zram_kc_stage_get(pool));
	KUNIT_EXPECT_FALSE(test, zram_kc_queue_add(late, &woken));
	KUNIT_EXPECT_FALSE(test, woken);
	KUNIT_EXPECT_FALSE(test, zram_kc_queue_sleep(pool, &sleeper));
	zram_kc_stage_put(late);
	KUNIT_EXPECT_PTR_EQ(test, zram_kc_queue_take(pool), queued);
	zram_kc_queue_done(queued, false);
	zram_kc_stage_pool_put(pool);
	/* Its slot has it still */
	zram_kc_stage_put(queued);
}

static int kc_stage_sleeper(void *data)
{
	struct zram_kc_stage_pool *pool = data;
	struct zram_kc_sleeper sleeper;
	struct zram_kc_stage *stage;

	INIT_LIST_HEAD(&sleeper.link);
	while (zram_kc_queue_sleep(pool, &sleeper)) {
		stage = zram_kc_queue_take(pool);
		if (stage)
			zram_kc_queue_done(stage, false);
	}

	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Each page that is queued is taken, whenever it comes: no wake-up is lost */
static void kc_stage_test_wake(struct kunit *test)
{
	struct zram_kc_stage_pool *pool = create(test);
	unsigned long end = jiffies + 100 * HZ;
	struct task_struct *task;
	struct zram_kc_stage *stage;
	unsigned int i, wakes = 0;
	bool woken;

	task = kthread_run(kc_stage_sleeper, pool, "kc_stage_kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 2000 && time_before(jiffies, end); i++) {
		stage = get(test, pool, NULL, i);
		KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(stage, &woken));
		zram_kc_stage_put(stage);
		wakes += woken;
		/* It has a moment to fall asleep, or half of one */
		if (i % 3)
			ndelay(i % 1000);
		else
			cond_resched();
		while (READ_ONCE(pool->depth) && time_before(jiffies, end))
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, i, 2000);
	KUNIT_EXPECT_GT(test, wakes, 0);
	zram_kc_queue_close(pool);
	kthread_stop(task);
	zram_kc_stage_pool_put(pool);
}

static struct kunit_case kc_stage_test_cases[] = {
	KUNIT_CASE(kc_stage_test_pool),
	KUNIT_CASE(kc_stage_test_queue),
	KUNIT_CASE(kc_stage_test_requeue),
	KUNIT_CASE(kc_stage_test_many),
	KUNIT_CASE(kc_stage_test_close),
	KUNIT_CASE_SLOW(kc_stage_test_wake),
	{}
};

static struct kunit_suite kc_stage_test_suite = {
	.name = "zram_kc_stage",
	.test_cases = kc_stage_test_cases,
};

kunit_test_suite(kc_stage_test_suite);

MODULE_LICENSE("GPL");
