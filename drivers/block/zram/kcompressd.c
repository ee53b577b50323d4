// SPDX-License-Identifier: GPL-2.0
/*
 * kcompressd: compression in threads of its own instead of the writer's.
 *
 * A write that qualifies is copied to a staging page, which becomes the slot's
 * content, and is done: it can be read at once, and cannot fail any more. The
 * threads (kc_set.c) do the rest.
 *
 * The staging pages are all there are: when they are in use, writers compress
 * for themselves, as they do without all this.
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
 * zram_kcompressd_wants() - are pages written now to be compressed later
 * @zram: a device that is set up
 * @bytes: how much is written
 *
 * Whether the writer waits makes no difference: the write is over as soon as the
 * page is copied.
 *
 * Context: That of the writer.
 * Return: true if so, as far as it does not depend on the page.
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

/* A page that can be staged now, and is counted */
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
 * zram_kcompressd_write() - accept a page, to be compressed later
 * @zram: a device that is set up
 * @index: slot to store it in
 * @page: the page
 *
 * Context: May sleep; does no I/O.
 * Return: true if the page is stored and will be compressed; false if nothing
 *	was done, and the caller is to do it.
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
	/* One reference more than the slot's, for us */
	zram_kc_stage_hold(stage);
	zram_slot_replace(zram, index, &slot, 0);
	zram_slot_release(zram, &slot);
	trace_zram_write(zram, index, ZRAM_STAGED | PAGE_SIZE, 0);
	zram_stats_add(&zram->stats, ZRAM_STAT_KC_QUEUED, 1);
	if (!zram_kc_queue_add(stage, &woken))
		/* The threads have gone since; if it fails, the slot has it */
		zram_kc_store(stage);
	else if (woken)
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_WAKEUPS, 1);
	zram_kc_stage_put(stage);
	return true;
}

/**
 * zram_kcompressd_reset() - set a device's settings and counters to the default
 * @zram: a device that nobody writes to
 *
 * Context: Any.
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
 * zram_kcompressd_show() - write the statistics of a device
 * @zram: the device
 * @buf: a sysfs buffer
 *
 * Context: May sleep.
 * Return: length of the text.
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
		at += sysfs_emit_at(buf, at, " %ld",
				    atomic_long_read(&mine->times[i]));
	at += sysfs_emit_at(buf, at, "\n");
	return zram_kc_show(buf, at);
}
