/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SYSFS_H_
#define _ZRAM_SYSFS_H_

struct attribute_group;
struct device;
struct zram;

extern const struct attribute_group *zram_sysfs_groups[];

/* sysfs_writeback.c: */
extern const struct attribute_group zram_sysfs_writeback_group;

struct zram *zram_sysfs_device(struct device *dev);

#endif
