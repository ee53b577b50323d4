// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration: changes of what disksize fixes.
 */

#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "config.h"
#include "zram.h"

/**
 * zram_config_begin() - start to change what disksize fixes
 * @zram: the device
 *
 * On a device that is set up a run may hold config_lock shared for as long as it takes. The
 * caller must not wait for a run, because readers of attributes would wait behind the caller.
 * If the device is not set up, no other task sets it up before zram_config_end(), so no run
 * begins.
 *
 * Context: May sleep. On success setup_lock is held, and config_lock for writing.
 * Return: 0; -EBUSY if the device is set up; -EINTR after a fatal signal.
 */
int zram_config_begin(struct zram *zram)
{
	bool set_up;

	if (mutex_lock_killable(&zram->setup_lock))
		return -EINTR;
	down_read(&zram->config_lock);
	set_up = zram_is_set_up(zram);
	up_read(&zram->config_lock);
	if (set_up) {
		mutex_unlock(&zram->setup_lock);
		return -EBUSY;
	}
	down_write(&zram->config_lock);
	return 0;
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
	mutex_unlock(&zram->setup_lock);
}
