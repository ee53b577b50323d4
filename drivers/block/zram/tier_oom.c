// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel finds no memory and is about to kill a task, pages leave whatever their
 * age. The kernel tells of it before it chooses the task, and chooses none if memory was
 * freed.
 *
 * The task that found no memory waits for the threads of all devices. It may hold locks that
 * a thread needs, and it may be such a thread. So the wait has an end, a thread does not
 * wait, and the task takes no lock but a spinlock.
 */

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/wait.h>

#include "tier_oom.h"

/* Most time that a task waits; a disk that sleeps takes seconds to wake up */
#define OOM_WAIT	(5 * HZ)
/* So many tasks wait for a thread that does not answer: it is frozen, or its device hangs */
#define OOM_MISSED	3

static DEFINE_SPINLOCK(tier_oom_lock);
static LIST_HEAD(tier_oom_threads);
static DECLARE_WAIT_QUEUE_HEAD(tier_oom_answers);
/* Answers that a task waits for; what the threads have freed since the last one, in pages */
static unsigned int tier_oom_awaited;	/* tier_oom_lock */
static unsigned long tier_oom_freed;	/* tier_oom_lock */

/**
 * zram_tier_oom_begin() - ask the thread that calls this from now on
 * @oom: of its device, with @ask
 *
 * Context: Any but interrupts.
 */
void zram_tier_oom_begin(struct zram_tier_oom *oom)
{
	spin_lock(&tier_oom_lock);
	oom->thread = current;
	oom->asked = false;
	oom->awaited = false;
	oom->missed = 0;
	list_add_tail(&oom->node, &tier_oom_threads);
	spin_unlock(&tier_oom_lock);
}

static void tier_oom_answer(struct zram_tier_oom *oom, unsigned long freed)
{
	lockdep_assert_held(&tier_oom_lock);
	if (!oom->asked)
		return;
	WRITE_ONCE(oom->asked, false);
	oom->missed = 0;
	tier_oom_freed += freed;
	if (!oom->awaited)
		return;
	oom->awaited = false;
	WRITE_ONCE(tier_oom_awaited, tier_oom_awaited - 1);
	if (!tier_oom_awaited)
		wake_up(&tier_oom_answers);
}

/**
 * zram_tier_oom_end() - do not ask the thread any more
 * @oom: of its device
 *
 * Context: Any but interrupts. After zram_tier_oom_begin().
 */
void zram_tier_oom_end(struct zram_tier_oom *oom)
{
	spin_lock(&tier_oom_lock);
	tier_oom_answer(oom, 0);
	list_del(&oom->node);
	spin_unlock(&tier_oom_lock);
}

/**
 * zram_tier_oom_asked() - are pages to leave instead of a task being killed?
 * @oom: of its device
 *
 * Context: The thread.
 * Return: true if so. Then the thread calls zram_tier_oom_answer() soon.
 */
bool zram_tier_oom_asked(const struct zram_tier_oom *oom)
{
	return READ_ONCE(oom->asked);
}

/**
 * zram_tier_oom_answer() - the thread has done what it can
 * @oom: of its device
 * @freed: memory that became free, in pages
 *
 * Context: The thread.
 */
void zram_tier_oom_answer(struct zram_tier_oom *oom, unsigned long freed)
{
	if (!READ_ONCE(oom->asked))
		return;
	spin_lock(&tier_oom_lock);
	tier_oom_answer(oom, freed);
	spin_unlock(&tier_oom_lock);
	set_user_nice(current, MAX_NICE);
}

static bool tier_oom_is_thread(const struct task_struct *task)
{
	const struct zram_tier_oom *oom;

	list_for_each_entry(oom, &tier_oom_threads, node)
		if (oom->thread == task)
			return true;
	return false;
}

/* Ask all threads; false if there is none to wait for */
static bool tier_oom_ask(void)
{
	struct zram_tier_oom *oom;
	bool wait;

	spin_lock(&tier_oom_lock);
	/* What was freed since the last task waited has not prevented this */
	tier_oom_freed = 0;
	/* kswapd has others to serve. It asks, and does not wait */
	wait = !tier_oom_is_thread(current) && !current_is_kswapd();
	list_for_each_entry(oom, &tier_oom_threads, node) {
		if (oom->thread == current)
			continue;
		if (wait && oom->missed < OOM_MISSED && !oom->awaited) {
			oom->awaited = true;
			WRITE_ONCE(tier_oom_awaited, tier_oom_awaited + 1);
		}
		if (oom->asked)
			continue;
		WRITE_ONCE(oom->asked, true);
		/* On busy CPUs it would come too late at its own */
		set_user_nice(oom->thread, 0);
		oom->ask(oom);
	}
	wait = wait && tier_oom_awaited;
	spin_unlock(&tier_oom_lock);
	return wait;
}

/* The wait is over: what was freed, in pages. Those that have not answered may do so later */
static unsigned long tier_oom_settle(void)
{
	struct zram_tier_oom *oom;
	unsigned long freed;

	spin_lock(&tier_oom_lock);
	list_for_each_entry(oom, &tier_oom_threads, node) {
		oom->missed += oom->awaited;
		oom->awaited = false;
	}
	WRITE_ONCE(tier_oom_awaited, 0);
	freed = tier_oom_freed;
	tier_oom_freed = 0;
	spin_unlock(&tier_oom_lock);
	return freed;
}

/* Its callers hold oom_lock, so there is one at a time */
static int tier_oom_notify(struct notifier_block *nb, unsigned long unused, void *freed)
{
	/* A task that is being killed gets memory, and does not kill another */
	if (fatal_signal_pending(current) || !tier_oom_ask())
		return NOTIFY_DONE;
	wait_event_timeout(tier_oom_answers, !READ_ONCE(tier_oom_awaited), OOM_WAIT);
	*(unsigned long *)freed += tier_oom_settle();
	return NOTIFY_OK;
}

static struct notifier_block tier_oom_nb = {
	.notifier_call = tier_oom_notify,
};

/**
 * zram_tier_oom_init() - let the kernel tell when it finds no memory
 *
 * Context: Before the first device.
 * Return: 0, or the error of the notifier.
 */
int zram_tier_oom_init(void)
{
	return register_oom_notifier(&tier_oom_nb);
}

/**
 * zram_tier_oom_exit() - undo zram_tier_oom_init()
 *
 * Context: After the last device.
 */
void zram_tier_oom_exit(void)
{
	unregister_oom_notifier(&tier_oom_nb);
}
