// SPDX-License-Identifier: GPL-2.0
/*
 * The rules by which a post-processing run shares the device with others: one run
 * at a time, and a task's before a slice of tiering. A task's run does not begin before
 * the staged pages are compressed.
 */

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/signal.h>
#include <linux/spinlock.h>

#include "kc_set.h"
#include "pp.h"
#include "pp_run.h"
#include "zram.h"

/* Does a pending signal have a handler without SA_RESTART? */
static bool pp_run_has_handler(void)
{
	struct sighand_struct *sighand = rcu_dereference_raw(current->sighand);
	const struct sigaction *sa;
	sigset_t pending;
	bool found = false;
	int sig;

	spin_lock_irq(&sighand->siglock);
	sigorsets(&pending, &current->pending.signal,
		  &current->signal->shared_pending.signal);
	sigandnsets(&pending, &pending, &current->blocked);
	for (sig = 1; sig <= _NSIG && !found; sig++) {
		sa = &sighand->action[sig - 1].sa;
		found = sigismember(&pending, sig) &&
			sa->sa_handler != SIG_DFL && sa->sa_handler != SIG_IGN &&
			!(sa->sa_flags & SA_RESTART);
	}
	spin_unlock_irq(&sighand->siglock);
	return found;
}

/*
 * Returns the error of a run that a signal ends: -ERESTARTSYS if the kernel is going to
 * restart the system call. Otherwise -EINTR, and the next call of the task begins a new
 * run, so forget where an earlier call of it was interrupted.
 */
static int pp_run_interrupt(struct zram *zram)
{
	if (!pp_run_has_handler())
		return -ERESTARTSYS;
	/* Without pp_lock: the run that holds it may set the task at the same time */
	cmpxchg(&zram->pp_resume.task, current, NULL);
	return -EINTR;
}

/**
 * zram_pp_run_begin() - start a post-processing run of a task
 * @run: the run
 *
 * Context: May sleep. config_lock is held for reading, to the end of the run.
 * Return: 0, with pp_lock held; otherwise as zram_pp_stop(), but -EINTR after a
 *	signal with a handler without SA_RESTART.
 */
int zram_pp_run_begin(const struct zram_pp_run *run)
{
	struct zram *zram = run->zram;
	int err;

	atomic_inc(&zram->pp_waiting);
	err = mutex_lock_interruptible(&zram->pp_lock);
	atomic_dec(&zram->pp_waiting);
	if (err)
		return pp_run_interrupt(zram);
	err = zram_pp_stop(run);
	/* A run cannot process staged pages */
	if (!err && zram_kc_flush(zram, ZRAM_KC_WAIT))
		err = zram_pp_stop(run) ?: -EINTR;
	if (err)
		mutex_unlock(&zram->pp_lock);
	return err == -ERESTARTSYS ? pp_run_interrupt(zram) : err;
}

/**
 * zram_pp_run_wanted() - does a task wait to begin a run?
 * @zram: the device
 *
 * A slice looks at this where it looks at its time, so that a task waits for one slice
 * at most.
 *
 * Return: true if a slice has to end.
 */
bool zram_pp_run_wanted(const struct zram *zram)
{
	return atomic_read(&zram->pp_waiting);
}

/**
 * zram_pp_run_try() - start a slice of a thread, unless a task has a run or wants one
 * @run: the slice
 *
 * Does not wait, and compresses no staged pages first: they are not candidates.
 *
 * Context: Any task; no config_lock. The device stays set up until the thread ends.
 * Return: true with pp_lock held, to be dropped by zram_pp_run_end().
 */
bool zram_pp_run_try(const struct zram_pp_run *run)
{
	struct zram *zram = run->zram;

	if (zram_pp_run_wanted(zram) || !mutex_trylock(&zram->pp_lock))
		return false;
	if (!zram_pp_stop(run))
		return true;
	mutex_unlock(&zram->pp_lock);
	return false;
}

/**
 * zram_pp_run_end() - end a post-processing run, or a slice of one
 * @run: the run; zram_pp_run_begin() succeeded, and no slot is marked PP
 */
void zram_pp_run_end(const struct zram_pp_run *run)
{
	mutex_unlock(&run->zram->pp_lock);
}

/**
 * zram_pp_run_suspend() - remember what a signal left of the run of this task
 * @zram: the device
 * @key: hash of what the task asked for
 * @rest: where the run continues
 *
 * Context: pp_lock is held.
 * Return: -ERESTARTSYS; or -EINTR if a signal has a handler without SA_RESTART.
 *	Then nothing is remembered.
 */
int zram_pp_run_suspend(struct zram *zram, u32 key,
			const struct zram_pp_rest *rest)
{
	int err = pp_run_interrupt(zram);

	if (err == -ERESTARTSYS)
		zram->pp_resume = (struct zram_pp_resume){
			.task = current,
			.start = current->start_boottime,
			.sp = current_user_stack_pointer(),
			.key = key,
			.rest = *rest,
		};
	return err;
}

/**
 * zram_pp_run_resume() - is this what a signal left of the last run
 * @zram: the device
 * @key: hash of what the task asks for
 * @rest: if so, set to where the run continues
 *
 * If so, forgets it. Another run in between does not, as it may have waited for
 * the one that was interrupted.
 *
 * Context: pp_lock is held.
 * Return: true if the task asked for the same before from the same place of its stack,
 *	and was interrupted.
 */
bool zram_pp_run_resume(struct zram *zram, u32 key, struct zram_pp_rest *rest)
{
	struct zram_pp_resume *resume = &zram->pp_resume;

	if (resume->task != current || resume->key != key ||
	    resume->start != current->start_boottime ||
	    resume->sp != current_user_stack_pointer())
		return false;
	*rest = resume->rest;
	*resume = (struct zram_pp_resume){};
	return true;
}
