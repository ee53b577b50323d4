// SPDX-License-Identifier: GPL-2.0
/*
 * The text of tier/stat and tier/ages.
 */

#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "spill.h"
#include "tier_ages.h"
#include "tier_bucket.h"
#include "tier_budget.h"
#include "tier_count.h"
#include "tier_dev.h"
#include "tier_hazard.h"
#include "tier_latency.h"
#include "tier_show.h"
#include "zram.h"

static const char * const tier_show_states[ZRAM_TIER_NR_ACTIVITIES] = {
	[ZRAM_TIER_OFF] = "off",
	[ZRAM_TIER_WAITING] = "waiting",
	[ZRAM_TIER_NO_DEMAND] = "idle",
	[ZRAM_TIER_MOVING] = "working",
	[ZRAM_TIER_ALL_HOT] = "hot",
	[ZRAM_TIER_PAUSED_BUDGET] = "paused_budget",
	[ZRAM_TIER_PAUSED_LIMIT] = "paused_limit",
	[ZRAM_TIER_PAUSED_FULL] = "paused_full",
	[ZRAM_TIER_PAUSED_DEVICE] = "paused_device",
	[ZRAM_TIER_PAUSED_MEMORY] = "paused_memory",
	[ZRAM_TIER_PAUSED_LATENCY] = "paused_latency",
	[ZRAM_TIER_PAUSED_SLEEP] = "paused_sleep",
};

/* Write a line with a number, or with @word if the number is @none */
static int tier_show_number(char *buf, int at, const char *key, u64 number,
			    u64 none, const char *word)
{
	if (number == none)
		return sysfs_emit_at(buf, at, "%s %s\n", key, word);
	return sysfs_emit_at(buf, at, "%s %llu\n", key, number);
}

/**
 * zram_tier_show_stat() - write the text of tier/stat
 * @zram: the device
 * @buf: a page
 *
 * Context: May sleep. Takes config_lock.
 * Return: length of the text, bytes.
 */
int zram_tier_show_stat(struct zram *zram, char *buf)
{
	struct zram_tier_status *status = &zram->tier->status;
	const struct {
		const char *key;
		const atomic64_t *count;
	} counts[] = {
		{ "pages", &status->pages },
		{ "bytes", &status->bytes },
		{ "recompressed", &status->recompressed },
		{ "read_back", &status->read_back },
		{ "rescued", &status->rescued },
		{ "sparse", &status->sparse },
		{ "prefetched", &zram->window.brought },
		{ "prefetch_lost", &zram->window.dropped },
		{ "steps", &status->steps },
		{ "walks", &status->walks },
	};
	int i, at = 0;

	at += sysfs_emit_at(buf, at, "state %s\n",
			    tier_show_states[READ_ONCE(status->activity)]);
	at += tier_show_number(buf, at, "protected_age",
			       READ_ONCE(status->protected_age), U32_MAX, "none");
	at += tier_show_number(buf, at, "min_age", READ_ONCE(status->min_age),
			       U32_MAX, "none");
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		at += sysfs_emit_at(buf, at, "%s %lld\n", counts[i].key,
				    atomic64_read(counts[i].count));
	at += sysfs_emit_at(buf, at, "prefetch_hits %llu\n",
			    zram_tier_count_hits(zram));
	at += sysfs_emit_at(buf, at, "regret_percent %u\n",
			    READ_ONCE(status->regret));
	at += sysfs_emit_at(buf, at, "disk_us %u\npool_us %u\n",
			    READ_ONCE(status->disk_us),
			    READ_ONCE(status->pool_us));
	at += sysfs_emit_at(buf, at, "read_p95_us %u\n",
			    READ_ONCE(status->read_p95_us));
	at += sysfs_emit_at(buf, at, "disk_read_us %u\n",
			    READ_ONCE(status->disk_read_us));
	at += tier_show_number(buf, at, "in_flight", READ_ONCE(status->in_flight),
			       ZRAM_TIER_LATENCY_NONE, "max");
	at += tier_show_number(buf, at, "budget_left", zram_tier_budget_left(zram, false),
			       ZRAM_TIER_NO_LIMIT, "max");
	down_read(&zram->config_lock);
	at += zram_spill_show(zram, buf, at);
	up_read(&zram->config_lock);
	at += sysfs_emit_at(buf, at, "last_error %d\n",
			    READ_ONCE(status->last_error));
	at += sysfs_emit_at(buf, at, "cpu_ms %llu\n",
			    div_u64(atomic64_read(&status->cpu_ns),
				    NSEC_PER_MSEC));
	return at;
}

/**
 * struct tier_show_ages - the numbers of tier/ages
 * @ages: pages by age
 * @sums: reads by age
 */
struct tier_show_ages {
	struct zram_tier_ages ages;
	struct zram_tier_sums sums;
};

static bool tier_show_stop(const struct zram *zram)
{
	return signal_pending(current) || READ_ONCE(zram->stopping);
}

static int tier_show_classes(char *buf, const struct tier_show_ages *result)
{
	const struct zram_tier_walk *walk = &result->ages.walk;
	const struct zram_tier_sums *sums = &result->sums;
	unsigned int k;
	int at = 0;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		at += sysfs_emit_at(buf, at, "%u %llu %llu %llu %llu %llu\n",
				    zram_tier_class_age(k), walk->pages[k],
				    result->ages.bytes[k], walk->on_disk[k],
				    sums->reads[k], sums->reads_disk[k]);
	return at;
}

/**
 * zram_tier_show_ages() - write the text of tier/ages
 * @zram: the device
 * @buf: a page
 *
 * Context: May sleep. Takes config_lock. Walks the table.
 * Return: length of the text, bytes; -ENOMEM; -ERESTARTSYS after a signal; -EINTR if the
 *	device is being reset or removed.
 */
int zram_tier_show_ages(struct zram *zram, char *buf)
{
	struct tier_show_ages *result = kzalloc_obj(*result);
	int ret = -ERESTARTSYS;

	if (!result)
		return -ENOMEM;
	if (down_read_interruptible(&zram->config_lock))
		goto out;
	ret = 0;
	if (zram_is_set_up(zram))
		ret = zram_tier_ages_walk(zram, ktime_get_boottime_seconds(), 0,
					  &result->ages, tier_show_stop);
	up_read(&zram->config_lock);
	if (ret && signal_pending(current))
		ret = -ERESTARTSYS;
	if (ret)
		goto out;
	if (READ_ONCE(zram->tier_cpu))
		zram_tier_count_sum(zram, &result->sums);
	ret = tier_show_classes(buf, result);
out:
	kfree(result);
	return ret;
}
