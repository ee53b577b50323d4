// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the compressor for writes, and of the parameters of all
 * compressors.
 */

#include <linux/array_size.h>
#include <linux/blkdev.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/kstrtox.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include "args.h"
#include "comps.h"
#include "config.h"
#include "sysfs.h"
#include "zram.h"

static ssize_t comp_algorithm_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct zram *zram = zram_sysfs_device(dev);
	ssize_t len;

	down_read(&zram->config_lock);
	len = zram_comp_table_show(zram->comps.choice[0].name, buf, 0);
	up_read(&zram->config_lock);
	return len;
}

static ssize_t comp_algorithm_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t len)
{
	int err = zram_sysfs_choose(zram_sysfs_device(dev), 0, buf);

	return err ? err : len;
}
static DEVICE_ATTR_RW(comp_algorithm);

/**
 * struct params_args - arguments of algorithm_params
 * @which: the compressor
 * @dict: path of a dictionary, or NULL; to be freed
 * @params: the other parameters
 */
struct params_args {
	struct zram_sysfs_which which;
	char *dict;
	struct zram_comp_params params;
};

static int sysfs_comp_take_level(void *ctx, const char *value)
{
	return kstrtoint(value, 10,
			 &((struct params_args *)ctx)->params.level);
}

static int sysfs_comp_take_dict(void *ctx, const char *value)
{
	struct params_args *args = ctx;

	kfree(args->dict);
	args->dict = kstrdup(value, GFP_KERNEL);
	return args->dict ? 0 : -ENOMEM;
}

static int sysfs_comp_take_winbits(void *ctx, const char *value)
{
	return kstrtoint(value, 10,
			 &((struct params_args *)ctx)->params.winbits);
}

static const struct zram_arg params_args[] = {
	{ "algo", zram_sysfs_take_algo },
	{ "priority", zram_sysfs_take_priority },
	{ "level", sysfs_comp_take_level },
	{ "dict", sysfs_comp_take_dict },
	{ "deflate.winbits", sysfs_comp_take_winbits },
};

/*
 * More than a page can make use of. The kernel allocates the memory at once and
 * may invoke the OOM killer for it.
 */
#define DICT_MAX	SZ_1M

/* Regular files only: opening a FIFO blocks, opening a device has effects */
static struct file *sysfs_comp_open_dict(const char *name)
{
	struct file *file;
	struct path path;
	int err;

	err = kern_path(name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);
	err = d_is_reg(path.dentry) ? path_permission(&path, MAY_READ) :
		-EINVAL;
	file = err ? ERR_PTR(err) : dentry_open(&path, O_RDONLY | O_LARGEFILE,
						current_cred());
	path_put(&path);
	return file;
}

/* Returns the length, bytes, never 0, or the error of the file */
static ssize_t sysfs_comp_load_dict(const char *name, void **dict)
{
	struct file *file = sysfs_comp_open_dict(name);
	ssize_t size = -EINVAL;

	if (IS_ERR(file))
		return PTR_ERR(file);
	/* Kernels differ in their error for an empty file */
	if (i_size_read(file_inode(file)))
		size = kernel_read_file(file, 0, dict, DICT_MAX, NULL,
					READING_POLICY);
	fput(file);
	return size ? size : -EINVAL;
}

/*
 * No lock is held: the file may be an attribute that takes the same, or lie
 * on a server that does not answer.
 */
static int sysfs_comp_read_dict(const struct zram *zram,
				struct params_args *args)
{
	ssize_t size;

	if (!args->dict)
		return 0;
	size = sysfs_comp_load_dict(args->dict, &args->params.dict);
	if (size < 0) {
		dev_err_ratelimited(disk_to_dev(zram->disk),
				    "cannot read dictionary \"%*pE\": error %zd\n",
				    (int)strlen(args->dict), args->dict, size);
		return size;
	}
	args->params.dict_size = size;
	return 0;
}

/* Changes nothing unless all arguments are valid and the dictionary was read */
static int sysfs_comp_set_params(struct zram *zram, struct params_args *args)
{
	int err, prio;

	err = zram_config_begin(zram);
	if (err)
		return err;
	prio = zram_sysfs_find(zram, &args->which, 0);
	zram_config_end(zram);
	if (prio < 0)
		return prio;

	err = sysfs_comp_read_dict(zram, args);
	if (err)
		return err;
	err = zram_config_begin(zram);
	if (err)
		goto err_dict;
	/* Another task may have selected another compressor */
	prio = zram_sysfs_find(zram, &args->which, 0);
	if (prio >= 0)
		zram_comps_set_params(&zram->comps, prio, &args->params);
	zram_config_end(zram);
	if (prio >= 0)
		return 0;
	err = prio;

err_dict:
	vfree(args->params.dict);
	return err;
}

static ssize_t algorithm_params_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t len)
{
	struct params_args args = { .params = ZRAM_COMP_PARAMS_UNSET };
	struct zram *zram = zram_sysfs_device(dev);
	int err;

	err = zram_args_parse(dev, buf, len, params_args,
			      ARRAY_SIZE(params_args), &args);
	if (!err)
		err = sysfs_comp_set_params(zram, &args);
	kfree(args.dict);
	return err ? err : len;
}
static DEVICE_ATTR_WO(algorithm_params);

static struct attribute *zram_sysfs_comp_attrs[] = {
	&dev_attr_algorithm_params.attr,
	&dev_attr_comp_algorithm.attr,
	NULL,
};

const struct attribute_group zram_sysfs_comp_group = {
	.attrs = zram_sysfs_comp_attrs,
};
