/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_TEST_H_
#define _ZRAM_RECOMPRESS_TEST_H_

#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/mm.h>

#include "../obj.h"
#include "../pp.h"
#include "../read.h"
#include "../slot.h"
#include "../table.h"
#include "../zram.h"
#include "zram_test.h"

#define NR_SLOTS	(2 * ZRAM_SLOT_GROUP)
#define NR_OLD		100UL

/**
 * struct recompress_test - what a test works on
 * @zram: a device without a disk; all of its slots have the same page, uncompressed and
 *	marked idle, and slot N was last accessed in second N
 * @run: a run that stops when @steps is used up
 * @steps: how often it may look whether to stop
 * @page: the page
 * @copy: a page to read to
 */
struct recompress_test {
	struct zram *zram;
	struct zram_pp_run run;
	unsigned int steps;
	struct page *page;
	struct page *copy;
};

static inline int model_stop(const struct zram_pp_run *run)
{
	struct recompress_test *t = container_of(run, struct recompress_test,
						 run);

	if (!t->steps)
		return -EAGAIN;
	t->steps--;
	return 0;
}

static inline int recompress_test_fill(struct recompress_test *t)
{
	struct zram_obj_pool *pool = &t->zram->pool;
	unsigned long i, handle;
	int err;

	for (i = 0; i < NR_SLOTS; i++) {
		err = zram_obj_alloc(pool, PAGE_SIZE, GFP_KERNEL, NUMA_NO_NODE,
				     &handle);
		if (err)
			return err;
		zram_obj_store(pool, handle, page_address(t->page), PAGE_SIZE);
		zram_slot_publish(t->zram, i, handle,
				  (u32)PAGE_SIZE | ZRAM_HUGE);
		t->zram->slots.slot[i].ac_time = i;
	}
	zram_pp_mark_idle(t->zram, U32_MAX);
	return 0;
}

static inline int recompress_test_init(struct kunit *test)
{
	struct recompress_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;
	u32 *words;
	int err;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	t->page = alloc_page(GFP_KERNEL);
	t->copy = alloc_page(GFP_KERNEL);
	if (!t->zram || !t->page || !t->copy)
		return -ENOMEM;
	t->run.zram = t->zram;
	t->run.stop = model_stop;
	t->steps = UINT_MAX;
	words = page_address(t->page);
	for (i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		words[i] = i / 16;
	err = zram_test_init(t->zram, NR_SLOTS, 1);
	return err ? err : recompress_test_fill(t);
}

static inline void recompress_test_exit(struct kunit *test)
{
	struct recompress_test *t = test->priv;

	if (!t)
		return;
	if (t->zram)
		zram_test_exit(t->zram, 1);
	if (t->page)
		__free_page(t->page);
	if (t->copy)
		__free_page(t->copy);
}

/*
 * The first @nr slots have smaller objects, the others do not. All have their page, and
 * idle marks and the time of the last access are as before.
 */
static inline void expect_replaced(struct kunit *test, unsigned long nr)
{
	struct recompress_test *t = test->priv;
	struct zram_slots *slots = &t->zram->slots;
	const struct zram_slot *slot;
	unsigned long i;

	for (i = 0; i < NR_SLOTS; i++) {
		slot = &slots->slot[i];
		KUNIT_EXPECT_EQ_MSG(test, zram_slot_size(slot) < PAGE_SIZE,
				    i < nr, "slot %lu", i);
		KUNIT_EXPECT_FALSE(test, zram_slot_test(slot, ZRAM_PP));
		KUNIT_EXPECT_EQ(test, slot->ac_time, (u32)i);
		KUNIT_EXPECT_TRUE(test, zram_slots_group(slots, i)->idle &
					zram_slots_bit(i));
	}
	for (i = 0; i < NR_SLOTS; i++) {
		KUNIT_EXPECT_EQ(test, zram_read_page(t->zram, i, t->copy, NULL),
				0);
		KUNIT_EXPECT_MEMEQ(test, page_address(t->copy),
				   page_address(t->page), PAGE_SIZE);
	}
}

#endif
