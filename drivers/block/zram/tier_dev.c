// SPDX-License-Identifier: GPL-2.0
/*
 * Settings and state of tiering of a device, from its addition to its removal. Settings and
 * the budget survive a reset, because scripts set them before and after it.
 */

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include "comps.h"
#include "tier_clock.h"
#include "tier_dev.h"
#include "tier_latency.h"
#include "zram.h"

#define DEF_REGRET_TARGET	20
#define DEF_DAILY_BUDGET	SZ_1G
#define DEF_RESERVE		SZ_64M

static bool tier_dev_enabled;
module_param_named(tier, tier_dev_enabled, bool, 0644);
MODULE_PARM_DESC(tier, "Whether devices created from now on move cold pages by themselves");

/**
 * zram_tier_dev_create() - prepare tiering of a new device
 * @zram: the device
 *
 * Context: May sleep. The device is not visible yet.
 * Return: 0 or -ENOMEM.
 */
int zram_tier_dev_create(struct zram *zram)
{
	struct zram_tier *tier = kzalloc_obj(*tier);

	if (!tier)
		return -ENOMEM;
	mutex_init(&tier->lock);
	spin_lock_init(&tier->settings_lock);
	tier->enabled = READ_ONCE(tier_dev_enabled);
	tier->config.regret_target = DEF_REGRET_TARGET;
	spin_lock_init(&zram->window.lock);
	spin_lock_init(&tier->budget.lock);
	tier->budget.bucket.daily = DEF_DAILY_BUDGET;
	tier->budget.bucket.reserve = DEF_RESERVE;
	tier->budget.filled_ms = ktime_to_ms(ktime_get_boottime());
	init_completion(&tier->ended);
	init_waitqueue_head(&zram->tier_wait);
	tier->status.activity = tier->enabled ? ZRAM_TIER_WAITING : ZRAM_TIER_OFF;
	tier->status.protected_age = U32_MAX;
	tier->status.min_age = U32_MAX;
	tier->status.in_flight = ZRAM_TIER_LATENCY_NONE;
	zram->tier = tier;
	/* Sleeps until now, also those before the module was loaded, age no page of the device */
	zram_tier_clock_resume();
	return 0;
}

/**
 * zram_tier_dev_destroy() - undo zram_tier_dev_create()
 * @zram: a device whose attributes are gone and whose thread has ended
 *
 * Context: May sleep.
 */
void zram_tier_dev_destroy(struct zram *zram)
{
	if (!zram->tier)
		return;
	free_percpu(zram->tier_cpu);
	kfree(zram->tier);
	zram->tier = NULL;
}

/**
 * zram_tier_kick() - have the thread take a step now
 * @zram: the device, whose state the caller has changed
 *
 * Context: Any.
 */
void zram_tier_kick(struct zram *zram)
{
	/* The thread that sees this also sees the change of the caller */
	atomic_set_release(&zram->tier->kicked, 1);
	wake_up(&zram->tier_wait);
	if (READ_ONCE(zram->pool.watch_pages))
		schedule_work(&zram->tier->watch.now);
}

/**
 * zram_tier_dev_config() - copy the settings for the policy
 * @zram: the device
 * @config: set to the settings
 *
 * Context: Any but interrupts.
 */
void zram_tier_dev_config(struct zram *zram, struct zram_tier_config *config)
{
	struct zram_tier *tier = zram->tier;

	spin_lock(&tier->settings_lock);
	*config = tier->config;
	spin_unlock(&tier->settings_lock);
}

/**
 * zram_tier_dev_recompress_age() - read the age at which pages are recompressed
 * @zram: a device that is set up
 *
 * Context: Any.
 * Return: the user's recompress_age in seconds; 0: none, or no compressor to recompress with.
 */
u32 zram_tier_dev_recompress_age(const struct zram *zram)
{
	bool dense = ZRAM_MAX_COMPS > 1 && zram_comps_get(&zram->comps, 1);

	return dense ? READ_ONCE(zram->tier->recompress_age) : 0;
}
