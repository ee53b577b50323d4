// SPDX-License-Identifier: GPL-2.0
/*
 * tier/capacity: how much a device can still store; tells user space when that is little.
 *
 * While tier/capacity_low is set, work calculates the capacity each second. An allocation
 * that makes the pool so large that capacity_low is reached queues work at once, because
 * a second may be too late. Without capacity_low only a read of tier/capacity calculates it.
 */

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "capacity.h"
#include "obj.h"
#include "spill.h"
#include "stats.h"
#include "tier_budget.h"
#include "tier_capacity.h"
#include "tier_dev.h"
#include "tier_num.h"
#include "tier_sleep.h"
#include "zram.h"

#define LOOK_EVERY	HZ
/* Pollers see each crossing. A uevent starts programs, so there is one a minute at most */
#define EVENT_EVERY	(60 * HZ)

/* Does the thread move pages, or would it with demand? */
static bool tier_capacity_moves(const struct zram *zram)
{
	switch (READ_ONCE(zram->tier->status.activity)) {
	case ZRAM_TIER_NO_DEMAND:
	case ZRAM_TIER_MOVING:
	case ZRAM_TIER_ALL_HOT:
		return true;
	default:
		return false;
	}
}

/* Bytes that writeback_limit allows to be written */
static u64 tier_capacity_limit(struct zram *zram)
{
	u64 blocks = zram_bd_budget_bound(zram);

	return blocks == U64_MAX ? blocks :
		zram_tier_mul(blocks, ZRAM_BLOCK_SIZE);
}

/* config_lock is held, and the device is set up */
static void tier_capacity_observe(struct zram *zram,
				  struct zram_capacity_input *in)
{
	struct zram_obj_pool *pool = &zram->pool;
	const struct zram_tier_status *status = &zram->tier->status;
	struct zram_stats *stats = &zram->stats;
	u64 pool_pages = zram_obj_pool_pages(pool) + zram_obj_staged(pool);
	u64 limit = tier_capacity_limit(zram);

	*in = (struct zram_capacity_input){
		.size_pages = zram->nr_pages,
		.pages = zram_stats_read(stats, ZRAM_STAT_PAGES),
		.same_pages = zram_stats_read(stats, ZRAM_STAT_SAME_PAGES),
		.disk_pages = zram_stats_read(stats, ZRAM_STAT_BD_PAGES),
		.huge_pages = zram_stats_read(stats, ZRAM_STAT_HUGE_PAGES),
		.object_bytes = zram_stats_read(stats, ZRAM_STAT_COMPR_BYTES),
		.pool_bytes = pool_pages << PAGE_SHIFT,
		.limit_bytes = (u64)READ_ONCE(pool->limit_pages) << PAGE_SHIFT,
		.available_bytes = (u64)max(si_mem_available(), 0L) << PAGE_SHIFT,
		.budget_bytes = min(zram_tier_budget_left(zram, false), limit),
		.spill_bytes = min(zram_tier_budget_left(zram, true), limit),
		.left = READ_ONCE(status->left),
		.moves = tier_capacity_moves(zram),
		.spill = zram_spill_is_ready(zram),
	};
	if (zram->backing.map)
		in->free_bytes = zram_bd_map_free(zram->backing.map) <<
				 ZRAM_BLOCK_SHIFT;
}

/**
 * zram_tier_capacity_count() - count pages that have left memory, for the forecast
 * @zram: the device
 * @moved: pages that the thread has moved since the last call
 * @spilled: pages that writers have spilled since
 *
 * Context: The thread.
 */
void zram_tier_capacity_count(struct zram *zram, u64 moved, u64 spilled)
{
	struct zram_tier_status *status = &zram->tier->status;

	WRITE_ONCE(status->left, zram_capacity_count(status->left, moved, spilled));
}

/**
 * zram_tier_capacity_show() - write the text of tier/capacity
 * @zram: the device
 * @buf: a page
 *
 * Context: May sleep. Takes config_lock.
 * Return: length of the text, bytes.
 */
int zram_tier_capacity_show(struct zram *zram, char *buf)
{
	struct zram_capacity_input in;
	struct zram_capacity out = {};

	down_read(&zram->config_lock);
	if (zram_is_set_up(zram)) {
		tier_capacity_observe(zram, &in);
		zram_capacity_forecast(&in, &out);
	}
	up_read(&zram->config_lock);
	return sysfs_emit(buf, "%llu %llu %llu %llu %llu\n", out.storable,
			  out.ratio_percent, out.memory_left, out.backing_left,
			  out.budget_left);
}

static void tier_capacity_event(struct zram_tier_watch *watch)
{
	char *env[2] = { watch->below ? "ZRAM_CAPACITY=low" : "ZRAM_CAPACITY=ok" };
	u64 now = get_jiffies_64();

	if (watch->told == watch->below || time_before64(now, watch->next))
		return;
	watch->told = watch->below;
	watch->next = now + EVENT_EVERY;
	kobject_uevent_env(&disk_to_dev(watch->zram->disk)->kobj, KOBJ_CHANGE, env);
}

static void tier_capacity_tell(struct zram_tier_watch *watch, u64 storable, u64 low)
{
	bool was = watch->below;

	if (storable <= low)
		watch->below = true;
	else if (storable >= zram_tier_add(low, low / 8))
		watch->below = false;
	if (watch->below != was)
		sysfs_notify(&disk_to_dev(watch->zram->disk)->kobj, "tier", "capacity");
	tier_capacity_event(watch);
}

/*
 * Does the machine go to sleep, or has the thread not worked since? For that time memory is
 * short, and the thread moves nothing: no news for a program.
 */
static bool tier_capacity_sleeps(const struct zram *zram)
{
	return zram_tier_asleep() ||
	       READ_ONCE(zram->tier->status.activity) == ZRAM_TIER_PAUSED_SLEEP;
}

static void tier_capacity_compare(struct zram_tier_watch *watch, u64 low)
{
	struct zram *zram = watch->zram;
	struct zram_capacity_input in;
	struct zram_capacity out;
	u64 at;

	tier_capacity_observe(zram, &in);
	/* The announcement may have come meanwhile */
	if (tier_capacity_sleeps(zram))
		return;
	zram_capacity_forecast(&in, &out);
	tier_capacity_tell(watch, out.storable, low);
	at = zram_capacity_watch(&in, &out, low) >> PAGE_SHIFT;
	/* Queue work at the next page of the pool at the earliest */
	if (at)
		at = clamp_t(u64, at, (in.pool_bytes >> PAGE_SHIFT) + 1,
			     ULONG_MAX);
	WRITE_ONCE(zram->pool.watch_pages, at);
}

static void tier_capacity_look(struct zram_tier_watch *watch)
{
	struct zram *zram = watch->zram;
	bool again = false;
	u64 low;

	mutex_lock(&watch->lock);
	down_read(&zram->config_lock);
	low = zram_tier_capacity_low(zram);
	WRITE_ONCE(zram->pool.watch_pages, 0);
	if (low && zram_is_set_up(zram)) {
		again = true;
		if (!READ_ONCE(zram->stopping) && !tier_capacity_sleeps(zram))
			tier_capacity_compare(watch, low);
	} else {
		watch->below = false;
		watch->told = false;
	}
	up_read(&zram->config_lock);
	mutex_unlock(&watch->lock);
	if (again)
		schedule_delayed_work(&watch->later, LOOK_EVERY);
}

static void tier_capacity_now(struct work_struct *work)
{
	tier_capacity_look(container_of(work, struct zram_tier_watch, now));
}

static void tier_capacity_later(struct work_struct *work)
{
	tier_capacity_look(container_of(to_delayed_work(work),
					struct zram_tier_watch, later));
}

/**
 * zram_tier_capacity_init() - prepare to watch the capacity of a device
 * @zram: a device that is not added yet
 *
 * Context: May sleep. After zram_tier_dev_create().
 */
void zram_tier_capacity_init(struct zram *zram)
{
	struct zram_tier_watch *watch = &zram->tier->watch;

	watch->zram = zram;
	mutex_init(&watch->lock);
	INIT_WORK(&watch->now, tier_capacity_now);
	INIT_DELAYED_WORK(&watch->later, tier_capacity_later);
	watch->next = get_jiffies_64();
	zram->pool.watch = &watch->now;
}

/**
 * zram_tier_capacity_start() - watch the capacity if the user wants that
 * @zram: a device that was set up
 *
 * Context: Any but interrupts.
 */
void zram_tier_capacity_start(struct zram *zram)
{
	if (zram_tier_capacity_low(zram))
		schedule_work(&zram->tier->watch.now);
}

/**
 * zram_tier_capacity_stop() - wait for the end of the work
 * @zram: a device that is to be removed. Later work sends no event while zram->stopping is
 *	set, or if the device is not set up. Once the attributes are gone and the device is
 *	not set up, no later work is queued
 *
 * Context: May sleep, without config_lock.
 */
void zram_tier_capacity_stop(struct zram *zram)
{
	cancel_work_sync(&zram->tier->watch.now);
	cancel_delayed_work_sync(&zram->tier->watch.later);
}

/**
 * zram_tier_capacity_low() - read tier/capacity_low
 * @zram: the device
 *
 * Context: Any but interrupts.
 * Return: bytes; 0: off.
 */
u64 zram_tier_capacity_low(struct zram *zram)
{
	struct zram_tier *tier = zram->tier;
	u64 low;

	spin_lock(&tier->settings_lock);
	low = tier->watch.low;
	spin_unlock(&tier->settings_lock);
	return low;
}

/**
 * zram_tier_capacity_set_low() - set tier/capacity_low
 * @zram: the device
 * @low: bytes; 0: off
 *
 * Context: May sleep.
 */
void zram_tier_capacity_set_low(struct zram *zram, u64 low)
{
	struct zram_tier *tier = zram->tier;

	spin_lock(&tier->settings_lock);
	tier->watch.low = low;
	spin_unlock(&tier->settings_lock);
	schedule_work(&tier->watch.now);
}
