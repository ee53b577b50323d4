// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of freeing consecutive slots that are written back: each block loses
 * one reference for each of its slots that is freed, and no other reference.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../bd_map.h"
#include "../slot.h"
#include "../slot_range.h"
#include "../stats.h"
#include "../table.h"
#include "../zram.h"

#define NR_SLOTS	200U
#define NR_BLOCKS	1200U		/* more than two segments of the map */

/**
 * struct slot_free_test - the device of a test, and a model of it
 * @zram: has slots, counters and a block map
 * @slot: the content of each slot
 * @refs: references of each block
 * @used: number of blocks with references
 */
struct slot_free_test {
	struct zram zram;
	struct zram_slot slot[NR_SLOTS];
	u32 refs[NR_BLOCKS];
	u64 used;
};

static int slot_free_test_init(struct kunit *test)
{
	struct slot_free_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t || zram_stats_init(&t->zram.stats))
		return -ENOMEM;
	test->priv = t;
	if (zram_table_create(&t->zram.slots, NR_SLOTS))
		return -ENOMEM;
	t->zram.backing.map = zram_bd_map_create(NR_BLOCKS);
	return PTR_ERR_OR_ZERO(t->zram.backing.map);
}

static void slot_free_test_exit(struct kunit *test)
{
	struct slot_free_test *t = test->priv;

	if (!t)
		return;
	if (!IS_ERR(t->zram.backing.map))
		zram_bd_map_destroy(t->zram.backing.map);
	zram_table_destroy(&t->zram.slots);
	zram_stats_destroy(&t->zram.stats);
}

/* Reserve all blocks, so that a test can choose among them */
static void reserve_all(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	unsigned int nr = 0;
	u64 first;
	int got;

	while (nr < NR_BLOCKS) {
		got = zram_bd_map_reserve(t->zram.backing.map, NR_BLOCKS, 1,
					  &first);
		KUNIT_ASSERT_GT(test, got, 0);
		nr += got;
	}
}

/* Give each block one reference for each of its slots, and free unused blocks */
static void keep_used(struct slot_free_test *t)
{
	unsigned int b, r;

	for (b = 0; b < NR_BLOCKS; b++) {
		for (r = 1; r < t->refs[b]; r++)
			zram_bd_map_get(t->zram.backing.map, b, 1);
		if (!t->refs[b])
			zram_bd_map_put(t->zram.backing.map, b, 1);
	}
}

/* Install an object of @size bytes, @offset bytes into @block; PAGE_SIZE is a whole page */
static void put_slot(struct slot_free_test *t, unsigned int i, u64 block,
		     unsigned int offset, unsigned int size)
{
	unsigned int nr;

	t->slot[i].handle = zram_slot_location(block, offset);
	t->slot[i].flags = size | ZRAM_WB;
	for (nr = zram_slot_blocks(&t->slot[i], &block); nr; nr--, block++)
		t->used += !t->refs[block]++;
	zram_slot_publish(&t->zram, i, t->slot[i].handle, t->slot[i].flags);
}

/* Install an object of less than a block at the beginning of @block */
static void put_object(struct slot_free_test *t, unsigned int i, u64 block)
{
	put_slot(t, i, block, 0, 100);
}

/* Free slots of the device and of the model, and compare */
static void free_slots(struct kunit *test, unsigned int index, unsigned int nr)
{
	struct slot_free_test *t = test->priv;
	unsigned int i, left;
	u64 block;

	for (i = index; i < index + nr; i++) {
		left = 0;
		if (zram_slot_test(&t->slot[i], ZRAM_WB))
			left = zram_slot_blocks(&t->slot[i], &block);
		for (; left; left--, block++)
			t->used -= !--t->refs[block];
		t->slot[i].flags = 0;
	}
	zram_slots_free(&t->zram, index, nr);
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->zram.backing.map), t->used);
	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_EXPECT_EQ_MSG(test, t->zram.slots.slot[i].flags,
				    t->slot[i].flags, "slot %u", i);
	/* Adding a reference fails for a block without any */
	for (i = 0; i < NR_BLOCKS; i++) {
		if (!__zram_bd_map_ref(t->zram.backing.map, i, 1, 1))
			KUNIT_EXPECT_EQ_MSG(test, t->refs[i], 0U, "block %u", i);
		else
			__zram_bd_map_ref(t->zram.backing.map, i, 1, -1);
	}
}

static void slot_free_test_forward(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	unsigned int i;

	reserve_all(test);
	/* The extents begin at block 0, and cross a segment's end within a group */
	for (i = 0; i < NR_SLOTS; i++)
		put_object(t, i, i < 64 ? i : 512 - 100 + i);
	keep_used(t);
	free_slots(test, 5, 190);
	free_slots(test, 0, NR_SLOTS);
	KUNIT_EXPECT_EQ(test, t->used, 0ULL);
}

static void slot_free_test_backward(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	unsigned int i;

	reserve_all(test);
	for (i = 0; i < NR_SLOTS; i++)
		put_object(t, i, NR_BLOCKS - 1 - i);
	keep_used(t);
	free_slots(test, 63, 2);
	free_slots(test, 0, NR_SLOTS);
}

/* Packed objects share blocks */
static void slot_free_test_shared(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	unsigned int i;

	reserve_all(test);
	for (i = 0; i < NR_SLOTS; i++)
		put_object(t, i, 480 + i / 3);
	keep_used(t);
	free_slots(test, 1, 98);
	free_slots(test, 0, NR_SLOTS);
}

/* Objects without gaps between them: many lie on two blocks, and one on two segments */
static void slot_free_test_dense(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	unsigned int i, size = 1500, at = 480 * ZRAM_BLOCK_SIZE;

	reserve_all(test);
	for (i = 0; i < NR_SLOTS; i++) {
		put_slot(t, i, at >> ZRAM_BLOCK_SHIFT, at % ZRAM_BLOCK_SIZE, size);
		at += ALIGN(zram_slot_packed_size(size), BIT(ZRAM_LOC_SHIFT));
	}
	keep_used(t);
	free_slots(test, 3, 100);
	free_slots(test, 0, NR_SLOTS);
	KUNIT_EXPECT_EQ(test, t->used, 0ULL);
}

static void slot_free_test_random(struct kunit *test)
{
	struct slot_free_test *t = test->priv;
	/* From each block before this one, the longest object fits: a page and one more block */
	const unsigned int last = NR_BLOCKS - ZRAM_BLOCKS_PER_PAGE - 1;
	struct rnd_state rnd;
	unsigned int i, r, block = 0;

	prandom_seed_state(&rnd, 20261126);
	reserve_all(test);
	for (i = 0; i < NR_SLOTS; i++) {
		r = prandom_u32_state(&rnd);
		switch (r % 8) {
		case 0:
			continue;
		case 1:
			t->slot[i].flags = ZRAM_SAME;
			zram_slot_publish(&t->zram, i, 0, ZRAM_SAME);
			continue;
		case 2:
			block = (r >> 8) % last;
			break;
		case 3:
			put_slot(t, i, block, 0, PAGE_SIZE);
			continue;
		case 4:
			put_slot(t, i, block, ZRAM_BLOCK_SIZE - 8, PAGE_SIZE - 8);
			continue;
		default:
			block = (block + 1) % last;
		}
		put_object(t, i, block);
	}
	keep_used(t);
	for (i = 0; i < 30; i++) {
		r = prandom_u32_state(&rnd) % NR_SLOTS;
		free_slots(test, r, prandom_u32_state(&rnd) % (NR_SLOTS - r));
	}
	free_slots(test, 0, NR_SLOTS);
	KUNIT_EXPECT_EQ(test, 0ULL,
			zram_stats_read(&t->zram.stats, ZRAM_STAT_PAGES));
}

static struct kunit_case slot_free_test_cases[] = {
	KUNIT_CASE(slot_free_test_forward),
	KUNIT_CASE(slot_free_test_backward),
	KUNIT_CASE(slot_free_test_shared),
	KUNIT_CASE(slot_free_test_dense),
	KUNIT_CASE(slot_free_test_random),
	{}
};

static struct kunit_suite slot_free_test_suite = {
	.name = "zram_slot_free",
	.init = slot_free_test_init,
	.exit = slot_free_test_exit,
	.test_cases = slot_free_test_cases,
};

kunit_test_suite(slot_free_test_suite);
