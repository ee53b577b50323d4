// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the time that reads of the backing device take. */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "../tier_wait.h"
#include "tier_policy_test.h"

static void wait_test_average(struct kunit *test)
{
	struct zram_tier_wait wait = {};
	int i;

	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 500), 500ULL);
	/* As many reads as are expected, of three times the time */
	zram_tier_wait_count(&wait, 500, 4, 4 * 1500);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 500), 1000ULL);
	/* It counts as 16 times the average */
	wait = (struct zram_tier_wait){};
	zram_tier_wait_count(&wait, 500, 1, 10000000);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 500), (4 + 16) * 500 / 5ULL);
	/* A read that was counted before its end, then an end alone */
	wait = (struct zram_tier_wait){};
	zram_tier_wait_count(&wait, 500, 1, 0);
	zram_tier_wait_count(&wait, 500, 0, 3000);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 500), 1000ULL);
	/* Without reads the expected time comes back */
	for (i = 0; i < 3600 * 4; i++)
		zram_tier_wait_second(&wait);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_average(&wait, 500), 500ULL);
	/* Nothing overflows */
	for (i = 0; i < 4; i++)
		zram_tier_wait_count(&wait, U32_MAX, U64_MAX / 2, U64_MAX);
	KUNIT_EXPECT_LE(test, zram_tier_wait_average(&wait, U32_MAX), (u64)U32_MAX);
}

/* Reads of 10 s that a device takes once stop tiering for less than an hour */
static void wait_test_slow_once(struct kunit *test)
{
	unsigned int reads;
	int first;

	for (reads = 0; reads < 4; reads++) {
		struct machine *m = machine_cold(test, 60);

		KUNIT_EXPECT_EQ(test, m->state.cut, 10);
		m->in.reads_disk[10] = reads;
		m->in.wait_us = 10000000 * max(reads, 1U);
		machine_second(m);
		first = machine_first_pages(m);
		KUNIT_EXPECT_GE(test, first, 0);
		KUNIT_EXPECT_LT(test, first, 3600);
	}
}

/* Seconds, with some reads of @us each, after which the cut is @cut; -1: not in a day */
static int wait_cut_after(struct machine *m, unsigned int us, unsigned int cut)
{
	int i;

	for (i = 0; i < 24 * 3600; i++) {
		m->in.reads_disk[20] = us ? 2 : 0;
		m->in.wait_us = 2 * us;
		machine_second(m);
		if (m->state.cut == cut)
			return i;
	}
	return -1;
}

/* The measured time moves the cut, and is forgotten when nothing is read any more */
static void wait_test_cut(struct kunit *test)
{
	struct machine *m = machine_cold(test, 60);
	int seconds;

	KUNIT_EXPECT_EQ(test, m->state.cut, 10);
	/* A device of 200 ms is known after a few reads, whatever was expected */
	seconds = wait_cut_after(m, 200000, ZRAM_TIER_CLASSES);
	KUNIT_EXPECT_GE(test, seconds, 0);
	KUNIT_EXPECT_LT(test, seconds, 20);
	KUNIT_EXPECT_EQ(test, wait_cut_after(m, 200000, 10), -1);
	KUNIT_EXPECT_EQ(test, m->state.cut, ZRAM_TIER_CLASSES);
	seconds = wait_cut_after(m, 0, 10);
	KUNIT_EXPECT_GT(test, seconds, 600);
	KUNIT_EXPECT_LT(test, seconds, 4 * 3600);
	/* A device of 20 us lets the youngest leave that may */
	m->walk.pages[7] = 40000;
	KUNIT_EXPECT_GE(test, wait_cut_after(m, 20, 7), 0);
}

/* What @reads took @us, if the disk has counted @disk_reads that took @disk_ns */
static u64 wait_bounded(u64 us, u64 reads, unsigned long disk_reads, u64 disk_ns)
{
	/* The counters wrap */
	const struct zram_tier_wait_disk last = { -1UL, -1000ULL };
	const struct zram_tier_wait_disk now = {
		last.reads + disk_reads, last.ns + disk_ns,
	};

	return zram_tier_wait_bound(us, reads, &last, &now);
}

/* A read takes at most eight times what the disk's reads take, which may be a tick more */
static void wait_test_bound(struct kunit *test)
{
	const u64 tick_us = TICK_NSEC / 1000;

	/* 100 us by the disk, then less than it can measure */
	KUNIT_EXPECT_LE(test, wait_bounded(2000000, 2, 2000, 2000 * 100000), 2 * 900ULL);
	KUNIT_EXPECT_GE(test, wait_bounded(2000000, 2, 2000, 2000 * 100000), 2 * 800ULL);
	KUNIT_EXPECT_EQ(test, wait_bounded(1600, 2, 2000, 2000 * 100000), 1600ULL);
	KUNIT_EXPECT_EQ(test, wait_bounded(2000000, 1, 1, 0), 8 * TICK_NSEC / 1000 + 1);
	KUNIT_EXPECT_LE(test, wait_bounded(2000000, 20, 20, 0), 8 * tick_us + 2 * 20);
	KUNIT_EXPECT_EQ(test, wait_bounded(2000000, 0, 1, 0), 8 * TICK_NSEC / 1000 + 1);
	/* The disk does not count, its counter was torn, or it was as slow as the reads */
	KUNIT_EXPECT_EQ(test, wait_bounded(2000000, 2, 0, 0), 2000000ULL);
	KUNIT_EXPECT_EQ(test, wait_bounded(2000000, 2, 2, -5ULL), 2000000ULL);
	KUNIT_EXPECT_EQ(test, wait_bounded(2000000, 2, 2, 2000000000), 2000000ULL);
	/* Nothing overflows */
	KUNIT_EXPECT_EQ(test, wait_bounded(U64_MAX, U64_MAX, 1, S64_MAX), U64_MAX);
	KUNIT_EXPECT_EQ(test, wait_bounded(U64_MAX, 1, 1, S64_MAX), (u64)U32_MAX);
}

static struct kunit_case wait_test_cases[] = {
	KUNIT_CASE(wait_test_average),
	KUNIT_CASE(wait_test_bound),
	KUNIT_CASE(wait_test_slow_once),
	KUNIT_CASE(wait_test_cut),
	{}
};

static struct kunit_suite wait_test_suite = {
	.name = "zram_tier_wait",
	.test_cases = wait_test_cases,
};

kunit_test_suite(wait_test_suite);
