// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the walk of tiering: the pages by age, against a count of slot by slot.
 */

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/prandom.h>

#include "../pp.h"
#include "../slot.h"
#include "../table.h"
#include "../tier_ages.h"
#include "../tier_clock.h"
#include "../tier_hazard.h"
#include "../zram.h"

/* Three parts, and a group that is not whole */
#define PART		65536UL
#define NR_SLOTS	(2 * PART + 1000 + 37)
/* Groups are filled this far apart */
#define STEP		(40 * ZRAM_SLOT_GROUP)
/* All ages exist */
#define NOW		((u32)BIT(25))

/**
 * struct tier_ages_test - what a test works on
 * @zram: has slots, counters and nothing else
 * @ages: result of the walk
 * @expected: what it should be
 */
struct tier_ages_test {
	struct zram *zram;
	struct zram_tier_ages ages;
	struct zram_tier_ages expected;
};

static int tier_ages_test_init(struct kunit *test)
{
	struct tier_ages_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram || zram_stats_init(&t->zram->stats))
		return -ENOMEM;
	test->priv = t;
	return zram_table_create(&t->zram->slots, NR_SLOTS);
}

static void tier_ages_test_exit(struct kunit *test)
{
	struct tier_ages_test *t = test->priv;

	if (!t)
		return;
	zram_table_destroy(&t->zram->slots);
	zram_stats_destroy(&t->zram->stats);
}

/* A state of each kind by the low bits of @r */
static u32 flags_of(u32 r)
{
	u32 size = 1 + (r >> 8) % (PAGE_SIZE - 1);

	switch (r % 8) {
	case 0:
		return 0;
	case 1:
		return ZRAM_SAME;
	case 2:
		return size | ZRAM_WB;
	case 3:
		return (u32)PAGE_SIZE | ZRAM_HUGE | ZRAM_WB;
	case 4:
		return (u32)PAGE_SIZE | ZRAM_HUGE;
	case 5:
		return size | ZRAM_PP;
	case 6:
		return (u32)PAGE_SIZE | ZRAM_STAGED;
	default:
		return size;
	}
}

/* Groups of all kinds: mixed, one state only, and with one slot only */
static void fill(struct tier_ages_test *t)
{
	struct rnd_state rnd;
	unsigned long i, group;
	u32 r;

	prandom_seed_state(&rnd, 20261127);
	for (i = 0; i < NR_SLOTS; i++) {
		group = i / ZRAM_SLOT_GROUP;
		if (i % STEP >= ZRAM_SLOT_GROUP && NR_SLOTS - i > 200)
			continue;
		r = prandom_u32_state(&rnd);
		if (group / 40 % 3 == 1)
			r = (r & ~7U) | (group / 40 % 8);
		if (group / 40 % 3 == 2 && i % ZRAM_SLOT_GROUP != group % 64)
			continue;
		/* There is no pool to count staged pages, which are in memory too */
		zram_slot_publish(t->zram, i, 0, flags_of(r) & ~ZRAM_STAGED);
		zram_slot_set_flags(&t->zram->slots.slot[i], flags_of(r));
		/* Each class is as likely as any other */
		t->zram->slots.slot[i].ac_time =
			NOW - (prandom_u32_state(&rnd) >> (7 + r % 25));
	}
}

/* Count slot by slot, without groups and cut-offs */
static void count(struct tier_ages_test *t, u32 now, u32 idle_age)
{
	struct zram_tier_ages *to = &t->expected;
	const struct zram_slot *slot;
	unsigned long i;
	unsigned int k;
	u32 age;

	*to = (struct zram_tier_ages){};
	for (i = 0; i < NR_SLOTS; i++) {
		slot = &t->zram->slots.slot[i];
		age = zram_tier_clock_age(slot->ac_time, now);
		k = zram_tier_class(age);
		if (zram_pp_match(t->zram, &zram_pp_any, i)) {
			to->walk.pages[k]++;
			to->bytes[k] += zram_slot_size(slot);
			to->walk.idle += idle_age && age >= idle_age;
		} else if (zram_slot_test(slot, ZRAM_WB)) {
			to->walk.on_disk[k]++;
		}
	}
}

static unsigned int tier_ages_test_stops;

static bool never(const struct zram *zram)
{
	tier_ages_test_stops++;
	return false;
}

static bool third_time(const struct zram *zram)
{
	return ++tier_ages_test_stops == 3;
}

static void check(struct kunit *test, u32 now, u32 idle_age)
{
	struct tier_ages_test *t = test->priv;
	unsigned int k;

	count(t, now, idle_age);
	memset(&t->ages, 0xff, sizeof(t->ages));
	tier_ages_test_stops = 0;
	KUNIT_ASSERT_EQ(test, 0, zram_tier_ages_walk(t->zram, now, idle_age,
						     &t->ages, never));
	KUNIT_EXPECT_EQ(test, tier_ages_test_stops,
			(unsigned int)DIV_ROUND_UP(NR_SLOTS, PART));
	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		KUNIT_EXPECT_EQ_MSG(test, t->ages.walk.pages[k],
				    t->expected.walk.pages[k], "class %u", k);
		KUNIT_EXPECT_EQ_MSG(test, t->ages.walk.on_disk[k],
				    t->expected.walk.on_disk[k], "class %u", k);
		KUNIT_EXPECT_EQ_MSG(test, t->ages.bytes[k], t->expected.bytes[k],
				    "class %u", k);
	}
	KUNIT_EXPECT_EQ(test, t->ages.walk.idle, t->expected.walk.idle);
}

static void tier_ages_test_count(struct kunit *test)
{
	static const u32 idle[] = { 0, 1, 100, 4096, NOW, NOW + 1, U32_MAX };
	struct tier_ages_test *t = test->priv;
	unsigned int i, k;

	check(test, NOW, 1);
	KUNIT_EXPECT_EQ(test, 0ULL, t->ages.walk.idle);
	fill(t);
	for (i = 0; i < ARRAY_SIZE(idle); i++)
		check(test, NOW, idle[i]);
	/* The test is worth something: there are pages of each class */
	for (k = 1; k < ZRAM_TIER_CLASSES; k++) {
		KUNIT_EXPECT_GT(test, t->ages.walk.pages[k], 0ULL);
		KUNIT_EXPECT_GT(test, t->ages.walk.on_disk[k], 0ULL);
	}
	/* Pages accessed after the walk began, and at once after boot */
	check(test, NOW - 1000, 100);
	check(test, 0, 0);
	check(test, U32_MAX, U32_MAX);
}

static void tier_ages_test_stop(struct kunit *test)
{
	struct tier_ages_test *t = test->priv;

	fill(t);
	tier_ages_test_stops = 0;
	KUNIT_EXPECT_EQ(test, -EINTR, zram_tier_ages_walk(t->zram, NOW, 0,
							  &t->ages, third_time));
	KUNIT_EXPECT_EQ(test, tier_ages_test_stops, 3U);
	tier_ages_test_stops = 2;
	KUNIT_EXPECT_EQ(test, -EINTR, zram_tier_ages_walk(t->zram, NOW, 0,
							  &t->ages, third_time));
}

static struct kunit_case tier_ages_test_cases[] = {
	KUNIT_CASE(tier_ages_test_count),
	KUNIT_CASE(tier_ages_test_stop),
	{}
};

static struct kunit_suite tier_ages_test_suite = {
	.name = "zram_tier_ages",
	.init = tier_ages_test_init,
	.exit = tier_ages_test_exit,
	.test_cases = tier_ages_test_cases,
};

kunit_test_suite(tier_ages_test_suite);
