// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel finds no memory and is about to kill a task, pages leave whatever their
 * age. The kernel tells of it before it chooses the task, and chooses none if memory was
 * freed.
 *
 * The task that found no memory waits for the threads of all devices. It may hold locks that
 * a thread needs, and it may be such a thread. So the wait has an end, a thread does not
 * wait, and who asks takes no lock but a spinlock.
 */

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "tier_oom.h"

/* Most time that a task waits; a disk that sleeps takes seconds to wake up */
#define OOM_WAIT	(5 * HZ)

static DEFINE_SPINLOCK(tier_oom_lock);
static LIST_HEAD(tier_oom_threads);
static DECLARE_WAIT_QUEUE_HEAD(tier_oom_answers);
/* Threads that were asked and have not answered; what the others freed, in pages */
static unsigned int tier_oom_waiting;	/* tier_oom_lock */
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
	list_add_tail(&oom->node, &tier_oom_threads);
	spin_unlock(&tier_oom_lock);
}

static void tier_oom_answer(struct zram_tier_oom *oom, unsigned long freed)
{
	lockdep_assert_held(&tier_oom_lock);
	if (!oom->asked)
		return;
	WRITE_ONCE(oom->asked, false);
	tier_oom_freed += freed;
	WRITE_ONCE(tier_oom_waiting, tier_oom_waiting - 1);
	if (!tier_oom_waiting)
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
	spin_lock(&tier_oom_lock);
	if (oom->asked)
		set_user_nice(current, MAX_NICE);
	tier_oom_answer(oom, freed);
	spin_unlock(&tier_oom_lock);
}

static bool tier_oom_is_thread(const struct task_struct *task)
{
	const struct zram_tier_oom *oom;

	list_for_each_entry(oom, &tier_oom_threads, node)
		if (oom->thread == task)
			return true;
	return false;
}

/*
 * Ask all threads; false if there is none to wait for. A thread that was asked before and has
 * not answered is frozen, or its device hangs: nobody waits for it a second time.
 */
static bool tier_oom_ask(void)
{
	struct zram_tier_oom *oom;
	bool asked = false;

	spin_lock(&tier_oom_lock);
	if (!tier_oom_is_thread(current)) {
		list_for_each_entry(oom, &tier_oom_threads, node) {
			if (oom->asked)
				continue;
			WRITE_ONCE(oom->asked, true);
			WRITE_ONCE(tier_oom_waiting, tier_oom_waiting + 1);
			/* On busy CPUs it would come too late at its own */
			set_user_nice(oom->thread, 0);
			oom->ask(oom);
			asked = true;
		}
	}
	spin_unlock(&tier_oom_lock);
	return asked;
}

static int tier_oom_notify(struct notifier_block *nb, unsigned long unused, void *freed)
{
	if (!tier_oom_ask())
		return NOTIFY_DONE;
	wait_event_timeout(tier_oom_answers, !READ_ONCE(tier_oom_waiting), OOM_WAIT);
	spin_lock(&tier_oom_lock);
	*(unsigned long *)freed += tier_oom_freed;
	tier_oom_freed = 0;
	spin_unlock(&tier_oom_lock);
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
