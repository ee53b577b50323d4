// SPDX-License-Identifier: GPL-2.0
/*
 * kcompressd: kernel threads compress instead of the writer.
 *
 * The writer copies the page to a staging page, which becomes the content of
 * the slot, and completes: the page can be read at once, and its write cannot
 * fail any more. A thread (kc_set.c) compresses it later.
 *
 * The number of staging pages is fixed. When all are in use, writers compress
 * their pages themselves.
 */

#include <linux/array_size.h>
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/sysfs.h>

#include "kc_set.h"
#include "kc_queue.h"
#include "kc_stage.h"
#include "kc_threads.h"
#include "kcompressd.h"
#include "obj.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

/**
 * zram_kcompressd_wants() - are the pages of this write to be staged?
 * @zram: a device that is set up
 * @bytes: length of the write
 *
 * Synchronous writes are staged too: they complete when the page is copied.
 *
 * Context: Called by the writer.
 * Return: true if policy, threads and CPUs allow it; zram_kcompressd_write()
 *	then decides for each page.
 */
bool zram_kcompressd_wants(struct zram *zram, unsigned int bytes)
{
	unsigned int policy = READ_ONCE(zram->kcompressd.policy);

	if (policy == ZRAM_KCOMPRESSD_OFF ||
	    !zram_kc_any())
		return false;
	if (policy == ZRAM_KCOMPRESSD_KSWAPD && !current_is_kswapd()) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_POLICY,
			       bytes >> PAGE_SHIFT);
		return false;
	}
	if (num_online_cpus() == 1) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_CPU,
			       bytes >> PAGE_SHIFT);
		return false;
	}
	return true;
}

/*
 * Take a staging page if one is free and mem_limit allows it; else count why
 * not
 */
static struct zram_kc_stage *kcompressd_admit(struct zram *zram)
{
	struct zram_kc_stage *stage = zram_kc_get_stage();

	if (!stage) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_FULL, 1);
		return NULL;
	}
	if (!zram_obj_admit(&zram->pool)) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_LIMIT, 1);
		zram_kc_stage_put(stage);
		return NULL;
	}
	return stage;
}

/**
 * zram_kcompressd_write() - stage a page
 * @zram: a device that is set up
 * @index: slot to store it in
 * @page: the page
 *
 * Context: May sleep; does no I/O.
 * Return: true if the page is staged; false if the caller has to compress it.
 */
bool zram_kcompressd_write(struct zram *zram, unsigned long index,
			   struct page *page)
{
	struct zram_slot slot = { .flags = ZRAM_STAGED | PAGE_SIZE };
	struct zram_kc_stage *stage;
	bool woken;

	if (zram_write_same_filled(page, &slot.handle)) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_SAME, 1);
		return false;
	}
	stage = kcompressd_admit(zram);
	if (!stage)
		return false;

	zram_kc_stage_fill(stage, page);
	stage->zram = zram;
	stage->index = index;
	stage->reclaim = current->flags & PF_MEMALLOC;
	slot.handle = (unsigned long)stage;
	/* A second reference for this function; the first is the slot's */
	zram_kc_stage_hold(stage);
	zram_slot_replace(zram, index, &slot, 0);
	zram_slot_release(zram, &slot);
	trace_zram_write(zram, index, ZRAM_STAGED | PAGE_SIZE, 0);
	zram_stats_add(&zram->stats, ZRAM_STAT_KC_QUEUED, 1);
	if (!zram_kc_queue_add(stage, &woken))
		/* The pool was closed; if this fails the page stays staged */
		zram_kc_store(stage);
	else if (woken)
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_WAKEUPS, 1);
	zram_kc_stage_put(stage);
	return true;
}

/**
 * zram_kcompressd_reset() - set policy and histogram to the default
 * @zram: a device without writers
 */
void zram_kcompressd_reset(struct zram *zram)
{
	memset(&zram->kcompressd, 0, sizeof(zram->kcompressd));
	WRITE_ONCE(zram->kcompressd.policy, ZRAM_KCOMPRESSD_KSWAPD);
}

static const struct {
	const char *key;
	enum zram_stat stat;
} counters[] = {
	{ "queued", ZRAM_STAT_KC_QUEUED },
	{ "completed", ZRAM_STAT_KC_COMPLETED },
	{ "stale", ZRAM_STAT_KC_STALE },
	{ "kept", ZRAM_STAT_KC_KEPT },
	{ "wakeups", ZRAM_STAT_KC_WAKEUPS },
	{ "inline_same", ZRAM_STAT_KC_INLINE_SAME },
	{ "inline_policy", ZRAM_STAT_KC_INLINE_POLICY },
	{ "inline_part", ZRAM_STAT_KC_INLINE_PART },
	{ "inline_cpu", ZRAM_STAT_KC_INLINE_CPU },
	{ "inline_full", ZRAM_STAT_KC_INLINE_FULL },
	{ "inline_limit", ZRAM_STAT_KC_INLINE_LIMIT },
};

/**
 * zram_kcompressd_show() - print kcompressd_stat
 * @zram: the device
 * @buf: page of the sysfs attribute
 *
 * Context: May sleep.
 * Return: bytes printed.
 */
ssize_t zram_kcompressd_show(struct zram *zram, char *buf)
{
	struct zram_kcompressd *mine = &zram->kcompressd;
	int i, at = 0;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		at += sysfs_emit_at(buf, at, "%s %llu\n", counters[i].key,
				    zram_stats_read(&zram->stats,
						    counters[i].stat));
	at += sysfs_emit_at(buf, at, "staged %lu\n",
			    zram_obj_staged(&zram->pool));
	at += sysfs_emit_at(buf, at, "times_us");
	for (i = 0; i < ZRAM_KC_TIMES; i++)
		at += sysfs_emit_at(buf, at, " %lu",
				    atomic_long_read(&mine->times[i]));
	at += sysfs_emit_at(buf, at, "\n");
	return zram_kc_show(buf, at);
}
