// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of filling packed requests: where objects lie, which are left out, and what
 * lies between them.
 */

#include <kunit/test.h>
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../checksum.h"
#include "../obj.h"
#include "../pp.h"
#include "../pp_walk.h"
#include "../slot.h"
#include "../table.h"
#include "../wb_pack.h"
#include "../wb_ring.h"
#include "../zram.h"
#include "zram_test.h"

#define NR_SLOTS	(2 * ZRAM_SLOT_GROUP)
#define ROOM		(20 * PAGE_SIZE)
/* A packed object, and one of which four fill a block */
#define SMALL		1000
#define QUARTER		(ZRAM_BLOCK_SIZE / 4 - ZRAM_CHECKSUM_SIZE)
#define STORED(size)	ALIGN((size) + ZRAM_CHECKSUM_SIZE, BIT(ZRAM_LOC_SHIFT))

/**
 * struct wb_pack_test - what a test works on
 * @zram: a device without a disk; object N consists of bytes N + 1
 * @run: a run that @change and @err disturb
 * @range: all slots
 * @walk: through all slots
 * @pack: packs the objects
 * @req: the request
 * @page: memory for an object
 * @change: called between the groups of slots, once
 * @err: what ends the run there
 */
struct wb_pack_test {
	struct zram zram;
	struct zram_pp_run run;
	struct zram_pp_range range;
	struct zram_pp_walk walk;
	struct zram_wb_pack pack;
	struct zram_wb_request req;
	void *page;
	void (*change)(struct wb_pack_test *t);
	int err;
};

static int wb_pack_test_stop(const struct zram_pp_run *run)
{
	struct wb_pack_test *t = container_of(run, struct wb_pack_test, run);

	if (t->change)
		t->change(t);
	t->change = NULL;
	return t->err;
}

/* Store @size bytes in a slot */
static void wb_pack_test_store(struct wb_pack_test *t, unsigned long index,
			       unsigned int size)
{
	u32 flags = size < PAGE_SIZE ? size : size | ZRAM_HUGE;
	struct zram_slot old;
	unsigned long handle;

	/* Nothing limits the pool; without memory, the test fails where it misses the object */
	if (zram_obj_alloc(&t->zram.pool, size, GFP_KERNEL, NUMA_NO_NODE, &handle))
		return;
	memset(t->page, index + 1, size);
	zram_obj_store(&t->zram.pool, handle, t->page, size);
	old = zram_slot_publish(&t->zram, index, handle, flags);
	zram_slot_release(&t->zram, &old);
}

/* Store an object for each letter from slot @index on: s SMALL, q QUARTER, w whole page */
static void wb_pack_test_stores(struct wb_pack_test *t, unsigned long index,
				const char *objects)
{
	for (; *objects; objects++, index++)
		wb_pack_test_store(t, index, *objects == 's' ? SMALL :
				   *objects == 'q' ? QUARTER : PAGE_SIZE);
}

static int wb_pack_test_init(struct kunit *test)
{
	struct wb_pack_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->page = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	t->req.data = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	if (!t->page || !t->req.data)
		return -ENOMEM;
	err = zram_test_init(&t->zram, NR_SLOTS, 0);
	if (err)
		return err;
	t->run = (struct zram_pp_run){ .zram = &t->zram, .stop = wb_pack_test_stop };
	t->range = (struct zram_pp_range){ .filter = &zram_pp_any, .last = NR_SLOTS - 1 };
	zram_pp_walk_init(&t->walk, &t->run, &t->range, 1);
	return zram_wb_pack_init(&t->pack, &t->zram, &t->walk, 1, true);
}

static void wb_pack_test_exit(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	if (!t || !t->page || !t->req.data)
		return;
	zram_wb_pack_free(&t->pack);
	zram_test_exit(&t->zram, 0);
}

/* Fill a request of @room bytes of what is left. Returns what zram_wb_pack_fill() does */
static int wb_pack_test_fill(struct kunit *test, unsigned int room)
{
	struct wb_pack_test *t = test->priv;
	int err = zram_pp_walk_next(&t->walk);

	t->req.nr_objects = 0;
	memset(t->req.data, 0xff, ROOM);
	if (!err)
		err = zram_wb_pack_fill(&t->pack, &t->req, room);
	KUNIT_EXPECT_LE(test, t->req.nr * ZRAM_BLOCK_SIZE, room);
	KUNIT_EXPECT_EQ(test, t->pack.nr_marked, 0U);
	return err;
}

/* Object @i is that of slot @index, and lies at @offset. It is zeroed */
static void wb_pack_test_object(struct kunit *test, unsigned int i, unsigned long index,
				unsigned int offset)
{
	struct wb_pack_test *t = test->priv;
	const struct zram_wb_pack_object *obj = zram_wb_pack_peek(&t->pack, i);
	const struct zram_slot slot = zram_wb_pack_slot(&t->req, obj);
	void *data = t->req.data + obj->offset;

	KUNIT_ASSERT_LT(test, i, t->req.nr_objects);
	KUNIT_ASSERT_EQ(test, obj->index, index);
	KUNIT_ASSERT_EQ(test, obj->offset, offset);
	KUNIT_ASSERT_LE(test, offset + zram_slot_packed_size(obj->size),
			t->req.nr * ZRAM_BLOCK_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(data, index + 1, obj->size));
	if (obj->size < PAGE_SIZE)
		KUNIT_EXPECT_TRUE(test, zram_checksum_match(data, index, &slot));
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&t->zram.slots.slot[index], ZRAM_PP));
	zram_slot_unmark(&t->zram, index, ZRAM_PP, 0);
	memset(data, 0, zram_slot_packed_size(obj->size));
}

/* All @nr objects were checked: the rest of @blocks is zero, and no other slot is marked */
static void wb_pack_test_rest(struct kunit *test, unsigned int nr, unsigned int blocks)
{
	struct wb_pack_test *t = test->priv;
	unsigned long i;

	KUNIT_EXPECT_EQ(test, t->req.nr_objects, nr);
	KUNIT_ASSERT_EQ(test, t->req.nr, blocks);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->req.data, 0, blocks * ZRAM_BLOCK_SIZE));
	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_EXPECT_FALSE(test, zram_slot_test(&t->zram.slots.slot[i], ZRAM_PP));
	zram_wb_pack_pop(&t->pack, nr);
}

static void wb_pack_test_behind(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	wb_pack_test_stores(t, 0, "wswsw");
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ROOM), -ENOENT);
	/* A block that no packed object has begun has nothing to lose */
	wb_pack_test_object(test, 0, 0, 0);
	wb_pack_test_object(test, 1, 1, PAGE_SIZE);
	wb_pack_test_object(test, 2, 3, PAGE_SIZE + STORED(SMALL));
	wb_pack_test_object(test, 3, 2, PAGE_SIZE + ZRAM_BLOCK_SIZE);
	wb_pack_test_object(test, 4, 4, 2 * PAGE_SIZE + ZRAM_BLOCK_SIZE);
	wb_pack_test_rest(test, 5, 3 * ZRAM_BLOCKS_PER_PAGE + 1);
}

/* Whole pages keep their order where a packed object ends with its block */
static void wb_pack_test_order(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;
	unsigned int i;

	wb_pack_test_stores(t, 0, "qqqqwqwqqqww");
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ROOM), -ENOENT);
	for (i = 0; i < 4; i++)
		wb_pack_test_object(test, i, i, i * STORED(QUARTER));
	/* Nothing is lost before slot 4 */
	wb_pack_test_object(test, 4, 4, ZRAM_BLOCK_SIZE);
	for (i = 0; i < 4; i++)
		wb_pack_test_object(test, 5 + i, i ? 6 + i : 5, ZRAM_BLOCK_SIZE +
				    PAGE_SIZE + i * STORED(QUARTER));
	for (i = 0; i < 3; i++)
		wb_pack_test_object(test, 9 + i, i ? 9 + i : 6, 2 * ZRAM_BLOCK_SIZE +
				    (1 + i) * PAGE_SIZE);
	wb_pack_test_rest(test, 12, 2 + 4 * ZRAM_BLOCKS_PER_PAGE);
}

/* A request is as large as its room, and not larger; the next begins with what did not fit */
static void wb_pack_test_room(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	wb_pack_test_stores(t, 0, "swsqqw");
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, PAGE_SIZE + ZRAM_BLOCK_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, t->pack.misfit);
	wb_pack_test_object(test, 0, 0, 0);
	wb_pack_test_object(test, 1, 2, STORED(SMALL));
	wb_pack_test_object(test, 2, 3, 2 * STORED(SMALL));
	wb_pack_test_object(test, 3, 4, 2 * STORED(SMALL) + STORED(QUARTER));
	wb_pack_test_object(test, 4, 1, ZRAM_BLOCK_SIZE);
	wb_pack_test_rest(test, 5, 1 + ZRAM_BLOCKS_PER_PAGE);
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, PAGE_SIZE), -ENOENT);
	wb_pack_test_object(test, 0, 5, 0);
	wb_pack_test_rest(test, 1, ZRAM_BLOCKS_PER_PAGE);
}

/* Objects do not take the blocks of pages that are marked */
static void wb_pack_test_taken(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	wb_pack_test_stores(t, 10, "qwqqqqw");
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, PAGE_SIZE + ZRAM_BLOCK_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, t->pack.misfit);
	KUNIT_EXPECT_EQ(test, t->walk.index, 15UL);
	wb_pack_test_object(test, 0, 10, 0);
	wb_pack_test_object(test, 1, 12, STORED(QUARTER));
	wb_pack_test_object(test, 2, 13, 2 * STORED(QUARTER));
	wb_pack_test_object(test, 3, 14, 3 * STORED(QUARTER));
	wb_pack_test_object(test, 4, 11, ZRAM_BLOCK_SIZE);
	wb_pack_test_rest(test, 5, 1 + ZRAM_BLOCKS_PER_PAGE);
	/* A page does not fit beside an object into one block */
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ZRAM_BLOCK_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, t->pack.misfit);
	wb_pack_test_object(test, 0, 15, 0);
	wb_pack_test_rest(test, 1, 1);
	KUNIT_EXPECT_EQ(test, t->walk.index, 16UL);
}

/* Slot 1 is freed, and slot 2 gets other content, of which there is no copy yet */
static void wb_pack_test_overwrite(struct wb_pack_test *t)
{
	zram_slot_free_range(&t->zram, 1, 1);
	wb_pack_test_store(t, 2, PAGE_SIZE);
}

static void wb_pack_test_changed(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	wb_pack_test_stores(t, 0, "swww");
	wb_pack_test_stores(t, ZRAM_SLOT_GROUP, "s");
	t->change = wb_pack_test_overwrite;
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ROOM), -ENOENT);
	KUNIT_EXPECT_NULL(test, t->change);
	wb_pack_test_object(test, 0, 0, 0);
	wb_pack_test_object(test, 1, ZRAM_SLOT_GROUP, STORED(SMALL));
	wb_pack_test_object(test, 2, 3, ZRAM_BLOCK_SIZE);
	wb_pack_test_rest(test, 3, 1 + ZRAM_BLOCKS_PER_PAGE);
}

/* A run that ends has copied what it has marked */
static void wb_pack_test_end(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;

	wb_pack_test_stores(t, 0, "sww");
	wb_pack_test_stores(t, ZRAM_SLOT_GROUP, "s");
	t->err = -EINTR;
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ROOM), -EINTR);
	wb_pack_test_object(test, 0, 0, 0);
	wb_pack_test_object(test, 1, 1, ZRAM_BLOCK_SIZE);
	wb_pack_test_object(test, 2, 2, ZRAM_BLOCK_SIZE + PAGE_SIZE);
	wb_pack_test_rest(test, 3, 1 + 2 * ZRAM_BLOCKS_PER_PAGE);
}

/* Pages that are marked count among the objects that can be recorded */
static void wb_pack_test_full(struct kunit *test)
{
	struct wb_pack_test *t = test->priv;
	unsigned int i, nr = t->pack.mask + 1;

	KUNIT_ASSERT_LT(test, nr, ZRAM_SLOT_GROUP);
	KUNIT_ASSERT_LE(test, nr * PAGE_SIZE, ROOM);
	wb_pack_test_store(t, 0, SMALL);
	for (i = 1; i <= nr; i++)
		wb_pack_test_store(t, i, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, wb_pack_test_fill(test, ROOM), 0);
	KUNIT_EXPECT_FALSE(test, t->pack.misfit);
	KUNIT_EXPECT_FALSE(test, zram_wb_pack_has_room(&t->pack));
	wb_pack_test_object(test, 0, 0, 0);
	for (i = 1; i < nr; i++)
		wb_pack_test_object(test, i, i, ZRAM_BLOCK_SIZE + (i - 1) * PAGE_SIZE);
	wb_pack_test_rest(test, nr, 1 + (nr - 1) * ZRAM_BLOCKS_PER_PAGE);
	KUNIT_EXPECT_TRUE(test, zram_wb_pack_has_room(&t->pack));
}

static struct kunit_case wb_pack_test_cases[] = {
	KUNIT_CASE(wb_pack_test_behind),
	KUNIT_CASE(wb_pack_test_order),
	KUNIT_CASE(wb_pack_test_room),
	KUNIT_CASE(wb_pack_test_taken),
	KUNIT_CASE(wb_pack_test_changed),
	KUNIT_CASE(wb_pack_test_end),
	KUNIT_CASE(wb_pack_test_full),
	{}
};

static struct kunit_suite wb_pack_test_suite = {
	.name = "zram_wb_pack",
	.init = wb_pack_test_init,
	.exit = wb_pack_test_exit,
	.test_cases = wb_pack_test_cases,
};

kunit_test_suites(&wb_pack_test_suite);
