// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the backing device and of writeback.
 */

#include <linux/array_size.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/math.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "args.h"
#include "bd_budget.h"
#include "bd_dev.h"
#include "bd_map.h"
#include "config.h"
#include "pp.h"
#include "pp_walk.h"
#include "sysfs.h"
#include "table.h"
#include "tier_dev.h"
#include "wb_run.h"
#include "zram.h"

static ssize_t backing_dev_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	ssize_t len;

	down_read(&zram->config_lock);
	len = zram_bd_show(zram, buf);
	up_read(&zram->config_lock);
	return len;
}

static ssize_t backing_dev_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t len)
{
	char *path = kstrndup(buf, len, GFP_KERNEL);
	size_t end;
	int err;

	if (!path)
		return -ENOMEM;
	/* A NUL byte may end the text before @len */
	end = strlen(path);
	if (end && path[end - 1] == '\n')
		path[end - 1] = '\0';
	err = zram_bd_attach(zram_sysfs_device(dev), path);
	kfree(path);
	return err ? err : len;
}
static DEVICE_ATTR_RW(backing_dev);

static const struct {
	const char *name;
	const struct zram_pp_filter *filter;
} modes[] = {
	{ "idle", &zram_pp_idle },
	{ "huge", &zram_pp_huge },
	{ "huge_idle", &zram_pp_huge_idle },
	{ "incompressible", &zram_pp_incompressible },
};

/**
 * struct wb_args - arguments of writeback
 * @zram: the device
 * @first: first slot that a mode applies to
 * @last: last slot
 * @ranges: ranges to write, in the order of the arguments
 * @nr: number of ranges
 */
struct wb_args {
	struct zram *zram;
	unsigned long first;
	unsigned long last;
	struct zram_pp_range *ranges;
	unsigned int nr;
};

static void sysfs_writeback_add(struct wb_args *args,
				const struct zram_pp_filter *filter)
{
	args->ranges[args->nr++] = (struct zram_pp_range){
		.filter = filter,
		.first = args->first,
		.last = args->last,
	};
}

/* A mode applies to the range named last, and ends the list */
static int sysfs_writeback_take_mode(void *ctx, const char *value)
{
	struct wb_args *args = ctx;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!strcmp(value, modes[i].name)) {
			sysfs_writeback_add(args, modes[i].filter);
			return ZRAM_ARGS_STOP;
		}
	}
	return -EINVAL;
}

static int sysfs_writeback_take_range(struct wb_args *args, unsigned long first,
				      unsigned long last)
{
	if (first > last || last >= args->zram->nr_pages)
		return -ERANGE;
	args->first = first;
	args->last = last;
	sysfs_writeback_add(args, &zram_pp_any);
	return 0;
}

static int sysfs_writeback_take_index(void *ctx, const char *value)
{
	unsigned long index;
	int err = kstrtoul(value, 10, &index);

	return err ? err : sysfs_writeback_take_range(ctx, index, index);
}

static int sysfs_writeback_take_indexes(void *ctx, const char *value)
{
	struct wb_args *args = ctx;
	unsigned long first, last;
	int err = zram_args_range(value, args->zram->nr_pages, &first, &last);

	return err ? err : sysfs_writeback_take_range(args, first, last);
}

static const struct zram_arg writeback_args[] = {
	{ NULL, sysfs_writeback_take_mode },
	{ "type", sysfs_writeback_take_mode },
	{ "page_index", sysfs_writeback_take_index },
	{ "page_indexes", sysfs_writeback_take_indexes },
};

/* Writes nothing unless all arguments are valid */
static int sysfs_writeback_run(struct zram *zram, const char *buf, size_t len)
{
	struct wb_args args = { .zram = zram, .last = zram->nr_pages - 1 };
	/* An argument has a character or more, and all but the last one a blank behind it */
	unsigned int most = len / 2 + 1;
	int err;

	args.ranges = kvmalloc_objs(*args.ranges, most);
	if (!args.ranges)
		return -ENOMEM;
	err = zram_args_parse(disk_to_dev(zram->disk), buf, len,
			      writeback_args, ARRAY_SIZE(writeback_args),
			      &args);
	if (!err && args.nr)
		err = zram_wb_run(zram, args.ranges, args.nr);
	kvfree(args.ranges);
	return err;
}

static ssize_t writeback_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	int err;

	if (down_read_interruptible(&zram->config_lock))
		return -ERESTARTSYS;
	if (!zram_is_set_up(zram))
		err = -EINVAL;
	else if (!zram->backing.file)
		err = -ENODEV;
	else
		err = sysfs_writeback_run(zram, buf, len);
	up_read(&zram->config_lock);
	return err ? err : len;
}
static DEVICE_ATTR_WO(writeback);

static ssize_t writeback_limit_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  zram_bd_budget_left(zram_sysfs_device(dev)));
}

static ssize_t writeback_limit_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u64 blocks;

	if (kstrtoull(buf, 10, &blocks))
		return -EINVAL;
	/* In whole pages, as in Linux 7.3, though packed objects take single blocks */
	zram_bd_budget_set(zram, round_down(blocks, ZRAM_BLOCKS_PER_PAGE));
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(writeback_limit);

static ssize_t writeback_limit_enable_show(struct device *dev,
					   struct device_attribute *attr,
					   char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%d\n", READ_ONCE(zram->wb.budget.limited));
}

static ssize_t writeback_limit_enable_store(struct device *dev,
					    struct device_attribute *attr,
					    const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	u64 on;

	if (kstrtoull(buf, 10, &on))
		return -EINVAL;
	zram_bd_budget_enable(zram, on);
	zram_tier_kick(zram);
	return len;
}
static DEVICE_ATTR_RW(writeback_limit_enable);

static ssize_t writeback_batch_size_show(struct device *dev,
					 struct device_attribute *attr,
					 char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(zram->wb.batch));
}

static ssize_t writeback_batch_size_store(struct device *dev,
					  struct device_attribute *attr,
					  const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	unsigned int pages;

	if (kstrtouint(buf, 10, &pages) || !pages)
		return -EINVAL;
	WRITE_ONCE(zram->wb.batch, pages);
	return len;
}
static DEVICE_ATTR_RW(writeback_batch_size);

static ssize_t compressed_writeback_show(struct device *dev,
					 struct device_attribute *attr,
					 char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);

	return sysfs_emit(buf, "%d\n", READ_ONCE(zram->wb.packed));
}

static ssize_t compressed_writeback_store(struct device *dev,
					  struct device_attribute *attr,
					  const char *buf, size_t len)
{
	struct zram *zram = zram_sysfs_device(dev);
	bool on;
	int err;

	if (kstrtobool(buf, &on))
		return -EINVAL;
	err = zram_config_begin(zram);
	if (err)
		return err;
	WRITE_ONCE(zram->wb.packed, on);
	zram_config_end(zram);
	return len;
}
static DEVICE_ATTR_RW(compressed_writeback);

static ssize_t writeback_stat_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	static const struct {
		const char *key;
		enum zram_stat stat;
	} counters[] = {
		{ "runs", ZRAM_STAT_WB_RUNS },
		{ "pages", ZRAM_STAT_WB_PAGES },
		{ "objects", ZRAM_STAT_WB_PACKED },
		{ "blocks", ZRAM_STAT_BD_WRITES },
		{ "payload_bytes", ZRAM_STAT_WB_BYTES },
		{ "ios", ZRAM_STAT_WB_IOS },
		{ "retries", ZRAM_STAT_WB_RETRIES },
		{ "stale", ZRAM_STAT_WB_STALE },
	};
	struct zram *zram = zram_sysfs_device(dev);
	struct zram_wb_state *wb = &zram->wb;
	u64 bad = 0;
	int i, at = 0;

	down_read(&zram->config_lock);
	if (zram->backing.map)
		bad = zram_bd_map_bad(zram->backing.map);
	up_read(&zram->config_lock);

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		at += sysfs_emit_at(buf, at, "%s %llu\n", counters[i].key,
				    zram_stats_read(&zram->stats,
						    counters[i].stat));
	at += sysfs_emit_at(buf, at, "bad_blocks %llu\n", bad);
	at += sysfs_emit_at(buf, at, "last_error %d\n",
			    READ_ONCE(wb->last_error));
	at += sysfs_emit_at(buf, at, "limited %lld\n",
			    atomic64_read(&wb->limited));
	at += sysfs_emit_at(buf, at, "discarded %lld\n",
			    atomic64_read(&wb->discarded));
	at += sysfs_emit_at(buf, at, "running %d\n", READ_ONCE(wb->running));
	at += sysfs_emit_at(buf, at, "progress %lld %lld %lld\n",
			    atomic64_read(&wb->scanned),
			    atomic64_read(&wb->total),
			    atomic64_read(&wb->written));
	return at;
}
static DEVICE_ATTR_RO(writeback_stat);

static ssize_t bd_stat_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	struct zram_stats *stats = &zram->stats;
	u64 used = 0;

	down_read(&zram->config_lock);
	if (zram->backing.map)
		used = zram_bd_map_used(zram->backing.map);
	up_read(&zram->config_lock);
	return sysfs_emit(buf, "%8llu %8llu %8llu\n", used,
			  zram_stats_read(stats, ZRAM_STAT_BD_READS),
			  zram_stats_read(stats, ZRAM_STAT_BD_WRITES));
}
static DEVICE_ATTR_RO(bd_stat);

static struct attribute *zram_sysfs_writeback_attrs[] = {
	&dev_attr_backing_dev.attr,
	&dev_attr_compressed_writeback.attr,
	&dev_attr_writeback.attr,
	&dev_attr_writeback_batch_size.attr,
	&dev_attr_writeback_stat.attr,
	&dev_attr_writeback_limit.attr,
	&dev_attr_writeback_limit_enable.attr,
	&dev_attr_bd_stat.attr,
	NULL,
};

const struct attribute_group zram_sysfs_writeback_group = {
	.attrs = zram_sysfs_writeback_attrs,
};
