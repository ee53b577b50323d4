// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of recompression: its compressors, and its runs.
 */

#include <linux/array_size.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "args.h"
#include "comps.h"
#include "pp.h"
#include "recompress.h"
#include "sysfs.h"
#include "table.h"
#include "zram.h"

/* The lowest priority for recompression, and the default */
#define LOWEST_PRIO	1

/**
 * struct recomp_args - what was asked for, in either attribute
 * @which: the compressor
 * @type: which pages
 * @threshold: with objects of this size or more only, bytes
 * @max_pages: how many of them
 */
struct recomp_args {
	struct zram_sysfs_which which;
	const struct zram_pp_filter *type;
	unsigned int threshold;
	u64 max_pages;
};

static const struct {
	const char *name;
	const struct zram_pp_filter *filter;
} types[] = {
	{ "huge", &zram_pp_huge },
	{ "idle", &zram_pp_idle },
	{ "huge_idle", &zram_pp_huge_idle },
};

static int sysfs_recompress_take_type(void *ctx, const char *value)
{
	struct recomp_args *args = ctx;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(value, types[i].name)) {
			args->type = types[i].filter;
			return 0;
		}
	return -EINVAL;
}

static int sysfs_recompress_take_threshold(void *ctx, const char *value)
{
	return kstrtouint(value, 10, &((struct recomp_args *)ctx)->threshold);
}

static int sysfs_recompress_take_max_pages(void *ctx, const char *value)
{
	return kstrtoull(value, 10, &((struct recomp_args *)ctx)->max_pages);
}

static const struct zram_arg choice_args[] = {
	{ "algo", zram_sysfs_take_algo },
	{ "priority", zram_sysfs_take_priority },
};

static const struct zram_arg run_args[] = {
	{ "algo", zram_sysfs_take_algo },
	{ "priority", zram_sysfs_take_priority },
	{ "type", sysfs_recompress_take_type },
	{ "threshold", sysfs_recompress_take_threshold },
	{ "max_pages", sysfs_recompress_take_max_pages },
};

static ssize_t recomp_algorithm_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	unsigned int prio;
	const char *name;
	ssize_t len = 0;

	down_read(&zram->config_lock);
	for (prio = LOWEST_PRIO; prio < ZRAM_MAX_COMPS; prio++) {
		name = zram->comps.choice[prio].name;
		if (!name)
			continue;
		len += sysfs_emit_at(buf, len, "#%u: ", prio);
		len += zram_comp_table_show(name, buf, len);
	}
	up_read(&zram->config_lock);
	return len;
}

static ssize_t recomp_algorithm_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t len)
{
	struct recomp_args args = { .which.prio = LOWEST_PRIO };
	const struct zram_sysfs_which *which = &args.which;
	struct zram *zram = zram_sysfs_device(dev);
	int err;

	err = zram_args_parse(dev, buf, len, choice_args,
			      ARRAY_SIZE(choice_args), &args);
	if (err)
		return err;
	if (!which->name || which->prio < LOWEST_PRIO ||
	    which->prio >= ZRAM_MAX_COMPS)
		return -EINVAL;
	if (which->too_long)
		return -E2BIG;
	err = zram_sysfs_choose(zram, which->prio, which->name);
	return err ? err : len;
}
static DEVICE_ATTR_RW(recomp_algorithm);

static int sysfs_recompress_run(struct zram *zram, struct recomp_args *args)
{
	struct zram_pp_filter filter = *args->type;
	int prio;

	if (!zram_is_set_up(zram) || args->threshold >= zram->pool.huge_size)
		return -EINVAL;
	prio = zram_sysfs_find(zram, &args->which, LOWEST_PRIO);
	if (prio < 0)
		return prio;
	if (!zram_comps_get(&zram->comps, prio))
		return -EINVAL;
	filter.min_size = args->threshold;
	filter.below_prio = prio;
	filter.must_not = ZRAM_INCOMPRESSIBLE;
	return zram_recompress_run(zram, &filter, args->max_pages);
}

static ssize_t recompress_store(struct device *dev,
				struct device_attribute *attr,
				const char *buf, size_t len)
{
	struct recomp_args args = {
		.type = &zram_pp_any,
		.max_pages = U64_MAX,
	};
	struct zram *zram = zram_sysfs_device(dev);
	int err;

	err = zram_args_parse(dev, buf, len, run_args, ARRAY_SIZE(run_args),
			      &args);
	if (err)
		return err;
	if (down_read_interruptible(&zram->config_lock))
		return -ERESTARTSYS;
	err = sysfs_recompress_run(zram, &args);
	up_read(&zram->config_lock);
	return err ? err : len;
}
static DEVICE_ATTR_WO(recompress);

static struct attribute *zram_sysfs_recompress_attrs[] = {
	&dev_attr_recomp_algorithm.attr,
	&dev_attr_recompress.attr,
	NULL,
};

const struct attribute_group zram_sysfs_recompress_group = {
	.attrs = zram_sysfs_recompress_attrs,
};
