// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of kcompressd: the policy and the statistics of a device.
 */

#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "kcompressd.h"
#include "sysfs.h"
#include "zram.h"

static const char * const policies[] = {
	[ZRAM_KCOMPRESSD_OFF] = "off",
	[ZRAM_KCOMPRESSD_KSWAPD] = "kswapd",
	[ZRAM_KCOMPRESSD_ALL] = "all",
};

static ssize_t kcompressd_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	unsigned int i, policy;
	int at = 0;

	policy = READ_ONCE(zram_sysfs_device(dev)->kcompressd.policy);
	for (i = 0; i < ZRAM_KCOMPRESSD_NR; i++)
		at += sysfs_emit_at(buf, at, i == policy ? "%s[%s]" : "%s%s",
				    i ? " " : "", policies[i]);
	at += sysfs_emit_at(buf, at, "\n");
	return at;
}

static ssize_t kcompressd_store(struct device *dev,
				struct device_attribute *attr, const char *buf,
				size_t len)
{
	int policy = sysfs_match_string(policies, buf);

	if (policy < 0)
		return policy;
	WRITE_ONCE(zram_sysfs_device(dev)->kcompressd.policy, policy);
	return len;
}
static DEVICE_ATTR_RW(kcompressd);

static ssize_t kcompressd_stat_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return zram_kcompressd_show(zram_sysfs_device(dev), buf);
}
static DEVICE_ATTR_RO(kcompressd_stat);

static struct attribute *zram_sysfs_kcompressd_attrs[] = {
	&dev_attr_kcompressd.attr,
	&dev_attr_kcompressd_stat.attr,
	NULL,
};

const struct attribute_group zram_sysfs_kcompressd_group = {
	.attrs = zram_sysfs_kcompressd_attrs,
};
