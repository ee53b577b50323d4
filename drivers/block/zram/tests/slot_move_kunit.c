// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of moving several slots in one critical section: it does what
 * zram_slot_publish_if() does with each of them.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../slot.h"
#include "../stats.h"
#include "../table.h"
#include "../zram.h"

#define NR_SLOTS	(2 * ZRAM_SLOT_GROUP)
#define ROUNDS		2000

/**
 * struct slot_move_test - two devices with the same slots
 * @together: whose slots are moved together
 * @single: whose slots are moved one by one
 */
struct slot_move_test {
	struct zram together;
	struct zram single;
};

static int slot_move_test_init(struct kunit *test)
{
	struct slot_move_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t || zram_stats_init(&t->together.stats))
		return -ENOMEM;
	test->priv = t;
	if (zram_stats_init(&t->single.stats) ||
	    zram_table_create(&t->together.slots, NR_SLOTS) ||
	    zram_table_create(&t->single.slots, NR_SLOTS))
		return -ENOMEM;
	return 0;
}

static void slot_move_test_exit(struct kunit *test)
{
	struct slot_move_test *t = test->priv;

	if (!t)
		return;
	zram_table_destroy(&t->together.slots);
	zram_table_destroy(&t->single.slots);
	zram_stats_destroy(&t->together.stats);
	zram_stats_destroy(&t->single.stats);
}

/* Give both devices the same content in all slots. The handles are not real ones */
static void fill(struct slot_move_test *t, struct rnd_state *rnd)
{
	static const u32 states[] = {
		0, ZRAM_SAME, 100, 100 | ZRAM_PP, 2000 | ZRAM_PP | ZRAM_BROUGHT,
		1500 | ZRAM_PP | ZRAM_PIN | ZRAM_RMW, 77 | ZRAM_WB,
		(u32)PAGE_SIZE | ZRAM_HUGE | ZRAM_PP | ZRAM_INCOMPRESSIBLE,
		(u32)PAGE_SIZE | ZRAM_HUGE,
	};
	unsigned long i;

	for (i = 0; i < NR_SLOTS; i++) {
		u32 r = prandom_u32_state(rnd), flags = states[r % ARRAY_SIZE(states)];

		zram_slot_publish(&t->together, i, r, flags);
		zram_slot_publish(&t->single, i, r, flags);
	}
	for (i = 0; i < NR_SLOTS; i += ZRAM_SLOT_GROUP) {
		struct zram_slot_group *one = zram_slots_group(&t->together.slots, i);
		u64 idle = one->in_memory & (prandom_u32_state(rnd) * 0x100000001ULL);

		one->idle = idle;
		zram_slots_group(&t->single.slots, i)->idle = idle;
	}
}

static void compare_devices(struct kunit *test)
{
	struct slot_move_test *t = test->priv;
	unsigned long i;
	int id;

	for (i = 0; i < NR_SLOTS; i++) {
		struct zram_slot *one = &t->together.slots.slot[i];
		struct zram_slot *other = &t->single.slots.slot[i];

		KUNIT_EXPECT_EQ_MSG(test, one->handle, other->handle, "slot %lu", i);
		KUNIT_EXPECT_EQ_MSG(test, one->flags, other->flags, "slot %lu", i);
		KUNIT_EXPECT_EQ_MSG(test, one->ac_time, other->ac_time, "slot %lu", i);
	}
	for (i = 0; i < NR_SLOTS; i += ZRAM_SLOT_GROUP) {
		struct zram_slot_group *one = zram_slots_group(&t->together.slots, i);
		struct zram_slot_group *other = zram_slots_group(&t->single.slots, i);

		KUNIT_EXPECT_EQ(test, one->in_memory, other->in_memory);
		KUNIT_EXPECT_EQ(test, one->idle, other->idle);
		KUNIT_EXPECT_EQ(test, one->nr_stored, other->nr_stored);
	}
	for (id = 0; id < ZRAM_NR_STATS; id++)
		KUNIT_EXPECT_EQ_MSG(test, zram_stats_read(&t->together.stats, id),
				    zram_stats_read(&t->single.stats, id), "counter %d", id);
}

/* Choose up to 16 slots of a group, with gaps, to be moved. Returns their number */
static unsigned int choose(struct zram_slot_move *moves, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);
	unsigned long i = (r & 1) * ZRAM_SLOT_GROUP, end = i + ZRAM_SLOT_GROUP;
	unsigned int max = 1 + (r >> 1) % 16, nr = 0;

	for (; i < end && nr < max; i++) {
		r = prandom_u32_state(rnd);
		if (nr && r % 3)
			continue;
		moves[nr++] = (struct zram_slot_move){
			.index = i,
			.slot = { .handle = r, .flags = 300 | ZRAM_WB },
		};
	}
	return nr;
}

/* Move slots on both devices. Returns the number of those that moved */
static unsigned int move(struct kunit *test, struct rnd_state *rnd)
{
	const u32 kept = ~(ZRAM_PP | ZRAM_PIN | ZRAM_BROUGHT | ZRAM_SIZE_MASK);
	const struct zram_slot claimed = { .flags = ZRAM_PP };
	struct slot_move_test *t = test->priv;
	struct zram_slot_move moves[16];
	struct zram_slot released[16];
	unsigned int nr, i;
	u32 moved, expected = 0;

	nr = choose(moves, rnd);
	for (i = 0; i < nr; i++) {
		released[i] = moves[i].slot;
		if (zram_slot_publish_if(&t->single, moves[i].index, &released[i],
					 &claimed, kept))
			expected |= BIT(i);
	}
	moved = zram_slot_move_range(&t->together, moves, nr, ZRAM_PP, kept);
	KUNIT_EXPECT_EQ(test, moved, expected);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, moves[i].slot.handle, released[i].handle);
		KUNIT_EXPECT_EQ(test, moves[i].slot.flags, released[i].flags);
	}
	return hweight32(moved);
}

static void slot_move_test_equal(struct kunit *test)
{
	struct slot_move_test *t = test->priv;
	unsigned int round, moved = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20261128);
	for (round = 0; round < ROUNDS; round++) {
		if (round % 8 == 0)
			fill(t, &rnd);
		moved += move(test, &rnd);
		compare_devices(test);
	}
	/* Four of the nine states have the mark */
	KUNIT_EXPECT_GT(test, moved, ROUNDS / 2);
}

static struct kunit_case slot_move_test_cases[] = {
	KUNIT_CASE(slot_move_test_equal),
	{}
};

static struct kunit_suite slot_move_test_suite = {
	.name = "zram_slot_move",
	.init = slot_move_test_init,
	.exit = slot_move_test_exit,
	.test_cases = slot_move_test_cases,
};

kunit_test_suite(slot_move_test_suite);
