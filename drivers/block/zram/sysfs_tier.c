// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of tiering, in a directory of their own.
 *
 * All settings can be written at any time, and survive a reset.
 */

#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "sysfs.h"
#include "tier_ages.h"
#include "tier_budget.h"
#include "tier_count.h"
#include "tier_dev.h"
#include "tier_hazard.h"
#include "tier_thread.h"
#include "zram.h"

/* A number of 64 bits has 20 digits; leading zeroes are allowed up to this */
#define DIGITS	31

/* Unlike disksize, text after the number is an error: "64 M" is not 64 bytes */
static int sysfs_tier_parse_bytes(const char *buf, u64 *bytes)
{
	static const char suffixes[] = "KMGTPE";
	size_t len = strspn(buf, "0123456789");
	const char *rest = buf + len, *suffix;
	char digits[DIGITS + 1];
	unsigned int shift = 0;
	int err;

	if (len > DIGITS)
		return -ERANGE;
	memcpy(digits, buf, len);
	digits[len] = '\0';
	suffix = *rest ? strchr(suffixes, toupper(*rest)) : NULL;
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		rest++;
	}
	if (*skip_spaces(rest))
		return -EINVAL;
	err = kstrtou64(digits, 10, bytes);
	if (err)
		return err;
	return check_shl_overflow(*bytes, shift, bytes) ? -ERANGE : 0;
}

static ssize_t sysfs_tier_store_u32(struct device *dev, const char *buf,
				    size_t len, u32 *setting)
{
	struct zram *zram = zram_sysfs_device(dev);
	u32 value;
	int err;

	err = kstrtou32(buf, 10, &value);
	if (err)
		return err;
	spin_lock(&zram->tier->settings_lock);
	WRITE_ONCE(*setting, value);
	spin_unlock(&zram->tier->settings_lock);
	zram_tier_kick(zram);
	return len;
}

static ssize_t enable_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(zram_sysfs_device(dev)->tier->enabled));
}

static ssize_t enable_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	bool on;
	int err;

	if (kstrtobool(buf, &on))
		return -EINVAL;
	err = zram_tier_enable(zram_sysfs_device(dev), on);
	return err ? err : len;
}
static DEVICE_ATTR_RW(enable);

static ssize_t idle_age_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct zram_tier_config config;

	zram_tier_dev_config(zram_sysfs_device(dev), &config);
	return sysfs_emit(buf, "%u\n", config.idle_age);
}

static ssize_t idle_age_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_tier_store_u32(dev, buf, len, &zram->tier->config.idle_age);
}
static DEVICE_ATTR_RW(idle_age);

#ifdef CONFIG_ZRAM_MULTI_COMP
static ssize_t recompress_age_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(zram->tier->recompress_age));
}

static ssize_t recompress_age_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_tier_store_u32(dev, buf, len, &zram->tier->recompress_age);
}
static DEVICE_ATTR_RW(recompress_age);
#endif

static ssize_t pool_target_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct zram_tier_config config;

	zram_tier_dev_config(zram_sysfs_device(dev), &config);
	return sysfs_emit(buf, "%llu\n", config.pool_target);
}

static ssize_t pool_target_store(struct device *dev,
				 struct device_attribute *attr, const char *buf,
				 size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u64 bytes;
	int err;

	err = sysfs_tier_parse_bytes(buf, &bytes);
	if (err)
		return err;
	spin_lock(&zram->tier->settings_lock);
	zram->tier->config.pool_target = bytes;
	spin_unlock(&zram->tier->settings_lock);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(pool_target);

static ssize_t regret_target_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct zram_tier_config config;

	zram_tier_dev_config(zram_sysfs_device(dev), &config);
	return sysfs_emit(buf, "%u\n", config.regret_target);
}

static ssize_t regret_target_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_tier_store_u32(dev, buf, len,
				    &zram->tier->config.regret_target);
}
static DEVICE_ATTR_RW(regret_target);

static int sysfs_tier_emit_bytes(char *buf, int at, const char *key, u64 bytes)
{
	if (bytes == ZRAM_TIER_NO_LIMIT)
		return sysfs_emit_at(buf, at, "%smax\n", key);
	return sysfs_emit_at(buf, at, "%s%llu\n", key, bytes);
}

static ssize_t daily_budget_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct zram_tier_bucket bucket;

	zram_tier_budget_get(zram_sysfs_device(dev), &bucket);
	return sysfs_tier_emit_bytes(buf, 0, "", bucket.daily);
}

static ssize_t daily_budget_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u64 bytes = ZRAM_TIER_NO_LIMIT;
	int err = 0;

	if (!sysfs_streq(buf, "max"))
		err = sysfs_tier_parse_bytes(buf, &bytes);
	if (err)
		return err;
	zram_tier_budget_set_daily(zram, bytes);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(daily_budget);

static ssize_t reserve_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct zram_tier_bucket bucket;

	zram_tier_budget_get(zram_sysfs_device(dev), &bucket);
	return sysfs_emit(buf, "%llu\n", bucket.reserve);
}

static ssize_t reserve_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u64 bytes;
	int err;

	err = sysfs_tier_parse_bytes(buf, &bytes);
	if (err)
		return err;
	zram_tier_budget_set_reserve(zram, bytes);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(reserve);

static ssize_t ledger_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return zram_tier_budget_show(zram_sysfs_device(dev), buf);
}

static ssize_t ledger_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	int err = zram_tier_budget_restore(zram, buf);

	if (err)
		return err;
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(ledger);

static const char * const states[ZRAM_TIER_NR_ACTIVITIES] = {
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
	[ZRAM_TIER_PAUSED_SLEEP] = "paused_sleep",
};

static int sysfs_tier_emit_age(char *buf, int at, const char *key, u32 age)
{
	if (age == U32_MAX)
		return sysfs_emit_at(buf, at, "%s none\n", key);
	return sysfs_emit_at(buf, at, "%s %u\n", key, age);
}

static ssize_t stat_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	struct zram_tier_status *status = &zram->tier->status;
	const struct {
		const char *key;
		const atomic64_t *count;
	} counts[] = {
		{ "pages", &status->pages },
		{ "bytes", &status->bytes },
		{ "recompressed", &status->recompressed },
		{ "read_back", &status->read_back },
		{ "steps", &status->steps },
		{ "walks", &status->walks },
	};
	int i, at = 0;

	at += sysfs_emit_at(buf, at, "state %s\n",
			    states[READ_ONCE(status->activity)]);
	at += sysfs_tier_emit_age(buf, at, "protected_age",
				  READ_ONCE(status->protected_age));
	at += sysfs_tier_emit_age(buf, at, "min_age",
				  READ_ONCE(status->min_age));
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		at += sysfs_emit_at(buf, at, "%s %lld\n", counts[i].key,
				    atomic64_read(counts[i].count));
	at += sysfs_emit_at(buf, at, "regret_percent %u\n",
			    READ_ONCE(status->regret));
	at += sysfs_tier_emit_bytes(buf, at, "budget_left ",
				    zram_tier_budget_left(zram));
	at += sysfs_emit_at(buf, at, "last_error %d\n",
			    READ_ONCE(status->last_error));
	at += sysfs_emit_at(buf, at, "cpu_ms %llu\n",
			    div_u64(atomic64_read(&status->cpu_ns),
				    NSEC_PER_MSEC));
	return at;
}
static DEVICE_ATTR_RO(stat);

/**
 * struct sysfs_tier_ages - what ages shows
 * @ages: pages by age
 * @sums: reads by age
 */
struct sysfs_tier_ages {
	struct zram_tier_ages ages;
	struct zram_tier_sums sums;
};

static bool sysfs_tier_stop(const struct zram *zram)
{
	return signal_pending(current) || READ_ONCE(zram->stopping);
}

static int sysfs_tier_emit_ages(char *buf, const struct sysfs_tier_ages *result)
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

/* For root alone: it walks the table */
static ssize_t ages_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	struct sysfs_tier_ages *result = kzalloc_obj(*result);
	ssize_t ret = -ERESTARTSYS;

	if (!result)
		return -ENOMEM;
	if (down_read_interruptible(&zram->config_lock))
		goto out;
	ret = 0;
	if (zram_is_set_up(zram))
		ret = zram_tier_ages_walk(zram, ktime_get_boottime_seconds(), 0,
					  &result->ages, sysfs_tier_stop);
	up_read(&zram->config_lock);
	if (ret && !READ_ONCE(zram->stopping))
		ret = -ERESTARTSYS;
	if (ret)
		goto out;
	if (READ_ONCE(zram->tier_cpu))
		zram_tier_count_sum(zram, &result->sums);
	ret = sysfs_tier_emit_ages(buf, result);
out:
	kfree(result);
	return ret;
}

static DEVICE_ATTR_ADMIN_RO(ages);

static struct attribute *zram_sysfs_tier_attrs[] = {
	&dev_attr_enable.attr,
	&dev_attr_idle_age.attr,
#ifdef CONFIG_ZRAM_MULTI_COMP
	&dev_attr_recompress_age.attr,
#endif
	&dev_attr_pool_target.attr,
	&dev_attr_regret_target.attr,
	&dev_attr_daily_budget.attr,
	&dev_attr_reserve.attr,
	&dev_attr_ledger.attr,
	&dev_attr_stat.attr,
	&dev_attr_ages.attr,
	NULL,
};

const struct attribute_group zram_sysfs_tier_group = {
	.name = "tier",
	.attrs = zram_sysfs_tier_attrs,
};
