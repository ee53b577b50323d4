/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_COUNT_H_
#define _ZRAM_TIER_COUNT_H_

#include <linux/compiler.h>
#include <linux/types.h>

#include "table.h"
#include "tier_hazard.h"
#include "zram.h"

/**
 * enum zram_tier_work - work whose time is measured
 * @ZRAM_TIER_READ: decompress an object in memory
 * @ZRAM_TIER_STORE: compress a page and store the object
 * @ZRAM_TIER_WORKS: number of them
 */
enum zram_tier_work {
	ZRAM_TIER_READ,
	ZRAM_TIER_STORE,
	ZRAM_TIER_WORKS,
};

/**
 * struct zram_tier_cpu - counters of a CPU for a device
 * @reads: reads of objects in memory and of staged pages, by the age class they had
 * @reads_disk: reads of pages on the backing device, by the age class they had
 * @hits: first reads of pages that came back as neighbours
 * @stores: pages written
 * @works: works, measured or not, by enum zram_tier_work
 * @work_ns: average time of a work; 0 if none was measured
 *
 * Counters only grow, and those of 32 bits wrap. Only the CPU writes its fields; any CPU
 * reads them.
 */
struct zram_tier_cpu {
	unsigned long reads[ZRAM_TIER_CLASSES];
	unsigned long reads_disk[ZRAM_TIER_CLASSES];
	unsigned long hits;
	unsigned long stores;
	u32 works[ZRAM_TIER_WORKS];
	u32 work_ns[ZRAM_TIER_WORKS];
};

/**
 * struct zram_tier_sums - sums of the counters of all CPUs for a device
 * @reads: reads of objects in memory and of staged pages, by the age class they had
 * @reads_disk: reads of pages on the backing device, likewise
 * @stores: pages written
 * @wait_us: time that reads waited for the backing device; 0 after a reset
 * @pool_ns: average time of a read of an object and two stores
 *
 * Reads of same-filled pages and of empty slots do not count: they need no memory.
 */
struct zram_tier_sums {
	u64 reads[ZRAM_TIER_CLASSES];
	u64 reads_disk[ZRAM_TIER_CLASSES];
	u64 stores;
	u64 wait_us;
	u32 pool_ns;
};

/**
 * struct zram_tier_time - a measurement in progress
 * @start: when it began, ns; 0 if nothing is measured
 * @switches: how often the task had been switched out
 */
struct zram_tier_time {
	u64 start;
	unsigned long switches;
};

int zram_tier_count_enable(struct zram *zram);
void zram_tier_count_disable(struct zram *zram);
void zram_tier_count_wake(struct zram *zram);
void zram_tier_count_sum(struct zram *zram, struct zram_tier_sums *sums);

#ifdef CONFIG_ZRAM_TIER
u64 zram_tier_count_hits(const struct zram *zram);
void __zram_tier_count_read(struct zram *zram, unsigned long index,
			    const struct zram_slot *slot, u32 now);
void __zram_tier_count_stores(struct zram *zram, unsigned int nr);
struct zram_tier_time __zram_tier_count_begin(struct zram *zram,
					      enum zram_tier_work work);
void __zram_tier_count_end(struct zram *zram, enum zram_tier_work work,
			   const struct zram_tier_time *time,
			   const struct zram_slot *slots, unsigned int nr);

static inline bool zram_tier_counts(const struct zram *zram)
{
	return unlikely(READ_ONCE(zram->tier_counting));
}
#else
static inline void __zram_tier_count_read(struct zram *zram, unsigned long index,
					  const struct zram_slot *slot, u32 now)
{
}

static inline void __zram_tier_count_stores(struct zram *zram, unsigned int nr)
{
}

static inline struct zram_tier_time
__zram_tier_count_begin(struct zram *zram, enum zram_tier_work work)
{
	return (struct zram_tier_time){};
}

static inline void __zram_tier_count_end(struct zram *zram,
					 enum zram_tier_work work,
					 const struct zram_tier_time *time,
					 const struct zram_slot *slots,
					 unsigned int nr)
{
}

static inline bool zram_tier_counts(const struct zram *zram)
{
	return false;
}
#endif

/**
 * zram_tier_count_read() - count a read of a page for a user
 * @zram: the device
 * @index: the slot's number
 * @slot: the slot as it was before the read
 * @now: ktime_get_boottime_seconds()
 *
 * Context: Any but interrupts. The slot lock is held.
 */
static inline void zram_tier_count_read(struct zram *zram, unsigned long index,
					const struct zram_slot *slot, u32 now)
{
	if (zram_tier_counts(zram))
		__zram_tier_count_read(zram, index, slot, now);
}

/**
 * zram_tier_count_stores() - count pages that were written
 * @zram: the device
 * @nr: number of pages, same-filled and staged ones included
 *
 * Context: Any but interrupts.
 */
static inline void zram_tier_count_stores(struct zram *zram, unsigned int nr)
{
	if (zram_tier_counts(zram))
		__zram_tier_count_stores(zram, nr);
}

/**
 * zram_tier_count_begin() - begin a work, which may be measured
 * @zram: the device
 * @work: what kind of work
 *
 * Context: Any but interrupts.
 * Return: argument for zram_tier_count_end().
 */
static inline struct zram_tier_time
zram_tier_count_begin(struct zram *zram, enum zram_tier_work work)
{
	return zram_tier_counts(zram) ? __zram_tier_count_begin(zram, work) :
		(struct zram_tier_time){};
}

/**
 * zram_tier_count_end() - end a work
 * @zram: the device
 * @work: what kind of work
 * @time: from zram_tier_count_begin()
 * @slots: copies of the slots of its pages. Only objects in memory count
 * @nr: how many; 0 after an error
 *
 * Context: Any but interrupts.
 */
static inline void zram_tier_count_end(struct zram *zram,
				       enum zram_tier_work work,
				       const struct zram_tier_time *time,
				       const struct zram_slot *slots,
				       unsigned int nr)
{
	if (unlikely(time->start))
		__zram_tier_count_end(zram, work, time, slots, nr);
}

#endif
