// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration: changes of what disksize fixes.
 */

#include <linux/rwsem.h>

#include "config.h"
#include "zram.h"

/**
 * zram_config_begin() - start to change what disksize fixes
 * @zram: the device
 *
 * On a device that is set up a run may hold config_lock shared for as long as
 * it takes. The first look, with the lock shared, keeps the caller from waiting
 * for the run, and readers from waiting behind the caller.
 *
 * Context: May sleep. On success config_lock is held for writing.
 * Return: 0, or -EBUSY when the device is set up.
 */
int zram_config_begin(struct zram *zram)
{
	bool set_up;

	down_read(&zram->config_lock);
	set_up = zram_is_set_up(zram);
	up_read(&zram->config_lock);
	if (set_up)
		return -EBUSY;

	down_write(&zram->config_lock);
	if (!zram_is_set_up(zram))
		return 0;
	up_write(&zram->config_lock);
	return -EBUSY;
}

/**
 * zram_config_end() - the change is made
 * @zram: the device
 *
 * Context: The caller's zram_config_begin() succeeded.
 */
void zram_config_end(struct zram *zram)
{
	up_write(&zram->config_lock);
}
