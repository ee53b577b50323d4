/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_DEV_H_
#define _ZRAM_TIER_DEV_H_

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "bd_map.h"
#include "tier_ask.h"
#include "tier_bucket.h"
#include "tier_policy.h"

struct task_struct;
struct zram;

/**
 * enum zram_tier_activity - what the thread of a device does
 * @ZRAM_TIER_OFF: tiering is not enabled
 * @ZRAM_TIER_WAITING: there is no thread: the device is not set up, has no backing device, or
 *	the thread could not be created
 * @ZRAM_TIER_NO_DEMAND: no page has to leave
 * @ZRAM_TIER_MOVING: pages are being moved
 * @ZRAM_TIER_ALL_HOT: there is demand, and no page is cold enough
 * @ZRAM_TIER_PAUSED_BUDGET: daily_budget is used up
 * @ZRAM_TIER_PAUSED_LIMIT: writeback_limit is used up
 * @ZRAM_TIER_PAUSED_FULL: the backing device is full
 * @ZRAM_TIER_PAUSED_DEVICE: the backing device fails
 * @ZRAM_TIER_PAUSED_MEMORY: there is no memory for write requests
 * @ZRAM_TIER_PAUSED_LATENCY: reads of the backing device are slow
 * @ZRAM_TIER_PAUSED_SLEEP: the machine is about to suspend or hibernate
 * @ZRAM_TIER_NR_ACTIVITIES: number of them
 */
enum zram_tier_activity {
	ZRAM_TIER_OFF,
	ZRAM_TIER_WAITING,
	ZRAM_TIER_NO_DEMAND,
	ZRAM_TIER_MOVING,
	ZRAM_TIER_ALL_HOT,
	ZRAM_TIER_PAUSED_BUDGET,
	ZRAM_TIER_PAUSED_LIMIT,
	ZRAM_TIER_PAUSED_FULL,
	ZRAM_TIER_PAUSED_DEVICE,
	ZRAM_TIER_PAUSED_MEMORY,
	ZRAM_TIER_PAUSED_LATENCY,
	ZRAM_TIER_PAUSED_SLEEP,
	ZRAM_TIER_NR_ACTIVITIES,
};

/**
 * enum zram_tier_spill - tier/spill
 * @ZRAM_TIER_SPILL_UNSET: the user has not set it
 * @ZRAM_TIER_SPILL_OFF: a page that memory has no space for is refused
 * @ZRAM_TIER_SPILL_ON: such a page goes to the backing device
 */
enum zram_tier_spill {
	ZRAM_TIER_SPILL_UNSET,
	ZRAM_TIER_SPILL_OFF,
	ZRAM_TIER_SPILL_ON,
};

/**
 * struct zram_tier_status - state and counters of the thread, for tier/stat
 * @activity: an enum zram_tier_activity
 * @protected_age: no younger page leaves under pressure, seconds; U32_MAX: none does
 * @min_age: no younger page left in the last slice, seconds; U32_MAX: none left
 * @regret: reads that waited for the backing device, percent of the pages written, both
 *	lately
 * @disk_us: expected time of a read of the backing device; 0 without a thread
 * @pool_us: time of a read of the pool and two writes to it; 0 without a thread
 * @read_p95_us: 95th percentile of the times of reads of the backing device in a second;
 *	0 without a thread or without latency_target_us
 * @disk_read_us: mean time of all reads of its disk in a second; 0 likewise
 * @in_flight: most blocks that the thread may have in flight; %ZRAM_TIER_LATENCY_NONE: no
 *	limit, or no thread
 * @left: pages that left memory lately, for the forecast of capacity; 0 without a thread
 * @last_error: of the backing device, or of a page that could not be recompressed; 0 if
 *	none
 * @pages: pages moved to the backing device
 * @bytes: bytes written to it
 * @recompressed: pages recompressed
 * @read_back: pages read from the backing device
 * @rescued: pages that left so that the kernel kills no task
 * @sparse: objects brought back to memory from sparse blocks
 * @spilled: pages that were spilled
 * @spilled_new: pages that were spilled since the last step of the thread
 * @spill_failed: pages that could not be spilled
 * @cpu_ns: CPU time of the thread
 * @steps: steps of the thread
 * @walks: walks of the table
 */
struct zram_tier_status {
	unsigned int activity;		/* A */
	u32 protected_age;		/* A */
	u32 min_age;			/* A */
	u32 regret;			/* A */
	u32 disk_us;			/* A */
	u32 pool_us;			/* A */
	u32 read_p95_us;		/* A */
	u32 disk_read_us;		/* A */
	u32 in_flight;			/* A */
	u32 left;			/* A */
	int last_error;			/* A */
	atomic64_t pages;
	atomic64_t bytes;
	atomic64_t recompressed;
	atomic64_t read_back;
	atomic64_t rescued;
	atomic64_t sparse;
	atomic64_t spilled;
	atomic64_t spilled_new;
	atomic64_t spill_failed;
	atomic64_t cpu_ns;
	atomic64_t steps;
	atomic64_t walks;
};

/**
 * struct zram_tier_budget - what tiering may write
 * @lock: guards all of it
 * @bucket: the token bucket
 * @filled_ms: when @bucket was filled last, boot time
 * @bytes: bytes written in the life of the ledger
 * @pages: pages written in the life of the ledger
 * @pages_back: pages read back in the life of the ledger
 */
struct zram_tier_budget {
	spinlock_t lock;		/* see above */
	struct zram_tier_bucket bucket;	/* lock */
	u64 filled_ms;			/* lock */
	u64 bytes;			/* lock */
	u64 pages;			/* lock */
	u64 pages_back;			/* lock */
};

/**
 * struct zram_tier_watch - tells user space when little can be stored
 * @zram: the device
 * @low: tier/capacity_low, bytes; 0: off. Survives a reset
 * @lock: serialises the work; taken outside config_lock
 * @below: capacity was at @low or below, and has not been an eighth above it since
 * @told: @below as the last uevent reported it
 * @next: no uevent before this, jiffies. It may lie back for years
 * @now: work that calculates the capacity at once
 * @later: work that calculates it a second later
 */
struct zram_tier_watch {
	struct zram *zram;		/* I */
	u64 low;			/* settings_lock */
	struct mutex lock;		/* see above */
	bool below;			/* lock */
	bool told;			/* lock */
	u64 next;			/* lock */
	struct work_struct now;
	struct delayed_work later;
};

/**
 * struct zram_tier - tiering of a device
 * @lock: serialises starting and stopping the thread, and changes of @enabled. Taken
 *	inside config_lock, outside pp_lock
 * @enabled: the user's switch; survives a reset
 * @spill: an enum zram_tier_spill; survives a reset
 * @settings_lock: a spinlock for the user's settings; none is taken inside it
 * @config: settings for the policy; they survive a reset. Not every machine reads 64 bits
 *	in one piece, so the thread takes a copy by zram_tier_dev_config()
 * @recompress_age: pages of this age in seconds are recompressed; 0: none. Survives a
 *	reset
 * @latency_target_us: the 95th percentile that reads of the backing device should not
 *	exceed; 0: off. Survives a reset
 * @budget: the daily budget and the ledger; survives a reset
 * @watch: watches the capacity
 * @freed: wakes the thread when a segment of the backing device has become free
 * @thread: the thread; NULL while there is none
 * @work: what the thread works on; NULL while there is no thread
 * @life: of the thread, see tier_thread.c
 * @ended: completed by the thread when it has ended its work
 * @ask: asks the thread for memory before the kernel kills a task
 * @image: asks the thread to move old pages before a hibernation
 * @kicked: the thread has to take a step now, see zram_tier_kick()
 * @status: state and counters of the thread
 */
struct zram_tier {
	struct mutex lock;		/* see above */
	bool enabled;			/* lock; A */
	unsigned int spill;		/* A */
	spinlock_t settings_lock;	/* see above */
	struct zram_tier_config config;	/* settings_lock */
	u32 recompress_age;		/* written under settings_lock; A */
	u32 latency_target_us;		/* likewise */
	struct zram_tier_budget budget;	/* S */
	struct zram_tier_watch watch;	/* S */
	struct zram_bd_watch freed;	/* I */
	struct task_struct *thread;	/* lock */
	void *work;			/* lock; the thread */
	atomic_t life;
	struct completion ended;
	struct zram_tier_ask ask;	/* see there */
	struct zram_tier_ask image;	/* likewise */
	atomic_t kicked;
	struct zram_tier_status status;	/* A */
};

#ifdef CONFIG_ZRAM_TIER
int zram_tier_dev_create(struct zram *zram);
void zram_tier_dev_destroy(struct zram *zram);
void zram_tier_kick(struct zram *zram);
void zram_tier_dev_config(struct zram *zram, struct zram_tier_config *config);
u32 zram_tier_dev_recompress_age(const struct zram *zram);
#else
static inline int zram_tier_dev_create(struct zram *zram)
{
	return 0;
}

static inline void zram_tier_dev_destroy(struct zram *zram)
{
}

static inline void zram_tier_kick(struct zram *zram)
{
}
#endif

#endif
