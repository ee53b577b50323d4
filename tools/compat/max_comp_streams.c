// SPDX-License-Identifier: GPL-2.0
/*
 * The attribute max_comp_streams, which Linux has until 6.14. There, as here, it
 * takes anything and changes nothing; zramctl -t and libblockdev insist on it.
 */

#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#ifdef COMPAT_MAX_COMP_STREAMS

static ssize_t max_comp_streams_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", num_online_cpus());
}

static ssize_t max_comp_streams_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t len)
{
	return len;
}
static DEVICE_ATTR_RW(max_comp_streams);

static struct attribute *streams_attrs[] = {
	&dev_attr_max_comp_streams.attr,
	NULL,
};

static const struct attribute_group streams_group = {
	.attrs = streams_attrs,
};

/**
 * zram_compat_groups() - the driver's attributes, and those of this kernel alone
 * @groups: the driver's
 *
 * Context: Callers fill one array, each with the same.
 * Return: the groups to add a disk with.
 */
const struct attribute_group **
zram_compat_groups(const struct attribute_group **groups)
{
	static const struct attribute_group *all[16];
	unsigned int n = 0;

	while (groups[n] && n < ARRAY_SIZE(all) - 2) {
		all[n] = groups[n];
		n++;
	}
	all[n] = &streams_group;
	return all;
}

#endif /* COMPAT_MAX_COMP_STREAMS */
