/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_H_
#define _ZRAM_H_

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include "comps.h"
#include "obj.h"
#include "stats.h"
#include "table.h"

/*
 * Lock order, outermost first:
 *
 *	open_mutex	the gendisk's: openers and zram->claimed
 *	config_lock	rwsem: how the device is set up
 *	pp_lock		mutex, killable: one post-processing run a device
 *	kc_set_lock	kc_set.c: a mutex for the threads as a whole; memory is
 *			allocated under it, so the data path never takes it
 *	rmw_locks	mutexes by slot, only where a page is larger than a block
 *	stream mutex	comp.h: a compression stream
 *	slot lock	spinlock for a group of slots
 *	staging lock	kc_stage.c: a spinlock for a pool of staging pages
 *	map locks	bd_map.c: a mutex for whoever reserves, under pp_lock only,
 *			and spinlocks, taken from interrupts too
 *
 * - A device that is set up and open stays as it is: reset refuses while there
 *   are openers. The data path therefore takes none of the first three, and an
 *   allocation made under them may recurse into it through reclaim. What it
 *   finds set up is published by the store of zram->nr_pages, the last of all.
 * - A post-processing run holds config_lock shared and pp_lock to its end, so
 *   attributes are read beside it. Whoever wants config_lock exclusively on a
 *   device that is set up first makes the run stop: zram->stopping.
 * - Under a slot lock nothing sleeps, allocates, compresses or waits for I/O.
 *   Slot locks are never taken from interrupts.
 *
 * The letter at a field says what guards it:
 *	I	constant from add to removal
 *	C	config_lock; "C, open": read without it by the data path, which
 *		an opener has made safe
 *	O	disk->open_mutex
 *	A	atomic, or stored and loaded in one piece
 *	S	a lock of its own, see the type
 */

/*
 * With pages larger than a block a write may cover part of a slot. The writers
 * of parts take turns; a writer of the whole slot makes them start over.
 */
#define ZRAM_RMW_LOCKS		(ZRAM_BLOCKS_PER_PAGE > 1 ? 64 : 1)

struct zram_bd_map;
struct dentry;
struct zram_rb_pool;

/**
 * struct zram_backing - the backing device of a device
 * @file: opened exclusively; NULL without one
 * @bdev: the block device behind @file
 * @map: which of its blocks are in use
 * @reads: what reads of it are made of
 * @verify: whether it may report a block as written that it did not write
 */
struct zram_backing {
	struct file *file;		/* C */
	struct block_device *bdev;	/* C, open */
	struct zram_bd_map *map;	/* C, open; S inside */
	struct zram_rb_pool *reads; /* C, open; S inside */
	bool verify;			/* C */
};

/**
 * struct zram_bd_budget - what may be written to the backing device
 * @lock: guards all of it
 * @limited: whether there is a limit
 * @left: blocks that may still be written
 * @epoch: number of times that was set, so that nothing is given back to a
 *	budget it was not taken from
 */
struct zram_bd_budget {
	spinlock_t lock;		/* see above */
	bool limited;			/* S */
	u64 left;			/* S */
	u32 epoch;			/* S */
};

/**
 * struct zram_wb_state - writeback of a device: how it is done and how it goes
 * @packed: objects are written as they are in memory, one after the other
 * @batch: pages in flight at a time
 * @budget: what may be written
 * @running: a run is under way
 * @scanned: slots it has looked at
 * @total: slots it is to look at
 * @written: pages it has written
 * @last_error: why the last run that failed did, 0 if none has
 * @limited: runs that the limit ended
 * @discarded: blocks discarded
 */
struct zram_wb_state {
	bool packed;			/* C, constant once set up */
	unsigned int batch;		/* A */
	struct zram_bd_budget budget;	/* S */
	bool running;			/* A */
	atomic64_t scanned;
	atomic64_t total;
	atomic64_t written;
	int last_error;			/* A */
	atomic64_t limited;
	atomic64_t discarded;
};

/**
 * enum zram_kcompressd_policy - whose writes of a device are compressed later
 * @ZRAM_KCOMPRESSD_OFF: nobody's
 * @ZRAM_KCOMPRESSD_KSWAPD: those of kswapd, the default
 * @ZRAM_KCOMPRESSD_ALL: everybody's
 * @ZRAM_KCOMPRESSD_NR: number of policies
 */
enum zram_kcompressd_policy {
	ZRAM_KCOMPRESSD_OFF,
	ZRAM_KCOMPRESSD_KSWAPD,
	ZRAM_KCOMPRESSD_ALL,
	ZRAM_KCOMPRESSD_NR,
};

/* From accepted to stored, by power of two: less than 1, 2, 4, ... us, and above */
#define ZRAM_KC_TIMES	18

/**
 * struct zram_kcompressd - what a device knows of it
 * @policy: an enum zram_kcompressd_policy; stored and loaded in one piece
 * @times: how long pages took from being accepted to being stored. Written for each
 *	page, so not in the cache line of @policy, which each write reads
 */
struct zram_kcompressd {
	unsigned int policy;
	atomic_long_t times[ZRAM_KC_TIMES] ____cacheline_aligned_in_smp;
};

/**
 * struct zram_pp_resume - a run that a signal interrupted, and that goes on when
 *	its task writes to the attribute again
 * @task: the task; never dereferenced
 * @start: when it started, as the address of a task is used again
 * @key: hash of what the task asked for
 * @left: what is left of it, as the run counts
 */
struct zram_pp_resume {
	const struct task_struct *task;
	u64 start;
	u32 key;
	u64 left;
};

/**
 * struct zram - one device
 * @disk: its gendisk
 * @config_lock: see the lock order
 * @pp_lock: see the lock order
 * @rmw_locks: see the lock order
 * @nr_pages: size; 0 until the device is set up
 * @slots: slot table
 * @pool: object store
 * @comps: algorithms
 * @backing: backing device
 * @wb: writeback
 * @pp_resume: what a signal left of a run
 * @kcompressd: whose writes are compressed later, and how that goes
 * @stats: counters
 * @debugfs: its directory there
 * @claimed: reset or removal is under way, opening is refused
 * @stopping: post-processing runs are to end
 */
struct zram {
	struct gendisk *disk;			/* I */
	struct rw_semaphore config_lock;
	struct mutex pp_lock;			/* one run at a time; pp_resume */
	struct mutex rmw_locks[ZRAM_RMW_LOCKS];	/* likewise, for a slot */
	unsigned long nr_pages;			/* C, open; A */
	struct zram_slots slots;		/* C, open; S inside */
	struct zram_obj_pool pool;		/* C, open; S inside */
	struct zram_comps comps;		/* C, open */
	struct zram_backing backing;		/* C, open */
	struct zram_wb_state wb;		/* see there */
	struct zram_pp_resume pp_resume;	/* pp_lock */
	struct zram_kcompressd kcompressd;	/* A */
	struct zram_stats stats;		/* A */
	struct dentry *debugfs;			/* I */
	bool claimed;				/* O */
	bool stopping;				/* A */
};

static inline bool zram_is_set_up(const struct zram *zram)
{
	return zram->nr_pages;
}

/* The algorithm that the object of a slot with these flags is compressed by */
static inline struct zram_comp *zram_comp_of(const struct zram *zram, u32 flags)
{
	return zram_comps_get(&zram->comps, zram_slot_prio(flags));
}

#endif
