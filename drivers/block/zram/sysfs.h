/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SYSFS_H_
#define _ZRAM_SYSFS_H_

#include <linux/types.h>

struct attribute_group;
struct device;
struct zram;

/* Names of algorithms this long, or longer, are refused and not cut */
#define ZRAM_SYSFS_COMP_NAME	128

extern const struct attribute_group *zram_sysfs_groups[];

/* sysfs_comp.c, sysfs_recompress.c, sysfs_writeback.c: */
extern const struct attribute_group zram_sysfs_comp_group;
extern const struct attribute_group zram_sysfs_recompress_group;
extern const struct attribute_group zram_sysfs_writeback_group;

struct zram *zram_sysfs_device(struct device *dev);
int zram_sysfs_choose(struct zram *zram, unsigned int prio, const char *text,
		      size_t len);

#endif
