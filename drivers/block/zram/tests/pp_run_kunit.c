// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of how slices of a thread share a device with the runs of tasks. A kernel
 * thread plays the task.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

#include "../pp.h"
#include "../pp_run.h"
#include "../zram.h"

#define LONG	(10 * HZ)

/**
 * struct pp_run_test - what a test works on
 * @zram: a device with no more than a run needs to begin
 * @slice: the run of the thread that works in slices, which is the test
 * @run: the run of the task
 * @err: what zram_pp_run_begin() returned to the task
 * @begun: it has returned
 */
struct pp_run_test {
	struct zram *zram;
	struct zram_pp_run slice;
	struct zram_pp_run run;
	int err;
	struct completion begun;
};

static int pp_run_test_init(struct kunit *test)
{
	struct pp_run_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram)
		return -ENOMEM;
	mutex_init(&t->zram->pp_lock);
	t->slice.zram = t->zram;
	t->run.zram = t->zram;
	t->run.stop = zram_pp_task_stop;
	init_completion(&t->begun);
	test->priv = t;
	return 0;
}

/* Begin a run, keep it until kthread_stop() */
static int task(void *data)
{
	struct pp_run_test *t = data;

	allow_signal(SIGINT);
	t->err = zram_pp_run_begin(&t->run);
	complete(&t->begun);
	while (!kthread_should_stop())
		fsleep(1000);
	if (!t->err)
		zram_pp_run_end(&t->run);
	return 0;
}

/* Start the task while a slice has the device, and wait until it waits */
static struct task_struct *start_task(struct kunit *test)
{
	struct pp_run_test *t = test->priv;
	unsigned long end = jiffies + LONG;
	struct task_struct *thread;

	KUNIT_ASSERT_TRUE(test, zram_pp_run_try(&t->slice));
	KUNIT_EXPECT_FALSE(test, zram_pp_run_wanted(t->zram));
	thread = kthread_run(task, t, "zram_kunit");
	if (IS_ERR(thread)) {
		zram_pp_run_end(&t->slice);
		KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	}
	while (!zram_pp_run_wanted(t->zram) && time_before(jiffies, end))
		fsleep(1000);
	KUNIT_EXPECT_TRUE(test, zram_pp_run_wanted(t->zram));
	KUNIT_EXPECT_FALSE(test, completion_done(&t->begun));
	return thread;
}

/* The task gets the device when the slice ends, and keeps it */
static void pp_run_test_task(struct kunit *test)
{
	struct pp_run_test *t = test->priv;
	struct task_struct *thread = start_task(test);

	zram_pp_run_end(&t->slice);
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&t->begun, LONG), 0UL);
	KUNIT_EXPECT_EQ(test, t->err, 0);
	KUNIT_EXPECT_FALSE(test, zram_pp_run_wanted(t->zram));
	KUNIT_EXPECT_FALSE(test, zram_pp_run_try(&t->slice));
	kthread_stop(thread);
	KUNIT_ASSERT_TRUE(test, zram_pp_run_try(&t->slice));
	zram_pp_run_end(&t->slice);
}

/* No slice begins between its end and the moment when the task gets the lock */
static void pp_run_test_wanted(struct kunit *test)
{
	struct pp_run_test *t = test->priv;

	atomic_inc(&t->zram->pp_waiting);
	KUNIT_EXPECT_FALSE(test, zram_pp_run_try(&t->slice));
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&t->zram->pp_lock));
	atomic_dec(&t->zram->pp_waiting);
	KUNIT_ASSERT_TRUE(test, zram_pp_run_try(&t->slice));
	zram_pp_run_end(&t->slice);
}

/* A task that a signal wakes does not wait any more */
static void pp_run_test_signal(struct kunit *test)
{
	struct pp_run_test *t = test->priv;
	struct task_struct *thread = start_task(test);

	send_sig(SIGINT, thread, 1);
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&t->begun, LONG), 0UL);
	KUNIT_EXPECT_EQ(test, t->err, -EINTR);
	KUNIT_EXPECT_FALSE(test, zram_pp_run_wanted(t->zram));
	zram_pp_run_end(&t->slice);
	kthread_stop(thread);
}

/* No slice begins while the device is to be reset */
static void pp_run_test_stopping(struct kunit *test)
{
	struct pp_run_test *t = test->priv;

	t->zram->stopping = true;
	KUNIT_EXPECT_FALSE(test, zram_pp_run_try(&t->slice));
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&t->zram->pp_lock));
}

static struct kunit_case pp_run_test_cases[] = {
	KUNIT_CASE(pp_run_test_task),
	KUNIT_CASE(pp_run_test_wanted),
	KUNIT_CASE(pp_run_test_signal),
	KUNIT_CASE(pp_run_test_stopping),
	{}
};

static struct kunit_suite pp_run_test_suite = {
	.name = "zram_pp_run",
	.init = pp_run_test_init,
	.test_cases = pp_run_test_cases,
};

kunit_test_suite(pp_run_test_suite);
