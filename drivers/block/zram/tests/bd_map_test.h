/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_MAP_TEST_H_
#define _ZRAM_BD_MAP_TEST_H_

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/vmalloc.h>

#include "../bd_map.h"

#define SEGMENT		512U		/* blocks */

/**
 * struct bd_map_test - what a test of the block map works on
 * @map: the map under test
 * @ref: for each block, its references or the number of its owner; 0 if it is free
 * @nr: number of blocks in @map and @ref
 * @used: number of blocks with a reference in @ref
 * @first: first block of the last extent reserved
 * @rnd: source of random numbers, the same in every run
 */
struct bd_map_test {
	struct zram_bd_map *map;
	u32 *ref;
	unsigned int nr;
	unsigned int used;
	u64 first;
	struct rnd_state rnd;
};

static inline int bd_map_test_init(struct kunit *test)
{
	struct bd_map_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	prandom_seed_state(&t->rnd, 20250301);
	test->priv = t;
	return 0;
}

static inline struct bd_map_test *bd_map_setup(struct kunit *test,
					       unsigned int nr)
{
	struct bd_map_test *t = test->priv;
	struct zram_bd_map *map;

	t->nr = nr;
	t->ref = vzalloc(array_size(nr, sizeof(*t->ref)));
	if (!t->ref)
		kunit_skip(test, "no memory for the model");
	map = zram_bd_map_create(nr);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	t->map = map;
	return t;
}

static inline void bd_map_destroy(struct kunit *test)
{
	struct bd_map_test *t = test->priv;

	zram_bd_map_destroy(t->map);
	vfree(t->ref);
}

#endif
