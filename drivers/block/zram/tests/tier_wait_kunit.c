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

/* A disk that has counted @reads reads of @ns each, from just below the wrap */
static struct zram_tier_wait_disk wait_disk(unsigned long reads, u64 ns)
{
	struct zram_tier_wait_disk disk = { .reads = -1UL, .ns = -1000ULL };

	zram_tier_wait_look(&disk, reads - 1, reads * ns - 1000);
	return disk;
}

/* A read takes at most eight times what the disk's reads take, and a tick for 64 of them */
static void wait_test_bound(struct kunit *test)
{
	struct zram_tier_wait_disk disk = wait_disk(2000, 100000);
	const u64 tick_us = TICK_NSEC / 1000;
	int i;

	KUNIT_EXPECT_GE(test, zram_tier_wait_bound(&disk, 2000000, 2), 2 * 800ULL);
	KUNIT_EXPECT_LE(test, zram_tier_wait_bound(&disk, 2000000, 2),
			2 * 801 + 2 * tick_us / 4);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 1600, 2), 1600ULL);
	/* Less than the disk can measure: one read at a time, of which the last 64 count */
	disk = wait_disk(1, 0);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 2000000, 1),
			8 * TICK_NSEC / 1000 + 1);
	for (i = 0; i < 200; i++)
		zram_tier_wait_look(&disk, disk.reads + 1, disk.ns);
	KUNIT_EXPECT_LE(test, zram_tier_wait_bound(&disk, 2000000, 1), tick_us / 4 + 1);
	/* It ends after the last look has seen it; the disk does not count any more */
	zram_tier_wait_look(&disk, disk.reads, disk.ns);
	KUNIT_EXPECT_LE(test, zram_tier_wait_bound(&disk, 2000000, 0), tick_us / 2 + 1);
	for (i = 0; i < 6; i++)
		zram_tier_wait_bound(&disk, 2000000, 0);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 2000000, 2), 2000000ULL);
}

/* A slow disk, one that becomes slow, and counters that are wrong */
static void wait_test_bound_slow(struct kunit *test)
{
	struct zram_tier_wait_disk disk = wait_disk(2, 1000000000);
	int i;

	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 2000000, 2), 2000000ULL);
	disk = wait_disk(2000, 100000);
	for (i = 0; i < 10; i++)
		zram_tier_wait_look(&disk, disk.reads + 1, disk.ns + 200000000);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 200000, 1), 200000ULL);
	/* A torn counter changes nothing */
	disk = wait_disk(2000, 100000);
	zram_tier_wait_look(&disk, disk.reads + 1, disk.ns - 5);
	KUNIT_EXPECT_LE(test, zram_tier_wait_bound(&disk, 2000000, 1),
			801 + TICK_NSEC / 4000);
	/* The disk never counts */
	disk = wait_disk(0, 0);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, 2000000, 2), 2000000ULL);
	/* Nothing overflows */
	disk = wait_disk(1, S64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, U64_MAX, U64_MAX), U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_wait_bound(&disk, U64_MAX, 1), (u64)U32_MAX);
}

static struct kunit_case wait_test_cases[] = {
	KUNIT_CASE(wait_test_average),
	KUNIT_CASE(wait_test_bound),
	KUNIT_CASE(wait_test_bound_slow),
	KUNIT_CASE(wait_test_slow_once),
	KUNIT_CASE(wait_test_cut),
	{}
};

static struct kunit_suite wait_test_suite = {
	.name = "zram_tier_wait",
	.test_cases = wait_test_cases,
};

kunit_test_suite(wait_test_suite);
