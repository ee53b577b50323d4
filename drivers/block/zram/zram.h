/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_H_
#define _ZRAM_H_

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "comps.h"
#include "obj.h"
#include "stats.h"
#include "table.h"
#include "window.h"

/*
 * Lock order, outermost first:
 *
 *	devices lock	zram_drv.c: a mutex for the numbers of devices
 *	open_mutex	the gendisk's: openers and zram->claimed
 *	watch lock	mutex: looks at the capacity, one at a time
 *	setup_lock	mutex, killable: changes of what disksize fixes, one at a time
 *	config_lock	rwsem: how the device is set up
 *	compact lock	mutex, killable: a task compacts the object pool
 *	tier lock	mutex: start and stop of the device's tiering thread, which
 *			takes neither of the locks above
 *	pp_lock		mutex, killable: one post-processing run a device
 *	kc_set_lock	kc_set.c: a mutex for the threads as a whole; memory is
 *			allocated under it, so the data path never takes it
 *	rmw_locks	mutexes by slot, only where a page is larger than a block
 *	stream mutex	comp.h: a compression stream
 *	slot lock	spinlock for a group of slots
 *	clock lock	tier_clock.c: a seqlock for the sleeps of the machine
 *	staging lock	kc_stage.c: a spinlock for a pool of staging pages
 *	map locks	bd_map.c: a mutex to reserve, for runs and for writers that
 *			spill, and spinlocks, also taken in interrupts
 *
 * Under these spinlocks no task takes another lock of the driver:
 *
 *	read-back lock	struct zram_rb_pool: reads that a worker is to submit
 *	window lock	struct zram_rb_window: read streams
 *	spill locks	struct zram_spill_io: requests that a worker is to submit;
 *			struct zram_spill_gate: a device that fails
 *	budget lock	struct zram_bd_budget: writeback_limit
 *	daily budget	struct zram_tier_budget: the daily budget, and the ledger
 *	settings_lock	struct zram_tier: settings
 *	ask lock	struct zram_tier_asks: threads that are asked to move pages
 *
 * - A device that is set up and open is not reset. So the data path takes none
 *   of the locks that are listed above pp_lock, and allocations under them may
 *   recurse into it through reclaim. The store of zram->nr_pages, the last of
 *   set-up, publishes the rest.
 * - A run holds config_lock shared and pp_lock until it ends, so attributes can
 *   be read beside it. Reset and removal set zram->stopping, which ends the run,
 *   before they take config_lock exclusively. For the same reason they first wait
 *   until no task holds the compact lock.
 * - Under a slot lock nothing sleeps, allocates, compresses or waits for I/O.
 *   Slot locks are never taken in interrupts.
 *
 * The letter at a field says what guards it:
 *	I	constant from add to removal
 *	C	config_lock; "C, open": the data path reads it without the lock,
 *		because an open device is not reset
 *	O	disk->open_mutex
 *	A	atomic, or WRITE_ONCE() and READ_ONCE()
 *	S	a lock of its own, see the type
 */

/*
 * If pages are larger than a block, a write may cover part of a slot. Writers
 * of parts are serialised; a writer of the whole slot makes them start over.
 */
#define ZRAM_RMW_LOCKS		(ZRAM_BLOCKS_PER_PAGE > 1 ? 64 : 1)

struct zram_bd_map;
struct dentry;
struct zram_rb_pool;
struct zram_spill_io;
struct zram_tier;
struct zram_tier_cpu;

/**
 * struct zram_backing - the backing device of a device
 * @file: opened exclusively; NULL without a backing device
 * @bdev: block device of @file
 * @map: block map
 * @reads: mempools and workqueues for reads
 * @spill: I/O of spill; NULL without CONFIG_ZRAM_TIER
 * @verify: whether it may report a block as written that it did not write
 * @may_reclaim: whether its writes may wait for memory; then reclaim must not wait for them
 * @window_hold: no read brings neighbours before this, jiffies of 64 bits
 */
struct zram_backing {
	struct file *file;		/* C */
	struct block_device *bdev;	/* C, open */
	struct zram_bd_map *map;	/* C, open; S inside */
	struct zram_rb_pool *reads; /* C, open; S inside */
	struct zram_spill_io *spill;	/* C, open; S inside */
	bool verify;			/* C */
	bool may_reclaim;		/* C, open */
	u64 window_hold;		/* lock of struct zram_rb_window */
};

/**
 * struct zram_bd_budget - what may be written to the backing device
 * @lock: guards the budget; zram_bd_budget_charge() and zram_bd_budget_refund() also read
 *	@limited and @epoch without it
 * @limited: writeback_limit_enable
 * @left: blocks that may still be written
 * @epoch: incremented when @left is set, so that a charge is refunded only to
 *	the budget it was taken from
 */
struct zram_bd_budget {
	spinlock_t lock;		/* see above */
	bool limited;			/* S */
	u64 left;			/* S */
	u32 epoch;			/* S */
};

/**
 * struct zram_wb_state - settings and progress of writeback
 * @packed: compressed_writeback: pages are written packed
 * @batch: writeback_batch_size: pages in flight
 * @budget: blocks that may be written
 * @running: a run is going on
 * @scanned: slots that the run has passed
 * @total: slots that the run will pass
 * @written: pages that the run has moved
 * @last_error: error of the last run that failed, 0 if none has
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
 * enum zram_kcompressd_policy - which writes of a device are staged
 * @ZRAM_KCOMPRESSD_OFF: none
 * @ZRAM_KCOMPRESSD_KSWAPD: those of kswapd, the default
 * @ZRAM_KCOMPRESSD_ALL: all
 * @ZRAM_KCOMPRESSD_NR: number of policies
 */
enum zram_kcompressd_policy {
	ZRAM_KCOMPRESSD_OFF,
	ZRAM_KCOMPRESSD_KSWAPD,
	ZRAM_KCOMPRESSD_ALL,
	ZRAM_KCOMPRESSD_NR,
};

/*
 * From staged to stored, by power of two: less than 1, 2, 4, ... us, and above
 */
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
 * struct zram_rb_window - the read-back window of a device
 * @setting: readback_window, 1 to %ZRAM_WINDOW_MAX; 0: auto. Survives a reset
 * @lock: guards @streams; no other lock is taken inside it
 * @streams: the read streams
 * @room: headroom: bytes that neighbours may still take
 * @class: age class of the page asked for by the last read with a window
 * @moved: neighbours came back since the last step of the thread of tiering
 * @brought: neighbours that came back since the device was added
 * @dropped: neighbours that were read and did not come back, likewise
 */
struct zram_rb_window {
	u32 setting;				/* A */
	spinlock_t lock;			/* see above */
	struct zram_window_streams streams;	/* lock */
	atomic64_t room;
	u32 class;				/* A */
	bool moved;				/* A */
	atomic64_t brought;
	atomic64_t dropped;
};

/**
 * struct zram_pp_rest - where a run continues
 * @left: pages that recompression may still try; pages that writeback has written
 * @next: the slot at which recompression in the order of the table continues
 */
struct zram_pp_rest {
	u64 left;
	unsigned long next;
};

/**
 * struct zram_pp_resume - a run that a signal interrupted, and that continues when
 *	the kernel restarts the system call of its task
 * @task: the task; never dereferenced
 * @start: when it started, as the address of a task is used again
 * @sp: stack pointer of user space, which a restarted system call shares. A later call
 *	need not: a handler may have left the first one by siglongjmp()
 * @key: hash of what the task asked for
 * @rest: where it continues
 */
struct zram_pp_resume {
	const struct task_struct *task;
	u64 start;
	unsigned long sp;
	u32 key;
	struct zram_pp_rest rest;
};

/**
 * struct zram - one device
 * @disk: its gendisk
 * @setup_lock: see the lock order
 * @config_lock: see the lock order
 * @compact_lock: see the lock order
 * @pp_lock: see the lock order
 * @pp_waiting: tasks that wait for @pp_lock to begin a run
 * @rmw_locks: see the lock order
 * @nr_pages: size of the device; 0 until it is set up
 * @tier_counting: reads and writes of pages are counted for tiering
 * @tier_dozing: its thread sleeps until a page is read or written
 * @tier_cpu: their counters; NULL until they are first needed
 * @slots: slot table
 * @pool: object pool
 * @comps: compressors
 * @backing: backing device
 * @wb: writeback
 * @pp_resume: what a signal left of a run
 * @kcompressd: policy of kcompressd, and its histogram
 * @tier: tiering; NULL without CONFIG_ZRAM_TIER
 * @tier_wait: where its thread sleeps
 * @window: the read-back window
 * @stats: counters
 * @debugfs: its directory in debugfs
 * @claimed: a reset or removal is going on; opening fails
 * @stopping: runs have to end
 */
struct zram {
	struct gendisk *disk;			/* I */
	struct mutex setup_lock;		/* see the lock order */
	struct rw_semaphore config_lock;
	struct mutex compact_lock;		/* one task compacts the pool */
	struct mutex pp_lock;			/* one run at a time; pp_resume */
	atomic_t pp_waiting;
	struct mutex rmw_locks[ZRAM_RMW_LOCKS];	/* serialise writers of parts */
	unsigned long nr_pages;			/* C, open; A */
	bool tier_counting;			/* A */
	bool tier_dozing;			/* A */
	struct zram_tier_cpu __percpu *tier_cpu; /* A, then constant */
	struct zram_slots slots;		/* C, open; S inside */
	struct zram_obj_pool pool;		/* C, open; S inside */
	struct zram_comps comps;		/* C, open */
	struct zram_backing backing;		/* C, open */
	struct zram_wb_state wb;		/* see there */
	struct zram_pp_resume pp_resume;	/* pp_lock */
	struct zram_kcompressd kcompressd;	/* A */
	struct zram_tier *tier;			/* I; see there */
	wait_queue_head_t tier_wait;
	struct zram_rb_window window;		/* see there */
	struct zram_stats stats;		/* A */
	struct dentry *debugfs;			/* I */
	bool claimed;				/* O */
	bool stopping;				/* A */
};

static inline bool zram_is_set_up(const struct zram *zram)
{
	return zram->nr_pages;
}

/* The compressor of the object of a slot with these flags */
static inline struct zram_comp *zram_comp_of(const struct zram *zram, u32 flags)
{
	return zram_comps_get(&zram->comps, zram_slot_prio(flags));
}

#endif
