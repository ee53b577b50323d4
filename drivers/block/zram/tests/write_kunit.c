// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of a compressor that fails: the task that writes the page, or the
 * kcompressd thread, then stores it uncompressed. And of mem_limit for staged pages, and
 * of the test for same-filled pages.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/numa.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "../comp.h"
#include "../comps.h"
#include "../kc_queue.h"
#include "../kc_set.h"
#include "../kc_stage.h"
#include "../kc_threads.h"
#include "../obj.h"
#include "../pages.h"
#include "../read.h"
#include "../slot.h"
#include "../table.h"
#include "../write.h"
#include "../zram.h"
#include "zram_test.h"

/**
 * struct write_test - what a test works on
 * @zram: a device without a disk, of one group of slots
 * @stages: two staging pages
 * @page: a page that a compressor shrinks
 * @copy: the page to read to
 * @ops: functions of the compressor, with a compress() that may fail
 * @strm: the stream of the CPU that the test stays on
 * @good: functions of the compressor
 */
struct write_test {
	struct zram *zram;
	struct zram_kc_stage_pool *stages;
	struct page *page;
	struct page *copy;
	struct zram_comp_ops ops;
	struct zram_comp_stream *strm;
	const struct zram_comp_ops *good;
};

/* After an error the page is stored uncompressed; after 0, compressed */
static const int errors[] = { 0, -EINVAL, -EIO, -ENOMEM, -ENOSPC, -E2BIG };
static int compress_error;

static int compress_fails(void *ctx, const void *src, void *dst, unsigned int *len)
{
	/* A compressor may set the length before it fails */
	*len = 17;
	return compress_error;
}

static void error_desc(const int *error, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "error %d", *error);
}

KUNIT_ARRAY_PARAM(error, errors, error_desc);

static int write_test_init(struct kunit *test)
{
	struct write_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;
	u32 *words;
	int err;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	t->page = alloc_page(GFP_KERNEL);
	t->copy = alloc_page(GFP_KERNEL);
	t->stages = zram_kc_stage_pool_create(2, NUMA_NO_NODE);
	if (!t->zram || !t->page || !t->copy || !t->stages)
		return -ENOMEM;
	words = page_address(t->page);
	for (i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		words[i] = i / 16;
	err = zram_test_init(t->zram, ZRAM_SLOT_GROUP, 0);
	return err ? err : zram_comp_start(t->zram->comps.choice[0].comp);
}

static void write_test_exit(struct kunit *test)
{
	struct write_test *t = test->priv;

	if (!t)
		return;
	if (t->zram)
		zram_test_exit(t->zram, 0);
	if (t->stages)
		zram_kc_stage_pool_put(t->stages);
	if (t->page)
		__free_page(t->page);
	if (t->copy)
		__free_page(t->copy);
}

/* Stay on this CPU, and let its stream return the error of the parameter, if any */
static void break_compressor(struct kunit *test)
{
	struct write_test *t = test->priv;

	compress_error = *(int *)test->param_value;
	migrate_disable();
	t->strm = zram_comp_stream_get(t->zram->comps.choice[0].comp,
				       ZRAM_COMPRESS);
	t->good = t->strm->ops;
	t->ops = *t->good;
	if (compress_error)
		t->ops.compress = compress_fails;
	t->strm->ops = &t->ops;
	zram_comp_stream_put(t->strm);
}

static void mend_compressor(struct write_test *t)
{
	t->strm->ops = t->good;
	migrate_enable();
}

/* Slot @index has the page, uncompressed after an error, and a read returns it */
static void expect_page(struct kunit *test, unsigned long index)
{
	struct write_test *t = test->priv;
	const struct zram_slot *slot = &t->zram->slots.slot[index];
	bool huge = compress_error;
	struct zram_slot wb;

	KUNIT_EXPECT_EQ(test, !!(slot->flags & ZRAM_HUGE), huge);
	KUNIT_EXPECT_EQ(test, zram_slot_size(slot) == PAGE_SIZE, huge);
	KUNIT_EXPECT_FALSE(test, slot->flags & ZRAM_STAGED);
	KUNIT_EXPECT_EQ(test, zram_read_page(t->zram, index, t->copy, &wb), 0);
	KUNIT_EXPECT_MEMEQ(test, page_address(t->copy), page_address(t->page),
			   PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, zram_stats_read(&t->zram->stats,
					      ZRAM_STAT_HUGE_PAGES), (u64)huge);
}

static void write_test_direct(struct kunit *test)
{
	struct write_test *t = test->priv;
	unsigned int done;
	int err;

	break_compressor(test);
	err = zram_pages_write(t->zram, 3, &t->page, 1, 0, &done);
	mend_compressor(t);
	KUNIT_ASSERT_EQ(test, err, 0);
	expect_page(test, 3);
}

/* Stage the page in a slot. The caller gets a reference, as if for the queue */
static struct zram_kc_stage *stage_page(struct kunit *test, unsigned long index)
{
	struct zram_slot slot = { .flags = ZRAM_STAGED | PAGE_SIZE };
	struct write_test *t = test->priv;
	struct zram_kc_stage *stage = zram_kc_stage_get(t->stages);

	KUNIT_ASSERT_NOT_NULL(test, stage);
	zram_kc_stage_fill(stage, t->page);
	stage->zram = t->zram;
	stage->index = index;
	slot.handle = (unsigned long)stage;
	/* The first reference is the slot's */
	zram_kc_stage_hold(stage);
	KUNIT_EXPECT_TRUE(test, zram_slot_replace(t->zram, index, &slot, 0));
	return stage;
}

static void write_test_kcompressd(struct kunit *test)
{
	struct zram_kc_stage *stage = stage_page(test, 5);
	struct write_test *t = test->priv;
	bool stored;

	break_compressor(test);
	stored = zram_kc_store(stage);
	mend_compressor(t);
	zram_kc_stage_put(stage);
	KUNIT_ASSERT_TRUE(test, stored);
	expect_page(test, 5);
}

static void expect_staged(struct kunit *test, unsigned long index, bool staged)
{
	struct write_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, staged, zram_slot_test(&t->zram->slots.slot[index],
						     ZRAM_STAGED));
}

/* With ZRAM_KC_QUEUED, deferred pages stay staged */
static void write_test_deferred(struct kunit *test)
{
	struct zram_kc_stage *queued = stage_page(test, 5), *deferred = stage_page(test, 6);
	struct write_test *t = test->priv;
	bool woken;

	KUNIT_EXPECT_TRUE(test, zram_kc_queue_add(queued, &woken));
	zram_kc_stage_put(queued);
	/* As if it had been taken from the queue, and could not be stored */
	zram_kc_queue_done(deferred, true);
	KUNIT_EXPECT_EQ(test, 0, zram_kc_store_queued(t->stages, t->zram,
						      ZRAM_KC_QUEUED));
	expect_staged(test, 5, false);
	expect_staged(test, 6, true);
	KUNIT_EXPECT_EQ(test, t->stages->nr_kept, 1);
	KUNIT_EXPECT_EQ(test, 0, zram_kc_store_queued(t->stages, t->zram, ZRAM_KC_ALL));
	expect_staged(test, 6, false);
	KUNIT_EXPECT_EQ(test, t->stages->nr_kept, 0);
}

#ifdef MODULE
static const struct kernel_param *find_parameter(const char *name)
{
	unsigned int i;

	for (i = 0; i < THIS_MODULE->num_kp; i++)
		if (!strcmp(THIS_MODULE->kp[i].name, name))
			return &THIS_MODULE->kp[i];
	return NULL;
}
#else
static const struct kernel_param *find_parameter(const char *name)
{
	return NULL;
}
#endif

/* Write the parameter, as a user does. Returns the old number */
static unsigned int set_nr_kcompressd(struct kunit *test, unsigned int nr)
{
	const struct kernel_param *kp = find_parameter("nr_kcompressd");
	unsigned int old;
	char text[12];

	KUNIT_ASSERT_NOT_NULL(test, kp);
	old = *(unsigned int *)kp->arg;
	snprintf(text, sizeof(text), "%u", nr);
	KUNIT_ASSERT_EQ(test, 0, kp->ops->set(text, kp));
	return old;
}

/* A deferred page that is retried in a minute, if nothing else compresses it */
static void defer_page(struct kunit *test, unsigned long index)
{
	struct write_test *t = test->priv;
	struct zram_kc_stage_pool *own = t->stages;
	struct zram_kc_stage *stage = zram_kc_get_stage();

	KUNIT_ASSERT_NOT_NULL(test, stage);
	t->stages = stage->pool;
	zram_kc_stage_put(stage);
	stage = stage_page(test, index);
	zram_kc_queue_done(stage, true);
	spin_lock(&t->stages->lock);
	t->stages->retry = get_jiffies_64() + 60 * HZ;
	spin_unlock(&t->stages->lock);
	t->stages = own;
}

/* At mem_limit a write of swap leaves deferred pages alone, and another write does not */
static void write_test_swap(struct kunit *test)
{
	struct write_test *t = test->priv;
	unsigned int old, done;

	if (!IS_MODULE(CONFIG_ZRAM))
		kunit_skip(test, "the parameters of a built-in driver cannot be found");
	old = set_nr_kcompressd(test, 1);
	defer_page(test, 6);
	t->zram->pool.limit_pages = 1;
	get_random_bytes(page_address(t->copy), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, -ENOSPC, zram_pages_write(t->zram, 3, &t->copy, 1,
							ZRAM_PAGES_SWAP, &done));
	expect_staged(test, 6, true);
	zram_pages_write(t->zram, 3, &t->copy, 1, 0, &done);
	expect_staged(test, 6, false);
	t->zram->pool.limit_pages = 0;
	set_nr_kcompressd(test, old);
}

/* The object of a staged page is admitted, if not at once, then when it is retried */
static void write_test_admit(struct kunit *test, unsigned int size, bool at_once)
{
	struct zram_obj_pool *pool = &((struct write_test *)test->priv)->zram->pool;
	unsigned long handle = 0;
	int err;

	zram_obj_pool_clear_max(pool);
	err = zram_obj_alloc_admitted(pool, size, GFP_KERNEL, NUMA_NO_NODE, &handle);
	if (err && !at_once)
		err = zram_obj_alloc_admitted(pool, size, GFP_KERNEL, NUMA_NO_NODE,
					      &handle);
	KUNIT_EXPECT_EQ_MSG(test, err, 0, "%u bytes, mem_limit %lu", size,
			    pool->limit_pages);
	if (!err)
		zram_obj_free(pool, handle);
}

/*
 * For each mem_limit, the object of a staged page is stored, also if the allocator takes several
 * pages for it. Whole pages are stored at once, other objects when they are retried.
 */
static void write_test_admitted(struct kunit *test)
{
	struct write_test *t = test->priv;
	struct zram_obj_pool *pool = &t->zram->pool;
	unsigned long handles[50];
	unsigned int i, size;

	for (i = 0; i < ARRAY_SIZE(handles); i++)
		KUNIT_ASSERT_EQ(test, 0, zram_obj_alloc(pool, PAGE_SIZE, GFP_KERNEL,
							NUMA_NO_NODE, &handles[i]));
	zram_obj_count_staged(pool, 1);
	for (i = 1; i <= ARRAY_SIZE(handles) + 1; i++) {
		pool->limit_pages = i;
		write_test_admit(test, PAGE_SIZE, true);
		for (size = PAGE_SIZE / 64; size < PAGE_SIZE; size += PAGE_SIZE / 64)
			write_test_admit(test, size, false);
	}
	pool->limit_pages = 0;
	zram_obj_count_staged(pool, -1);
	for (i = 0; i < ARRAY_SIZE(handles); i++)
		zram_obj_free(pool, handles[i]);
}

/* A page is same-filled unless any of its words differs, be it in one bit */
static void write_test_same_filled(struct kunit *test)
{
	struct write_test *t = test->priv;
	unsigned long *words = page_address(t->page), word = 0;
	unsigned int i, nr = PAGE_SIZE / sizeof(*words);

	memset_l(words, 0x5a5a5a17, nr);
	KUNIT_EXPECT_TRUE(test, zram_write_same_filled(t->page, &word));
	KUNIT_EXPECT_EQ(test, word, 0x5a5a5a17UL);
	for (i = 0; i < nr; i++) {
		words[i] ^= BIT(i % BITS_PER_LONG);
		KUNIT_EXPECT_FALSE_MSG(test, zram_write_same_filled(t->page, &word),
				       "word %u", i);
		words[i] ^= BIT(i % BITS_PER_LONG);
	}
}

static struct kunit_case write_test_cases[] = {
	KUNIT_CASE_PARAM(write_test_direct, error_gen_params),
	KUNIT_CASE_PARAM(write_test_kcompressd, error_gen_params),
	KUNIT_CASE(write_test_deferred),
	KUNIT_CASE(write_test_swap),
	KUNIT_CASE(write_test_admitted),
	KUNIT_CASE(write_test_same_filled),
	{}
};

static struct kunit_suite write_test_suite = {
	.name = "zram_write",
	.init = write_test_init,
	.exit = write_test_exit,
	.test_cases = write_test_cases,
};

kunit_test_suite(write_test_suite);
