// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the device as a whole, and the list of all groups of attributes.
 */

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "device.h"
#include "obj.h"
#include "pp.h"
#include "sysfs.h"
#include "tier_dev.h"
#include "zram.h"

/*
 * memparse() takes the number at the beginning and ignores the rest: "64 M" is 64
 * bytes. Programs depend on that, so the log tells the user.
 */
static u64 sysfs_parse_size(struct device *dev, const char *attr,
			    const char *buf, char **end)
{
	u64 size = memparse(buf, end);

	if (*end != buf && *skip_spaces(*end))
		dev_notice_ratelimited(dev, "%s: taken as %llu bytes, text after the number is ignored\n",
				       attr, size);
	return size;
}

static ssize_t disksize_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%llu\n",
			  (u64)READ_ONCE(zram->nr_pages) << PAGE_SHIFT);
}

static ssize_t disksize_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	char *end;
	u64 size = sysfs_parse_size(dev, "disksize", buf, &end);
	int err;

	if (!size)
		return -EINVAL;
	/* 0 if that exceeds a u64, which zram_device_init() refuses */
	err = zram_device_init(zram_sysfs_device(dev), PAGE_ALIGN(size));
	return err ? err : len;
}
static DEVICE_ATTR_RW(disksize);

static ssize_t initstate_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%d\n", !!READ_ONCE(zram->nr_pages));
}
static DEVICE_ATTR_RO(initstate);

static ssize_t reset_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	u16 value;
	int err;

	err = kstrtou16(buf, 10, &value);
	if (err)
		return err;
	if (!value)
		return -EINVAL;
	err = zram_device_reset(zram_sysfs_device(dev));
	return err ? err : len;
}
static DEVICE_ATTR_WO(reset);

static int sysfs_device_compact(struct zram *zram)
{
	int err = -EINTR;

	if (mutex_lock_killable(&zram->compact_lock))
		return err;
	/* Reset and removal wait for the task that has the lock: no other may begin */
	if (!READ_ONCE(zram->stopping)) {
		zram_obj_pool_compact(&zram->pool);
		err = 0;
	}
	mutex_unlock(&zram->compact_lock);
	return err;
}

static ssize_t compact_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	int err = -EINVAL;

	down_read(&zram->config_lock);
	if (zram_is_set_up(zram))
		err = sysfs_device_compact(zram);
	up_read(&zram->config_lock);
	return err ? err : len;
}
static DEVICE_ATTR_WO(compact);

static ssize_t mem_limit_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	char *end;
	u64 limit = sysfs_parse_size(dev, "mem_limit", buf, &end);

	if (end == buf)
		return -EINVAL;
	/* Excludes reset; writers of the device see the new limit at once */
	down_read(&zram->config_lock);
	/* On 32 bits the number of pages may exceed a long: no machine has that much memory */
	WRITE_ONCE(zram->pool.limit_pages,
		   min_t(u64, PAGE_ALIGN(limit) >> PAGE_SHIFT, LONG_MAX));
	up_read(&zram->config_lock);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_WO(mem_limit);

static ssize_t mem_used_max_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	unsigned long value;

	if (kstrtoul(buf, 10, &value) || value)
		return -EINVAL;
	down_read(&zram->config_lock);
	zram_obj_pool_clear_max(&zram->pool);
	up_read(&zram->config_lock);
	return len;
}
static DEVICE_ATTR_WO(mem_used_max);

static ssize_t idle_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u32 now = ktime_get_boottime_seconds();
	u32 cutoff = U32_MAX;
	ssize_t ret = -EINVAL;
	unsigned int age;

	if (!sysfs_streq(buf, "all")) {
		if (kstrtouint(buf, 0, &age))
			return -EINVAL;
		/* An age beyond the uptime marks nothing */
		if (age >= now)
			return len;
		cutoff = now - age;
	}

	down_read(&zram->config_lock);
	if (zram_is_set_up(zram)) {
		zram_pp_mark_idle(zram, cutoff);
		ret = len;
	}
	up_read(&zram->config_lock);
	return ret;
}
static DEVICE_ATTR_WO(idle);

static ssize_t io_stat_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct zram_stats *stats = &zram_sysfs_device(dev)->stats;

	/* The third column counted requests out of bounds in old kernels */
	return sysfs_emit(buf, "%8llu %8llu 0 %8llu\n",
			  zram_stats_read(stats, ZRAM_STAT_FAILED_READS),
			  zram_stats_read(stats, ZRAM_STAT_FAILED_WRITES),
			  zram_stats_read(stats, ZRAM_STAT_NOTIFY_FREE));
}
static DEVICE_ATTR_RO(io_stat);

static ssize_t mm_stat_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	struct zram_stats *stats = &zram->stats;
	struct zram_obj_usage usage;
	u64 stored, compr, used, used_max, limit;

	down_read(&zram->config_lock);
	zram_obj_pool_usage(&zram->pool, &usage);
	limit = READ_ONCE(zram->pool.limit_pages);
	up_read(&zram->config_lock);

	stored = zram_stats_read(stats, ZRAM_STAT_PAGES);
	/*
	 * Objects never take less memory than they have bytes, nor more than the
	 * high-water mark. Writers change all three while they are read here: show
	 * a monitor nothing that cannot be.
	 */
	used = (u64)usage.pages << PAGE_SHIFT;
	used_max = (u64)max(usage.pages, usage.pages_max) << PAGE_SHIFT;
	compr = min(zram_stats_read(stats, ZRAM_STAT_COMPR_BYTES), used);
	return sysfs_emit(buf,
			  "%8llu %8llu %8llu %8llu %8llu %8llu %8lu %8llu %8llu\n",
			  stored << PAGE_SHIFT,
			  compr, used, limit << PAGE_SHIFT, used_max,
			  zram_stats_read(stats, ZRAM_STAT_SAME_PAGES),
			  usage.compacted,
			  zram_stats_read(stats, ZRAM_STAT_HUGE_PAGES),
			  zram_stats_read(stats, ZRAM_STAT_HUGE_SINCE));
}
static DEVICE_ATTR_RO(mm_stat);

static ssize_t debug_stat_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	/* writestall and miss_free of old kernels; neither happens here */
	return sysfs_emit(buf, "version: 1\n%d %8d\n", 0, 0);
}
static DEVICE_ATTR_RO(debug_stat);

static struct attribute *zram_sysfs_attrs[] = {
	&dev_attr_compact.attr,
	&dev_attr_debug_stat.attr,
	&dev_attr_disksize.attr,
	&dev_attr_idle.attr,
	&dev_attr_initstate.attr,
	&dev_attr_io_stat.attr,
	&dev_attr_mem_limit.attr,
	&dev_attr_mem_used_max.attr,
	&dev_attr_mm_stat.attr,
	&dev_attr_reset.attr,
	NULL,
};

static const struct attribute_group zram_sysfs_group = {
	.attrs = zram_sysfs_attrs,
};

const struct attribute_group *zram_sysfs_groups[] = {
	&zram_sysfs_group,
	&zram_sysfs_comp_group,
#ifdef CONFIG_ZRAM_MULTI_COMP
	&zram_sysfs_recompress_group,
#endif
#ifdef CONFIG_ZRAM_KCOMPRESSD
	&zram_sysfs_kcompressd_group,
#endif
#ifdef CONFIG_ZRAM_WRITEBACK
	&zram_sysfs_writeback_group,
#endif
#ifdef CONFIG_ZRAM_TIER
	&zram_sysfs_tier_group,
#endif
	NULL,
};
