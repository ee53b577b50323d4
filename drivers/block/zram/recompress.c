// SPDX-License-Identifier: GPL-2.0
/*
 * A recompression run: compresses pages again with the compressor of a higher
 * priority, and keeps objects that take less memory.
 *
 * A run uses one task. To use more CPUs, run it on several devices.
 */

#include <linux/array_size.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "pp.h"
#include "pp_run.h"
#include "pp_walk.h"
#include "recompress.h"
#include "recompress_page.h"
#include "zram.h"

#define FEW_OBJECTS	16	/* cannot fill the pages that they begin */

static int recompress_step(struct zram_recompress_run *run)
{
	int err;

	if (!run->left)
		return -ENOENT;
	err = zram_pp_stop(run->pp);
	if (err)
		return err;
	err = zram_pp_walk_next(&run->walk);
	if (err)
		return err;
	err = zram_recompress_page_try(run);
	/* The next slice tries the page again */
	if (err != -EAGAIN)
		zram_pp_walk_advance(&run->walk);
	cond_resched();
	return err;
}

static int recompress_all(struct zram_recompress_run *run,
			  struct zram_pp_run *pp)
{
	struct zram *zram = run->zram;
	int err = zram_recompress_page_init(run);

	if (err)
		return err;
	pp->to_begin = true;
	/* If not all pages can be tried, the largest objects go first */
	if (run->left < zram->nr_pages - run->walk.index)
		err = zram_pp_walk_sort(&run->walk, ZRAM_PP_LARGEST,
					run->left << PAGE_SHIFT);
	while (!err) {
		err = recompress_step(run);
		pp->to_begin = false;
	}
	/* Later runs fill the pages that a few objects begin */
	if (run->left && run->replaced >= FEW_OBJECTS)
		zram_recompress_page_restore(run);
	else if (run->replaced)
		zram_recompress_page_compact(run);
	return err == -ENOENT ? run->err : err;
}

static u32 recompress_key(const struct zram_pp_filter *filter, u64 max_pages)
{
	u32 words[] = {
		filter->idle, filter->must, filter->min_size,
		filter->below_prio, max_pages, max_pages >> 32,
	};

	return jhash2(words, ARRAY_SIZE(words), 0);
}

/**
 * zram_recompress_run() - compress pages again
 * @zram: a device that is set up
 * @filter: the pages; below_prio is the priority to use, which has a
 *	compressor; min_size, unless 0, is the threshold for new objects
 * @max_pages: number of pages to try
 *
 * A run that ends early keeps what it has done, and continues when the kernel restarts
 * the system call after -ERESTARTSYS.
 *
 * Context: May sleep. config_lock is held for reading. Takes pp_lock.
 * Return: 0; -EINTR when the device is to be reset or removed, or after a signal whose
 *	handler has no SA_RESTART; -ERESTARTSYS after another signal; -ENOMEM, also if
 *	mem_limit has refused 64 objects in a row, which ends the run; otherwise the
 *	last error of a page that could not be expanded or compressed.
 */
int zram_recompress_run(struct zram *zram, const struct zram_pp_filter *filter,
			u64 max_pages)
{
	const struct zram_pp_range range = {
		.filter = filter,
		.last = zram->nr_pages - 1,
	};
	struct zram_pp_run pp = {
		.zram = zram,
		.stop = zram_pp_task_stop,
	};
	struct zram_recompress_run run = {
		.pp = &pp,
		.zram = zram,
		.prio = filter->below_prio,
		.threshold = filter->min_size,
	};
	struct zram_pp_rest rest = { .left = max_pages };
	u32 key = recompress_key(filter, max_pages);
	int err;

	err = zram_pp_run_begin(&pp);
	if (err)
		return err;
	zram_pp_run_resume(zram, key, &rest);
	zram_pp_walk_init(&run.walk, &pp, &range, 1);
	run.left = rest.left;
	run.walk.index = rest.next;
	err = recompress_all(&run, &pp);
	rest.left = run.left;
	/* In order of size the run begins again, with fewer pages left to try */
	if (run.walk.order == ZRAM_PP_BY_INDEX)
		rest.next = run.walk.index;
	if (err == -ERESTARTSYS)
		err = zram_pp_run_suspend(zram, key, &rest);
	zram_recompress_page_exit(&run);
	zram_pp_run_end(&pp);
	return err;
}

/**
 * zram_recompress_slice() - compress pages again, in a slice of tiering
 * @pp: the slice
 * @filter: as of zram_recompress_run()
 * @pass: the pass that it continues
 *
 * Unlike the run of a task it leaves idle marks alone, and does not compact the pool:
 * that may take seconds. It ends when it would have to. The caller drops pp_lock first.
 *
 * Context: May sleep. pp_lock is held.
 * Return: 0 after the last page; as zram_pp_stop(); -EAGAIN also if the pool is to be
 *	compacted; -ENOMEM as zram_recompress_run(). After the last page: the last error
 *	of a page that could not be expanded or compressed.
 */
int zram_recompress_slice(const struct zram_pp_run *pp,
			  const struct zram_pp_filter *filter,
			  struct zram_recompress_pass *pass)
{
	const struct zram_pp_range range = {
		.filter = filter,
		.last = pp->zram->nr_pages - 1,
	};
	struct zram_recompress_run run = {
		.pp = pp,
		.slice = true,
		.zram = pp->zram,
		.prio = filter->below_prio,
		.threshold = filter->min_size,
		.left = U64_MAX,
	};
	int err = zram_recompress_page_init(&run);

	zram_pp_walk_init(&run.walk, pp, &range, 1);
	run.walk.index = pass->next;
	while (!err)
		err = recompress_step(&run);
	pass->next = run.walk.index;
	pass->replaced = run.replaced;
	pass->refused |= run.skipped;
	pass->gaps = zram_recompress_page_has_gaps(&run);
	pass->done = err == -ENOENT;
	zram_recompress_page_exit(&run);
	return err == -ENOENT ? run.err : err;
}
