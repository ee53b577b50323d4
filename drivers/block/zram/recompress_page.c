// SPDX-License-Identifier: GPL-2.0
/*
 * Recompression of one page of a run.
 *
 * The run decompresses and compresses a page without locks, in memory of its
 * own. It sets PP in the critical section that copies or pins the content, and
 * installs the smaller object only if PP is still set. It frees the old object
 * after that, so a page stays unchanged if memory or mem_limit does not
 * suffice.
 *
 * The run counts the pages by which it makes the pool larger. While there are some
 * it logs which objects it replaces. At its end it restores as many as necessary.
 */

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "comps.h"
#include "obj.h"
#include "pp.h"
#include "pp_walk.h"
#include "read.h"
#include "recompress_log.h"
#include "recompress_page.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/* Pages by which a run may grow a pool that it is to shrink */
#define SLACK			((long)(SZ_1M / PAGE_SIZE))
/* Compact only after this many objects were replaced */
#define GAPS_WORTH_CLOSING	64
/* After so many refusals in a row mem_limit allows of no object */
#define MAX_REFUSALS		64

/* Claim the current slot and read its page */
static int recompress_claim(struct zram_recompress_run *run,
			    struct zram_slot *old)
{
	run->nid = zram_slot_node(run->zram, run->walk.index, run->buf);
	return zram_read_claim(run->zram, run->walk.index,
			       zram_pp_walk_filter(&run->walk), run->page, old);
}

/*
 * Compress the current page by the compressor of @prio, and copy the result out of
 * the stream: the caller waits for memory next, and reclaim takes streams.
 */
static int recompress_compress(struct zram_recompress_run *run, unsigned int prio,
			       unsigned int *len)
{
	struct zram_comp *comp = zram_comps_get(&run->zram->comps, prio);
	struct zram_comp_stream *strm = zram_comp_stream_get(comp,
							     ZRAM_COMPRESS);
	int err = zram_comp_compress(strm, run->page, len);

	if (!err && *len < PAGE_SIZE)
		memcpy(run->buf, strm->buf, *len);
	zram_comp_stream_put(strm);
	return err;
}

/**
 * zram_recompress_page_compact() - turn the gaps that replaced objects leave into
 *	free pages
 * @run: the run
 *
 * Context: May sleep.
 */
void zram_recompress_page_compact(struct zram_recompress_run *run)
{
	zram_recompress_log_grow(run->log,
				 -zram_obj_pool_compact(&run->zram->pool));
	run->gaps = 0;
}

/**
 * zram_recompress_page_has_gaps() - is the pool to be compacted?
 * @run: the run
 *
 * Return: true if the run has made the pool larger, and gaps are worth closing.
 */
bool zram_recompress_page_has_gaps(const struct zram_recompress_run *run)
{
	return run->full || (run->gaps >= GAPS_WORTH_CLOSING &&
			     zram_recompress_log_grown(run->log) > 0);
}

static int recompress_try_alloc(struct zram_recompress_run *run, unsigned int len,
				unsigned long *handle)
{
	struct zram_obj_pool *pool = &run->zram->pool;
	unsigned long before = zram_obj_pool_pages(pool);
	gfp_t gfp = GFP_NOIO;
	int err;

	/* The thread of a slice must not wait behind a task that waits for the thread */
	if (run->slice)
		gfp |= __GFP_NORETRY;
	err = zram_obj_alloc_instead(pool, len, gfp, run->nid, run->most, handle);
	zram_recompress_log_grow(run->log, zram_obj_pool_pages(pool) - before);
	return err;
}

/*
 * Allocate the new object. If mem_limit refuses it, close gaps and retry; a slice ends
 * for that, with -EAGAIN.
 */
static int recompress_alloc(struct zram_recompress_run *run, unsigned int len,
			    unsigned long *handle)
{
	int err = recompress_try_alloc(run, len, handle);

	if (err == -ENOSPC &&
	    (run->gaps >= GAPS_WORTH_CLOSING ||
	     (run->gaps && run->refused == MAX_REFUSALS - 1))) {
		run->full = run->slice;
		if (run->full)
			return -EAGAIN;
		zram_recompress_page_compact(run);
		err = recompress_try_alloc(run, len, handle);
	}
	run->refused = err == -ENOSPC ? run->refused + 1 : 0;
	return err;
}

/*
 * Create the smaller object for the current page. Returns 0, -E2BIG if it is
 * not smaller, -ERANGE if it is not below the threshold, -ENOSPC, -ENOMEM, or
 * the compressor's error.
 */
static int recompress_make_object(struct zram_recompress_run *run,
				  const struct zram_slot *old,
				  struct zram_slot *new)
{
	struct zram_obj_pool *pool = &run->zram->pool;
	unsigned int len;
	int err;

	run->left--;
	err = recompress_compress(run, run->prio, &len);
	if (err)
		return err;
	if (zram_obj_class(pool, len) >=
	    zram_obj_class(pool, zram_slot_size(old)))
		return -E2BIG;
	if (run->threshold && len >= run->threshold)
		return -ERANGE;
	err = recompress_alloc(run, len, &new->handle);
	if (err)
		return err;
	zram_obj_store(pool, new->handle, run->buf, len);
	new->flags = len | zram_slot_prio_flags(run->prio);
	return 0;
}

/*
 * The end of an attempt, with the new object or, without one, flags to @mark the
 * slot with. False if the slot had changed. A slot that was tried is not idle any
 * more: the next run would try it again. Tiering does not select by idle marks, and
 * leaves them to the user.
 */
static bool recompress_settle(struct zram_recompress_run *run,
			      struct zram_slot *new, u32 mark)
{
	const struct zram_slot claimed = { .flags = ZRAM_PP };
	unsigned long index = run->walk.index;
	struct zram *zram = run->zram;
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	unsigned long before;
	bool ok;

	if (new->handle)
		ok = zram_slot_publish_if(zram, index, new, &claimed,
					  ZRAM_RMW | ZRAM_BROUGHT);
	else
		ok = zram_slot_unmark(zram, index, ZRAM_PP, mark);
	before = zram_obj_pool_pages(&zram->pool);
	zram_slot_release(zram, new);
	zram_recompress_log_grow(run->log,
				 zram_obj_pool_pages(&zram->pool) - before);
	if (ok && !run->slice) {
		spin_lock(lock);
		zram_slot_clear_idle(zram, index);
		spin_unlock(lock);
	}
	return ok;
}

/* Create the object that the current page had before, when its slot had @flags */
static int recompress_make_old(struct zram_recompress_run *run, u32 flags,
			       struct zram_slot *new)
{
	unsigned int len, size = flags & ZRAM_SIZE_MASK;
	const void *src = run->page;
	int err;

	if (!(flags & ZRAM_HUGE)) {
		src = run->buf;
		err = recompress_compress(run, zram_slot_prio(flags), &len);
		/* If the length differs, the page has changed since */
		if (err || len != size)
			return err ? err : -ESTALE;
	}
	/* If mem_limit refuses it, the new object stays, and the run does not end */
	err = recompress_try_alloc(run, size, &new->handle);
	if (err)
		return err;
	zram_obj_store(&run->zram->pool, new->handle, src, size);
	new->flags = flags;
	return 0;
}

/* Restore the old object of the current slot if the slot still has one of this run */
static void recompress_restore_slot(struct zram_recompress_run *run, u32 flags)
{
	struct zram_slot old, new = {};
	unsigned int size;
	int err;

	if (recompress_claim(run, &old) || !zram_slot_stored(&old))
		return;
	err = -ESTALE;
	if (zram_slot_prio(old.flags) == run->prio)
		err = recompress_make_old(run, flags, &new);
	size = zram_slot_size(&new);
	if (!recompress_settle(run, &new, 0) && !err)
		err = -ESTALE;
	trace_zram_recompress(run->zram, run->walk.index, zram_slot_size(&old),
			      size, err);
}

/**
 * zram_recompress_page_restore() - restore old objects until the pool is no larger than
 *	before they were replaced
 * @run: the run; its log has the objects
 *
 * Begins with the class that has the fewest new objects, because these fill their pages
 * least. A run that is to end early leaves the pool larger, by SLACK at most.
 * The count may include pages that other tasks add. Restoring does not remove them, so
 * if other tasks have changed the pool, the new objects stay.
 *
 * Context: May sleep. In a run.
 */
void zram_recompress_page_restore(struct zram_recompress_run *run)
{
	const struct zram_pp_range all = {
		.filter = &zram_pp_any,
		.last = run->zram->nr_pages - 1,
	};
	struct zram_pp_walk walk = run->walk;
	unsigned int class;
	u32 flags;

	zram_pp_walk_init(&run->walk, run->pp, &all, 1);
	zram_recompress_page_compact(run);
	while (zram_recompress_log_grown(run->log) > 0 &&
	       !zram_recompress_log_disturbed(run->log) &&
	       !zram_pp_stop(run->pp) &&
	       zram_recompress_log_rarest(run->log, &class)) {
		while (!zram_pp_stop(run->pp) &&
		       zram_recompress_log_take(run->log, class,
						&run->walk.index, &flags)) {
			recompress_restore_slot(run, flags);
			cond_resched();
		}
		zram_recompress_page_compact(run);
	}
	run->walk = walk;
	zram_recompress_log_clear(run->log);
}

/* Count and log that the current slot has a new object; limit the growth of the pool */
static void recompress_count(struct zram_recompress_run *run,
			     const struct zram_slot *old, unsigned int size)
{
	const u32 kept = ZRAM_SIZE_MASK | ZRAM_PRIO | ZRAM_HUGE;
	unsigned int class;

	run->replaced++;
	run->gaps++;
	/* Slices restore nothing: the objects of the next ones fill the same pages */
	if (run->slice) {
		run->full = zram_recompress_log_grown(run->log) > SLACK;
		return;
	}
	if (zram_recompress_log_grown(run->log) > 0 &&
	    run->gaps >= GAPS_WORTH_CLOSING)
		zram_recompress_page_compact(run);
	if (zram_recompress_log_grown(run->log) <= 0) {
		zram_recompress_log_clear(run->log);
		return;
	}
	class = zram_obj_class(&run->zram->pool, size);
	if (!zram_recompress_log_add(run->log, class, run->walk.index,
				     old->flags & kept) ||
	    zram_recompress_log_grown(run->log) > SLACK)
		zram_recompress_page_restore(run);
}

/* Try the current candidate */
static int recompress_try_slot(struct zram_recompress_run *run)
{
	struct zram_slot old, new = {};
	unsigned int size;
	u32 mark = 0;
	int err;

	err = recompress_claim(run, &old);
	if (err || !zram_slot_stored(&old))
		return err;
	err = recompress_make_object(run, &old, &new);
	/* No higher priority is left that could shrink it */
	if (err == -E2BIG && zram_comps_is_last(&run->zram->comps, run->prio))
		mark = ZRAM_INCOMPRESSIBLE;
	size = zram_slot_size(&new);
	if (!recompress_settle(run, &new, mark) && !err)
		err = -ESTALE;
	if (!err)
		recompress_count(run, &old, size);
	trace_zram_recompress(run->zram, run->walk.index, zram_slot_size(&old),
			      size, err);
	/* Not an error */
	if (err == -E2BIG || err == -ERANGE || err == -ESTALE)
		return 0;
	return err;
}

/**
 * zram_recompress_page_init() - prepare a run
 * @run: the run, with its device and priority; zram_recompress_page_exit() follows,
 *	whatever this returns
 *
 * Context: May sleep. pp_lock is held.
 * Return: 0 or -ENOMEM.
 */
int zram_recompress_page_init(struct zram_recompress_run *run)
{
	struct zram *zram = run->zram;
	struct zram_obj_usage usage;
	gfp_t gfp = GFP_KERNEL;

	/* As for the objects; the next slice tries again */
	if (run->slice)
		gfp |= __GFP_NORETRY | __GFP_NOWARN;
	zram_obj_pool_usage(&zram->pool, &usage);
	/* No slack for a slice: many follow each other */
	run->most = usage.pages + (run->slice ? 0 : SLACK);
	/* The pool may have gaps already */
	run->gaps = run->slice ? 0 : GAPS_WORTH_CLOSING;
	run->page = kvmalloc(PAGE_SIZE, gfp);
	run->buf = kvmalloc(PAGE_SIZE, gfp);
	run->log = zram_recompress_log_create(&zram->pool, !run->slice, gfp);
	if (!run->page || !run->buf || !run->log)
		return -ENOMEM;
	return zram_comp_start(zram_comps_get(&zram->comps, run->prio));
}

/**
 * zram_recompress_page_exit() - undo zram_recompress_page_init()
 * @run: the run
 */
void zram_recompress_page_exit(struct zram_recompress_run *run)
{
	kvfree(run->page);
	kvfree(run->buf);
	zram_recompress_log_destroy(run->log);
}

/**
 * zram_recompress_page_try() - try to replace the object of the current candidate
 * @run: the run; its @err is set if the page could not be expanded or compressed
 *
 * Context: May sleep. In a run.
 * Return: 0 to continue, or -ENOMEM to end the run. -EAGAIN to end the slice, and try the
 *	page again when the pool was compacted.
 */
int zram_recompress_page_try(struct zram_recompress_run *run)
{
	int err;

	if (run->full)
		return -EAGAIN;
	err = recompress_try_slot(run);
	run->skipped |= err == -ENOMEM || err == -ENOSPC;
	if (err == -ENOMEM || err == -EAGAIN)
		return err;
	/* Continue after a failed page and return its error at the end */
	if (err)
		run->err = err == -ENOSPC ? -ENOMEM : err;
	return run->refused < MAX_REFUSALS ? 0 : -ENOMEM;
}
