// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the question for memory before the kernel kills a task, or before a
 * hibernation: who is asked, who is waited for, and which answer counts.
 */

#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "../tier_ask.h"
#include "../tier_oom.h"
#include "../tier_pause.h"
#include "../tier_rescue.h"

/* A wait that has to end by an answer, and one that has to end by itself */
#define LONG_WAIT	(30 * HZ)
#define SHORT_WAIT	2
/* As tier_ask.c, tier_oom.c and tier_rescue.c */
#define MISSED		3
#define SERIES		(300 * HZ)
#define GAP		(10 * HZ)

/**
 * struct oom_thread - a thread that is asked
 * @ask: what is tested
 * @work: answers in its place
 * @answers: it does so when it is woken
 * @freed: its answer
 * @woken: how often it was woken
 */
struct oom_thread {
	struct zram_tier_ask ask;
	struct work_struct work;
	bool answers;
	unsigned long freed;
	unsigned int woken;
};

/**
 * struct oom_test - threads
 * @asks: what is tested
 * @threads: they
 */
struct oom_test {
	struct zram_tier_asks asks;
	struct oom_thread threads[3];
};

static void oom_test_work(struct work_struct *work)
{
	struct oom_thread *t = container_of(work, struct oom_thread, work);

	zram_tier_ask_answer(&t->ask, t->freed);
}

static void oom_test_wake(struct zram_tier_ask *ask)
{
	struct oom_thread *t = container_of(ask, struct oom_thread, ask);

	t->woken++;
	if (t->answers)
		schedule_work(&t->work);
}

static int oom_test_init(struct kunit *test)
{
	struct oom_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	zram_tier_ask_init(&t->asks, false);
	for (i = 0; i < ARRAY_SIZE(t->threads); i++) {
		INIT_WORK(&t->threads[i].work, oom_test_work);
		t->threads[i].ask.wake = oom_test_wake;
	}
	return 0;
}

static void oom_test_flush(struct oom_test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t->threads); i++)
		flush_work(&t->threads[i].work);
}

static void oom_test_exit(struct kunit *test)
{
	if (test->priv)
		oom_test_flush(test->priv);
	/* An answer makes the thread nice */
	set_user_nice(current, 0);
}

static void oom_test_begin(struct oom_test *t, unsigned int nr)
{
	while (nr--)
		zram_tier_ask_begin(&t->threads[nr].ask, &t->asks);
}

/* Ask; the wait is to end by answers. Returns the memory */
static unsigned long oom_test_ask(struct kunit *test)
{
	unsigned long begun = jiffies, freed;
	struct oom_test *t = test->priv;

	freed = zram_tier_ask_all(&t->asks, LONG_WAIT);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, begun + LONG_WAIT));
	return freed;
}

/* Ask; the wait is to end by itself */
static unsigned long oom_test_ask_in_vain(struct kunit *test)
{
	unsigned long begun = jiffies, freed;
	struct oom_test *t = test->priv;

	freed = zram_tier_ask_all(&t->asks, SHORT_WAIT);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, begun + SHORT_WAIT));
	oom_test_flush(t);
	return freed;
}

static void oom_test_nobody(struct kunit *test)
{
	struct oom_test *t = test->priv;
	struct oom_thread *one = &t->threads[0];

	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
	oom_test_begin(t, 1);
	zram_tier_ask_answer(&one->ask, 7);
	zram_tier_ask_end(&one->ask);
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
	KUNIT_EXPECT_EQ(test, one->woken, 0U);
}

static void oom_test_in_time(struct kunit *test)
{
	struct oom_test *t = test->priv;
	struct oom_thread *one = &t->threads[0];

	oom_test_begin(t, 1);
	one->answers = true;
	one->freed = 5;
	KUNIT_EXPECT_FALSE(test, zram_tier_ask_pending(&one->ask));
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 5UL);
	KUNIT_EXPECT_FALSE(test, zram_tier_ask_pending(&one->ask));
	one->freed = 0;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
	KUNIT_EXPECT_EQ(test, one->woken, 2U);
}

/* A late answer does not count for a later question, and ends it if it comes then */
static void oom_test_late(struct kunit *test)
{
	struct oom_test *t = test->priv;
	struct oom_thread *one = &t->threads[0];

	oom_test_begin(t, 1);
	KUNIT_EXPECT_EQ(test, oom_test_ask_in_vain(test), 0UL);
	KUNIT_EXPECT_TRUE(test, zram_tier_ask_pending(&one->ask));
	zram_tier_ask_answer(&one->ask, 5);
	one->answers = true;
	one->freed = 2;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 2UL);
	/* Nobody asks */
	zram_tier_ask_answer(&one->ask, 9);
	one->freed = 0;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
}

/* After some tries in vain, nobody waits until there is an answer */
static void oom_test_missed(struct kunit *test)
{
	struct oom_test *t = test->priv;
	struct oom_thread *one = &t->threads[0];
	unsigned int i;

	oom_test_begin(t, 1);
	for (i = 0; i < MISSED; i++)
		KUNIT_EXPECT_EQ(test, oom_test_ask_in_vain(test), 0UL);
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
	KUNIT_EXPECT_EQ(test, one->woken, 1U);
	zram_tier_ask_answer(&one->ask, 1);
	KUNIT_EXPECT_EQ(test, oom_test_ask_in_vain(test), 0UL);
	KUNIT_EXPECT_EQ(test, one->woken, 2U);
	zram_tier_ask_end(&one->ask);
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
}

/* One of use ends the wait; the threads that have not answered are not late */
static void oom_test_first(struct kunit *test)
{
	struct oom_test *t = test->priv;
	unsigned int i;

	oom_test_begin(t, 3);
	t->threads[0].answers = true;
	t->threads[0].freed = 4;
	t->threads[1].answers = true;
	for (i = 0; i < MISSED + 2; i++) {
		KUNIT_EXPECT_EQ(test, oom_test_ask(test), 4UL);
		oom_test_flush(t);
	}
	t->threads[0].freed = 0;
	KUNIT_EXPECT_EQ(test, oom_test_ask_in_vain(test), 0UL);
	KUNIT_EXPECT_EQ(test, t->threads[2].woken, 1U);
	/* What the last one answers after the wait does not count for the next question */
	t->threads[0].freed = 4;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 4UL);
	oom_test_flush(t);
	zram_tier_ask_answer(&t->threads[2].ask, 6);
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 4UL);
}

/* Before a hibernation: the wait ends only when all threads have answered */
static void oom_test_every(struct kunit *test)
{
	struct oom_test *t = test->priv;
	unsigned int i;

	zram_tier_ask_init(&t->asks, true);
	oom_test_begin(t, 3);
	for (i = 0; i < 3; i++) {
		t->threads[i].answers = true;
		t->threads[i].freed = i + 4;
	}
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 15UL);
	/* One that hangs is waited for each time, and its question is withdrawn */
	t->threads[1].answers = false;
	for (i = 0; i < MISSED + 2; i++) {
		KUNIT_EXPECT_EQ(test, zram_tier_ask_all(&t->asks, HZ), 10UL);
		oom_test_flush(t);
		KUNIT_EXPECT_FALSE(test, zram_tier_ask_pending(&t->threads[1].ask));
	}
	KUNIT_EXPECT_EQ(test, t->threads[1].woken, MISSED + 3U);
	t->threads[1].answers = true;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 15UL);
	KUNIT_EXPECT_EQ(test, task_nice(current), 0);
}

/* A thread that hangs delays nobody for long, and the end of a thread is an answer */
static void oom_test_hangs(struct kunit *test)
{
	struct oom_test *t = test->priv;
	unsigned int i;

	oom_test_begin(t, 2);
	t->threads[0].answers = true;
	for (i = 0; i < MISSED; i++)
		KUNIT_EXPECT_EQ(test, oom_test_ask_in_vain(test), 0UL);
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 0UL);
	t->threads[0].freed = 8;
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 8UL);
	zram_tier_ask_end(&t->threads[1].ask);
	KUNIT_EXPECT_FALSE(test, zram_tier_ask_pending(&t->threads[1].ask));
	KUNIT_EXPECT_EQ(test, oom_test_ask(test), 8UL);
}

/* A rescue every GAP / 2 for the time of a series; returns how many were refused */
static unsigned int oom_test_busy(struct zram_tier_oom_series *series, u64 *now)
{
	unsigned int kills = 0, i;

	for (i = 0; i < 2 * SERIES / GAP; i++, *now += GAP / 2) {
		kills += zram_tier_oom_is_thrash(series, *now);
		series->last = *now;
	}
	return kills;
}

static void oom_test_series(struct kunit *test)
{
	struct zram_tier_oom_series series = {};
	/* Jiffies of 32 bits wrap */
	u64 now = 0xffffffffULL - 20 * HZ;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, oom_test_busy(&series, &now), 0U);
	KUNIT_EXPECT_TRUE(test, zram_tier_oom_is_thrash(&series, now));
	/* The kernel may not kill for the first task, so it may for others */
	KUNIT_EXPECT_TRUE(test, zram_tier_oom_is_thrash(&series, now + HZ - 1));
	now += HZ;
	KUNIT_EXPECT_EQ(test, oom_test_busy(&series, &now), 0U);
	/* Nobody asks when the series is over, but somewhat later */
	now += GAP / 2 - 1;
	series.last = now;
	KUNIT_EXPECT_TRUE(test, zram_tier_oom_is_thrash(&series, now));
	/* Half of 32 bits later */
	now += (1ULL << 31) + 1;
	KUNIT_EXPECT_EQ(test, oom_test_busy(&series, &now), 0U);
	KUNIT_EXPECT_TRUE(test, zram_tier_oom_is_thrash(&series, now));
	/* Memory suffices now and then */
	for (i = 0; i < 3 * SERIES / GAP; i++) {
		now += GAP + 1;
		KUNIT_EXPECT_FALSE(test, zram_tier_oom_is_thrash(&series, now));
		series.last = now;
	}
}

static void oom_test_freed(struct kunit *test)
{
	const struct zram_tier_rescue rescue = { .moved = SZ_16M, .gaps = SZ_1M };
	const u64 all = SZ_16M + SZ_4M;

	/* Gaps that were there before do not count, those that are new do */
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, all, SZ_1M, 65536),
			(unsigned long)SZ_4M >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, all, 0, 65536),
			(unsigned long)SZ_4M >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, all, SZ_4M, 65536),
			(unsigned long)SZ_1M >> PAGE_SHIFT);
	/* Too little: less than 512 KiB. That is also what a few pages without gaps are */
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, all, SZ_1M + SZ_4M - SZ_256K,
						     65536), 0UL);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, SZ_16M + SZ_256K, 0, 65536),
			0UL);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, SZ_16M, 0, 1), 0UL);
	/* More gaps than were made, and objects that left meanwhile */
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, all, SZ_16M, 65536), 0UL);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, SZ_1M, 0, 65536), 0UL);
	/* On a small machine less suffices */
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, SZ_16M + PAGE_SIZE, 0, 31),
			1UL);
	KUNIT_EXPECT_EQ(test, zram_tier_rescue_freed(&rescue, SZ_16M + PAGE_SIZE, 0, 32),
			0UL);
}

/* A device that has failed is tried again */
static void oom_test_pause(struct kunit *test)
{
	static const enum zram_tier_activity why[] = {
		ZRAM_TIER_PAUSED_DEVICE, ZRAM_TIER_PAUSED_FULL, ZRAM_TIER_PAUSED_MEMORY,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(why); i++) {
		struct zram_tier_pause pause = { .why = why[i], .until = 300000 };

		KUNIT_EXPECT_TRUE(test, zram_tier_pause_is_on(&pause, 1000));
		zram_tier_pause_cut(&pause);
		KUNIT_EXPECT_FALSE(test, zram_tier_pause_is_on(&pause, 1000));
	}
}

static struct kunit_case oom_test_cases[] = {
	KUNIT_CASE(oom_test_nobody),
	KUNIT_CASE(oom_test_in_time),
	KUNIT_CASE(oom_test_late),
	KUNIT_CASE(oom_test_missed),
	KUNIT_CASE(oom_test_first),
	KUNIT_CASE(oom_test_every),
	KUNIT_CASE(oom_test_hangs),
	KUNIT_CASE(oom_test_series),
	KUNIT_CASE(oom_test_freed),
	KUNIT_CASE(oom_test_pause),
	{}
};

static struct kunit_suite oom_test_suite = {
	.name = "zram_tier_oom",
	.init = oom_test_init,
	.exit = oom_test_exit,
	.test_cases = oom_test_cases,
};

kunit_test_suite(oom_test_suite);
