// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel finds no memory and is about to kill a task, pages leave whatever their
 * age. The OOM killer calls notifiers before it selects a task, and selects none if they
 * have freed memory.
 *
 * The pages that the threads free stay in lists of their CPUs, which watermarks do not count.
 * A task that allocates empties these lists only if its reclaim has freed something. So a
 * shrinker lets the next reclaim account the pages, which were freed for it.
 */

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "tier_ask.h"
#include "tier_oom.h"

/* Most time that a task waits; a disk that sleeps takes seconds to wake up */
#define OOM_WAIT	(5 * HZ)
/*
 * If rescues follow each other for OOM_SERIES without a gap of OOM_GAP, the working set is
 * larger than memory. Then the driver lets the kernel kill for OOM_KILLS, which suffices for
 * one task: the kernel does not kill for each task that asks.
 */
#define OOM_SERIES	(300 * HZ)
#define OOM_GAP		(10 * HZ)
#define OOM_KILLS	HZ

static struct zram_tier_asks tier_oom_asks;
static struct shrinker *tier_oom_shrinker;
/* Pages that threads have freed and no reclaim has accounted */
static atomic_long_t tier_oom_freed;
static struct zram_tier_oom_series tier_oom_series;	/* the kernel's oom_lock */

/**
 * zram_tier_oom_begin() - from now on, ask the thread for memory before the kernel kills
 * @ask: of the thread, with @wake; zram_tier_ask_end() follows
 *
 * Context: The thread.
 */
void zram_tier_oom_begin(struct zram_tier_ask *ask)
{
	zram_tier_ask_begin(ask, &tier_oom_asks);
}

/* Is the kernel about to kill because this task finds no memory? */
static bool tier_oom_kills(void)
{
	/* kswapd kills only if MGLRU's min_ttl_ms says so, although it may find memory */
	if (current_is_kswapd())
		return false;
	/* A task that is ending gets memory from the reserves */
	if (fatal_signal_pending(current) || current->flags & PF_EXITING)
		return false;
	/* The kernel does not kill on behalf of a task whose reclaim is restricted */
	return !(current->flags & (PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS));
}

/*
 * Is much memory free? Then the task needs memory of another kind: of a node, of a zone, or
 * contiguous. Zones keep a part of memory for allocations that can use no other zone.
 */
static bool tier_oom_has_memory(void)
{
	unsigned long spare = 0, high, free;
	struct zone *zone;
	int nid, i;

	for_each_online_node(nid) {
		for (i = 0; i < MAX_NR_ZONES; i++) {
			zone = &NODE_DATA(nid)->node_zones[i];
			if (!populated_zone(zone))
				continue;
			free = zone_page_state_snapshot(zone, NR_FREE_PAGES);
			high = high_wmark_pages(zone);
			spare += free - min(free, high);
		}
	}
	return spare > totalram_pages() / 64 + (SZ_16M >> PAGE_SHIFT);
}

/**
 * zram_tier_oom_is_thrash() - have rescues followed each other for too long?
 * @series: the rescues; a new series begins after a gap, or after the kernel may kill
 * @now: jiffies of 64 bits, because months may pass between two rescues
 *
 * Return: true if they have. Then the kernel may kill.
 */
bool zram_tier_oom_is_thrash(struct zram_tier_oom_series *series, u64 now)
{
	if (!series->any || time_after64(now, series->last + OOM_GAP) ||
	    (series->over && !time_before64(now, series->kill + OOM_KILLS)))
		*series = (struct zram_tier_oom_series){ .any = true, .first = now,
							 .last = now };
	if (!series->over && time_before64(now, series->first + OOM_SERIES))
		return false;
	if (!series->over)
		series->kill = now;
	series->over = true;
	return true;
}

/* The callers hold oom_lock, so there is one call at a time */
static int tier_oom_notify(struct notifier_block *nb, unsigned long unused, void *data)
{
	unsigned long *all = data, freed;

	/* Another notifier may have freed memory */
	if (*all || !tier_oom_kills() || tier_oom_has_memory() ||
	    zram_tier_oom_is_thrash(&tier_oom_series, get_jiffies_64()))
		return NOTIFY_DONE;
	freed = zram_tier_ask_all(&tier_oom_asks, OOM_WAIT);
	tier_oom_series.last = get_jiffies_64();
	if (!freed)
		return NOTIFY_DONE;
	atomic_long_set(&tier_oom_freed, freed);
	*all += freed;
	return NOTIFY_OK;
}

static struct notifier_block tier_oom_nb = {
	.notifier_call = tier_oom_notify,
};

static unsigned long tier_oom_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	/* kswapd does not empty the lists of the CPUs */
	return current_is_kswapd() ? 0 : atomic_long_read(&tier_oom_freed);
}

static unsigned long tier_oom_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = atomic_long_xchg(&tier_oom_freed, 0);

	mm_account_reclaimed_pages(freed);
	return freed ?: SHRINK_STOP;
}

/**
 * zram_tier_oom_init() - register the notifier of the OOM killer, and the shrinker
 *
 * Context: May sleep. Before the first device.
 * Return: 0, -ENOMEM, or the error of the notifier.
 */
int zram_tier_oom_init(void)
{
	int err;

	zram_tier_ask_init(&tier_oom_asks, false);
	tier_oom_shrinker = shrinker_alloc(0, "zram-rescue");
	if (!tier_oom_shrinker)
		return -ENOMEM;
	err = register_oom_notifier(&tier_oom_nb);
	if (err) {
		shrinker_free(tier_oom_shrinker);
		return err;
	}
	tier_oom_shrinker->count_objects = tier_oom_count;
	tier_oom_shrinker->scan_objects = tier_oom_scan;
	/* Reclaim accounts all of the pages at once */
	tier_oom_shrinker->seeks = 0;
	tier_oom_shrinker->batch = 1;
	shrinker_register(tier_oom_shrinker);
	return 0;
}

/**
 * zram_tier_oom_exit() - undo zram_tier_oom_init()
 *
 * Context: May sleep. After the last device.
 */
void zram_tier_oom_exit(void)
{
	unregister_oom_notifier(&tier_oom_nb);
	shrinker_free(tier_oom_shrinker);
}
