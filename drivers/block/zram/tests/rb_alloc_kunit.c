// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the memory of packed reads: which reads a CPU keeps.
 */

#include <kunit/test.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "../rb_alloc.h"
#include "../table.h"

static struct zram_rb_memory *rb_alloc_test_memory(struct kunit *test)
{
	struct zram_rb_memory *memory = kunit_kzalloc(test, sizeof(*memory), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, zram_rb_alloc_init(memory), 0);
	return memory;
}

/* The next read on a CPU reuses the memory of the read that has ended there, and its pages */
static void rb_alloc_test_keep(struct kunit *test)
{
	struct zram_rb_memory *memory = rb_alloc_test_memory(test);
	struct zram_rb_packed *first, *again, *other;

	migrate_disable();
	first = zram_rb_alloc_one(memory, 1, GFP_KERNEL);
	if (first) {
		KUNIT_EXPECT_EQ(test, first->nr_pages, 1);
		zram_rb_alloc_free(first, memory);
	}
	again = zram_rb_alloc_one(memory, ZRAM_BLOCKS_PER_PAGE + 1, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, first, again);
	other = zram_rb_alloc_one(memory, 1, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, again, other);
	if (again) {
		KUNIT_EXPECT_EQ(test, again->nr_pages, 2);
		zram_rb_alloc_free(again, memory);
	}
	/* The CPU has one read already, and frees this one */
	if (other)
		zram_rb_alloc_free(other, memory);
	again = zram_rb_alloc_one(memory, 1, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, first, again);
	if (again)
		zram_rb_alloc_free(again, memory);
	migrate_enable();
	KUNIT_EXPECT_NOT_NULL(test, first);
	zram_rb_alloc_exit(memory);
}

/* A CPU keeps no read of several objects, and none of the mempool */
static void rb_alloc_test_others(struct kunit *test)
{
	struct zram_rb_memory *memory = rb_alloc_test_memory(test);
	struct zram_rb_packed *large, *reserved, *kept;

	large = zram_rb_alloc(2, 1, 1, GFP_KERNEL);
	reserved = mempool_alloc(&memory->reserve, GFP_KERNEL);
	reserved->reserved = true;
	migrate_disable();
	if (large)
		zram_rb_alloc_free(large, memory);
	kept = this_cpu_read(*memory->kept);
	KUNIT_EXPECT_NULL(test, kept);
	zram_rb_alloc_free(reserved, memory);
	KUNIT_EXPECT_PTR_EQ(test, kept, this_cpu_read(*memory->kept));
	migrate_enable();
	KUNIT_EXPECT_NOT_NULL(test, large);
	zram_rb_alloc_exit(memory);
}

/* A reader that waits for the mempool does not reclaim; its set-up may */
static void rb_alloc_test_gfp(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, zram_rb_alloc_gfp(GFP_KERNEL) == GFP_KERNEL);
	KUNIT_EXPECT_FALSE(test, zram_rb_alloc_gfp(GFP_NOIO) & __GFP_DIRECT_RECLAIM);
	KUNIT_EXPECT_TRUE(test, zram_rb_alloc_gfp(GFP_NOIO) & __GFP_KSWAPD_RECLAIM);
}

static struct kunit_case rb_alloc_test_cases[] = {
	KUNIT_CASE(rb_alloc_test_gfp),
	KUNIT_CASE(rb_alloc_test_keep),
	KUNIT_CASE(rb_alloc_test_others),
	{}
};

static struct kunit_suite rb_alloc_test_suite = {
	.name = "zram_rb_alloc",
	.test_cases = rb_alloc_test_cases,
};

kunit_test_suite(rb_alloc_test_suite);
