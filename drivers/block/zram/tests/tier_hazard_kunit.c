// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the age classes: which way each input works, and what walks tell. */

#include <kunit/test.h>
#include <linux/math.h>
#include <linux/math64.h>

#include "../tier_policy.h"
#include "tier_policy_test.h"

/* The cut of a device whose classes have @reads reads a second each from class 3 on */
static unsigned int hazard_cut_of(struct kunit *test, u64 reads, u32 disk_us,
				  u32 young, u64 pool_bytes, u32 margin)
{
	struct machine *m = machine_make(test);
	unsigned int i, k, cut;

	m->walk.pages[1] = 5000;
	for (k = 2; k < ZRAM_TIER_CLASSES; k++)
		m->walk.pages[k] = 2000;
	m->in.pool_bytes = pool_bytes;
	m->tuning.disk_us = disk_us;
	m->tuning.regret_class = 0;
	for (i = 0; i < 30; i++) {
		for (k = 3; k < ZRAM_TIER_CLASSES; k++)
			m->in.reads[k] = reads >> k;
		m->in.reads[1] = young;
		m->state.brake.margin = margin;
		machine_second(m);
	}
	cut = m->state.cut;
	kunit_kfree(test, m);
	return cut;
}

static void hazard_test_monotonic(struct kunit *test)
{
	const u64 pool = 50000 * 1600ULL;
	unsigned int base, cut, last, i;

	base = hazard_cut_of(test, 4000, 500, 1000, pool, 256);
	KUNIT_ASSERT_LT(test, base, ZRAM_TIER_CLASSES);
	KUNIT_ASSERT_GT(test, base, zram_tier_tuning_default.hazard.floor);

	/* More reads of old pages never lower the cut, and many raise it */
	for (i = 0, last = 0; i < 32; i++, last = cut) {
		cut = hazard_cut_of(test, 1ULL << i, 500, 1000, pool, 256);
		KUNIT_EXPECT_GE(test, cut, last);
	}
	KUNIT_EXPECT_GT(test, last, base);
	/* Nor does a slower backing device */
	for (i = 0, last = 0; i < 24; i++, last = cut) {
		cut = hazard_cut_of(test, 4000, 1U << i, 1000, pool, 256);
		KUNIT_EXPECT_GE(test, cut, last);
	}
	KUNIT_EXPECT_GT(test, last, base);
	/* Nor do pages that compress better, because each frees less */
	for (i = 0, last = 0; i < 16; i++, last = cut) {
		cut = hazard_cut_of(test, 4000, 500, 1000, pool >> i, 256);
		KUNIT_EXPECT_GE(test, cut, last);
	}
	KUNIT_EXPECT_GT(test, last, base);
	/* An object takes a page at most, and is not free either */
	KUNIT_EXPECT_EQ(test, hazard_cut_of(test, 4000, 500, 1000, 50000ULL << 16, 256),
			hazard_cut_of(test, 4000, 500, 1000, 50000 * PAGE_SIZE, 256));
	KUNIT_EXPECT_EQ(test, hazard_cut_of(test, 4000, 500, 1000, 50000, 256),
			hazard_cut_of(test, 4000, 500, 1000, 50000 * PAGE_SIZE / 64,
				      256));
	/* More reads of young pages never raise it, nor does a larger margin */
	for (i = 10, last = ZRAM_TIER_CLASSES; i < 24; i++, last = cut) {
		cut = hazard_cut_of(test, 4000, 500, 1U << i, pool, 256);
		KUNIT_EXPECT_LE(test, cut, last);
	}
	KUNIT_EXPECT_LT(test, last, base);
	for (i = 0, last = ZRAM_TIER_CLASSES; i <= 8; i++, last = cut) {
		cut = hazard_cut_of(test, 4000, 500, 1000, pool, 1U << i);
		KUNIT_EXPECT_LE(test, cut, last);
		KUNIT_EXPECT_TRUE(test, i || cut > base);
	}
	KUNIT_EXPECT_EQ(test, last, base);
}

/*
 * The comparison, to the read: class 10 has @pages on both sides, and has had @seconds
 * page-seconds. Return the reads from which on it stays, which is exact to 32 bits.
 */
static u64 hazard_limit(struct kunit *test, u64 pages, u64 seconds, u64 pool_ns,
			u64 disk_ns, u32 margin)
{
	const struct zram_tier_hazard_tuning *tuning = &zram_tier_tuning_default.hazard;
	struct zram_tier_hazard *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	const struct zram_tier_price price = {
		.ram_pages = 512,
		.pool_ns = pool_ns,
		.disk_ns = disk_ns,
		.ratio_q8 = 512,
	};
	u64 low = 0, high = 1ULL << 32;

	KUNIT_ASSERT_NOT_NULL(test, h);
	h->recent.observed = 256;
	h->recent.exposure[1] = 100 << 8;
	h->recent.reads[1] = 50 << 8;
	h->walk.pages[10] = pages;
	h->walk.on_disk[10] = pages;
	h->past.exposure[10] = seconds << 8;
	while (low < high) {
		u64 reads = (low + high) / 2;

		h->past.reads[10] = reads;
		if (zram_tier_hazard_cut(h, tuning, &price, margin) == 10)
			low = reads + 1;
		else
			high = reads;
	}
	kunit_kfree(test, h);
	return low;
}

static void hazard_test_limit(struct kunit *test)
{
	/*
	 * Young pages have half a read a second each, of 20 us. The disk takes 100 us
	 * more, and two objects take a page: so one read in 20 page-seconds is the limit.
	 * Besides, as many pages are taken for watched, and half of them for read.
	 */
	const u64 prior = 256 * 2000, seconds = 256 * 50000 + (prior << 10);

	KUNIT_EXPECT_EQ(test, hazard_limit(test, 1000, 50000, 20000, 120000, 256),
			DIV_ROUND_UP_ULL(seconds, 20) - prior / 2);
	/* A quarter of the margin is a quarter of the reads */
	KUNIT_EXPECT_EQ(test, hazard_limit(test, 1000, 50000, 20000, 120000, 64),
			DIV_ROUND_UP_ULL(seconds, 80) - prior / 2);
	/* A disk as fast as the pool: 10 us more are assumed */
	KUNIT_EXPECT_EQ(test, hazard_limit(test, 1000, 50000, 20000, 20000, 256),
			DIV_ROUND_UP_ULL(seconds, 2) - prior / 2);
	KUNIT_EXPECT_EQ(test, hazard_limit(test, 1000, 50000, 20000, 0, 256),
			DIV_ROUND_UP_ULL(seconds, 2) - prior / 2);
	/* An empty class counts as one page */
	KUNIT_EXPECT_EQ(test, hazard_limit(test, 0, 50000, 20000, 120000, 256),
			DIV_ROUND_UP_ULL(256 * 50000 + (256 << 10), 20) - 256 / 2);
}

/* However few reads a class has, each step of min_shift wants pages twice as old */
static void hazard_test_min_shift(struct kunit *test)
{
	struct machine *m = machine_make(test);
	unsigned int i, k, min_shift, first = 0;

	m->walk.pages[1] = 5000;
	for (k = 3; k < ZRAM_TIER_CLASSES; k++)
		m->walk.pages[k] = 2000;
	for (min_shift = 0; min_shift < 6; min_shift++) {
		m->tuning.hazard.min_shift = min_shift;
		for (i = 0; i < 300; i++)
			machine_second(m);
		if (!min_shift)
			first = m->state.cut;
		KUNIT_EXPECT_GT(test, m->state.cut, m->tuning.hazard.floor);
		KUNIT_EXPECT_EQ(test, m->state.cut, first + min_shift);
	}
}

/* No page younger than the floor leaves under pressure, whatever it would gain */
static void hazard_test_floor(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, hazard_cut_of(test, 0, 1, 1 << 30, 50000 * 4096ULL, 256),
			zram_tier_tuning_default.hazard.floor);
}

/* All counts times 2^24 mean the same as before: products of them reach 2^120 */
static void hazard_test_scale(struct kunit *test)
{
	struct machine *a = machine_make(test), *b = machine_make(test);
	const unsigned int shift = 24;
	unsigned int i, k;

	a->in.ram_pages = 1 << 20;
	b->in.ram_pages = (1ULL << 20) << shift;
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		a->walk.pages[k] = 256 << (k % 5);
		b->walk.pages[k] = a->walk.pages[k] << shift;
	}
	for (i = 0; i < 60; i++) {
		for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
			a->in.reads[k] = (1 << 20) >> k;
			b->in.reads[k] = a->in.reads[k] << shift;
		}
		machine_second(a);
		b->in.reads[1] += (u64)SHORT << shift;
		b->in.reads[1] -= SHORT;
		machine_second(b);
		KUNIT_EXPECT_EQ(test, a->state.cut, b->state.cut);
	}
	KUNIT_EXPECT_LT(test, a->state.cut, ZRAM_TIER_CLASSES);
	KUNIT_EXPECT_GT(test, a->state.cut, 3);
}

/* Sums decay alike, whatever their size: their ratio is the number of pages */
static void hazard_test_observed(struct kunit *test)
{
	struct machine *m = machine_cold(test, 2000);
	u64 pages = div_u64(m->state.hazard.past.exposure[1], m->state.hazard.past.observed);

	KUNIT_EXPECT_GT(test, pages, 5000 - 100);
	KUNIT_EXPECT_LT(test, pages, 5000 + 100);
	/* Over the time constant, as far as the sum of a series goes */
	KUNIT_EXPECT_GT(test, m->state.hazard.past.observed / 256, 160);
	KUNIT_EXPECT_LT(test, m->state.hazard.past.observed / 256, 180);
}

/* What memory is worth follows the present; what a class does is remembered longer */
static void hazard_test_recent(struct kunit *test)
{
	struct machine *m = machine_cold(test, 60);
	const struct zram_tier_hazard *h = &m->state.hazard;
	u64 recent = h->recent.exposure[10], past = h->past.exposure[10];
	unsigned int i;

	KUNIT_EXPECT_GT(test, recent, 0);
	m->walk.pages[10] = 0;
	for (i = 0; i < 48; i++)
		machine_second(m);
	KUNIT_EXPECT_LT(test, h->recent.exposure[10], recent / 8);
	KUNIT_EXPECT_GT(test, h->past.exposure[10], past / 2);
}

/* A walk after a long time tells what pages of each class there were in between */
static void hazard_test_look_back(struct kunit *test)
{
	struct machine *m = machine_make(test);

	m->walk.pages[5] = 10;
	m->state.hazard.since_walk = 100;
	m->in.walk = &m->walk;
	m->in.elapsed_ms = 0;
	machine_step(m);
	/* They are 24 s old on average, so they were in each class down to 0 */
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[5], 256 * 10 * (24 - 16));
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[4], 256 * 10 * 8);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[1], 256 * 10 * 1);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[0], 256 * 10 * 1);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[6], 0);
	/* After a short time only the present counts */
	m->state.hazard.since_walk = 8;
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[5], 256 * 10 * (24 - 16 + 8));
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[4], 256 * 10 * 8);
	/* After nine seconds they were in the class for eight of them */
	m->state.hazard = (struct zram_tier_hazard){ .since_walk = 9 };
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[5], 256 * 10 * 8);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[4], 256 * 10 * 1);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[3], 0);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.observed, 256 * 9);
	/* After eight seconds still: now they are in it */
	m->walk = (struct zram_tier_walk){ .pages[2] = 10 };
	m->state.hazard = (struct zram_tier_hazard){ .since_walk = 8 };
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[2], 256 * 10 * 8);
	/* Pages of class 1 were in it for a second, and in class 0 for another */
	m->walk = (struct zram_tier_walk){ .pages[1] = 10 };
	m->state.hazard = (struct zram_tier_hazard){ .since_walk = 9 };
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[1], 256 * 10 * 1);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[0], 256 * 10 * 1);
	/* At most 256 s count, of pages whose age is 12288 s on average */
	m->walk = (struct zram_tier_walk){ .pages[14] = 10, .pages[0] = 1 };
	m->state.hazard = (struct zram_tier_hazard){ .since_walk = 1000000 };
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[14], 256 * 10 * 256);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[0], 256 * 1);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.observed, 256 * 256);
}

/* One page that is very old does not keep the others in memory */
static void hazard_test_few_pages(struct kunit *test)
{
	unsigned int pages, i;

	for (pages = 0; pages < 5; pages++) {
		struct machine *m = machine_cold(test, 0);

		m->walk.pages[20] = pages;
		for (i = 0; i < 30; i++)
			machine_second(m);
		KUNIT_EXPECT_EQ(test, m->state.cut, 10);
		KUNIT_EXPECT_EQ(test, m->out.eligible, 40000 + pages);
	}
}

/* A class whose pages were all read keeps younger ones in memory for minutes only */
static void hazard_test_empty_class(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);
	int i, first;

	m->walk.pages[14] = 400;
	for (i = 0; i < 600; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, 10);
	m->walk.pages[14] = 0;
	m->in.reads[14] = 400;
	for (i = 0; i < 5; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, ZRAM_TIER_CLASSES);
	first = machine_first_pages(m);
	KUNIT_EXPECT_GT(test, first, 10);
	KUNIT_EXPECT_LT(test, first, 400);
}

/* Reads that wait tell of the class as much as those from memory do */
static void hazard_test_reads_disk(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, m->state.cut, 10);
	m->walk.pages[10] = 0;
	m->walk.on_disk[10] = 40000;
	for (i = 0; i < 80; i++) {
		m->in.reads_disk[10] = 4000;
		m->in.wait_us = 4000 * m->tuning.disk_us;
		machine_second(m);
	}
	m->walk.pages[10] = 100;
	for (i = 0; i < 5; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, ZRAM_TIER_CLASSES);
}

/* Pages on the backing device are exposed too: without reads their class is cold */
static void hazard_test_on_disk(struct kunit *test)
{
	struct machine *m = machine_make(test);
	u64 few, many;

	m->walk.pages[10] = 100;
	m->state.hazard.since_walk = 0;
	m->in.elapsed_ms = 4000;
	machine_second(m);
	few = m->state.hazard.past.exposure[10];
	m->walk.on_disk[10] = 300;
	m->walk.on_disk[12] = 50;
	machine_second(m);
	many = m->state.hazard.past.exposure[10];
	KUNIT_EXPECT_EQ(test, few, 256 * 400);
	KUNIT_EXPECT_GT(test, many, 256 * 1900);
	KUNIT_EXPECT_LE(test, many, 256 * 2000);
	KUNIT_EXPECT_EQ(test, m->state.hazard.past.exposure[12], 256 * 200);
}

/* What leaves is on the backing device: for the oldest classes first */
static void hazard_test_written(struct kunit *test)
{
	struct machine *m = machine_make(test);
	struct zram_tier_hazard *h = &m->state.hazard;

	m->walk.pages[5] = 100;
	m->walk.pages[8] = 100;
	m->walk.pages[10] = 100;
	m->walk.idle = 210;
	h->walk = m->walk;
	KUNIT_EXPECT_EQ(test, zram_tier_hazard_written(h, 150, 7), 0);
	KUNIT_EXPECT_EQ(test, h->walk.pages[10], 0);
	KUNIT_EXPECT_EQ(test, h->walk.on_disk[10], 100);
	KUNIT_EXPECT_EQ(test, h->walk.pages[8], 50);
	KUNIT_EXPECT_EQ(test, h->walk.on_disk[8], 50);
	KUNIT_EXPECT_EQ(test, h->walk.idle, 60);
	KUNIT_EXPECT_EQ(test, zram_tier_hazard_written(h, 80, 8), 30);
	KUNIT_EXPECT_EQ(test, h->walk.pages[5], 70);
	KUNIT_EXPECT_EQ(test, h->walk.idle, 0);
	/* More than the walk has found: they were young */
	KUNIT_EXPECT_EQ(test, zram_tier_hazard_written(h, 200, 3), 130);
	KUNIT_EXPECT_EQ(test, h->walk.on_disk[5], 100);
}

/* Where RAM would hold all pages of the pool, none of them is worth less than others */
static void hazard_test_much_ram(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, m->state.cut, 10);
	m->in.ram_pages = 1ULL << 32;
	for (i = 0; i < 20; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, ZRAM_TIER_CLASSES);
	/* As many young pages as one in 512 pages of RAM: class 1 has them, or it does not */
	m->walk.pages[4] = 40000;
	m->in.ram_pages = 4500 << 9;
	for (i = 0; i < 1000; i++) {
		m->in.reads[1] = 1000000;
		machine_second(m);
	}
	KUNIT_EXPECT_EQ(test, m->state.cut, 4);
	m->in.ram_pages = 6000 << 9;
	for (i = 0; i < 20; i++) {
		m->in.reads[1] = 1000000;
		machine_second(m);
	}
	KUNIT_EXPECT_GT(test, m->state.cut, 4);
}

/* Nothing is known of a device before its first walk, or with next to no RAM */
static void hazard_test_nothing_known(struct kunit *test)
{
	struct machine *m = machine_make(test);
	unsigned int i;

	m->walk.pages[10] = 40000;
	m->in.walk = &m->walk;
	m->in.elapsed_ms = 0;
	m->in.reads[1] = SHORT;
	m->state.hazard.since_walk = 0;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, ZRAM_TIER_CLASSES);
	m->in.elapsed_ms = 1000;
	m->walk.pages[1] = 50;
	m->in.ram_pages = 1;
	for (i = 0; i < 20; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.cut, 10);
}

static struct kunit_case hazard_test_cases[] = {
	KUNIT_CASE(hazard_test_monotonic),
	KUNIT_CASE(hazard_test_limit),
	KUNIT_CASE(hazard_test_min_shift),
	KUNIT_CASE(hazard_test_floor),
	KUNIT_CASE(hazard_test_scale),
	KUNIT_CASE(hazard_test_observed),
	KUNIT_CASE(hazard_test_recent),
	KUNIT_CASE(hazard_test_look_back),
	KUNIT_CASE(hazard_test_few_pages),
	KUNIT_CASE(hazard_test_empty_class),
	KUNIT_CASE(hazard_test_reads_disk),
	KUNIT_CASE(hazard_test_on_disk),
	KUNIT_CASE(hazard_test_written),
	KUNIT_CASE(hazard_test_much_ram),
	KUNIT_CASE(hazard_test_nothing_known),
	{}
};

static struct kunit_suite hazard_test_suite = {
	.name = "zram_tier_hazard",
	.test_cases = hazard_test_cases,
};

kunit_test_suite(hazard_test_suite);
