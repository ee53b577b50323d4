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
 * zram_sysfs_device() - the zram device of an attribute
 * @dev: argument of the attribute's functions
 *
 * Return: the device, valid until the attribute's function returns: removal
 *	waits for it.
 */
struct zram *zram_sysfs_device(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

/**
 * zram_sysfs_take_algo() - take the argument "algo"
 * @ctx: begins with a struct zram_sysfs_which
 * @value: name of a compressor
 *
 * An unknown name is recorded as "": other errors take precedence.
 *
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
 * zram_sysfs_take_priority() - take the argument "priority"
 * @ctx: begins with a struct zram_sysfs_which
 * @value: the number
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int zram_sysfs_take_priority(void *ctx, const char *value)
{
	struct zram_sysfs_which *which = ctx;

	which->prio_given = true;
	return kstrtoint(value, 10, &which->prio);
}

/**
 * zram_sysfs_find() - find the priority that the user named
 * @zram: the device
 * @which: name, priority, or both
 * @lowest: the lowest priority allowed, and the one if neither was named
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
 * zram_sysfs_choose() - select a compressor by its name
 * @zram: the device
 * @prio: its priority
 * @text: the name; a trailing newline is ignored
 *
 * Context: May sleep. Takes config_lock.
 * Return: 0; -E2BIG if the name is too long; -EINVAL if it is unknown; -EBUSY
 *	if the device is set up.
 */
int zram_sysfs_choose(struct zram *zram, unsigned int prio, const char *text)
{
	const char *name = zram_comp_table_lookup(text);
	int err;

	if (strlen(text) >= ZRAM_SYSFS_COMP_NAME)
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
