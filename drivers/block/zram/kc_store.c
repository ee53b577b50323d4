// SPDX-License-Identifier: GPL-2.0
/*
 * Staged page to object: what is done with a page that was accepted before, by
 * whoever has taken it from the queue.
 */

#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sched/mm.h>

#include "kc_queue.h"
#include "kc_stage.h"
#include "kc_store.h"
#include "kcompressd.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

static void kc_store_count_time(struct zram *zram,
				const struct zram_kc_stage *stage)
{
	s64 us = ktime_us_delta(ktime_get(), stage->queued);
	int i = min(us > 0 ? ilog2(us) + 1 : 0, ZRAM_KC_TIMES - 1);

	atomic_long_inc(&zram->kcompressd.times[i]);
}

/* Put an object where the page was, if the slot still has that page */
static bool kc_store_publish(struct zram *zram,
			     const struct zram_kc_stage *stage,
			     const struct zram_slot *object)
{
	struct zram_slot *slot = &zram->slots.slot[stage->index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, stage->index);
	bool there;

	spin_lock(lock);
	there = zram_slot_test(slot, ZRAM_STAGED) &&
		slot->handle == (unsigned long)stage;
	/* The content is what it was for whoever is changing part of it */
	if (there)
		zram_slot_publish(zram, stage->index, object->handle,
				  object->flags | (slot->flags & ZRAM_RMW));
	spin_unlock(lock);
	return there;
}

/**
 * zram_kc_store() - compress a staged page
 * @stage: the page, which the caller has a reference to
 *
 * The slot's reference is dropped when it is done, the caller's is not.
 *
 * Context: May sleep; does no I/O.
 * Return: false if there was no memory, and the slot has the page still.
 */
bool zram_kc_store(struct zram_kc_stage *stage)
{
	struct zram *zram = stage->zram;
	struct zram_slot object = {};
	unsigned int flags = 0;
	void *src;
	int err;

	/* Nobody but us: overwritten or freed meanwhile */
	if (refcount_read(&stage->refs) == 1) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_STALE, 1);
		return true;
	}
	/* Who is making memory may use what is set aside for that */
	if (stage->reclaim)
		flags = memalloc_noreclaim_save();
	src = kmap_local_page(stage->page);
	err = zram_write_store(zram, &object, src);
	kunmap_local(src);
	if (stage->reclaim)
		memalloc_noreclaim_restore(flags);
	trace_zram_write(zram, stage->index, object.flags, err);
	if (err) {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_KEPT, 1);
		return false;
	}
	if (kc_store_publish(zram, stage, &object)) {
		kc_store_count_time(zram, stage);
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_COMPLETED, 1);
		zram_kc_stage_put(stage);
	} else {
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_STALE, 1);
		zram_slot_release(zram, &object);
	}
	return true;
}

/**
 * zram_kc_store_finish() - compress a page that was taken from the queue
 * @stage: the page, which belongs to somebody else when this returns; or NULL
 *
 * Context: May sleep; does no I/O.
 * Return: false if there was no page.
 */
bool zram_kc_store_finish(struct zram_kc_stage *stage)
{
	if (!stage)
		return false;
	zram_kc_queue_done(stage, !zram_kc_store(stage));
	return true;
}
