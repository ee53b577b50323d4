// SPDX-License-Identifier: GPL-2.0
/*
 * The latency governor of tiering: how many blocks the thread may have in flight, so that
 * reads of the backing device stay fast.
 *
 * The governor judges a second by the 95th percentile of the device's own reads that ended
 * in it, and by the mean time of all reads of the disk, those of other programs included.
 * The block layer counts the latter, but has no percentile. If either exceeds the target, and
 * the thread wrote in this second, the governor halves the blocks in flight. Below LEAST
 * blocks the thread stops.
 *
 * The governor begins with LEAST blocks, because a burst can make reads slow before the first
 * second is over. Until the first slow second, each fast one doubles the blocks; later,
 * three in a row do. A second without a read counts as a fast one. The governor ignores a
 * second of fast reads in which the thread did not write: it says nothing about writes.
 *
 * The block layer counts a read when it ends. So a read by another program that took several
 * seconds counts as that many slow seconds. For that long afterwards, the governor ignores a
 * second in which no read ends: a read of the same length may be in flight.
 *
 * Reads that are slow for another reason must not stop the thread for good. So a stop ends
 * after 4 seconds. Each further stop takes twice as long, up to 64 seconds. Three seconds
 * of fast reads beside the writes of the thread reset this time. A stop also ends after
 * three seconds without a read.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "tier_latency.h"

/* Classes for each power of two */
#define PARTS		4U
/* A second, ms; seconds in a row that raise the limit */
#define SECOND		1000U
#define CALM		3U
/* Most seconds that one call counts: enough to remove any limit */
#define CALM_MAX	100ULL
/* The lowest limit: smaller requests cost more than they save */
#define LEAST		8U
/* How long a stop lasts, seconds */
#define STOP_MIN	4U
#define STOP_MAX	64U

/* Verdict on a second. UNKNOWN: no read has ended, but one as slow as the last may be in flight */
enum tier_latency_verdict {
	TIER_LATENCY_QUIET,
	TIER_LATENCY_UNKNOWN,
	TIER_LATENCY_FAST,
	TIER_LATENCY_SLOW,
};

/**
 * zram_tier_latency_class() - find the class of a time
 * @us: the time, us
 *
 * Return: its index in struct zram_tier_latency_times.
 */
unsigned int zram_tier_latency_class(u64 us)
{
	unsigned int shift, class;

	if (us < PARTS)
		return us;
	shift = ilog2(us) - ilog2(PARTS);
	class = PARTS * shift + (us >> shift);
	return min(class, ZRAM_TIER_LATENCY_TIMES - 1U);
}

/* The middle of a class, us */
static u32 tier_latency_time(unsigned int class)
{
	unsigned int shift;

	if (class < 2 * PARTS)
		return class;
	shift = class / PARTS - 1;
	return (PARTS + class % PARTS) * (1U << shift) + (1U << shift) / 2;
}

/**
 * zram_tier_latency_count() - count a read of the backing device
 * @times: the counts
 * @us: the time that the read took, us
 *
 * Context: Any, interrupts too.
 */
void zram_tier_latency_count(struct zram_tier_latency_times *times, u64 us)
{
	if (READ_ONCE(times->on))
		atomic_inc(&times->count[zram_tier_latency_class(us)]);
}

/* Returns the number of reads since the last call. Sets latency->p95_us if there are any */
static u32 tier_latency_reads(struct zram_tier_latency *latency,
			      struct zram_tier_latency_times *times)
{
	u32 fresh[ZRAM_TIER_LATENCY_TIMES], now, all = 0, slower = 0;
	unsigned int k;

	for (k = 0; k < ZRAM_TIER_LATENCY_TIMES; k++) {
		now = atomic_read(&times->count[k]);
		fresh[k] = now - latency->seen[k];
		latency->seen[k] = now;
		all += fresh[k];
	}
	if (!all)
		return 0;
	for (k = ZRAM_TIER_LATENCY_TIMES - 1; k; k--) {
		slower += fresh[k];
		if (slower > all / 20)
			break;
	}
	latency->p95_us = tier_latency_time(k);
	return all;
}

/*
 * Returns the number of reads of the disk since the last call. Sets latency->disk_us if there
 * are any
 */
static unsigned long
tier_latency_disk(struct zram_tier_latency *latency,
		  const struct zram_tier_latency_input *in)
{
	unsigned long reads = in->disk_reads - latency->disk_reads;
	u64 ns = in->disk_ns - latency->disk_ns;

	latency->disk_reads = in->disk_reads;
	latency->disk_ns = in->disk_ns;
	/* A 32-bit machine may read a torn value: the counter seems to run backwards */
	if ((s64)ns < 0)
		return 0;
	if (reads)
		latency->disk_us = min_t(u64, div_u64(div64_ul(ns, reads), NSEC_PER_USEC),
					 U32_MAX);
	return reads;
}

static enum tier_latency_verdict
tier_latency_judge(struct zram_tier_latency *latency,
		   struct zram_tier_latency_times *times,
		   const struct zram_tier_latency_input *in)
{
	u64 elapsed_us = (in->now - latency->began) * USEC_PER_MSEC;
	bool own = tier_latency_reads(latency, times);
	bool disk = tier_latency_disk(latency, in);

	if (!own && latency->reading && in->reading) {
		/* No read has ended, so one has been in flight for all of this second */
		latency->p95_us = min_t(u64, elapsed_us, U32_MAX);
		own = true;
	}
	latency->disk_s = 0;
	if (disk && latency->disk_us > latency->target_us) {
		latency->disk_s = latency->disk_us / USEC_PER_SEC;
		latency->hold = in->now + latency->disk_us / USEC_PER_MSEC;
		return TIER_LATENCY_SLOW;
	}
	if (own)
		return latency->p95_us > latency->target_us ? TIER_LATENCY_SLOW :
			TIER_LATENCY_FAST;
	if (disk)
		return TIER_LATENCY_FAST;
	return in->now < latency->hold ? TIER_LATENCY_UNKNOWN :
		TIER_LATENCY_QUIET;
}

static void tier_latency_shrink(struct zram_tier_latency *latency,
				const struct zram_tier_latency_input *in)
{
	latency->limit = min(latency->limit, in->full) / 2;
	latency->limit >>= min(latency->disk_s, 31U);
	latency->slowed = true;
	if (latency->limit >= max(LEAST, in->least))
		return;
	latency->limit = 0;
	latency->backoff = clamp(latency->backoff * 2, STOP_MIN, STOP_MAX);
	latency->resume = in->now + latency->backoff * MSEC_PER_SEC;
}

static void tier_latency_grow(struct zram_tier_latency *latency,
			      const struct zram_tier_latency_input *in)
{
	u32 calm = latency->slowed ? CALM : 1;

	while (latency->calm >= calm && latency->limit < in->full) {
		latency->calm -= calm;
		latency->limit *= 2;
		latency->backoff = 0;
	}
	if (latency->limit < in->full)
		return;
	latency->limit = ZRAM_TIER_LATENCY_NONE;
	latency->calm = 0;
}

/* The thread is stopped. Fast reads do not end the stop; seconds without reads do */
static void tier_latency_stopped(struct zram_tier_latency *latency,
				 const struct zram_tier_latency_input *in)
{
	if (latency->calm < CALM && in->now < latency->resume)
		return;
	latency->limit = max(LEAST, in->least);
	latency->calm = 0;
}

static void tier_latency_begin(struct zram_tier_latency *latency,
			       struct zram_tier_latency_times *times,
			       const struct zram_tier_latency_input *in)
{
	WRITE_ONCE(times->on, !!in->target_us);
	tier_latency_reads(latency, times);
	tier_latency_disk(latency, in);
	latency->target_us = in->target_us;
	latency->limit = in->target_us ? max(LEAST, in->least) :
			 ZRAM_TIER_LATENCY_NONE;
	latency->slowed = false;
	latency->hold = 0;
	latency->p95_us = 0;
	latency->disk_us = 0;
	latency->calm = 0;
	latency->backoff = 0;
}

/* A second has ended */
static void tier_latency_second(struct zram_tier_latency *latency,
				struct zram_tier_latency_times *times,
				const struct zram_tier_latency_input *in)
{
	u64 seconds = div_u64(in->now - latency->began, SECOND);
	enum tier_latency_verdict verdict = tier_latency_judge(latency, times, in);

	if (verdict == TIER_LATENCY_SLOW ||
	    (verdict == TIER_LATENCY_FAST && !latency->limit))
		latency->calm = 0;
	else if (verdict == TIER_LATENCY_QUIET)
		latency->calm += min(seconds, CALM_MAX);
	else if (verdict == TIER_LATENCY_FAST && latency->wrote)
		latency->calm++;
	if (!latency->limit)
		tier_latency_stopped(latency, in);
	else if (verdict != TIER_LATENCY_SLOW)
		tier_latency_grow(latency, in);
	else if (latency->wrote)
		tier_latency_shrink(latency, in);
}

/**
 * zram_tier_latency_step() - decide how many blocks may be in flight
 * @latency: the governor
 * @times: reads of the backing device; counted while there is a target
 * @in: what happened
 *
 * The thread calls this before each slice, and while no page has to leave. If the current
 * second began more than a second ago, the governor judges all of that time at once. Without
 * reads each second of it counts, so such a pause removes the limit; with reads it counts as
 * one second.
 *
 * Context: The thread.
 * Return: most blocks in flight; 0 if the thread may write nothing;
 *	%ZRAM_TIER_LATENCY_NONE without a limit.
 */
u32 zram_tier_latency_step(struct zram_tier_latency *latency,
			   struct zram_tier_latency_times *times,
			   const struct zram_tier_latency_input *in)
{
	/* Also without a target, because an earlier thread may have switched counting on */
	if (!in->target_us || latency->target_us != in->target_us)
		tier_latency_begin(latency, times, in);
	else if (in->now - latency->began >= SECOND)
		tier_latency_second(latency, times, in);
	else
		return latency->limit;
	latency->wrote = false;
	latency->reading = in->reading;
	latency->began = in->now;
	return latency->limit;
}
