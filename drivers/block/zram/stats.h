/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_STATS_H_
#define _ZRAM_STATS_H_

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/**
 * enum zram_stat - counters of a device
 * @ZRAM_STAT_PAGES: slots with content, in memory or on the backing device
 * @ZRAM_STAT_COMPR_BYTES: size of the objects in memory, and of staged pages
 * @ZRAM_STAT_SAME_PAGES: same-filled slots
 * @ZRAM_STAT_HUGE_PAGES: huge pages (stored uncompressed) in memory
 * @ZRAM_STAT_HUGE_SINCE: huge objects made since disksize, also for writes that a
 *	concurrent write overtook
 * @ZRAM_STAT_BD_PAGES: slots on the backing device
 * @ZRAM_STAT_FAILED_READS: bios that were not read in full
 * @ZRAM_STAT_FAILED_WRITES: bios that were not written in full
 * @ZRAM_STAT_NOTIFY_FREE: pages freed by swap, discard or write-zeroes
 * @ZRAM_STAT_BD_READS: blocks read from the backing device
 * @ZRAM_STAT_BD_WRITES: blocks written to the backing device
 * @ZRAM_STAT_RB_WAIT_US: time that reads waited for the backing device, counted only
 *	while tiering needs it
 * @ZRAM_STAT_WB_RUNS: writeback runs begun
 * @ZRAM_STAT_WB_PAGES: pages that a run moved to the backing device
 * @ZRAM_STAT_WB_PACKED: of them, pages that are packed
 * @ZRAM_STAT_WB_BYTES: bytes of content in the blocks written
 * @ZRAM_STAT_WB_IOS: write requests submitted to the backing device
 * @ZRAM_STAT_WB_RETRIES: blocks written on their own after a request failed
 * @ZRAM_STAT_WB_STALE: pages that were overwritten or freed in flight
 * @ZRAM_STAT_KC_QUEUED: pages staged
 * @ZRAM_STAT_KC_COMPLETED: staged pages compressed and stored
 * @ZRAM_STAT_KC_STALE: staged pages overwritten or freed first
 * @ZRAM_STAT_KC_KEPT: times that an object could not be allocated
 * @ZRAM_STAT_KC_WAKEUPS: threads woken for a page
 * @ZRAM_STAT_KC_INLINE_SAME: pages compressed by the writer because they were
 *	same-filled
 * @ZRAM_STAT_KC_INLINE_POLICY: because the policy excludes the writer
 * @ZRAM_STAT_KC_INLINE_PART: because a part of a page was written, or the data
 *	lay across two pages of the writer
 * @ZRAM_STAT_KC_INLINE_CPU: because only one CPU was online
 * @ZRAM_STAT_KC_INLINE_FULL: because all staging pages were in use
 * @ZRAM_STAT_KC_INLINE_LIMIT: because mem_limit had no space for a whole page
 * @ZRAM_NR_STATS: number of counters
 */
enum zram_stat {
	ZRAM_STAT_PAGES,
	ZRAM_STAT_COMPR_BYTES,
	ZRAM_STAT_SAME_PAGES,
	ZRAM_STAT_HUGE_PAGES,
	ZRAM_STAT_HUGE_SINCE,
	ZRAM_STAT_BD_PAGES,
	ZRAM_STAT_FAILED_READS,
	ZRAM_STAT_FAILED_WRITES,
	ZRAM_STAT_NOTIFY_FREE,
	ZRAM_STAT_BD_READS,
	ZRAM_STAT_BD_WRITES,
	ZRAM_STAT_RB_WAIT_US,
	ZRAM_STAT_WB_RUNS,
	ZRAM_STAT_WB_PAGES,
	ZRAM_STAT_WB_PACKED,
	ZRAM_STAT_WB_BYTES,
	ZRAM_STAT_WB_IOS,
	ZRAM_STAT_WB_RETRIES,
	ZRAM_STAT_WB_STALE,
	ZRAM_STAT_KC_QUEUED,
	ZRAM_STAT_KC_COMPLETED,
	ZRAM_STAT_KC_STALE,
	ZRAM_STAT_KC_KEPT,
	ZRAM_STAT_KC_WAKEUPS,
	ZRAM_STAT_KC_INLINE_SAME,
	ZRAM_STAT_KC_INLINE_POLICY,
	ZRAM_STAT_KC_INLINE_PART,
	ZRAM_STAT_KC_INLINE_CPU,
	ZRAM_STAT_KC_INLINE_FULL,
	ZRAM_STAT_KC_INLINE_LIMIT,
	ZRAM_NR_STATS,
};

/**
 * struct zram_stats_cpu - what one CPU has counted
 * @counter: by enum zram_stat. Written by this CPU alone and read by any. May be
 *	negative: a page stored on this CPU is perhaps freed on another one
 * @sync: orders reads of @counter on 32-bit machines, which take two loads
 */
struct zram_stats_cpu {
	s64 counter[ZRAM_NR_STATS];
	struct u64_stats_sync sync;
};

/**
 * struct zram_stats - counters of a device
 * @cpu: per CPU, so the data path shares no cache line; constant
 *
 * struct percpu_counter would need a call and a compare-and-exchange for each addition.
 */
struct zram_stats {
	struct zram_stats_cpu __percpu *cpu;
};

static inline int zram_stats_init(struct zram_stats *stats)
{
	int cpu;

	stats->cpu = alloc_percpu(struct zram_stats_cpu);
	if (!stats->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats->cpu, cpu)->sync);
	return 0;
}

static inline void zram_stats_destroy(struct zram_stats *stats)
{
	free_percpu(stats->cpu);
}

/* Also for interrupts, which count waits for the backing device */
static inline void zram_stats_add(struct zram_stats *stats, enum zram_stat id,
				  long amount)
{
	struct zram_stats_cpu *mine;
	unsigned long flags;

	if (IS_ENABLED(CONFIG_64BIT)) {
		this_cpu_add(stats->cpu->counter[id], amount);
		return;
	}
	local_irq_save(flags);
	mine = this_cpu_ptr(stats->cpu);
	u64_stats_update_begin(&mine->sync);
	mine->counter[id] += amount;
	u64_stats_update_end(&mine->sync);
	local_irq_restore(flags);
}

static inline s64 zram_stats_read_cpu(const struct zram_stats_cpu *one,
				      enum zram_stat id)
{
	unsigned int start;
	s64 value;

	do {
		start = u64_stats_fetch_begin(&one->sync);
		value = READ_ONCE(one->counter[id]);
	} while (u64_stats_fetch_retry(&one->sync, start));
	return value;
}

/*
 * CPUs are read one after the other. A page added on one CPU and freed on
 * another in between may make the sum negative: it is clamped to zero.
 */
static inline u64 zram_stats_read(struct zram_stats *stats, enum zram_stat id)
{
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += zram_stats_read_cpu(per_cpu_ptr(stats->cpu, cpu), id);
	return max(sum, 0LL);
}

/* No task may count meanwhile, but tasks may read */
static inline void zram_stats_clear(struct zram_stats *stats)
{
	struct zram_stats_cpu *one;
	unsigned long flags;
	int cpu, id;

	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(stats->cpu, cpu);
		flags = u64_stats_update_begin_irqsave(&one->sync);
		for (id = 0; id < ZRAM_NR_STATS; id++)
			WRITE_ONCE(one->counter[id], 0);
		u64_stats_update_end_irqrestore(&one->sync, flags);
	}
}

#endif
