// SPDX-License-Identifier: GPL-2.0
/*
 * The rules by which a post-processing run shares the device with others: one run
 * at a time, and none before the staged pages are compressed.
 */

#include <linux/mutex.h>

#include "kc_set.h"
#include "pp.h"
#include "pp_run.h"
#include "zram.h"

/**
 * zram_pp_run_begin() - start a post-processing run
 * @zram: the device
 *
 * Context: May sleep. config_lock is held for reading, to the end of the run.
 * Return: 0, or -EINTR after a signal or when the device is to be reset or
 *	removed.
 */
int zram_pp_run_begin(struct zram *zram)
{
	int err = mutex_lock_killable(&zram->pp_lock);

	if (err)
		return err;
	err = zram_pp_interrupted(zram);
	/* A page that is still to be compressed cannot be processed yet */
	if (!err)
		err = zram_kc_flush(zram, true);
	if (err)
		mutex_unlock(&zram->pp_lock);
	return err;
}

/**
 * zram_pp_run_end() - end a post-processing run
 * @zram: the device
 *
 * Context: The caller's zram_pp_run_begin() succeeded.
 */
void zram_pp_run_end(struct zram *zram)
{
	mutex_unlock(&zram->pp_lock);
}
