// SPDX-License-Identifier: GPL-2.0
/*
 * Age classes: how likely their pages are read, and which of them may leave memory.
 *
 * The hazard of a class is the number of reads for each page and second in the class. A
 * page that leaves frees the memory of its object. This memory then holds pages like the
 * youngest ones, whose hazard is known as well. A class may leave if the reads of its
 * pages, which then wait for the backing device, cost less than the reads of young pages
 * that the freed memory saves.
 *
 * The policy expects a hazard of half the inverse of the age for a class without a
 * history. Pages of a program that sleeps return together, after any time. So the absence
 * of reads proves less than with independent pages, and the policy assumes at least a
 * multiple of this hazard. Then a page leaves after about as much time in memory as
 * pays for one read of it, and both losses are bounded: that of a page that leaves too
 * soon, and that of a page that stays too long.
 */

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include <asm/page.h>

#include "tier_hazard.h"
#include "tier_num.h"

/*
 * After more than NOW_MAX seconds without a walk, reconstruct exposure from the ages, for
 * at most BACK_MAX seconds
 */
#define NOW_MAX		8U
#define BACK_MAX	256U
/* Least extra time of a read of the backing device over one of the pool, ns */
#define READ_EXTRA	10000ULL

/**
 * zram_tier_class() - find the class of an age
 * @age: in seconds
 *
 * Return: the class, below %ZRAM_TIER_CLASSES.
 */
unsigned int zram_tier_class(u32 age)
{
	return min(fls(age), ZRAM_TIER_CLASSES - 1);
}

/**
 * zram_tier_class_age() - find the lowest age of a class
 * @class: the class; %ZRAM_TIER_CLASSES for none
 *
 * Return: seconds; U32_MAX if @class is none.
 */
u32 zram_tier_class_age(unsigned int class)
{
	if (class >= ZRAM_TIER_CLASSES)
		return U32_MAX;
	return class ? 1U << (class - 1) : 0;
}

static void tier_hazard_add(u64 *sum, u64 amount)
{
	*sum = zram_tier_add(*sum, zram_tier_q8(amount));
}

/**
 * zram_tier_hazard_read() - pages were read
 * @hazard: the classes
 * @class: the class that the pages had
 * @reads: how many
 */
void zram_tier_hazard_read(struct zram_tier_hazard *hazard, unsigned int class,
			   u64 reads)
{
	tier_hazard_add(&hazard->past.reads[class], reads);
	tier_hazard_add(&hazard->recent.reads[class], reads);
}

static void tier_hazard_decay(struct zram_tier_past *past, u32 memory)
{
	unsigned int k;

	past->observed = zram_tier_decay(past->observed, memory);
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		past->reads[k] = zram_tier_decay(past->reads[k], memory);
		past->exposure[k] = zram_tier_decay(past->exposure[k], memory);
	}
}

/**
 * zram_tier_hazard_second() - a second has passed
 * @hazard: the classes
 * @tuning: constants
 */
void zram_tier_hazard_second(struct zram_tier_hazard *hazard,
			     const struct zram_tier_hazard_tuning *tuning)
{
	hazard->since_walk = zram_tier_tick(hazard->since_walk);
	tier_hazard_decay(&hazard->past, tuning->memory);
	tier_hazard_decay(&hazard->recent, tuning->recent);
}

static void tier_hazard_expose(struct zram_tier_past *past, unsigned int k,
			       u64 pages, u32 seconds)
{
	tier_hazard_add(&past->exposure[k], zram_tier_mul(pages, seconds));
}

/*
 * Add the exposure of the pages of class @k in the last @seconds, in this class and in the
 * younger classes that they were in before. Pages that were read or freed meanwhile are
 * missing.
 */
static void tier_hazard_expose_back(struct zram_tier_past *past, unsigned int k,
				    u64 pages, u32 seconds)
{
	u32 low, age = k < 2 ? 1 + k : 3U << (k - 2);
	u32 from = age - min(age, seconds);
	int j;

	for (j = k; j >= 0 && age > from; j--) {
		low = max(zram_tier_class_age(j), from);
		tier_hazard_expose(past, j, pages, age - low);
		age = low;
	}
}

/* @back: reconstruct exposure from ages; otherwise assume the state of @walk for all @seconds */
static void tier_hazard_observe(struct zram_tier_past *past,
				const struct zram_tier_walk *walk, u32 seconds,
				bool back)
{
	unsigned int k;
	u64 pages;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		pages = zram_tier_add(walk->pages[k], walk->on_disk[k]);
		if (back)
			tier_hazard_expose_back(past, k, pages, seconds);
		else
			tier_hazard_expose(past, k, pages, seconds);
	}
	past->observed += seconds << ZRAM_TIER_Q8;
}

/**
 * zram_tier_hazard_walk() - take the result of a walk
 * @hazard: the classes
 * @tuning: constants
 * @walk: the result
 */
void zram_tier_hazard_walk(struct zram_tier_hazard *hazard,
			   const struct zram_tier_hazard_tuning *tuning,
			   const struct zram_tier_walk *walk)
{
	u32 seconds = min(hazard->since_walk, BACK_MAX);

	tier_hazard_observe(&hazard->past, walk, seconds, seconds > NOW_MAX);
	/* Young pages come and go, but their number is stable */
	tier_hazard_observe(&hazard->recent, walk, min(seconds, tuning->recent),
			    false);
	hazard->walk = *walk;
	hazard->since_walk = 0;
}

/**
 * zram_tier_hazard_written() - the oldest pages were written
 * @hazard: the classes
 * @written: how many
 * @class: a class
 *
 * Return: how many of them were of younger classes than @class, as far as the last walk
 *	can tell.
 */
u64 zram_tier_hazard_written(struct zram_tier_hazard *hazard, u64 written,
			     unsigned int class)
{
	struct zram_tier_walk *walk = &hazard->walk;
	u64 pages, young = written;
	int k;

	walk->idle = zram_tier_sub(walk->idle, written);
	for (k = ZRAM_TIER_CLASSES - 1; k >= 0 && written; k--) {
		pages = min(walk->pages[k], written);
		walk->pages[k] -= pages;
		walk->on_disk[k] = zram_tier_add(walk->on_disk[k], pages);
		written -= pages;
		if (k >= (int)class)
			young = written;
	}
	return young;
}

/**
 * zram_tier_hazard_oldest() - count the oldest pages in memory
 * @hazard: the classes
 * @lowest: the lowest class to count
 * @want: count at most so many
 * @last: set to the class that has the last of them; %ZRAM_TIER_CLASSES if there is
 *	none
 *
 * Return: the number of pages.
 */
u64 zram_tier_hazard_oldest(const struct zram_tier_hazard *hazard,
			    unsigned int lowest, u64 want, unsigned int *last)
{
	const struct zram_tier_walk *walk = &hazard->walk;
	u64 pages = 0;
	int k;

	*last = ZRAM_TIER_CLASSES;
	for (k = ZRAM_TIER_CLASSES - 1; k >= (int)lowest && pages < want; k--) {
		if (!walk->pages[k])
			continue;
		pages = zram_tier_add(pages, walk->pages[k]);
		*last = k;
	}
	return min(pages, want);
}

/**
 * zram_tier_hazard_ratio() - find how many objects take the memory of one page
 * @bytes: memory of the pool
 * @objects: number of objects in it
 *
 * Return: the number, in 1/256; 1 to 64.
 */
u32 zram_tier_hazard_ratio(u64 bytes, u64 objects)
{
	u64 object = div64_u64(bytes, max(objects, 1ULL));

	return clamp_t(u64, div64_u64(PAGE_SIZE << ZRAM_TIER_Q8, max(object, 1ULL)),
		       1 << ZRAM_TIER_Q8, 64 << ZRAM_TIER_Q8);
}

/**
 * struct tier_hazard_scale - the terms of the comparison that all classes share
 * @gain: reads of the youngest pages, times their cost, times the margin
 * @loss: additional cost of a read, for all pages whose objects take the memory of one
 * @seconds: page-seconds of the youngest pages, in 1/256
 * @first: the lowest class that may leave
 */
struct tier_hazard_scale {
	struct zram_tier_num gain;
	struct zram_tier_num loss;
	u64 seconds;
	unsigned int first;
};

static void tier_hazard_scale(const struct zram_tier_hazard *hazard,
			      const struct zram_tier_hazard_tuning *tuning,
			      const struct zram_tier_price *price, u32 margin,
			      struct tier_hazard_scale *scale)
{
	const struct zram_tier_past *recent = &hazard->recent;
	u64 want = max(zram_tier_mul(price->ram_pages >> tuning->ram_shift,
				     recent->observed), 1ULL);
	u64 extra = max(zram_tier_sub(price->disk_ns, price->pool_ns), READ_EXTRA);
	u64 reads = 0;
	unsigned int k;

	scale->seconds = 0;
	for (k = 0; k < ZRAM_TIER_CLASSES - 1; k++) {
		reads = zram_tier_add(reads, recent->reads[k]);
		scale->seconds = zram_tier_add(scale->seconds, recent->exposure[k]);
		if (scale->seconds >= want)
			break;
	}
	scale->first = max(k + 1, tuning->floor);
	scale->gain = zram_tier_num_times(zram_tier_num(reads), price->pool_ns);
	scale->gain = zram_tier_num_times(scale->gain, margin);
	scale->loss = zram_tier_num_times(zram_tier_num(extra), price->ratio_q8);
}

/*
 * Do reads of pages that had @reads of them in @seconds, both in 1/256, cost less than
 * they gain? With both sides multiplied by both page-seconds there is no division.
 */
static bool tier_hazard_pays(const struct tier_hazard_scale *scale, u64 reads,
			     u64 seconds)
{
	struct zram_tier_num loss, gain;

	loss = zram_tier_num_times(scale->loss, reads);
	loss = zram_tier_num_times(loss, scale->seconds);
	gain = zram_tier_num_times(scale->gain, seconds);
	return zram_tier_num_less(loss, gain);
}

/**
 * zram_tier_hazard_cut() - find the lowest class that may leave
 * @hazard: the classes
 * @tuning: constants
 * @price: what reads cost
 * @margin: factor by which a page may cost more than it gains, in 1/256
 *
 * Return: the class. For this class, and for each older one that has or lately had pages,
 *	it pays that its pages leave. %ZRAM_TIER_CLASSES if no class may leave.
 */
unsigned int zram_tier_hazard_cut(const struct zram_tier_hazard *hazard,
				  const struct zram_tier_hazard_tuning *tuning,
				  const struct zram_tier_price *price, u32 margin)
{
	unsigned int cut = ZRAM_TIER_CLASSES;
	struct tier_hazard_scale scale;
	u64 pages, prior, reads, seconds;
	int k;

	tier_hazard_scale(hazard, tuning, price, margin, &scale);
	for (k = ZRAM_TIER_CLASSES - 1; k >= (int)scale.first; k--) {
		pages = zram_tier_add(hazard->walk.pages[k],
				      hazard->walk.on_disk[k]);
		if (!pages && !hazard->past.exposure[k])
			continue;
		if (!tier_hazard_pays(&scale, zram_tier_q8(1),
				      zram_tier_q8(2ULL << k) >> tuning->min_shift))
			break;
		/*
		 * The prior: as many pages for 1 << k seconds, half of them read. An
		 * empty class counts as one page. Otherwise earlier reads of its pages
		 * would keep younger classes in memory until they have decayed.
		 */
		prior = zram_tier_mul(max(pages, 1ULL), tuning->prior_q8);
		reads = zram_tier_add(hazard->past.reads[k], prior / 2);
		seconds = zram_tier_add(hazard->past.exposure[k],
					zram_tier_mul(prior, 1U << k));
		if (!tier_hazard_pays(&scale, reads, seconds))
			break;
		cut = k;
	}
	return cut;
}
