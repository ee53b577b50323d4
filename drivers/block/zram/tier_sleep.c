// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend and hibernation: tiering writes nothing then. What it wrote to the backing device
 * would not be in the image, and the device may be asleep already.
 */

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/notifier.h>
#include <linux/suspend.h>
#include <linux/wait.h>

#include "tier_clock.h"
#include "tier_sleep.h"

/* How long a suspend waits for a write that is in flight */
#define SLEEP_WAIT	(20 * HZ)

/*
 * Ways to sleep, a bit each. A program may keep /dev/snapshot open, which is HIBERNATE or
 * RESTORE, and suspend the machine meanwhile.
 */
enum { SLEEP_SUSPEND, SLEEP_HIBERNATE, SLEEP_RESTORE };

/* Slices and spills that are going on, of all devices */
static atomic_t tier_sleep_ios = ATOMIC_INIT(0);
static unsigned long tier_sleep_asleep;
static DECLARE_WAIT_QUEUE_HEAD(tier_sleep_quiet);

/**
 * zram_tier_asleep() - is the machine going to sleep, or has it not woken up yet?
 *
 * Return: false if it is awake. Then the clock knows of all sleeps.
 */
bool zram_tier_asleep(void)
{
	/* Pairs with tier_sleep_end() */
	return smp_load_acquire(&tier_sleep_asleep);
}

/**
 * zram_tier_io_begin() - may the backing device be written to?
 *
 * Context: May sleep afterwards.
 * Return: false if the machine is going to sleep. Otherwise zram_tier_io_end() follows,
 *	and the machine waits for it.
 */
bool zram_tier_io_begin(void)
{
	atomic_inc(&tier_sleep_ios);
	/* Pairs with tier_sleep_begin(): one of both sees the other's store */
	smp_mb__after_atomic();
	if (!zram_tier_asleep())
		return true;
	zram_tier_io_end();
	return false;
}

/**
 * zram_tier_io_end() - the task has no write in flight any more
 */
void zram_tier_io_end(void)
{
	if (atomic_dec_and_test(&tier_sleep_ios))
		wake_up(&tier_sleep_quiet);
}

/* A device that hangs does not keep the machine awake; the freezer decides then */
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
	/* First after the thaw: until then, reads count the sleep as age of their page */
	.priority = INT_MAX,
};

/**
 * zram_tier_sleep_init() - prepare for threads
 *
 * Context: Before the first device.
 * Return: 0, or the error of the notifier for suspend.
 */
int zram_tier_sleep_init(void)
{
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
