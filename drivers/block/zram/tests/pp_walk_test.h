/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PP_WALK_TEST_H_
#define _ZRAM_PP_WALK_TEST_H_

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../pp.h"
#include "../pp_walk.h"
#include "../stats.h"
#include "../table.h"
#include "../zram.h"

#define NR_SLOTS	3000

/**
 * struct pp_walk_test - what a test works on
 * @zram: has slots, counters and nothing else
 * @run: a run that nothing stops
 * @visited: the slots a walk came to
 * @now: the time
 */
struct pp_walk_test {
	struct zram *zram;
	struct zram_pp_run run;
	unsigned long *visited;
	u32 now;
};

static inline int pp_walk_test_init(struct kunit *test)
{
	struct pp_walk_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->now = ktime_get_boottime_seconds();
	t->visited = kunit_kzalloc(test, BITS_TO_LONGS(NR_SLOTS) *
				   sizeof(long), GFP_KERNEL);
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->visited || !t->zram)
		return -ENOMEM;
	t->run.zram = t->zram;
	if (zram_stats_init(&t->zram->stats))
		return -ENOMEM;
	if (zram_table_create(&t->zram->slots, NR_SLOTS)) {
		zram_stats_destroy(&t->zram->stats);
		return -ENOMEM;
	}
	test->priv = t;
	return 0;
}

static inline void pp_walk_test_exit(struct kunit *test)
{
	struct pp_walk_test *t = test->priv;

	if (!t)
		return;
	zram_table_destroy(&t->zram->slots);
	zram_stats_destroy(&t->zram->stats);
}

/* Walks to the end; the number of slots it came to, none of them twice */
static inline unsigned int go(struct kunit *test, struct zram_pp_walk *walk)
{
	struct pp_walk_test *t = test->priv;
	u64 scanned, before = 0;
	unsigned int nr = 0;
	int err;

	bitmap_zero(t->visited, NR_SLOTS);
	while (!(err = zram_pp_walk_next(walk))) {
		KUNIT_ASSERT_LT(test, walk->index, (unsigned long)NR_SLOTS);
		if (test_and_set_bit(walk->index, t->visited))
			KUNIT_FAIL(test, "slot %lu again", walk->index);
		if (!zram_pp_walk_match(walk))
			KUNIT_FAIL(test, "slot %lu", walk->index);
		scanned = zram_pp_walk_scanned(walk);
		KUNIT_ASSERT_GE(test, scanned, before);
		KUNIT_ASSERT_LT(test, scanned, zram_pp_walk_total(walk));
		before = scanned;
		zram_pp_walk_advance(walk);
		nr++;
	}
	KUNIT_EXPECT_EQ(test, err, -ENOENT);
	KUNIT_EXPECT_EQ(test, zram_pp_walk_scanned(walk),
			zram_pp_walk_total(walk));
	return nr;
}

#endif
