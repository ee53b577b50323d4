// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of reading and writing several pages: batches begin and end
 * anywhere, and a page that cannot be in a batch changes nothing for the others.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/kconfig.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "../bd_map.h"
#include "../comp.h"
#include "../obj.h"
#include "../pages.h"
#include "../read.h"
#include "../slot.h"
#include "../slot_pin.h"
#include "../slot_range.h"
#include "../table.h"
#include "../tier_count.h"
#include "../zram.h"
#include "zram_test.h"

#define NR_SLOTS	200
#define NR_PAGES	(2 * ZRAM_PAGES_BATCH + 3)

enum pages_kind { PAGES_SAME, PAGES_MIXED, PAGES_RANDOM, PAGES_KINDS };

/**
 * struct pages_test - what a test works on
 * @zram: has slots, objects, compressors and counters
 * @in: pages to write
 * @out: pages to read to
 */
struct pages_test {
	struct zram *zram;
	struct page *in[NR_PAGES];
	struct page *out[NR_PAGES];
};

static int pages_test_set_up(struct kunit *test, struct zram *zram)
{
	if (zram_test_disk(test, zram) || zram_stats_init(&zram->stats))
		return -ENOMEM;
	zram_comps_init(&zram->comps);
	if (ZRAM_MAX_COMPS > 1)
		zram_comps_choose(&zram->comps, 1,
				  zram->comps.choice[0].name);
	if (zram_obj_pool_create(&zram->pool, "kunit") ||
	    zram_table_create(&zram->slots, NR_SLOTS) ||
	    zram_comps_create(&zram->comps, NULL))
		return -ENOMEM;
	return ZRAM_MAX_COMPS > 1 ?
		zram_comp_start(zram_comps_get(&zram->comps, 1)) : 0;
}

static int pages_test_init(struct kunit *test)
{
	struct pages_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram)
		return -ENOMEM;
	for (i = 0; i < NR_PAGES; i++) {
		t->in[i] = alloc_page(GFP_KERNEL);
		t->out[i] = alloc_page(GFP_KERNEL);
		if (!t->in[i] || !t->out[i])
			return -ENOMEM;
	}
	return pages_test_set_up(test, t->zram);
}

static void pages_test_exit(struct kunit *test)
{
	struct pages_test *t = test->priv;
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < NR_PAGES; i++) {
		if (t->in[i])
			__free_page(t->in[i]);
		if (t->out[i])
			__free_page(t->out[i]);
	}
	if (!t->zram || !t->zram->disk)
		return;
	zram_table_destroy(&t->zram->slots);
	zram_obj_pool_destroy(&t->zram->pool);
	zram_comps_reset(&t->zram->comps);
	zram_stats_destroy(&t->zram->stats);
}

/* Pages whose content tells the slot and the generation */
static void fill(struct page *page, enum pages_kind kind, unsigned long index,
		 unsigned int gen)
{
	unsigned long *p = kmap_local_page(page);
	unsigned int i, words = PAGE_SIZE / sizeof(*p);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, index * 1000 + gen);
	if (kind == PAGES_RANDOM)
		prandom_bytes_state(&rnd, p, PAGE_SIZE);
	for (i = 0; i < words && kind != PAGES_RANDOM; i++)
		p[i] = index * 1000 + gen + (kind == PAGES_MIXED && i > 99 ?
					     i / 7 : 0);
	kunmap_local(p);
}

static void fill_all(struct pages_test *t, int kind, unsigned long index,
		     unsigned int nr, unsigned int gen)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		fill(t->in[i], kind < 0 ? (index + i) % 5 % PAGES_KINDS : kind,
		     index + i, gen);
}

static bool equal(struct page *a, struct page *b)
{
	void *p = kmap_local_page(a);
	void *q = kmap_local_page(b);
	bool same = !memcmp(p, q, PAGE_SIZE);

	kunmap_local(q);
	kunmap_local(p);
	return same;
}

/* Pages @from to @to of the range are those that were written */
static void check(struct kunit *test, unsigned int from, unsigned int to)
{
	struct pages_test *t = test->priv;

	for (; from < to; from++)
		if (!equal(t->in[from], t->out[from]))
			KUNIT_FAIL(test, "page %u differs", from);
}

static void write(struct kunit *test, unsigned long index, unsigned int nr)
{
	struct pages_test *t = test->priv;
	unsigned int done = NR_PAGES + 1;

	KUNIT_ASSERT_EQ(test, 0, zram_pages_write(t->zram, index, t->in, nr,
						  0, &done));
	KUNIT_ASSERT_EQ(test, done, nr);
}

/* Read what write() has written */
static void verify(struct kunit *test, unsigned long index, unsigned int nr)
{
	struct pages_test *t = test->priv;
	unsigned int i, done = NR_PAGES + 1;
	struct zram_slot wb;

	for (i = 0; i < nr; i++)
		clear_highpage(t->out[i]);
	KUNIT_ASSERT_EQ(test, 0, zram_pages_read(t->zram, index, t->out, nr,
						 &done, &wb));
	KUNIT_ASSERT_EQ(test, done, nr);
	check(test, 0, nr);
}

/* Nothing is pinned, and the device is empty once its slots are freed. */
static void empty(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram_obj_usage usage;
	unsigned long i;

	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_EXPECT_FALSE(test, zram_slot_test(&t->zram->slots.slot[i],
							ZRAM_PIN));
	zram_slot_free_range(t->zram, 0, NR_SLOTS);
	zram_obj_pool_usage(&t->zram->pool, &usage);
	KUNIT_EXPECT_EQ(test, usage.pages, 0UL);
	for (i = ZRAM_STAT_PAGES; i <= ZRAM_STAT_HUGE_PAGES; i++)
		KUNIT_EXPECT_EQ(test, 0ULL, zram_stats_read(&t->zram->stats, i));
}

/* Ranges of all lengths, from each kind of place */
static void pages_test_bounds(struct kunit *test)
{
	static const unsigned long starts[] = { 0, 1, 7, 8, 57, 63, 64, 181 };
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	unsigned int i, nr;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (nr = 1; nr <= NR_PAGES; nr++) {
			fill_all(t, -1, starts[i], nr, nr);
			write(test, starts[i], nr);
			verify(test, starts[i], nr);
		}
		/* Each overwrote the one before, and no slot beside it */
		KUNIT_EXPECT_EQ(test, zram_stats_read(&zram->stats,
						      ZRAM_STAT_PAGES),
				(u64)NR_PAGES);
		for (nr = 0; nr < NR_SLOTS; nr++)
			KUNIT_EXPECT_EQ(test, nr - starts[i] < NR_PAGES,
					zram_slot_stored(&zram->slots.slot[nr]));
		/* The rest of the range reads as zeroes, in batches too */
		empty(test);
		for (nr = 0; nr < NR_PAGES; nr++)
			clear_highpage(t->in[nr]);
		verify(test, starts[i], NR_PAGES);
	}
}

/* An object of another priority, in the middle and at the end of a batch */
static void pages_test_priority(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	struct zram_comp_stream *strm;
	struct zram_slot slot;
	unsigned int i, len;
	void *src;

	if (ZRAM_MAX_COMPS == 1)
		kunit_skip(test, "one compressor");
	fill_all(t, PAGES_MIXED, 0, NR_PAGES, 1);
	write(test, 0, NR_PAGES);
	for (i = 3; i < NR_PAGES; i += 4) {
		src = kmap_local_page(t->in[i]);
		strm = zram_comp_stream_get(zram_comps_get(&zram->comps, 1),
					    ZRAM_COMPRESS);
		KUNIT_EXPECT_EQ(test, 0, zram_comp_compress(strm, src, &len));
		slot.flags = len | zram_slot_prio_flags(1);
		KUNIT_EXPECT_EQ(test, 0, zram_obj_alloc(&zram->pool, len,
							GFP_NOWAIT, NUMA_NO_NODE,
							&slot.handle));
		zram_obj_store(&zram->pool, slot.handle, strm->buf, len);
		zram_comp_stream_put(strm);
		kunmap_local(src);
		zram_slot_replace(zram, i, &slot, 0);
		zram_slot_release(zram, &slot);
	}
	verify(test, 0, NR_PAGES);
	empty(test);
}

/* Another reader has pinned the object, and it is overwritten meanwhile. */
static void pages_test_pinned(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	struct zram_slot pinned[2];

	fill_all(t, PAGES_MIXED, 0, NR_PAGES, 1);
	write(test, 0, NR_PAGES);
	pinned[0] = zram_slot_pin(zram, 0);
	pinned[1] = zram_slot_pin(zram, 5);
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&pinned[1], ZRAM_PIN));
	verify(test, 0, NR_PAGES);
	KUNIT_EXPECT_TRUE(test, zram_slot_test(&zram->slots.slot[5], ZRAM_PIN));
	fill_all(t, PAGES_RANDOM, 0, NR_PAGES, 2);
	write(test, 0, NR_PAGES);
	verify(test, 0, NR_PAGES);
	zram_slot_unpin(zram, 0, &pinned[0]);
	zram_slot_unpin(zram, 5, &pinned[1]);
	verify(test, 0, NR_PAGES);
	empty(test);
}

/* A read ends before a page on the backing device, whose blocks it holds. */
static void pages_test_backing(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	struct zram_slot slot, wb = {};
	unsigned int at, done;
	u64 first;

	for (at = 0; at < NR_PAGES; at++) {
		zram->backing.map = zram_bd_map_create(1024);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, zram->backing.map);
		fill_all(t, -1, 40, NR_PAGES, at);
		write(test, 40, NR_PAGES);
		zram_bd_map_reserve(zram->backing.map, ZRAM_BLOCKS_PER_PAGE,
				    ZRAM_BLOCKS_PER_PAGE, &first);
		slot = zram_slot_publish(zram, 40 + at,
					 zram_slot_location(first, 0),
					 (u32)PAGE_SIZE | ZRAM_WB);
		zram_slot_release(zram, &slot);
		/* Takes no reference */
		KUNIT_EXPECT_EQ(test, ZRAM_READ_BACKING,
				zram_pages_read(zram, 40, t->out, NR_PAGES,
						&done, NULL));
		KUNIT_EXPECT_EQ(test, done, at);
		done = NR_PAGES + 1;
		KUNIT_EXPECT_EQ(test, ZRAM_READ_BACKING,
				zram_pages_read(zram, 40, t->out, NR_PAGES,
						&done, &wb));
		KUNIT_EXPECT_EQ(test, done, at);
		check(test, 0, done);
		KUNIT_EXPECT_EQ(test, wb.handle, zram_slot_location(first, 0));
		/* The slot's reference goes, the reader's stays */
		zram_slot_free(zram, 40 + at);
		KUNIT_EXPECT_EQ(test, zram_bd_map_used(zram->backing.map),
				(u64)ZRAM_BLOCKS_PER_PAGE);
		zram_bd_map_put(zram->backing.map, first,
				ZRAM_BLOCKS_PER_PAGE);
		KUNIT_EXPECT_EQ(test, zram_bd_map_used(zram->backing.map), 0ULL);
		zram_bd_map_destroy(zram->backing.map);
		empty(test);
	}
}

/* mem_limit ends a write in the middle; the other slots keep their content. */
static void pages_test_limit(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	unsigned int room, done = 0;
	struct zram_slot wb;

	for (room = 0; room < NR_PAGES; room++) {
		zram->pool.limit_pages = room ?: 1;
		fill_all(t, PAGES_SAME, 1, NR_PAGES, 1);
		write(test, 1, NR_PAGES);
		fill_all(t, PAGES_RANDOM, 1, NR_PAGES, 2);
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				zram_pages_write(zram, 1, t->in, NR_PAGES,
						 0, &done));
		KUNIT_EXPECT_EQ(test, done, room ?: 1);
		KUNIT_EXPECT_EQ(test, 0, zram_pages_read(zram, 1, t->out,
							 NR_PAGES, &done, &wb));
		check(test, 0, room ?: 1);
		fill_all(t, PAGES_SAME, 1, NR_PAGES, 1);
		check(test, room ?: 1, NR_PAGES);
		zram->pool.limit_pages = 0;
		empty(test);
	}
}

/* At mem_limit an overwrite needs memory for one page, however many it has. */
static void pages_test_overwrite(struct kunit *test)
{
	struct pages_test *t = test->priv;

	fill_all(t, PAGES_RANDOM, 2, NR_PAGES, 1);
	write(test, 2, NR_PAGES);
	t->zram->pool.limit_pages = NR_PAGES + 1;
	fill_all(t, PAGES_RANDOM, 2, NR_PAGES, 2);
	write(test, 2, NR_PAGES);
	verify(test, 2, NR_PAGES);
	t->zram->pool.limit_pages = 0;
	empty(test);
}

/* A corrupted object fails alone: the pages before it are read. */
static void pages_test_corrupt(struct kunit *test)
{
	struct pages_test *t = test->priv;
	struct zram *zram = t->zram;
	struct zram_slot slot = { .flags = 5 }, wb;
	unsigned int done;

	fill_all(t, PAGES_MIXED, 0, NR_PAGES, 1);
	write(test, 0, NR_PAGES);
	KUNIT_ASSERT_EQ(test, 0, zram_obj_alloc(&zram->pool, 5, GFP_KERNEL,
						NUMA_NO_NODE, &slot.handle));
	zram_obj_store(&zram->pool, slot.handle, "noise", 5);
	zram_slot_replace(zram, 11, &slot, 0);
	zram_slot_release(zram, &slot);
	KUNIT_EXPECT_LT(test, zram_pages_read(zram, 0, t->out, NR_PAGES, &done,
					      &wb), 0);
	KUNIT_EXPECT_EQ(test, done, 11U);
	check(test, 0, done);
	empty(test);
}

/* Tiering counts each page once, by its age before the access */
static void pages_test_counted(struct kunit *test)
{
	unsigned int i, done, class, later;
	struct pages_test *t = test->priv;
	struct zram_tier_sums sums = {};
	struct zram *zram = t->zram;

	if (!IS_ENABLED(CONFIG_ZRAM_TIER))
		kunit_skip(test, "no tiering");
	KUNIT_ASSERT_EQ(test, 0, zram_tier_count_enable(zram));
	fill_all(t, PAGES_MIXED, 4, NR_PAGES, 1);
	write(test, 4, NR_PAGES);
	write(test, 4, 1);
	KUNIT_EXPECT_EQ(test, 0, zram_pages_write_if(zram, 4, t->in[0], 0, 0));
	for (i = 0; i < NR_PAGES; i++)
		zram->slots.slot[4 + i].ac_time = 0;
	class = zram_tier_class(ktime_get_boottime_seconds());
	/* One page by itself, the others in batches */
	KUNIT_EXPECT_EQ(test, 0, zram_pages_read(zram, 4, t->out, 1, &done,
						 NULL));
	KUNIT_EXPECT_EQ(test, 0, zram_pages_read(zram, 5, t->out, NR_PAGES - 1,
						 &done, NULL));
	later = zram_tier_class(ktime_get_boottime_seconds());
	zram_tier_count_sum(zram, &sums);
	KUNIT_EXPECT_EQ(test, sums.stores, (u64)NR_PAGES + 2);
	KUNIT_EXPECT_EQ(test, (u64)NR_PAGES, sums.reads[class] +
			(later > class ? sums.reads[later] : 0));
	free_percpu(zram->tier_cpu);
	empty(test);
}

static struct kunit_case pages_test_cases[] = {
	KUNIT_CASE(pages_test_bounds),
	KUNIT_CASE(pages_test_priority),
	KUNIT_CASE(pages_test_pinned),
	KUNIT_CASE(pages_test_backing),
	KUNIT_CASE(pages_test_limit),
	KUNIT_CASE(pages_test_overwrite),
	KUNIT_CASE(pages_test_corrupt),
	KUNIT_CASE(pages_test_counted),
	{}
};

static struct kunit_suite pages_test_suite = {
	.name = "zram_pages",
	.init = pages_test_init,
	.exit = pages_test_exit,
	.test_cases = pages_test_cases,
};

kunit_test_suite(pages_test_suite);
