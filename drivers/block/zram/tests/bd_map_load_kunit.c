// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the block map under load: many tasks at a time, and what a
 * block costs on an empty, an aged and a full device.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kconfig.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/sched.h>

#include "../bd_map.h"
#include "bd_map_test.h"

#define WORKERS		4
#define BATCH		32		/* reservations timed at a time */
#define ROUNDS		500
#define WORKER_ROUNDS	5000U
/* Blocks of a map whose cost is taken; a kernel that looks for errors is slow */
#define COST_BLOCKS	(IS_ENABLED(CONFIG_KASAN) ? 1U << 17 : 1U << 20)

static void load_test_exit(struct kunit *test)
{
	if (test->priv)
		bd_map_destroy(test);
}

struct worker {
	struct bd_map_test *t;
	struct completion done;
	u32 id;
	unsigned int wrong;
	unsigned int reserved;
};

/*
 * Reserve, write the own number on the blocks, and find it there later. On a busy host the
 * other workers may hold all blocks for long, so a worker that has had none goes on.
 */
static int worker_fn(void *data)
{
	struct worker *w = data;
	struct zram_bd_map *map = w->t->map;
	u32 *owner = w->t->ref;
	unsigned int round;
	int nr, i;
	u64 first;

	for (round = 0; round < WORKER_ROUNDS ||
	     (!w->reserved && round < 1000 * WORKER_ROUNDS); round++) {
		/* No memory is as good as no block */
		nr = max(0, zram_bd_map_reserve(map, 1 + round % 40, 1, &first));
		for (i = 0; i < nr; i++)
			w->wrong += cmpxchg(&owner[first + i], 0, w->id) != 0;
		zram_bd_map_get(map, first, nr);
		zram_bd_map_put(map, first, nr);
		for (i = 0; i < nr; i++) {
			w->wrong += cmpxchg(&owner[first + i], w->id, 0) !=
				    w->id;
			zram_bd_map_put(map, first + i, 1);
		}
		w->reserved += nr;
		cond_resched();
	}
	kthread_complete_and_exit(&w->done, 0);
}

/* The first is full most of the time, the last has segments that are empty. */
static const unsigned int sizes[] = { 50, SEGMENT + 9, 4 * SEGMENT };

static void size_desc(const unsigned int *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u blocks", *size);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

static void bd_map_load_test_tasks(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, *(unsigned int *)test->param_value);
	struct worker w[WORKERS] = {};
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		struct task_struct *task;

		w[i].t = t;
		w[i].id = i + 1;
		init_completion(&w[i].done);
		task = kthread_run(worker_fn, &w[i], "bd_map_test/%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
		if (IS_ERR(task))
			complete(&w[i].done);
	}
	for (i = 0; i < WORKERS; i++) {
		wait_for_completion(&w[i].done);
		KUNIT_EXPECT_EQ(test, w[i].wrong, 0);
		KUNIT_EXPECT_GT(test, w[i].reserved, 0);
	}
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), 0ULL);
}

/**
 * struct level - how the map is when the cost is taken
 * @name: what to print
 * @percent: part of the blocks in use, at random places
 * @every_second: instead, every second block
 */
struct level {
	const char *name;
	unsigned int percent;
	bool every_second;
};

static const struct level levels[] = {
	{ "1 % full", 1 },
	{ "50 % full", 50 },
	{ "90 % full", 90 },
	{ "99 % full", 99 },
	{ "every second block taken", 0, true },
};

static void set_owner(struct bd_map_test *t, u64 first, unsigned int nr, u32 id)
{
	while (nr--)
		t->ref[first + nr] = id;
}

static void put_all(struct bd_map_test *t)
{
	unsigned int b;

	for (b = 0; b < t->nr; b++)
		if (t->ref[b])
			zram_bd_map_put(t->map, b, 1);
	set_owner(t, 0, t->nr, 0);
}

static void make_level(struct bd_map_test *t, const struct level *level)
{
	unsigned int b;
	u64 first;
	int nr;

	while ((nr = zram_bd_map_reserve(t->map, SEGMENT, 1, &first)) > 0)
		set_owner(t, first, nr, 1);
	for (b = 0; b < t->nr; b++) {
		u32 dice = prandom_u32_state(&t->rnd) % 100;

		if (level->every_second ? b % 2 : dice < level->percent)
			continue;
		zram_bd_map_put(t->map, b, 1);
		t->ref[b] = 0;
	}
}

/*
 * Picoseconds for a block, in the best of many rounds: the rest is what the
 * machine did meanwhile. The runs go back at once, so the level stays.
 */
static u64 cost(struct bd_map_test *t, unsigned int want, unsigned int *run)
{
	unsigned int round, i, blocks, all = 0;
	unsigned int len[BATCH];
	u64 first[BATCH], best = U64_MAX;

	for (round = 0; round < ROUNDS; round++) {
		ktime_t start = ktime_get();

		for (i = 0; i < BATCH; i++)
			len[i] = max(0, zram_bd_map_reserve(t->map, want, 1,
							    &first[i]));
		start = ktime_sub(ktime_get(), start);

		for (i = 0, blocks = 0; i < BATCH; i++) {
			zram_bd_map_put(t->map, first[i], len[i]);
			blocks += len[i];
		}
		if (!blocks)
			return U64_MAX;
		best = min(best, div_u64(1000ULL * ktime_to_ns(start), blocks));
		all += blocks;
	}
	*run = all / (ROUNDS * BATCH);
	return best;
}

/*
 * A map that searched for its blocks from the start, or through segments that
 * are full, would be hundreds of times slower on the fuller levels.
 */
static void bd_map_load_test_cost(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, COST_BLOCKS);
	u64 least = U64_MAX, most = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		unsigned int run, run64;
		u64 one, many;

		make_level(t, &levels[i]);
		one = cost(t, 1, &run);
		many = cost(t, 64, &run64);
		kunit_info(test, "%s: %llu ps a block, %llu in runs of %u\n",
			   levels[i].name, one, many, run64);
		least = min(least, one);
		most = max3(most, one, many);
		put_all(t);
	}
	KUNIT_EXPECT_LT(test, most, 20 * least);
}

/* Nanoseconds of a reservation of units that finds none, in the best of many rounds */
static u64 cost_of_none(struct kunit *test, unsigned int unit)
{
	struct bd_map_test *t = test->priv;
	unsigned int round, i;
	u64 first, best = U64_MAX;

	for (round = 0; round < ROUNDS; round++) {
		ktime_t start = ktime_get();

		for (i = 0; i < BATCH; i++)
			KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, unit, unit,
								  &first), 0);
		start = ktime_sub(ktime_get(), start);
		best = min(best, div_u64(ktime_to_ns(start), BATCH));
	}
	return best;
}

/*
 * Free blocks everywhere, and no free unit: a search is not repeated until a unit becomes
 * free, by its last block or behind one that was reserved.
 */
static void bd_map_load_test_units(struct kunit *test)
{
	struct bd_map_test *t = bd_map_setup(test, (1 << 18) + 9);
	static const unsigned int units[] = { 16, 4 };
	unsigned int b, i, run;
	u64 first, one, none;
	int nr;

	while ((nr = zram_bd_map_reserve(t->map, SEGMENT, 1, &first)) > 0)
		set_owner(t, first, nr, 1);
	for (b = 0; b < t->nr; b++) {
		if (b % 4 == 1)
			continue;
		zram_bd_map_put(t->map, b, 1);
		t->ref[b] = 0;
	}
	one = cost(t, 1, &run);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		none = cost_of_none(test, units[i]);
		kunit_info(test, "%u blocks: %llu ns\n", units[i], none);
		KUNIT_EXPECT_LT(test, none * 1000, 20 * one);
	}
	/* A larger unit is not there either; reservations of blocks change nothing. */
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 16, 16, &first), 0);
	zram_bd_map_put(t->map, 4 * 777 + 1, 1);
	t->ref[4 * 777 + 1] = 0;
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 16, 16, &first), 0);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 4, 4, &first), 4);
	KUNIT_EXPECT_EQ(test, first, 4ULL * 777);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 4, 4, &first), 0);
	zram_bd_map_put(t->map, 4 * 777, 4);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 4, 4, &first), 4);
	set_owner(t, 4 * 777, 4, 1);
	put_all(t);
	KUNIT_EXPECT_EQ(test, zram_bd_map_reserve(t->map, 16, 16, &first), 16);
	zram_bd_map_put(t->map, first, 16);
}

static struct kunit_case load_test_cases[] = {
	KUNIT_CASE_PARAM(bd_map_load_test_tasks, size_gen_params),
	KUNIT_CASE(bd_map_load_test_cost),
	KUNIT_CASE(bd_map_load_test_units),
	{}
};

static struct kunit_suite load_test_suite = {
	.name = "zram_bd_map_load",
	.init = bd_map_test_init,
	.exit = load_test_exit,
	.test_cases = load_test_cases,
};

kunit_test_suite(load_test_suite);
