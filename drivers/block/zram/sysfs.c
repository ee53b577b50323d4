// SPDX-License-Identifier: GPL-2.0
/*
 * What the attributes have in common. The functions of an attribute parse, lock,
 * check the state, and make one call down.
 */

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/string.h>

#include "comp.h"
#include "comps.h"
#include "config.h"
#include "sysfs.h"
#include "zram.h"

/**
 * zram_sysfs_device() - the device an attribute belongs to
 * @dev: what the attribute's functions are given
 *
 * Context: Any; the attribute being in use keeps the device.
 * Return: the device.
 */
struct zram *zram_sysfs_device(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

/**
 * zram_sysfs_take_algo() - the argument that names an algorithm
 * @ctx: begins with a struct zram_sysfs_which
 * @value: the name
 *
 * That there is no such algorithm is for later to find out, as other errors come
 * first.
 *
 * Context: Any.
 * Return: 0.
 */
int zram_sysfs_take_algo(void *ctx, const char *value)
{
	struct zram_sysfs_which *which = ctx;

	which->name = zram_comp_table_lookup(value);
	if (!which->name)
		which->name = "";
	which->too_long = strlen(value) >= ZRAM_SYSFS_COMP_NAME;
	return 0;
}

/**
 * zram_sysfs_take_priority() - the argument that names a priority
 * @ctx: begins with a struct zram_sysfs_which
 * @value: the number
 *
 * Context: Any.
 * Return: 0, -EINVAL or -ERANGE.
 */
int zram_sysfs_take_priority(void *ctx, const char *value)
{
	struct zram_sysfs_which *which = ctx;

	which->prio_given = true;
	return kstrtoint(value, 10, &which->prio);
}

/**
 * zram_sysfs_find() - the priority of the algorithm that is meant
 * @zram: the device
 * @which: what the user named
 * @lowest: the lowest priority that may be meant, and is if none is named
 *
 * Context: config_lock is held.
 * Return: the priority, or -EINVAL.
 */
int zram_sysfs_find(const struct zram *zram,
		    const struct zram_sysfs_which *which, unsigned int lowest)
{
	return zram_comps_find(&zram->comps, which->name,
			       which->prio_given ? &which->prio : NULL,
			       lowest);
}

/**
 * zram_sysfs_choose() - choose an algorithm by what a user wrote
 * @zram: the device
 * @prio: its priority
 * @text: the name, a trailing newline is ignored
 * @len: length of that, bytes
 *
 * Context: May sleep. Takes config_lock.
 * Return: 0; -E2BIG for a name that is too long; -EINVAL for one that nothing is
 *	called; -EBUSY when the device is set up.
 */
int zram_sysfs_choose(struct zram *zram, unsigned int prio, const char *text,
		      size_t len)
{
	const char *name = zram_comp_table_lookup(text);
	int err;

	if (len >= ZRAM_SYSFS_COMP_NAME)
		return -E2BIG;
	if (!name)
		return -EINVAL;
	err = zram_config_begin(zram);
	if (err)
		return err;
	zram_comps_choose(&zram->comps, prio, name);
	zram_config_end(zram);
	return 0;
}
