// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of spill: which blocks a page is written to, and which writers may use a
 * device that fails. The device is a model: a bit for each block that cannot be written.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include "../bd_map.h"
#include "../spill_gate.h"
#include "../spill_try.h"
#include "../table.h"

#define NR_BLOCKS	8192
#define UNIT		ZRAM_BLOCKS_PER_PAGE

/**
 * struct spill_test - state of a test
 * @try: the search
 * @bad: blocks that cannot be written
 * @err: error of the device for these blocks
 * @once: each of them fails once and works then
 * @writes: number of writes
 */
struct spill_test {
	struct zram_spill_try try;
	DECLARE_BITMAP(bad, NR_BLOCKS);
	int err;
	bool once;
	unsigned int writes;
};

static int model_write(struct zram_spill_try *try, u64 first)
{
	struct spill_test *t = container_of(try, struct spill_test, try);

	t->writes++;
	if (find_next_bit(t->bad, first + UNIT, first) >= first + UNIT)
		return 0;
	if (t->once)
		bitmap_clear(t->bad, first, UNIT);
	return t->err;
}

/* A device of @nr blocks */
static struct spill_test *model_make(struct kunit *test, unsigned int nr)
{
	struct spill_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct zram_bd_map *map;

	KUNIT_ASSERT_NOT_NULL(test, t);
	map = zram_bd_map_create(nr);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	zram_bd_map_prepare(map);
	t->try.map = map;
	t->try.write = model_write;
	t->err = -EIO;
	return t;
}

/* expect PAGES BAD: pages that are used, and pages whose blocks are retired */
static void expect(struct kunit *test, struct spill_test *t, u64 pages, u64 bad)
{
	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->try.map), pages * UNIT);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->try.map), bad * UNIT);
	KUNIT_EXPECT_EQ(test, t->try.retired, bad * UNIT);
}

static void model_end(struct spill_test *t, u64 first, unsigned int pages)
{
	if (pages)
		zram_bd_map_put(t->try.map, first, UNIT);
	zram_bd_map_destroy(t->try.map);
}

/* Bad pages side by side cost one try: the next one is elsewhere. The last write is the test */
static void spill_test_bad_blocks(struct kunit *test)
{
	struct spill_test *t = model_make(test, NR_BLOCKS);
	u64 first;

	bitmap_set(t->bad, 0, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	KUNIT_EXPECT_EQ(test, t->writes, 3);
	KUNIT_EXPECT_TRUE(test, t->try.used);
	KUNIT_EXPECT_GE(test, first, (u64)3 * UNIT);
	expect(test, t, 1, 1);
	model_end(t, first, 1);
}

/* The same on a device of a few pages */
static void spill_test_small(struct kunit *test)
{
	struct spill_test *t = model_make(test, 12 * UNIT);
	u64 first;

	bitmap_set(t->bad, 0, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	KUNIT_EXPECT_EQ(test, t->writes, 3);
	expect(test, t, 1, 1);
	model_end(t, first, 1);
}

/* Blocks that fail once are not retired: the path to the device may have failed */
static void spill_test_once(struct kunit *test)
{
	struct spill_test *t = model_make(test, NR_BLOCKS);
	u64 first;

	bitmap_set(t->bad, 0, UNIT);
	t->once = true;
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	KUNIT_EXPECT_EQ(test, t->writes, 3);
	KUNIT_EXPECT_GE(test, first, (u64)UNIT);
	expect(test, t, 1, 0);
	model_end(t, first, 1);
}

/* All segments that a device with few blocks in use would use are bad */
static void spill_test_bad_segments(struct kunit *test)
{
	struct spill_test *t = model_make(test, NR_BLOCKS);
	u64 first;

	bitmap_set(t->bad, 0, 1024);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	KUNIT_EXPECT_GE(test, first, 1024ULL);
	expect(test, t, 1, 2);
	model_end(t, first, 1);
}

/* If no place works the device fails, and no block is to blame */
static void spill_test_dead(struct kunit *test)
{
	struct spill_test *t = model_make(test, NR_BLOCKS);
	u64 first;

	bitmap_fill(t->bad, NR_BLOCKS);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), -EIO);
	KUNIT_EXPECT_EQ(test, t->writes, ZRAM_SPILL_TRIES);
	KUNIT_EXPECT_TRUE(test, t->try.used);
	expect(test, t, 0, 0);
	model_end(t, first, 0);
}

/* A full thin volume, for example: blocks are not retired, they may be writable later */
static void spill_test_no_fault(struct kunit *test)
{
	struct spill_test *t = model_make(test, NR_BLOCKS);
	u64 first;

	bitmap_set(t->bad, 0, UNIT);
	t->err = -ENOSPC;
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	KUNIT_EXPECT_EQ(test, t->writes, 2);
	expect(test, t, 1, 0);
	model_end(t, first, 1);
}

/* A full device does not fail. A device with one free page, which is bad, fails */
static void spill_test_full(struct kunit *test)
{
	struct spill_test *t = model_make(test, 2 * UNIT);
	u64 first, other;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->try.map, UNIT, UNIT, &other),
			(int)UNIT);
	bitmap_fill(t->bad, 2 * UNIT);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), -EIO);
	KUNIT_EXPECT_EQ(test, t->writes, 1);
	expect(test, t, 1, 0);

	bitmap_zero(t->bad, NR_BLOCKS);
	t->try.used = false;
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	t->try.used = false;
	t->writes = 0;
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, t->try.used);
	KUNIT_EXPECT_EQ(test, t->writes, 0);
	expect(test, t, 2, 0);
	zram_bd_map_put(t->try.map, 0, 2 * UNIT);
	model_end(t, 0, 0);
}

/* Ends the discard of a test, or the filling of a request */
struct spill_test_discard {
	struct delayed_work work;
	struct zram_bd_map *map;
	u64 first;
	u64 nr;
};

static void spill_test_unclaim(struct work_struct *work)
{
	struct spill_test_discard *discard =
		container_of(to_delayed_work(work), struct spill_test_discard, work);

	zram_bd_map_unclaim(discard->map, discard->first, discard->nr, true);
}

/* While the only free blocks are being discarded, a page waits for them */
static void spill_test_discarded(struct kunit *test)
{
	struct spill_test *t = model_make(test, 512);
	struct spill_test_discard discard = { .map = t->try.map };
	u64 first, from = 0;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->try.map, UNIT, UNIT, &first),
			(int)UNIT);
	zram_bd_map_put(t->try.map, first, UNIT);
	discard.nr = zram_bd_map_claim_free(t->try.map, &from, &discard.first, 512);
	KUNIT_ASSERT_EQ(test, discard.nr, 512);
	INIT_DELAYED_WORK_ONSTACK(&discard.work, spill_test_unclaim);
	schedule_delayed_work(&discard.work, HZ / 20);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	flush_delayed_work(&discard.work);
	destroy_delayed_work_on_stack(&discard.work);
	/* No discard is in flight, so a full device does not wait */
	KUNIT_EXPECT_FALSE(test, zram_bd_map_wait_unclaim(t->try.map,
							  zram_bd_map_unclaims(t->try.map),
							  zram_bd_map_wait_until()));
	/* One has ended since the search */
	KUNIT_EXPECT_TRUE(test, zram_bd_map_wait_unclaim(t->try.map, 0,
							 zram_bd_map_wait_until()));
	expect(test, t, 1, 0);
	model_end(t, first, 1);
}

/* Ends the filling of a request, which has reserved @nr blocks and needs one page less */
static void spill_test_trim(struct work_struct *work)
{
	struct spill_test_discard *fill =
		container_of(to_delayed_work(work), struct spill_test_discard, work);

	zram_bd_map_trim(fill->map, fill->first + fill->nr - UNIT, UNIT);
	zram_bd_map_fill_end(fill->map);
}

/* A run has reserved the last free blocks for a request, and does not need all of them */
static void spill_test_filling(struct kunit *test)
{
	struct spill_test *t = model_make(test, 4 * UNIT);
	struct spill_test_discard fill = { .map = t->try.map, .nr = 4 * UNIT };
	int since = zram_bd_map_unclaims(fill.map);
	u64 first;

	zram_bd_map_fill_begin(fill.map);
	KUNIT_EXPECT_FALSE(test, zram_bd_map_wait_fill(fill.map, since, jiffies + HZ / 50));
	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(fill.map, fill.nr, UNIT, &fill.first),
			(int)fill.nr);
	INIT_DELAYED_WORK_ONSTACK(&fill.work, spill_test_trim);
	schedule_delayed_work(&fill.work, HZ / 20);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	flush_delayed_work(&fill.work);
	destroy_delayed_work_on_stack(&fill.work);
	expect(test, t, 4, 0);
	KUNIT_EXPECT_TRUE(test, zram_bd_map_wait_fill(fill.map, since, jiffies + HZ));
	/* Now no block comes back */
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), -ENOSPC);
	zram_bd_map_put(t->try.map, 0, 4 * UNIT);
	model_end(t, 0, 0);
}

/* A task in reclaim does not wait for a discard that does not end */
static void spill_test_discard_hangs(struct kunit *test)
{
	struct spill_test *t = model_make(test, 512);
	u64 first, start, from = 0;
	unsigned int flags, nr;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->try.map, UNIT, UNIT, &first),
			(int)UNIT);
	zram_bd_map_put(t->try.map, first, UNIT);
	nr = zram_bd_map_claim_free(t->try.map, &from, &start, 512);
	KUNIT_ASSERT_EQ(test, nr, 512);
	flags = memalloc_noreclaim_save();
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), -ENOSPC);
	memalloc_noreclaim_restore(flags);
	zram_bd_map_unclaim(t->try.map, start, nr, true);
	KUNIT_EXPECT_EQ(test, zram_spill_try(&t->try, &first), 0);
	model_end(t, first, 1);
}

/* After a failure the gate refuses writers. Then one tries. The intervals double */
static void spill_test_gate(struct kunit *test)
{
	struct zram_spill_gate gate = {};
	u64 now = 1000, wait = ZRAM_SPILL_BACKOFF * HZ;
	enum zram_spill_pass pass;
	unsigned int i;

	zram_spill_gate_init(&gate);
	pass = zram_spill_gate_enter(&gate, now);
	KUNIT_EXPECT_EQ(test, pass, ZRAM_SPILL_ADMITTED);
	KUNIT_EXPECT_TRUE(test, zram_spill_gate_is_open(&gate));
	for (i = 0; i < 12; i++) {
		zram_spill_gate_fails(&gate, pass, -EIO, now);
		KUNIT_EXPECT_FALSE(test, zram_spill_gate_is_open(&gate));
		KUNIT_EXPECT_EQ(test, gate.backoff * HZ, wait);
		KUNIT_EXPECT_EQ(test, zram_spill_gate_enter(&gate, now + wait - 1),
				ZRAM_SPILL_REFUSED);
		now += wait;
		pass = zram_spill_gate_enter(&gate, now);
		KUNIT_EXPECT_EQ(test, pass, ZRAM_SPILL_TRIAL);
		KUNIT_EXPECT_EQ(test, zram_spill_gate_enter(&gate, now + wait),
				ZRAM_SPILL_REFUSED);
		wait = min_t(u64, 2 * wait, ZRAM_SPILL_BACKOFF_MAX * HZ);
	}
	KUNIT_EXPECT_EQ(test, gate.error, -EIO);
	zram_spill_gate_works(&gate);
	KUNIT_EXPECT_TRUE(test, zram_spill_gate_is_open(&gate));
	KUNIT_EXPECT_EQ(test, zram_spill_gate_enter(&gate, now),
			ZRAM_SPILL_ADMITTED);
}

/* Writes that were in flight when the device began to fail are one failure */
static void spill_test_gate_together(struct kunit *test)
{
	struct zram_spill_gate gate = {};
	enum zram_spill_pass pass;
	u64 now = 1000;
	unsigned int i;

	zram_spill_gate_init(&gate);
	for (i = 0; i < 10; i++)
		zram_spill_gate_fails(&gate, ZRAM_SPILL_ADMITTED, -EIO, now);
	KUNIT_EXPECT_EQ(test, gate.backoff, ZRAM_SPILL_BACKOFF);
	now += ZRAM_SPILL_BACKOFF * HZ;
	pass = zram_spill_gate_enter(&gate, now);
	KUNIT_EXPECT_EQ(test, pass, ZRAM_SPILL_TRIAL);
	/* A late failure of the others does not end the trial */
	zram_spill_gate_fails(&gate, ZRAM_SPILL_ADMITTED, -EIO, now);
	KUNIT_EXPECT_EQ(test, zram_spill_gate_enter(&gate, now), ZRAM_SPILL_REFUSED);
	/* The writer has not used the device, so the next writer tries it */
	zram_spill_gate_leave(&gate, pass);
	KUNIT_EXPECT_FALSE(test, zram_spill_gate_is_open(&gate));
	KUNIT_EXPECT_EQ(test, zram_spill_gate_enter(&gate, now), ZRAM_SPILL_TRIAL);
}

static struct kunit_case spill_test_cases[] = {
	KUNIT_CASE(spill_test_bad_blocks),
	KUNIT_CASE(spill_test_small),
	KUNIT_CASE(spill_test_once),
	KUNIT_CASE(spill_test_bad_segments),
	KUNIT_CASE(spill_test_dead),
	KUNIT_CASE(spill_test_no_fault),
	KUNIT_CASE(spill_test_full),
	KUNIT_CASE(spill_test_discarded),
	KUNIT_CASE(spill_test_filling),
	KUNIT_CASE(spill_test_discard_hangs),
	KUNIT_CASE(spill_test_gate),
	KUNIT_CASE(spill_test_gate_together),
	{}
};

static struct kunit_suite spill_test_suite = {
	.name = "zram_spill",
	.test_cases = spill_test_cases,
};

kunit_test_suite(spill_test_suite);
