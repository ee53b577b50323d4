// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a device's tiering thread.
 *
 * The thread exists while tiering is enabled on a device that is set up and has a
 * backing device. Reset and removal stop the thread before they take config_lock, which
 * the thread never takes. It does not write while the machine sleeps, see tier_sleep.c.
 */

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>

#include "bd_map.h"
#include "tier_ask.h"
#include "tier_count.h"
#include "tier_dev.h"
#include "tier_latency.h"
#include "tier_oom.h"
#include "tier_sleep.h"
#include "tier_thread.h"
#include "zram.h"

#define NICE		19

/*
 * The task that stops a thread changes its life from RUN to STOP, and back if this task is
 * killed while it waits. The thread changes STOP to ENDED, and does nothing more.
 */
enum { LIFE_RUN, LIFE_STOP, LIFE_ENDED };

/**
 * zram_tier_slice_begin() - may the thread use the backing device?
 *
 * The thread runs a slice at nice 0, because tasks wait for the end of the slice, and a
 * mutex lends the thread no priority. A slice mostly waits for I/O.
 *
 * Context: The thread.
 * Return: false if the machine is going to sleep. Otherwise zram_tier_slice_end()
 *	follows, and the machine waits for it.
 */
bool zram_tier_slice_begin(void)
{
	if (!zram_tier_io_begin())
		return false;
	set_user_nice(current, 0);
	return true;
}

/**
 * zram_tier_slice_end() - the thread has no write in flight any more
 * @zram: the device
 *
 * Context: The thread.
 */
void zram_tier_slice_end(const struct zram *zram)
{
	set_user_nice(current, NICE);
	/* A task that has asked for memory, maybe just now, waits for the answer: stay at nice 0 */
	if (zram_tier_ask_pending(&zram->tier->ask))
		set_user_nice(current, 0);
	zram_tier_io_end();
}

/**
 * zram_tier_interrupted() - does the thread have to end its slice?
 * @zram: the device
 *
 * Context: The thread.
 * Return: true if the thread is to stop or to freeze, the device is to be reset or
 *	removed, or the machine goes to sleep.
 */
bool zram_tier_interrupted(const struct zram *zram)
{
	return atomic_read(&zram->tier->life) != LIFE_RUN ||
	       READ_ONCE(zram->stopping) || zram_tier_asleep() || freezing(current);
}

static bool tier_thread_may_go_on(const struct zram *zram, bool doze)
{
	const struct zram_tier *tier = zram->tier;

	return atomic_read(&tier->kicked) ||
	       (doze && !READ_ONCE(zram->tier_dozing)) ||
	       atomic_read(&tier->life) != LIFE_RUN;
}

/*
 * An access ends a sleep of more than a second. The task that reads or stores a page first
 * counts the access and then looks at tier_dozing, without a barrier in between. So the thread
 * sets the flag a second before such a sleep, and takes another step in between: that step
 * sees accesses of tasks that did not see the flag.
 */
static void tier_thread_wait(struct zram *zram, u32 ms, bool dozing)
{
	long timeout = ms ? msecs_to_jiffies(ms) : MAX_SCHEDULE_TIMEOUT;
	bool doze = timeout > HZ;

	if (doze != dozing) {
		WRITE_ONCE(zram->tier_dozing, doze);
		timeout = min_t(long, timeout, HZ);
	}
	wait_event_freezable_timeout(zram->tier_wait,
				     tier_thread_may_go_on(zram, doze), timeout);
}

/* If 64 bits take two loads, the tick may change the time between them */
static u64 tier_thread_cpu_ns(void)
{
	const u64 *ran = &current->se.sum_exec_runtime;
	u64 ns, again = READ_ONCE(*ran);

	do {
		ns = again;
		again = READ_ONCE(*ran);
	} while (again != ns);
	return ns;
}

static int tier_thread_run(void *data)
{
	struct zram *zram = data;
	struct zram_tier *tier = zram->tier;
	/* A task that finds no memory must not wait for writes that may wait for memory */
	bool rescues = !zram->backing.may_reclaim;
	/* Reclaim may write to this device, and wait for the thread */
	unsigned int flags = memalloc_noio_save();
	u64 ran = 0, now;
	bool dozing;
	u32 ms;

	set_freezable();
	WRITE_ONCE(zram->tier_dozing, false);
	if (rescues)
		zram_tier_oom_begin(&tier->ask);
	zram_tier_sleep_follow(&tier->image);
	while (atomic_cmpxchg(&tier->life, LIFE_STOP, LIFE_ENDED) == LIFE_RUN) {
		dozing = READ_ONCE(zram->tier_dozing);
		/* Pairs with zram_tier_kick(): the step sees the change, or the wait the flag */
		atomic_xchg(&tier->kicked, 0);
		ms = zram_tier_work_ops.step(tier->work);
		now = tier_thread_cpu_ns();
		atomic64_add(now - ran, &tier->status.cpu_ns);
		ran = now;
		tier_thread_wait(zram, ms, dozing);
	}
	zram_tier_ask_end(&tier->image);
	if (rescues)
		zram_tier_ask_end(&tier->ask);
	zram_tier_work_ops.close(tier->work);
	memalloc_noio_restore(flags);
	complete(&tier->ended);

	/* The task that waits for @ended joins the thread, so the module stays until then */
	set_current_state(TASK_IDLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_IDLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static void tier_thread_freed(struct zram_bd_watch *watch)
{
	struct zram_tier *tier = container_of(watch, struct zram_tier, freed);

	zram_tier_count_wake(tier->watch.zram);
}

static void tier_thread_ask(struct zram_tier_ask *ask)
{
	struct zram_tier *tier = container_of(ask, struct zram_tier, ask);

	zram_tier_kick(tier->watch.zram);
}

static void tier_thread_ask_image(struct zram_tier_ask *ask)
{
	struct zram_tier *tier = container_of(ask, struct zram_tier, image);

	zram_tier_kick(tier->watch.zram);
}

static int tier_thread_create(struct zram *zram)
{
	struct zram_tier *tier = zram->tier;
	struct task_struct *task;
	int err;

	err = zram_tier_count_enable(zram);
	if (err)
		return err;
	tier->work = zram_tier_work_ops.open(zram);
	if (!tier->work) {
		err = -ENOMEM;
		goto err_count;
	}
	/* Written once: after the first thread the map may call the function at any time */
	if (!tier->freed.freed)
		tier->freed.freed = tier_thread_freed;
	tier->ask.wake = tier_thread_ask;
	tier->image.wake = tier_thread_ask_image;
	zram_bd_map_set_watch(zram->backing.map, &tier->freed);
	reinit_completion(&tier->ended);
	atomic_set(&tier->life, LIFE_RUN);
	atomic64_set(&tier->status.spilled_new, 0);
	task = kthread_create(tier_thread_run, zram, "%s_tier",
			      zram->disk->disk_name);
	if (IS_ERR(task)) {
		err = PTR_ERR(task);
		goto err_work;
	}
	set_user_nice(task, NICE);
	tier->thread = task;
	wake_up_process(task);
	return 0;

err_work:
	zram_tier_work_ops.close(tier->work);
	tier->work = NULL;
err_count:
	zram_tier_count_disable(zram);
	return err;
}

/* Set the values of tier/stat without a thread. Counters stay */
static void tier_thread_reset_status(struct zram_tier *tier)
{
	struct zram_tier_status *status = &tier->status;

	WRITE_ONCE(status->activity, tier->enabled ? ZRAM_TIER_WAITING :
		   ZRAM_TIER_OFF);
	WRITE_ONCE(status->protected_age, U32_MAX);
	WRITE_ONCE(status->min_age, U32_MAX);
	WRITE_ONCE(status->regret, 0);
	WRITE_ONCE(status->disk_us, 0);
	WRITE_ONCE(status->pool_us, 0);
	WRITE_ONCE(status->read_p95_us, 0);
	WRITE_ONCE(status->disk_read_us, 0);
	WRITE_ONCE(status->in_flight, ZRAM_TIER_LATENCY_NONE);
	WRITE_ONCE(status->left, 0);
}

/* Start the thread if there is something for it to do */
static int tier_thread_try_start(struct zram *zram)
{
	struct zram_tier *tier = zram->tier;

	lockdep_assert_held(&zram->config_lock);
	lockdep_assert_held(&tier->lock);
	if (!tier->enabled || tier->thread || READ_ONCE(zram->stopping) ||
	    !zram_is_set_up(zram) || !zram->backing.bdev)
		return 0;
	return tier_thread_create(zram);
}

/* End the thread; -EINTR if the caller is killed first. Then the thread continues */
static int tier_thread_join(struct zram *zram, bool killable)
{
	struct zram_tier *tier = zram->tier;

	lockdep_assert_held(&tier->lock);
	if (!tier->thread)
		return 0;
	atomic_cmpxchg(&tier->life, LIFE_RUN, LIFE_STOP);
	wake_up(&zram->tier_wait);
	if (!killable) {
		/* The hung-task detector does not report waits with a timeout of a second */
		while (!wait_for_completion_timeout(&tier->ended, HZ))
			;
	} else if (wait_for_completion_killable(&tier->ended) &&
		   atomic_cmpxchg(&tier->life, LIFE_STOP, LIFE_RUN) ==
		   LIFE_STOP) {
		return -EINTR;
	}
	kthread_stop(tier->thread);
	tier->thread = NULL;
	tier->work = NULL;
	zram_tier_count_disable(zram);
	return 0;
}

/**
 * zram_tier_start() - start the thread of a device
 * @zram: a device that was set up
 *
 * Does nothing if tiering is off, or the device has no backing device. Tiering waits if
 * the thread cannot be created; a write of 1 to tier/enable tries again.
 *
 * Context: May sleep. Takes config_lock and the tier lock.
 */
void zram_tier_start(struct zram *zram)
{
	struct zram_tier *tier = zram->tier;
	int err;

	down_read(&zram->config_lock);
	mutex_lock(&tier->lock);
	err = tier_thread_try_start(zram);
	mutex_unlock(&tier->lock);
	up_read(&zram->config_lock);
	if (err)
		dev_warn(disk_to_dev(zram->disk),
			 "tiering does not start: error %d\n", err);
}

/**
 * zram_tier_stop() - stop the thread of a device that is to be reset or removed
 * @zram: the device; zram->stopping is set, so no task starts the thread again, and no
 *	run is in progress
 *
 * Context: May sleep, without config_lock. Takes the tier lock.
 */
void zram_tier_stop(struct zram *zram)
{
	struct zram_tier *tier = zram->tier;

	mutex_lock(&tier->lock);
	tier_thread_join(zram, false);
	tier_thread_reset_status(tier);
	mutex_unlock(&tier->lock);
}

/**
 * zram_tier_enable() - switch tiering on or off
 * @zram: the device
 * @on: true: on
 *
 * Context: May sleep. Takes config_lock and the tier lock.
 * Return: 0; -ENOMEM; -EINTR after a fatal signal; -EBUSY if a reset or a removal waits
 *	for a run: it may be killed, and nobody would start the thread then. After an error
 *	nothing has changed.
 */
int zram_tier_enable(struct zram *zram, bool on)
{
	struct zram_tier *tier = zram->tier;
	bool was;
	int err;

	if (down_read_killable(&zram->config_lock))
		return -EINTR;
	if (mutex_lock_killable(&tier->lock)) {
		up_read(&zram->config_lock);
		return -EINTR;
	}
	err = -EBUSY;
	if (on && READ_ONCE(zram->stopping))
		goto out;
	was = tier->enabled;
	WRITE_ONCE(tier->enabled, on);
	err = on ? tier_thread_try_start(zram) : tier_thread_join(zram, true);
	if (err)
		WRITE_ONCE(tier->enabled, was);
	if (!tier->thread)
		tier_thread_reset_status(tier);
out:
	mutex_unlock(&tier->lock);
	up_read(&zram->config_lock);
	return err;
}
