// SPDX-License-Identifier: GPL-2.0
/*
 * Asks threads to free memory, and waits for an answer.
 *
 * The task that asks may hold locks that a thread needs. So the task waits for a limited
 * time, a thread does not wait for the task, and both take only a spinlock.
 *
 * The first thread that has freed memory ends the wait of the OOM notifier. A thread that does
 * not answer in time is frozen, or its device hangs: after ASK_MISSED waits in vain no task waits
 * for it until it has answered. A hibernation waits for all threads.
 */

#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>

#include "tier_ask.h"

/* After so many tasks in a row have waited in vain for a thread, the next ones do not wait */
#define ASK_MISSED	3

/**
 * zram_tier_ask_init() - prepare to ask threads
 * @asks: initialised here, without threads
 * @every: a task that asks waits until all threads have answered
 */
void zram_tier_ask_init(struct zram_tier_asks *asks, bool every)
{
	*asks = (struct zram_tier_asks){ .every = every };
	spin_lock_init(&asks->lock);
	INIT_LIST_HEAD(&asks->threads);
	init_waitqueue_head(&asks->answers);
}

/**
 * zram_tier_ask_begin() - ask the thread that calls this from now on
 * @ask: of the thread, with @wake
 * @asks: the threads that are asked together with this one
 *
 * Context: Any but interrupts.
 */
void zram_tier_ask_begin(struct zram_tier_ask *ask, struct zram_tier_asks *asks)
{
	ask->asks = asks;
	spin_lock(&asks->lock);
	ask->thread = current;
	ask->asked = false;
	ask->awaited = false;
	ask->missed = 0;
	list_add_tail(&ask->node, &asks->threads);
	spin_unlock(&asks->lock);
}

static void ask_answer(struct zram_tier_ask *ask, unsigned long freed)
{
	struct zram_tier_asks *asks = ask->asks;

	lockdep_assert_held(&asks->lock);
	if (!ask->asked)
		return;
	WRITE_ONCE(ask->asked, false);
	ask->missed = 0;
	asks->freed += freed;
	if (!ask->awaited)
		return;
	ask->awaited = false;
	/* An earlier answer may have ended the wait */
	if (!asks->awaited)
		return;
	WRITE_ONCE(asks->awaited, freed && !asks->every ? 0 : asks->awaited - 1);
	if (!asks->awaited)
		wake_up(&asks->answers);
}

/**
 * zram_tier_ask_end() - do not ask the thread any more
 * @ask: of the thread
 *
 * Context: Any but interrupts. After zram_tier_ask_begin().
 */
void zram_tier_ask_end(struct zram_tier_ask *ask)
{
	struct zram_tier_asks *asks = ask->asks;

	spin_lock(&asks->lock);
	ask_answer(ask, 0);
	list_del(&ask->node);
	spin_unlock(&asks->lock);
}

/**
 * zram_tier_ask_pending() - is the thread to free memory?
 * @ask: of the thread
 *
 * Return: true if so. Then the thread calls zram_tier_ask_answer() soon.
 */
bool zram_tier_ask_pending(const struct zram_tier_ask *ask)
{
	return READ_ONCE(ask->asked);
}

/**
 * zram_tier_ask_answer() - the thread has done what it can
 * @ask: of the thread
 * @freed: memory that became free, in pages
 *
 * Does nothing if no task has asked.
 *
 * Context: The thread.
 */
void zram_tier_ask_answer(struct zram_tier_ask *ask, unsigned long freed)
{
	if (!zram_tier_ask_pending(ask))
		return;
	spin_lock(&ask->asks->lock);
	ask_answer(ask, freed);
	/* Under the lock, so that ask_all() for a new question sets the nice value after this */
	if (!ask->asks->every)
		set_user_nice(ask->thread, MAX_NICE);
	spin_unlock(&ask->asks->lock);
}

/* Returns whether there is an answer to wait for */
static bool ask_all(struct zram_tier_asks *asks)
{
	struct zram_tier_ask *ask;
	unsigned int awaited = 0;

	spin_lock(&asks->lock);
	/* What was freed before has not prevented this question */
	asks->freed = 0;
	list_for_each_entry(ask, &asks->threads, node) {
		ask->awaited = asks->every || ask->missed < ASK_MISSED;
		awaited += ask->awaited;
		if (ask->asked)
			continue;
		WRITE_ONCE(ask->asked, true);
		/* On busy CPUs the thread would answer too late at its own nice value */
		if (!asks->every)
			set_user_nice(ask->thread, 0);
		ask->wake(ask);
	}
	WRITE_ONCE(asks->awaited, awaited);
	spin_unlock(&asks->lock);
	return awaited;
}

/*
 * The wait is over: returns the pages freed. Threads that have not answered may do so later.
 * But after the wait for all threads, the machine sleeps: what they were asked for is over.
 */
static unsigned long ask_settle(struct zram_tier_asks *asks)
{
	struct zram_tier_ask *ask;
	unsigned long freed;

	spin_lock(&asks->lock);
	list_for_each_entry(ask, &asks->threads, node) {
		/* If another thread's answer has ended the wait, this one is not late */
		ask->missed += asks->awaited && ask->awaited;
		ask->awaited = false;
		if (asks->every)
			WRITE_ONCE(ask->asked, false);
	}
	WRITE_ONCE(asks->awaited, 0);
	freed = asks->freed;
	spin_unlock(&asks->lock);
	return freed;
}

/**
 * zram_tier_ask_all() - ask all threads, and wait for answers
 * @asks: the threads; no other task asks them meanwhile
 * @timeout: most time to wait, jiffies
 *
 * Does not wait for threads that have missed %ASK_MISSED questions. The wait ends when one has
 * freed memory, or all others have answered. With asks->every it ends when all threads have
 * answered, and after @timeout the question is withdrawn.
 *
 * Context: May sleep. May be called by one of the threads, but waits in vain then.
 * Return: memory that became free, in pages.
 */
unsigned long zram_tier_ask_all(struct zram_tier_asks *asks, unsigned long timeout)
{
	if (!ask_all(asks))
		return 0;
	wait_event_timeout(asks->answers, !READ_ONCE(asks->awaited), timeout);
	return ask_settle(asks);
}
