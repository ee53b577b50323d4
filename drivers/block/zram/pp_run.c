// SPDX-License-Identifier: GPL-2.0
/*
 * The rules by which a post-processing run shares the device with others: one run
 * at a time, and none before the staged pages are compressed.
 */

#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "kc_set.h"
#include "pp.h"
#include "pp_run.h"
#include "zram.h"

/**
 * zram_pp_run_begin() - start a post-processing run, or a slice of one
 * @run: the run
 *
 * Context: May sleep. config_lock is held for reading, to the end of the run.
 * Return: 0, with pp_lock held; otherwise as zram_pp_stop().
 */
int zram_pp_run_begin(const struct zram_pp_run *run)
{
	struct zram *zram = run->zram;
	int err;

	if (mutex_lock_interruptible(&zram->pp_lock))
		return -ERESTARTSYS;
	err = zram_pp_stop(run);
	/* A run cannot process staged pages */
	if (!err && zram_kc_flush(zram, true))
		err = zram_pp_stop(run) ?: -EINTR;
	if (err)
		mutex_unlock(&zram->pp_lock);
	return err;
}

/**
 * zram_pp_run_end() - end a post-processing run, or a slice of one
 * @run: the run; zram_pp_run_begin() succeeded, and no slot is marked PP
 */
void zram_pp_run_end(const struct zram_pp_run *run)
{
	mutex_unlock(&run->zram->pp_lock);
}

/**
 * zram_pp_run_suspend() - remember what a signal left of the run of this task
 * @zram: the device
 * @key: hash of what the task asked for
 * @left: what is left of it, as the run counts
 *
 * Context: pp_lock is held.
 */
void zram_pp_run_suspend(struct zram *zram, u32 key, u64 left)
{
	zram->pp_resume = (struct zram_pp_resume){
		.task = current,
		.start = current->start_boottime,
		.key = key,
		.left = left,
	};
}

/**
 * zram_pp_run_resume() - is this what a signal left of the last run
 * @zram: the device
 * @key: hash of what the task asks for
 * @left: if so, set to what is left of it
 *
 * If so, forgets it. Another run in between does not, as it may have waited for
 * the one that was interrupted.
 *
 * Context: pp_lock is held.
 * Return: true if the task asked for the same before, and was interrupted.
 */
bool zram_pp_run_resume(struct zram *zram, u32 key, u64 *left)
{
	struct zram_pp_resume *resume = &zram->pp_resume;

	if (resume->task != current || resume->key != key ||
	    resume->start != current->start_boottime)
		return false;
	*left = resume->left;
	*resume = (struct zram_pp_resume){};
	return true;
}
