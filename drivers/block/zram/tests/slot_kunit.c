// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of slots: the layout of the flags word for every page size there
 * is, locations on the backing device, and the counters.
 */

#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/cpu.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../obj.h"
#include "../slot.h"
#include "../slot_pin.h"
#include "../slot_range.h"
#include "../stats.h"
#include "../table.h"
#include "../zram.h"

static const unsigned int shifts[] = { 12, 13, 14, 15, 16, 17, 18 };

static void shift_desc(const unsigned int *shift, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "pages of %u KiB",
		 1U << (*shift - 10));
}

KUNIT_ARRAY_PARAM(shift, shifts, shift_desc);

/* Sizes from 0 to a whole page survive next to any set of state bits. */
static void slot_test_layout(struct kunit *test)
{
	unsigned int shift = *(unsigned int *)test->param_value;
	u32 mask = ZRAM_SLOT_SIZE_MASK(shift);
	u32 page = 1U << shift;
	u32 size, set, bit;

	KUNIT_EXPECT_GE(test, mask, page);
	KUNIT_EXPECT_EQ(test, mask & (mask + 1), 0U);
	KUNIT_EXPECT_LE(test, ZRAM_SLOT_SIZE_BITS(shift) + ZRAM_SLOT_NR_BITS +
			ZRAM_SLOT_SPARE_BITS, 32U);

	for (set = 0; set < 1U << ZRAM_SLOT_NR_BITS; set++) {
		u32 state = 0;

		for (bit = 0; bit < ZRAM_SLOT_NR_BITS; bit++)
			if (set & (1U << bit))
				state |= ZRAM_SLOT_FLAG(shift, bit);
		KUNIT_EXPECT_EQ(test, state & mask, 0U);
		KUNIT_EXPECT_EQ(test, hweight32(state), hweight32(set));

		for (size = 0; size <= page; size += size < page - 8 ? page / 512 - 1 : 1) {
			u32 flags = state | size;

			if ((flags & mask) != size || (flags & ~mask) != state)
				KUNIT_FAIL(test, "size %u, state %x",
					   size, state);
		}
	}
}

static void slot_test_states(struct kunit *test)
{
	struct zram_slot slot = {};

	KUNIT_EXPECT_FALSE(test, zram_slot_stored(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_in_memory(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_compressed(slot.flags));

	/* A mark alone does not make content. */
	zram_slot_set_flags(&slot, ZRAM_RMW | ZRAM_PP);
	KUNIT_EXPECT_FALSE(test, zram_slot_stored(&slot));

	zram_slot_set_flags(&slot, ZRAM_SAME);
	KUNIT_EXPECT_TRUE(test, zram_slot_stored(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_in_memory(&slot));
	KUNIT_EXPECT_EQ(test, zram_slot_size(&slot), 0);

	zram_slot_set_flags(&slot, 1 | ZRAM_RMW);
	KUNIT_EXPECT_TRUE(test, zram_slot_stored(&slot));
	KUNIT_EXPECT_TRUE(test, zram_slot_in_memory(&slot));
	KUNIT_EXPECT_TRUE(test, zram_slot_compressed(slot.flags));
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&slot, ZRAM_RMW));
	KUNIT_EXPECT_FALSE(test, zram_slot_test(&slot, ZRAM_PP));
	KUNIT_EXPECT_EQ(test, zram_slot_size(&slot), 1);

	zram_slot_set_flags(&slot, (u32)PAGE_SIZE | ZRAM_HUGE | ZRAM_PP);
	KUNIT_EXPECT_TRUE(test, zram_slot_in_memory(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_compressed(slot.flags));
	KUNIT_EXPECT_EQ(test, zram_slot_size(&slot), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, zram_slot_peek(&slot), slot.flags);

	zram_slot_set_flags(&slot, (u32)PAGE_SIZE | ZRAM_HUGE | ZRAM_WB);
	KUNIT_EXPECT_TRUE(test, zram_slot_stored(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_in_memory(&slot));
	KUNIT_EXPECT_FALSE(test, zram_slot_compressed(slot.flags));
}

/* The blocks of an object that starts in @block, @offset bytes into it, and of its checksum */
static void check_blocks(struct kunit *test, u64 block, unsigned int offset,
			 unsigned int size)
{
	struct zram_slot slot = {
		.handle = zram_slot_location(block, offset),
		.flags = size | ZRAM_WB,
	};
	unsigned int nr, want;
	u64 first;

	nr = zram_slot_blocks(&slot, &first);
	want = DIV_ROUND_UP(offset + size + 4 * (size < PAGE_SIZE), ZRAM_BLOCK_SIZE);
	KUNIT_EXPECT_EQ_MSG(test, first, block, "offset %u size %u", offset,
			    size);
	KUNIT_EXPECT_EQ_MSG(test, nr, want, "offset %u size %u", offset, size);
}

static void slot_test_location(struct kunit *test)
{
	/* A device has less than 2^64 bytes, and what a location can name. */
	const u64 last = ZRAM_MAX_BLOCKS - 1;
	const u64 blocks[] = { 0, 1, 12345, last / 2, last };
	static const unsigned int sizes[] = {
		1, 7, 8, 9, 511, 4088, 4095, PAGE_SIZE - 1, PAGE_SIZE,
	};
	unsigned int b, s, offset;

	for (b = 0; b < ARRAY_SIZE(blocks); b++)
		for (s = 0; s < ARRAY_SIZE(sizes); s++)
			for (offset = 0; offset < ZRAM_BLOCK_SIZE; offset += 8)
				check_blocks(test, blocks[b], offset, sizes[s]);
}

#define NR_SLOTS	200

/* A device that has slots and counters and nothing else */
static struct zram *make_zram(struct kunit *test)
{
	struct zram *zram = kunit_kzalloc(test, sizeof(*zram), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, zram);
	KUNIT_ASSERT_EQ(test, zram_stats_init(&zram->stats), 0);
	if (zram_table_create(&zram->slots, NR_SLOTS)) {
		zram_stats_destroy(&zram->stats);
		kunit_skip(test, "no memory for %u slots", NR_SLOTS);
	}
	return zram;
}

static void drop_zram(struct zram *zram)
{
	zram_table_destroy(&zram->slots);
	zram_stats_destroy(&zram->stats);
}

/* The counters are what one gets by counting. */
static void check_stats(struct kunit *test, struct zram *zram)
{
	u64 pages = 0, bytes = 0, same = 0, huge = 0;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		u32 flags = zram->slots.slot[i].flags;

		pages += !!(flags & (ZRAM_SAME | ZRAM_SIZE_MASK));
		same += !!(flags & ZRAM_SAME);
		if (flags & ZRAM_WB)
			continue;
		bytes += flags & ZRAM_SIZE_MASK;
		huge += !!(flags & ZRAM_HUGE);
	}
	KUNIT_EXPECT_EQ(test, pages,
			zram_stats_read(&zram->stats, ZRAM_STAT_PAGES));
	KUNIT_EXPECT_EQ(test, bytes,
			zram_stats_read(&zram->stats, ZRAM_STAT_COMPR_BYTES));
	KUNIT_EXPECT_EQ(test, same,
			zram_stats_read(&zram->stats, ZRAM_STAT_SAME_PAGES));
	KUNIT_EXPECT_EQ(test, huge,
			zram_stats_read(&zram->stats, ZRAM_STAT_HUGE_PAGES));
}

/* The words of the groups say of each slot what the slot says. */
static void check_groups(struct kunit *test, struct zram *zram)
{
	unsigned long i;
	u32 stored = 0;

	for (i = 0; i < NR_SLOTS; i++) {
		struct zram_slot_group *group =
			zram_slots_group(&zram->slots, i);
		u64 bit = zram_slots_bit(i);

		stored = i % ZRAM_SLOT_GROUP ? stored : 0;
		stored += zram_slot_stored(&zram->slots.slot[i]);
		if (i == NR_SLOTS - 1 || i % ZRAM_SLOT_GROUP == 63)
			KUNIT_EXPECT_EQ_MSG(test, group->nr_stored, stored,
					    "slot %lu", i);

		KUNIT_EXPECT_EQ_MSG(test, !!(group->in_memory & bit),
				    zram_slot_in_memory(&zram->slots.slot[i]),
				    "slot %lu", i);
		KUNIT_EXPECT_EQ_MSG(test, group->idle & bit & ~group->in_memory,
				    0ULL, "slot %lu", i);
	}
}

/* A slot is idle until it is accessed, and while it is in memory. */
static void slot_test_idle(struct kunit *test)
{
	struct zram *zram = make_zram(test);
	struct zram_slot_group *group = zram_slots_group(&zram->slots, 70);
	unsigned long i;

	for (i = 64; i < 128; i++)
		zram_slot_publish(zram, i, 0, 100);
	KUNIT_EXPECT_EQ(test, group->in_memory, ~0ULL);
	group->idle = group->in_memory;
	zram_slot_touch(zram, 70);
	zram_slot_publish(zram, 71, 8, (u32)PAGE_SIZE | ZRAM_WB);
	zram_slot_publish(zram, 127, 0, 0);
	/* The content stays what it was, and as old. */
	zram_slot_publish(zram, 64, 0, 99);
	KUNIT_EXPECT_EQ(test, group->idle, ~(BIT_ULL(6) | BIT_ULL(7) |
					     BIT_ULL(63)));
	check_groups(test, zram);
	for (i = 64; i < 128; i++)
		zram_slot_publish(zram, i, 0, 0);
	KUNIT_EXPECT_EQ(test, group->idle, 0ULL);
	drop_zram(zram);
}

static void slot_test_counters(struct kunit *test)
{
	const u32 states[] = {
		0, ZRAM_SAME, 1, 100 | ZRAM_RMW, PAGE_SIZE - 1,
		(u32)PAGE_SIZE | ZRAM_HUGE, 77 | ZRAM_WB,
		(u32)PAGE_SIZE | ZRAM_HUGE | ZRAM_WB, 5 | ZRAM_PP,
	};
	struct zram *zram = make_zram(test);
	struct rnd_state rnd;
	unsigned int i, round;

	prandom_seed_state(&rnd, 20250304);
	for (round = 0; round < 3000; round++) {
		u32 r = prandom_u32_state(&rnd);

		zram_slot_publish(zram, r % NR_SLOTS, r,
				  states[(r >> 16) % ARRAY_SIZE(states)]);
		if (round % 100 == 0) {
			check_stats(test, zram);
			check_groups(test, zram);
		}
	}
	for (i = 0; i < NR_SLOTS; i++)
		zram_slot_publish(zram, i, 0, 0);
	check_stats(test, zram);
	check_groups(test, zram);
	KUNIT_EXPECT_EQ(test, 0ULL,
			zram_stats_read(&zram->stats, ZRAM_STAT_PAGES));
	drop_zram(zram);
}

static void slot_test_replace(struct kunit *test)
{
	struct zram *zram = make_zram(test);
	struct zram_slot *slot = &zram->slots.slot[70];
	struct zram_slot content = { .handle = 0x1234, .flags = ZRAM_SAME };
	unsigned int i;

	/* What was there comes back, what came is there; both are whole. */
	zram_slot_replace(zram, 70, &content, 0);
	KUNIT_EXPECT_EQ(test, content.flags, 0U);
	KUNIT_EXPECT_EQ(test, content.handle, 0UL);
	KUNIT_EXPECT_EQ(test, slot->handle, 0x1234UL);
	zram_slot_set_flags(slot, slot->flags | ZRAM_RMW | ZRAM_PP);
	content = (struct zram_slot){ .handle = ~0UL, .flags = ZRAM_SAME };
	zram_slot_replace(zram, 70, &content, 0);
	KUNIT_EXPECT_EQ(test, content.handle, 0x1234UL);
	KUNIT_EXPECT_EQ(test, content.flags, ZRAM_SAME | ZRAM_RMW | ZRAM_PP);
	KUNIT_EXPECT_EQ(test, slot->handle, ~0UL);
	KUNIT_EXPECT_EQ(test, slot->flags, ZRAM_SAME);
	check_stats(test, zram);

	/* An access leaves the marks of those who are at work on the slot. */
	zram_slot_set_flags(slot, ZRAM_SAME | ZRAM_RMW | ZRAM_PP);
	zram_slot_touch(zram, 70);
	KUNIT_EXPECT_EQ(test, slot->flags, ZRAM_SAME | ZRAM_RMW | ZRAM_PP);

	/* Unless the slot is as expected it keeps what it has. */
	zram_slot_set_flags(slot, ZRAM_SAME);
	content = (struct zram_slot){ .handle = 5, .flags = ZRAM_SAME };
	KUNIT_EXPECT_FALSE(test, zram_slot_replace(zram, 70, &content,
						   ZRAM_RMW));
	KUNIT_EXPECT_EQ(test, content.handle, 5UL);
	KUNIT_EXPECT_EQ(test, slot->handle, ~0UL);
	zram_slot_mark(zram, 70, ZRAM_RMW);
	KUNIT_EXPECT_TRUE(test, zram_slot_replace(zram, 70, &content,
						  ZRAM_RMW));
	KUNIT_EXPECT_EQ(test, content.handle, ~0UL);
	KUNIT_EXPECT_EQ(test, slot->flags, ZRAM_SAME);

	for (i = 60; i < 160; i++) {
		content = (struct zram_slot){ .flags = ZRAM_SAME };
		zram_slot_replace(zram, i, &content, 0);
	}
	zram_slot_free_range(zram, 63, 66);
	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_EXPECT_EQ_MSG(test, zram_slot_stored(&zram->slots.slot[i]),
				    (i >= 60 && i < 63) ||
				    (i >= 129 && i < 160), "slot %u", i);
	check_stats(test, zram);
	zram_slot_free(zram, 60);
	zram_slot_free_range(zram, 0, NR_SLOTS);
	KUNIT_EXPECT_EQ(test, 0ULL,
			zram_stats_read(&zram->stats, ZRAM_STAT_PAGES));
	drop_zram(zram);
}

/* A slot with an object of the store, as large as a page */
static struct zram_slot make_object(struct kunit *test, struct zram *zram)
{
	struct zram_slot slot = { .flags = (u32)PAGE_SIZE | ZRAM_HUGE };

	KUNIT_ASSERT_EQ(test, 0, zram_obj_alloc(&zram->pool, PAGE_SIZE,
						GFP_KERNEL, NUMA_NO_NODE,
						&slot.handle));
	return slot;
}

static unsigned long objects(struct zram *zram)
{
	struct zram_obj_usage usage;

	zram_obj_pool_usage(&zram->pool, &usage);
	return usage.pages;
}

/* Put another object into a slot, and give back what was there */
static void put_object(struct kunit *test, struct zram *zram,
		       unsigned long index)
{
	struct zram_slot content = make_object(test, zram);

	zram_slot_replace(zram, index, &content, 0);
	zram_slot_release(zram, &content);
}

/* An object stays while it is pinned, and no longer. */
static void slot_test_pin(struct kunit *test)
{
	struct zram *zram = make_zram(test);
	struct zram_slot *slot = &zram->slots.slot[3];
	struct zram_slot first, second;

	KUNIT_ASSERT_EQ(test, zram_obj_pool_create(&zram->pool, "kunit"), 0);
	put_object(test, zram, 3);
	first = zram_slot_pin(zram, 3);
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&first, ZRAM_PIN));
	KUNIT_EXPECT_EQ(test, first.handle, slot->handle);
	/* A second reader gets to see it, without the pin */
	second = zram_slot_pin(zram, 3);
	KUNIT_EXPECT_EQ(test, second.flags, (u32)PAGE_SIZE | ZRAM_HUGE);
	zram_slot_unpin(zram, 3, &first);
	KUNIT_EXPECT_EQ(test, slot->flags, (u32)PAGE_SIZE | ZRAM_HUGE);
	KUNIT_EXPECT_EQ(test, objects(zram), 1UL);

	/* Detached twice with a reader at work on each */
	first = zram_slot_pin(zram, 3);
	put_object(test, zram, 3);
	KUNIT_EXPECT_FALSE(test, zram_slot_test(slot, ZRAM_PIN));
	second = zram_slot_pin(zram, 3);
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&second, ZRAM_PIN));
	KUNIT_EXPECT_EQ(test, objects(zram), 2UL);
	zram_slot_unpin(zram, 3, &first);
	KUNIT_EXPECT_EQ(test, objects(zram), 1UL);
	KUNIT_EXPECT_TRUE(test, zram_slot_test(slot, ZRAM_PIN));
	zram_slot_free(zram, 3);
	KUNIT_EXPECT_EQ(test, objects(zram), 1UL);
	zram_slot_unpin(zram, 3, &second);
	KUNIT_EXPECT_EQ(test, objects(zram), 0UL);

	/* Nothing to be pinned */
	KUNIT_EXPECT_EQ(test, zram_slot_pin(zram, 3).flags, 0U);
	zram_slot_publish(zram, 3, 77, ZRAM_SAME);
	KUNIT_EXPECT_EQ(test, zram_slot_pin(zram, 3).flags, ZRAM_SAME);
	zram_slot_publish(zram, 3, 77, 100 | ZRAM_WB);
	KUNIT_EXPECT_EQ(test, zram_slot_pin(zram, 3).flags, 100 | ZRAM_WB);
	zram_slot_publish(zram, 3, 0, 0);
	check_stats(test, zram);
	zram_obj_pool_destroy(&zram->pool);
	drop_zram(zram);
}

static long slot_count_on_cpu(void *stats)
{
	zram_stats_add(stats, ZRAM_STAT_PAGES, 3);
	zram_stats_add(stats, ZRAM_STAT_WB_BYTES, INT_MAX);
	zram_stats_add(stats, ZRAM_STAT_WB_BYTES, INT_MAX);
	return 0;
}

/* All CPUs count, more than 32 bits hold; a sum below zero reads as zero. */
static void slot_test_stats(struct kunit *test)
{
	struct zram_stats stats;
	unsigned int cpu, nr = 0;

	KUNIT_ASSERT_EQ(test, zram_stats_init(&stats), 0);
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		work_on_cpu(cpu, slot_count_on_cpu, &stats);
		nr++;
	}
	cpus_read_unlock();
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_PAGES), 3ULL * nr);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_WB_BYTES),
			2ULL * INT_MAX * nr);

	zram_stats_add(&stats, ZRAM_STAT_PAGES, -3L * nr - 1);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_PAGES), 0ULL);
	zram_stats_add(&stats, ZRAM_STAT_PAGES, 2);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_PAGES), 1ULL);

	zram_stats_clear(&stats);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_PAGES), 0ULL);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&stats, ZRAM_STAT_WB_BYTES), 0ULL);
	zram_stats_destroy(&stats);
}

static struct kunit_case slot_test_cases[] = {
	KUNIT_CASE_PARAM(slot_test_layout, shift_gen_params),
	KUNIT_CASE(slot_test_states),
	KUNIT_CASE(slot_test_location),
	KUNIT_CASE(slot_test_idle),
	KUNIT_CASE(slot_test_counters),
	KUNIT_CASE(slot_test_stats),
	KUNIT_CASE(slot_test_replace),
	KUNIT_CASE(slot_test_pin),
	{}
};

static struct kunit_suite slot_test_suite = {
	.name = "zram_slot",
	.test_cases = slot_test_cases,
};

kunit_test_suite(slot_test_suite);
