// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of tiering: how old pages were when they were read, and what it costs to
 * read and to store a page.
 *
 * Each CPU counts its reads and writes of pages, without a lock or a shared cache line. If
 * an unsigned long has 32 bits, counters wrap. Their sum over all CPUs, modulo 2^32, is still
 * exact, so zram_tier_count_sum() extends this sum to 64 bits. The sum includes CPUs that
 * are offline.
 *
 * Read-ahead counts like any read: file systems set REQ_RAHEAD on all buffered reads, and
 * the driver cannot tell which of the pages a task waits for. The time of a read-back
 * group counts once, so read-ahead makes the average time of a page small.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>
#include <linux/wait.h>

#include "stats.h"
#include "table.h"
#include "tier_clock.h"
#include "tier_count.h"
#include "tier_hazard.h"
#include "zram.h"

/* Each CPU measures one in so many reads and stores */
#define WORKS		64
/* The average follows with a weight of 1 / (1 << WEIGHT) */
#define WEIGHT		3
/* The first measurement counts as no longer than this */
#define FIRST_MAX_NS	NSEC_PER_MSEC
/* Until the first measurement; a read and two stores take 25 us */
#define READ_NS		5000U
#define STORE_NS	10000U

/**
 * zram_tier_count_enable() - begin to count
 * @zram: the device
 *
 * The counters keep their values while counting is disabled.
 *
 * Context: May sleep. The caller serialises calls for a device.
 * Return: 0 or -ENOMEM.
 */
int zram_tier_count_enable(struct zram *zram)
{
	struct zram_tier_cpu __percpu *cpu = zram->tier_cpu;

	if (!cpu) {
		cpu = alloc_percpu(struct zram_tier_cpu);
		if (!cpu)
			return -ENOMEM;
		/* Orders the zeroes: pairs with READ_ONCE() in the functions below */
		smp_store_release(&zram->tier_cpu, cpu);
	}
	WRITE_ONCE(zram->tier_counting, true);
	return 0;
}

/**
 * zram_tier_count_disable() - stop counting
 * @zram: the device
 *
 * Reads and writes in progress may still count. The counters are freed with the device.
 *
 * Context: Any. The caller serialises calls for a device.
 */
void zram_tier_count_disable(struct zram *zram)
{
	WRITE_ONCE(zram->tier_counting, false);
}

/**
 * zram_tier_count_wake() - wake the thread if it dozes
 * @zram: the device
 *
 * Context: Any, interrupts too.
 */
void zram_tier_count_wake(struct zram *zram)
{
	if (likely(!READ_ONCE(zram->tier_dozing)))
		return;
	WRITE_ONCE(zram->tier_dozing, false);
	wake_up(&zram->tier_wait);
}

/*
 * Return the age class for the first read of a page that came back as a neighbour. By its
 * access time the page is young, but only because the driver brought it back. So the class
 * is that of the page that the last read with neighbours was for.
 */
static unsigned int tier_count_hit(struct zram *zram, unsigned long index,
				   struct zram_tier_cpu __percpu *cpu)
{
	struct zram_slot *slot = &zram->slots.slot[index];

	zram_slot_set_flags(slot, slot->flags & ~ZRAM_BROUGHT);
	this_cpu_inc(cpu->hits);
	return READ_ONCE(zram->window.class);
}

/**
 * __zram_tier_count_read() - zram_tier_count_read() while counting is enabled
 * @zram: the device
 * @index: the slot's number
 * @slot: the slot as it was before the read
 * @now: ktime_get_boottime_seconds()
 *
 * Out of line, like the functions below, so that the paths of pages stay short.
 *
 * Context: Any but interrupts. The slot lock is held.
 */
void __zram_tier_count_read(struct zram *zram, unsigned long index,
			    const struct zram_slot *slot, u32 now)
{
	struct zram_tier_cpu __percpu *cpu = READ_ONCE(zram->tier_cpu);
	unsigned int class;

	/* This CPU may see tier_counting before tier_cpu. A size of 0: empty or same-filled */
	if (!cpu || !zram_slot_size(slot))
		return;
	class = zram_tier_class(zram_tier_clock_age(slot->ac_time, now));
	if (zram_slot_test(slot, ZRAM_BROUGHT))
		class = max(class, tier_count_hit(zram, index, cpu));
	if (zram_slot_test(slot, ZRAM_WB))
		this_cpu_inc(cpu->reads_disk[class]);
	else
		this_cpu_inc(cpu->reads[class]);
	zram_tier_count_wake(zram);
}

/**
 * __zram_tier_count_stores() - zram_tier_count_stores() while counting is enabled
 * @zram: the device
 * @nr: how many pages were written
 *
 * Context: Any but interrupts.
 */
void __zram_tier_count_stores(struct zram *zram, unsigned int nr)
{
	struct zram_tier_cpu __percpu *cpu = READ_ONCE(zram->tier_cpu);

	if (cpu)
		this_cpu_add(cpu->stores, nr);
	zram_tier_count_wake(zram);
}

/**
 * zram_tier_count_hits() - count the first reads of pages that came back as neighbours
 * @zram: the device
 *
 * Context: Any.
 * Return: number since tiering was first enabled; on a 32-bit machine, modulo 2^32.
 */
u64 zram_tier_count_hits(const struct zram *zram)
{
	struct zram_tier_cpu __percpu *counts = READ_ONCE(zram->tier_cpu);
	unsigned long hits = 0;
	unsigned int cpu;

	if (!counts)
		return 0;
	for_each_possible_cpu(cpu)
		hits += READ_ONCE(per_cpu_ptr(counts, cpu)->hits);
	return hits;
}

static unsigned long tier_count_switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/**
 * __zram_tier_count_begin() - zram_tier_count_begin() while counting is enabled
 * @zram: the device
 * @work: what kind of work
 *
 * Context: Any but interrupts.
 * Return: argument for zram_tier_count_end(); its @start is 0 if this work is not measured.
 */
struct zram_tier_time __zram_tier_count_begin(struct zram *zram,
					      enum zram_tier_work work)
{
	struct zram_tier_cpu __percpu *cpu = READ_ONCE(zram->tier_cpu);

	if (!cpu || this_cpu_inc_return(cpu->works[work]) % WORKS)
		return (struct zram_tier_time){};
	return (struct zram_tier_time){
		.start = local_clock(),
		.switches = tier_count_switches(),
	};
}

/**
 * __zram_tier_count_end() - end a work that was measured
 * @zram: the device
 * @work: what kind of work
 * @time: from zram_tier_count_begin()
 * @slots: copies of the slots of its pages
 * @nr: how many; 0 after an error
 *
 * If the task was switched out, the measurement does not count: the task has waited, or it
 * continues on a CPU whose clock differs. The measured time includes interrupts, so a
 * measurement counts as four times the average at most.
 *
 * Context: Any but interrupts.
 */
void __zram_tier_count_end(struct zram *zram, enum zram_tier_work work,
			   const struct zram_tier_time *time,
			   const struct zram_slot *slots, unsigned int nr)
{
	s64 ns = local_clock() - time->start;
	unsigned int objects = 0;
	u32 average;
	u64 most;

	while (nr--)
		objects += zram_slot_in_memory(&slots[nr]);
	if (!objects || ns <= 0 || time->switches != tier_count_switches())
		return;
	average = this_cpu_read(zram->tier_cpu->work_ns[work]);
	most = average ? 4ULL * average : FIRST_MAX_NS;
	ns = clamp(div_u64(ns, objects), 1ULL, most);
	if (average)
		ns = average - (average >> WEIGHT) + (ns >> WEIGHT);
	this_cpu_write(zram->tier_cpu->work_ns[work], ns);
}

/* Add up the counters of all CPUs */
static void tier_count_add_up(const struct zram_tier_cpu __percpu *counts,
			      struct zram_tier_cpu *sum)
{
	const struct zram_tier_cpu *one;
	unsigned int cpu, k;

	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(counts, cpu);
		for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
			sum->reads[k] += READ_ONCE(one->reads[k]);
			sum->reads_disk[k] += READ_ONCE(one->reads_disk[k]);
		}
		sum->stores += READ_ONCE(one->stores);
	}
}

/* Advance @sum to the next number whose low bits are @now */
static void tier_count_extend(u64 *sum, unsigned long now)
{
	*sum += (unsigned long)(now - (unsigned long)*sum);
}

/* The average of the CPUs that have measured */
static u32 tier_count_work_ns(const struct zram_tier_cpu __percpu *counts,
			      enum zram_tier_work work, u32 otherwise)
{
	unsigned int cpu, nr = 0;
	u64 sum = 0;
	u32 ns;

	if (!counts)
		return otherwise;
	for_each_possible_cpu(cpu) {
		ns = READ_ONCE(per_cpu_ptr(counts, cpu)->work_ns[work]);
		sum += ns;
		nr += !!ns;
	}
	return nr ? div_u64(sum, nr) : otherwise;
}

/**
 * zram_tier_count_sum() - sum up the counters
 * @zram: the device
 * @sums: in: zero, or the result of an earlier call; out: what was counted until now
 *
 * Differences of two results are exact if, on a machine of 32 bits, less than 2^32 of each
 * kind were counted between the calls.
 *
 * Context: May sleep. The caller owns @sums.
 */
void zram_tier_count_sum(struct zram *zram, struct zram_tier_sums *sums)
{
	struct zram_tier_cpu __percpu *counts = READ_ONCE(zram->tier_cpu);
	struct zram_tier_cpu now = {};
	unsigned int k;

	if (counts)
		tier_count_add_up(counts, &now);
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		tier_count_extend(&sums->reads[k], now.reads[k]);
		tier_count_extend(&sums->reads_disk[k], now.reads_disk[k]);
	}
	tier_count_extend(&sums->stores, now.stores);
	sums->wait_us = zram_stats_read(&zram->stats, ZRAM_STAT_RB_WAIT_US);
	sums->pool_ns = tier_count_work_ns(counts, ZRAM_TIER_READ, READ_NS) +
		2 * tier_count_work_ns(counts, ZRAM_TIER_STORE, STORE_NS);
}
