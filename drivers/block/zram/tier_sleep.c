// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend and hibernation: tiering and spill write nothing from the announcement of a sleep
 * to the thaw. The image of a hibernation would not contain the new locations, and the
 * backing device may be asleep already. A hibernation first waits until the threads have moved
 * old pages, see tier_image.c.
 */

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/notifier.h>
#include <linux/suspend.h>
#include <linux/wait.h>

#include "tier_ask.h"
#include "tier_clock.h"
#include "tier_sleep.h"

/* Most time that a suspend waits for slices and spills in progress */
#define SLEEP_WAIT	(20 * HZ)
/* Most time that a hibernation waits for old pages to leave */
#define SLEEP_IMAGE	(20 * HZ)

/*
 * Kinds of sleep, a bit each. They may overlap: a program that has /dev/snapshot open, which
 * is HIBERNATE or RESTORE, may suspend the machine.
 */
enum { SLEEP_SUSPEND, SLEEP_HIBERNATE, SLEEP_RESTORE };

/* Number of slices and spills in progress, of all devices */
static atomic_t tier_sleep_ios = ATOMIC_INIT(0);
static unsigned long tier_sleep_asleep;
static DECLARE_WAIT_QUEUE_HEAD(tier_sleep_quiet);
static struct zram_tier_asks tier_sleep_asks;

/**
 * zram_tier_asleep() - is the machine between the announcement of a sleep and the thaw?
 *
 * Return: true if so. If false, tier_clock.c has counted all sleeps.
 */
bool zram_tier_asleep(void)
{
	/* Pairs with tier_sleep_end() */
	return smp_load_acquire(&tier_sleep_asleep);
}

/**
 * zram_tier_io_begin() - may the caller write to the backing device?
 *
 * Context: Any; the caller may sleep before zram_tier_io_end().
 * Return: false if the machine is going to sleep. Otherwise the caller calls
 *	zram_tier_io_end() at its end, and a suspend waits for that.
 */
bool zram_tier_io_begin(void)
{
	atomic_inc(&tier_sleep_ios);
	/* Pairs with tier_sleep_begin(): at least one of the two sees the other's store */
	smp_mb__after_atomic();
	if (!zram_tier_asleep())
		return true;
	zram_tier_io_end();
	return false;
}

/**
 * zram_tier_io_end() - the caller has no write in flight any more
 */
void zram_tier_io_end(void)
{
	if (atomic_dec_and_test(&tier_sleep_ios))
		wake_up(&tier_sleep_quiet);
}

/**
 * zram_tier_sleep_follow() - add the thread to those that are asked before a hibernation
 * @ask: of the thread, with @wake; zram_tier_ask_end() follows
 *
 * Context: The thread.
 */
void zram_tier_sleep_follow(struct zram_tier_ask *ask)
{
	zram_tier_ask_begin(ask, &tier_sleep_asks);
}

/* Waits for SLEEP_WAIT at most: if a device hangs, the freezer decides whether to suspend */
static void tier_sleep_begin(unsigned int how)
{
	set_bit(how, &tier_sleep_asleep);
	/* Pairs with zram_tier_io_begin() */
	smp_mb__after_atomic();
	wait_event_timeout(tier_sleep_quiet,
			   !atomic_read(&tier_sleep_ios), SLEEP_WAIT);
}

static void tier_sleep_end(unsigned int how)
{
	zram_tier_clock_resume();
	clear_bit_unlock(how, &tier_sleep_asleep);
}

static int tier_sleep_pm(struct notifier_block *nb, unsigned long event,
			 void *unused)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
		tier_sleep_begin(SLEEP_SUSPEND);
		break;
	case PM_HIBERNATION_PREPARE:
		/* One announcement at a time: the caller holds system_transition_mutex */
		zram_tier_ask_all(&tier_sleep_asks, SLEEP_IMAGE);
		tier_sleep_begin(SLEEP_HIBERNATE);
		break;
	case PM_RESTORE_PREPARE:
		tier_sleep_begin(SLEEP_RESTORE);
		break;
	case PM_POST_SUSPEND:
		tier_sleep_end(SLEEP_SUSPEND);
		break;
	case PM_POST_HIBERNATION:
		tier_sleep_end(SLEEP_HIBERNATE);
		break;
	case PM_POST_RESTORE:
		tier_sleep_end(SLEEP_RESTORE);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block tier_sleep_nb = {
	.notifier_call = tier_sleep_pm,
	/* Runs first after the thaw: until then, reads count the sleep as age of their page */
	.priority = INT_MAX,
};

/**
 * zram_tier_sleep_init() - begin to follow suspend and hibernation
 *
 * Context: Before the first device.
 * Return: 0, or the error of the notifier for suspend.
 */
int zram_tier_sleep_init(void)
{
	zram_tier_ask_init(&tier_sleep_asks, true);
	return register_pm_notifier(&tier_sleep_nb);
}

/**
 * zram_tier_sleep_exit() - undo zram_tier_sleep_init()
 *
 * Context: After the last device.
 */
void zram_tier_sleep_exit(void)
{
	unregister_pm_notifier(&tier_sleep_nb);
}
