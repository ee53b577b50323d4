// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the backing device and of writeback.
 */

#include <linux/array_size.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "backing.h"
#include "blkmap.h"
#include "pp.h"
#include "slot.h"
#include "sysfs.h"
#include "writeback.h"
#include "zram_drv.h"

static ssize_t backing_dev_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	ssize_t len;

	down_read(&zram->config_lock);
	len = zram_backing_show(zram, buf);
	up_read(&zram->config_lock);
	return len;
}

static ssize_t backing_dev_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t len)
{
	char *path = kstrndup(buf, len, GFP_KERNEL);
	int err;

	if (!path)
		return -ENOMEM;
	if (len && path[len - 1] == '\n')
		path[len - 1] = '\0';
	err = zram_backing_attach(zram_sysfs_device(dev), path);
	kfree(path);
	return err ? err : len;
}
static DEVICE_ATTR_RW(backing_dev);

static const struct zram_pp_filter modes[] = {
	{ .name = "idle", .idle = true },
	{ .name = "huge", .must = ZRAM_HUGE },
	{ .name = "huge_idle", .idle = true, .must = ZRAM_HUGE },
};

static const struct zram_pp_filter *find_mode(const char *buf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (sysfs_streq(buf, modes[i].name))
			return &modes[i];
	return NULL;
}

static ssize_t writeback_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	const struct zram_pp_filter *mode = find_mode(buf);
	int err;

	down_read(&zram->config_lock);
	if (!zram_is_set_up(zram))
		err = -EINVAL;
	else if (!zram->backing.file)
		err = -ENODEV;
	else if (!mode)
		err = -EINVAL;
	else
		err = zram_writeback_run(zram, mode);
	up_read(&zram->config_lock);
	return err ? err : len;
}
static DEVICE_ATTR_WO(writeback);

static ssize_t bd_stat_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	struct zram_stats *stats = &zram->stats;
	u64 used = 0;

	down_read(&zram->config_lock);
	if (zram->backing.map)
		used = zram_blkmap_used(zram->backing.map);
	up_read(&zram->config_lock);
	return sysfs_emit(buf, "%8llu %8llu %8llu\n", used,
			  zram_stats_read(stats, ZRAM_STAT_BD_READS),
			  zram_stats_read(stats, ZRAM_STAT_BD_WRITES));
}
static DEVICE_ATTR_RO(bd_stat);

static struct attribute *zram_sysfs_writeback_attrs[] = {
	&dev_attr_backing_dev.attr,
	&dev_attr_writeback.attr,
	&dev_attr_bd_stat.attr,
	NULL,
};

const struct attribute_group zram_sysfs_writeback_group = {
	.attrs = zram_sysfs_writeback_attrs,
};
