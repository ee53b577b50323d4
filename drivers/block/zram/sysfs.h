/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SYSFS_H_
#define _ZRAM_SYSFS_H_

#include <linux/types.h>

struct attribute_group;
struct device;
struct zram;

/* Names of compressors of this length or more are refused */
#define ZRAM_SYSFS_COMP_NAME	128

/**
 * struct zram_sysfs_which - the compressor that a user named
 * @name: its name, NULL if none was given, "" if it is unknown
 * @too_long: the name exceeds the limit
 * @prio: its priority
 * @prio_given: a priority was given
 *
 * First member of the argument of zram_sysfs_take_algo() and
 * zram_sysfs_take_priority().
 */
struct zram_sysfs_which {
	const char *name;
	bool too_long;
	int prio;
	bool prio_given;
};

/* sysfs_device.c; it has all of those below: */
extern const struct attribute_group *zram_sysfs_groups[];
/*
 * sysfs_comp.c, sysfs_kcompressd.c, sysfs_recompress.c, sysfs_tier.c,
 * sysfs_writeback.c:
 */
extern const struct attribute_group zram_sysfs_comp_group;
extern const struct attribute_group zram_sysfs_kcompressd_group;
extern const struct attribute_group zram_sysfs_recompress_group;
extern const struct attribute_group zram_sysfs_tier_group;
extern const struct attribute_group zram_sysfs_writeback_group;

struct zram *zram_sysfs_device(struct device *dev);
int zram_sysfs_take_algo(void *ctx, const char *value);
int zram_sysfs_take_priority(void *ctx, const char *value);
int zram_sysfs_find(const struct zram *zram,
		    const struct zram_sysfs_which *which, unsigned int lowest);
int zram_sysfs_choose(struct zram *zram, unsigned int prio, const char *text);

#endif
