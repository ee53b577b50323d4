// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the counters of tiering: classes of reads, sums over CPUs, what a
 * measurement is worth, and the time that a read-back group waits.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>

#include "../rb_group.h"
#include "../stats.h"
#include "../table.h"
#include "../tier_count.h"
#include "../tier_hazard.h"
#include "../zram.h"

/* What a read and two stores take as long as none was measured */
#define POOL_NS		25000U

static int tier_count_test_init(struct kunit *test)
{
	struct zram *zram = kunit_kzalloc(test, sizeof(*zram), GFP_KERNEL);

	if (!zram || zram_stats_init(&zram->stats))
		return -ENOMEM;
	test->priv = zram;
	return 0;
}

static void tier_count_test_exit(struct kunit *test)
{
	struct zram *zram = test->priv;

	if (!zram)
		return;
	free_percpu(zram->tier_cpu);
	zram_stats_destroy(&zram->stats);
}

static u64 all_reads(const struct zram_tier_sums *sums)
{
	u64 all = 0;
	unsigned int k;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		all += sums->reads[k] + sums->reads_disk[k];
	return all;
}

/* Reads of each kind of slot, 100 seconds after the last access */
static void read_each(struct zram *zram)
{
	static const u32 flags[] = {
		100, (u32)PAGE_SIZE | ZRAM_HUGE, (u32)PAGE_SIZE | ZRAM_STAGED,
		100 | ZRAM_WB, (u32)PAGE_SIZE | ZRAM_WB, ZRAM_SAME, 0,
	};
	struct zram_slot slot = { .ac_time = U32_MAX - 100 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		slot.flags = flags[i];
		zram_tier_count_read(zram, 0, &slot, U32_MAX);
	}
}

static void tier_count_test_reads(struct kunit *test)
{
	struct zram_tier_sums sums = {};
	struct zram *zram = test->priv;
	struct zram_slot slot = { .flags = 1 };
	unsigned int k;

	/* Not before the first enabling */
	read_each(zram);
	zram_tier_count_stores(zram, 3);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 0ULL, all_reads(&sums) + sums.stores);
	KUNIT_EXPECT_EQ(test, POOL_NS, sums.pool_ns);

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	read_each(zram);
	zram_tier_count_stores(zram, 3);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 3ULL, sums.reads[zram_tier_class(100)]);
	KUNIT_EXPECT_EQ(test, 2ULL, sums.reads_disk[zram_tier_class(100)]);
	KUNIT_EXPECT_EQ(test, 5ULL, all_reads(&sums));
	KUNIT_EXPECT_EQ(test, 3ULL, sums.stores);

	/* The counters stay while nothing is counted, and go on */
	zram_tier_count_disable(zram);
	read_each(zram);
	zram_tier_count_stores(zram, 3);
	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		slot.ac_time = U32_MAX - zram_tier_class_age(k);
		zram_tier_count_read(zram, 0, &slot, U32_MAX);
	}
	/* Accessed by another CPU, a second later as it seems */
	slot.ac_time = U32_MAX;
	zram_tier_count_read(zram, 0, &slot, U32_MAX - 1);
	zram_tier_count_sum(zram, &sums);
	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		KUNIT_EXPECT_EQ_MSG(test, sums.reads[k],
				    1ULL + (k ? 0 : 1) +
				    (k == zram_tier_class(100) ? 3 : 0),
				    "class %u", k);
	KUNIT_EXPECT_EQ(test, 3ULL, sums.stores);
}

/* Counters that wrap, on CPUs that may be offline, in turn and at once */
static void tier_count_test_wrap(struct kunit *test)
{
	struct zram_tier_sums sums = {}, fresh = {};
	struct zram *zram = test->priv;
	struct zram_tier_cpu *one;
	u64 first, first_disk, added = 0;
	unsigned int cpu, i;

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(zram->tier_cpu, cpu);
		one->stores = ULONG_MAX - cpu;
		one->reads[5] = 0x80000000;
		one->reads_disk[23] = ULONG_MAX;
	}
	zram_tier_count_sum(zram, &sums);
	first = sums.stores;
	first_disk = sums.reads_disk[23];
	for (i = 0; i < 10; i++) {
		for_each_possible_cpu(cpu) {
			one = per_cpu_ptr(zram->tier_cpu, cpu);
			one->stores += 0x70000000 / num_possible_cpus();
			added += 0x70000000 / num_possible_cpus();
			one->reads_disk[23]++;
		}
		zram_tier_count_sum(zram, &sums);
		KUNIT_EXPECT_EQ(test, sums.stores - first, added);
	}
	KUNIT_EXPECT_GT(test, sums.stores - first, (u64)U32_MAX);
	KUNIT_EXPECT_EQ(test, sums.reads_disk[23] - first_disk,
			10ULL * num_possible_cpus());
	/* Another reader of the counters has sums of its own */
	zram_tier_count_sum(zram, &fresh);
	KUNIT_EXPECT_EQ(test, (unsigned long)sums.stores,
			(unsigned long)fresh.stores);
	KUNIT_EXPECT_EQ(test, sums.reads[5], fresh.reads[5]);
}

/* A measurement of @nr pages that took @ns each, and a little more */
static void measure(struct zram *zram, enum zram_tier_work work, s64 ns,
		    unsigned int nr, bool switched)
{
	struct zram_slot slots[8] = {};
	struct zram_tier_time time;
	unsigned int i;

	for (i = 0; i < nr; i++)
		slots[i].flags = 100;
	preempt_disable();
	time.start = local_clock() - max(nr, 1U) * ns;
	time.switches = current->nvcsw + current->nivcsw + switched;
	/* Same-filled pages take no time */
	zram_tier_count_end(zram, work, &time, slots, ARRAY_SIZE(slots));
	preempt_enable();
}

static u32 pool_ns(struct zram *zram)
{
	struct zram_tier_sums sums = {};

	zram_tier_count_sum(zram, &sums);
	return sums.pool_ns;
}

/* One work in 64 is measured, on each CPU and of each kind */
static void tier_count_test_turns(struct kunit *test)
{
	unsigned int i, reads = 0, stores = 0;
	struct zram *zram = test->priv;

	/* None while counting is disabled */
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, 0ULL,
				zram_tier_count_begin(zram, ZRAM_TIER_READ).start);
	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	migrate_disable();
	for (i = 0; i < 6400; i++) {
		reads += !!zram_tier_count_begin(zram, ZRAM_TIER_READ).start;
		if (i % 2)
			stores += !!zram_tier_count_begin(zram,
							  ZRAM_TIER_STORE).start;
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, reads, 100U);
	KUNIT_EXPECT_EQ(test, stores, 50U);
}

static void tier_count_test_cost(struct kunit *test)
{
	struct zram *zram = test->priv;
	u32 before;

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	/* Worth nothing: the task has waited, no page was done, time went back */
	measure(zram, ZRAM_TIER_READ, 70000, 1, true);
	measure(zram, ZRAM_TIER_READ, 70000, 0, false);
	measure(zram, ZRAM_TIER_READ, -NSEC_PER_SEC, 1, false);
	KUNIT_EXPECT_EQ(test, POOL_NS, pool_ns(zram));

	/* The tests' own time comes on top, so there are no upper bounds but the driver's */
	measure(zram, ZRAM_TIER_READ, 70000, 1, false);
	KUNIT_EXPECT_GE(test, pool_ns(zram), 70000 + POOL_NS - 5000);
	KUNIT_EXPECT_LE(test, pool_ns(zram), NSEC_PER_MSEC + POOL_NS - 5000);
	before = pool_ns(zram);
	measure(zram, ZRAM_TIER_STORE, 100000, 8, false);
	KUNIT_EXPECT_GE(test, pool_ns(zram), before - 20000 + 2 * 100000);
	KUNIT_EXPECT_LE(test, pool_ns(zram), before - 20000 +
			2 * NSEC_PER_MSEC);
}

/* One outlier moves the average by three eighths, many of them move it all the way */
static void tier_count_test_outlier(struct kunit *test)
{
	struct zram *zram = test->priv;
	struct zram_tier_cpu *one;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	migrate_disable();
	one = this_cpu_ptr(zram->tier_cpu);
	one->work_ns[ZRAM_TIER_READ] = 8000;
	measure(zram, ZRAM_TIER_READ, NSEC_PER_SEC, 1, false);
	KUNIT_EXPECT_EQ(test, one->work_ns[ZRAM_TIER_READ], 8000U + 3000U);
	for (i = 0; i < 100; i++)
		measure(zram, ZRAM_TIER_READ, NSEC_PER_SEC, 1, false);
	KUNIT_EXPECT_GT(test, one->work_ns[ZRAM_TIER_READ],
			(u32)NSEC_PER_SEC / 10 * 9);
	migrate_enable();
}

/* A group for a task that waits; the last reference ends the wait */
static void tier_count_test_wait(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct zram_tier_sums sums = {};
	struct zram *zram = test->priv;
	struct zram_rb_group group = {
		.zram = zram,
		.done = &done,
	};

	zram->backing.reads = kunit_kzalloc(test, sizeof(*zram->backing.reads),
					    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, zram->backing.reads);
	zram_rb_group_count(&group);
	refcount_set(&group.pending, 1);
	zram_rb_group_put(&group, BLK_STS_OK);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 0ULL, sums.wait_us);

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	refcount_set(&group.pending, 2);
	zram_rb_group_count(&group);
	/* Not msleep(), which is too short if jiffies lag behind and then catch up */
	usleep_range(20000, 30000);
	zram_rb_group_put(&group, BLK_STS_OK);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 0ULL, sums.wait_us);
	zram_rb_group_put(&group, BLK_STS_IOERR);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_GE(test, sums.wait_us, 15000ULL);
	KUNIT_EXPECT_LE(test, sums.wait_us, 60ULL * USEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, completion_done(&done));
}

/* A page that came back two seconds ago, as a neighbour of a page of age 100 */
static void tier_count_test_brought(struct kunit *test)
{
	struct zram_slot table = {
		.flags = 100 | ZRAM_RMW | ZRAM_BROUGHT, .ac_time = U32_MAX - 2,
	};
	struct zram_tier_sums sums = {};
	struct zram *zram = test->priv;
	struct zram_slot slot = table;

	zram->slots.slot = &table;
	zram->window.class = zram_tier_class(100);
	zram_tier_count_read(zram, 0, &slot, U32_MAX);
	KUNIT_EXPECT_EQ(test, slot.flags, table.flags);
	KUNIT_EXPECT_EQ(test, 0ULL, zram_tier_count_hits(zram));

	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	zram_tier_count_read(zram, 0, &slot, U32_MAX);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 100 | ZRAM_RMW, table.flags);
	KUNIT_EXPECT_EQ(test, 1ULL, zram_tier_count_hits(zram));
	KUNIT_EXPECT_EQ(test, 1ULL, sums.reads[zram_tier_class(100)]);
	KUNIT_EXPECT_EQ(test, 1ULL, all_reads(&sums));

	/* From now on it is a page like others */
	slot = table;
	zram_tier_count_read(zram, 0, &slot, U32_MAX);
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, 1ULL, zram_tier_count_hits(zram));
	KUNIT_EXPECT_EQ(test, 1ULL, sums.reads[zram_tier_class(2)]);
	KUNIT_EXPECT_EQ(test, 2ULL, all_reads(&sums));
	zram->slots.slot = NULL;
}

static struct kunit_case tier_count_test_cases[] = {
	KUNIT_CASE(tier_count_test_reads),
	KUNIT_CASE(tier_count_test_brought),
	KUNIT_CASE(tier_count_test_wrap),
	KUNIT_CASE(tier_count_test_turns),
	KUNIT_CASE(tier_count_test_cost),
	KUNIT_CASE(tier_count_test_outlier),
	KUNIT_CASE(tier_count_test_wait),
	{}
};

static struct kunit_suite tier_count_test_suite = {
	.name = "zram_tier_count",
	.init = tier_count_test_init,
	.exit = tier_count_test_exit,
	.test_cases = tier_count_test_cases,
};

kunit_test_suite(tier_count_test_suite);
