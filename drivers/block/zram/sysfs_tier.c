// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of tiering, in a directory of their own.
 *
 * All settings can be written at any time, and survive a reset.
 */

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/overflow.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "spill.h"
#include "sysfs.h"
#include "tier_bucket.h"
#include "tier_budget.h"
#include "tier_capacity.h"
#include "tier_dev.h"
#include "tier_show.h"
#include "tier_thread.h"
#include "window.h"
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

static ssize_t latency_target_us_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(zram->tier->latency_target_us));
}

static ssize_t latency_target_us_store(struct device *dev,
				       struct device_attribute *attr,
				       const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_tier_store_u32(dev, buf, len,
				    &zram->tier->latency_target_us);
}
static DEVICE_ATTR_RW(latency_target_us);

static ssize_t daily_budget_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct zram_tier_bucket bucket;

	zram_tier_budget_get(zram_sysfs_device(dev), &bucket);
	if (bucket.daily == ZRAM_TIER_NO_LIMIT)
		return sysfs_emit(buf, "max\n");
	return sysfs_emit(buf, "%llu\n", bucket.daily);
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

static ssize_t spill_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	bool on;

	down_read(&zram->config_lock);
	on = zram_spill_is_on(zram);
	up_read(&zram->config_lock);
	return sysfs_emit(buf, "%d\n", on);
}

static ssize_t spill_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	bool on;

	if (kstrtobool(buf, &on))
		return -EINVAL;
	WRITE_ONCE(zram->tier->spill,
		   on ? ZRAM_TIER_SPILL_ON : ZRAM_TIER_SPILL_OFF);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(spill);

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

static ssize_t readback_window_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	u32 pages = READ_ONCE(zram_sysfs_device(dev)->window.setting);

	if (!pages)
		return sysfs_emit(buf, "auto\n");
	return sysfs_emit(buf, "%u\n", pages);
}

static ssize_t readback_window_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t len)
{
	bool automatic = sysfs_streq(buf, "auto");
	u32 pages = 0;
	int err = 0;

	if (!automatic)
		err = kstrtou32(buf, 10, &pages);
	if (err)
		return err;
	if (!automatic && (!pages || pages > ZRAM_WINDOW_MAX))
		return -EINVAL;
	WRITE_ONCE(zram_sysfs_device(dev)->window.setting, pages);
	return len;
}
static DEVICE_ATTR_RW(readback_window);

static ssize_t capacity_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return zram_tier_capacity_show(zram_sysfs_device(dev), buf);
}
static DEVICE_ATTR_RO(capacity);

static ssize_t capacity_low_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  zram_tier_capacity_low(zram_sysfs_device(dev)));
}

static ssize_t capacity_low_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t len)
{
	u64 bytes;
	int err;

	err = sysfs_tier_parse_bytes(buf, &bytes);
	if (err)
		return err;
	zram_tier_capacity_set_low(zram_sysfs_device(dev), bytes);
	return len;
}
static DEVICE_ATTR_RW(capacity_low);

static ssize_t stat_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return zram_tier_show_stat(zram_sysfs_device(dev), buf);
}
static DEVICE_ATTR_RO(stat);

/* For root alone: it walks the table */
static ssize_t ages_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return zram_tier_show_ages(zram_sysfs_device(dev), buf);
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
	&dev_attr_latency_target_us.attr,
	&dev_attr_daily_budget.attr,
	&dev_attr_reserve.attr,
	&dev_attr_spill.attr,
	&dev_attr_ledger.attr,
	&dev_attr_readback_window.attr,
	&dev_attr_capacity.attr,
	&dev_attr_capacity_low.attr,
	&dev_attr_stat.attr,
	&dev_attr_ages.attr,
	NULL,
};

const struct attribute_group zram_sysfs_tier_group = {
	.name = "tier",
	.attrs = zram_sysfs_tier_attrs,
};
