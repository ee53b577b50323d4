// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of lzpage: round trips of every kind of page and of every size of
 * page, objects with known bytes, and damaged objects, which never make the
 * decoder leave its buffers.
 */

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../lzpage_format.h"
#include "lzpage_test.h"

#define GUARD_SIZE	64
#define GUARD_BYTE	0xa5
#define SIZE_MAX_TESTED	SZ_64K
/* Instrumented code takes ten times as long */
#define SLOW		IS_ENABLED(CONFIG_KASAN)

struct lzpage_case {
	unsigned int size;
	int level;
};

static const struct lzpage_case lzpage_cases[] = {
	{ SZ_4K, LZPAGE_FAST }, { SZ_4K, LZPAGE_DENSE },
	{ SZ_16K, LZPAGE_FAST }, { SZ_16K, LZPAGE_DENSE },
	{ SZ_64K, LZPAGE_FAST }, { SZ_64K, LZPAGE_DENSE },
};

static void lzpage_case_desc(const struct lzpage_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u bytes, level %d", c->size,
		 c->level);
}

KUNIT_ARRAY_PARAM(lzpage_case, lzpage_cases, lzpage_case_desc);

static u32 lzpage_hash(const u8 *data, unsigned int len)
{
	u32 hash = 2166136261U;

	while (len--)
		hash = (hash ^ *data++) * 16777619U;
	return hash;
}

/* Different pages of a kind with each @nr */
static void lzpage_fill(struct lzpage_test *t, const struct lzpage_kind *kind,
			unsigned int size, unsigned int nr)
{
	t->seed = 20261126 + nr;
	kind->fill(t, size);
}

/* Decompress @len bytes of an exactly sized buffer, and look at the guards */
static int lzpage_decode(struct kunit *test, const u8 *object, unsigned int len,
			 unsigned int size)
{
	struct lzpage_test *t = test->priv;
	int ret;

	memset(t->back + size, GUARD_BYTE, GUARD_SIZE);
	ret = zram_lzpage_decompress(object, len, t->back, size, t->decode);
	KUNIT_EXPECT_TRUE(test, !ret || ret == -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, NULL,
			    memchr_inv(t->guarded, GUARD_BYTE, GUARD_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, NULL, memchr_inv(t->back + size, GUARD_BYTE,
						   GUARD_SIZE));
	return ret;
}

/* The object of t->page, in memory of its size; freed with the test */
static u8 *lzpage_make(struct kunit *test, unsigned int size, int level,
		       unsigned int *len)
{
	struct lzpage_test *t = test->priv;
	u8 *object;

	memset(t->object + 2 * size, GUARD_BYTE, GUARD_SIZE);
	*len = zram_lzpage_compress(t->page, size, t->object, level, t->encode);
	KUNIT_ASSERT_LE(test, *len,
			size / LZPAGE_BLOCK * (LZPAGE_BLOCK_MAX + 2));
	KUNIT_EXPECT_PTR_EQ(test, NULL, memchr_inv(t->object + 2 * size,
						   GUARD_BYTE, GUARD_SIZE));
	object = kunit_kmalloc(test, *len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, object);
	memcpy(object, t->object, *len);
	return object;
}

static void lzpage_test_round_trip(struct kunit *test)
{
	const struct lzpage_case *c = test->param_value;
	struct lzpage_test *t = test->priv;
	unsigned int i, nr, len;
	u8 *object;

	for (i = 0; i < ARRAY_SIZE(lzpage_kinds); i++) {
		for (nr = 0; nr < 8; nr++) {
			lzpage_fill(t, &lzpage_kinds[i], c->size, nr);
			object = lzpage_make(test, c->size, c->level, &len);
			memset(t->back, GUARD_BYTE, c->size);
			KUNIT_EXPECT_EQ(test, 0, lzpage_decode(test, object, len,
							       c->size));
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(t->page, t->back, c->size),
					    "%s", lzpage_kinds[i].name);
			kunit_kfree(test, object);
		}
		cond_resched();
	}
}

/* The bytes of an object are the same on every machine: they may be on a disk */
static void lzpage_test_vectors(struct kunit *test)
{
	struct lzpage_test *t = test->priv;
	const struct lzpage_kind *kind;
	unsigned int i, level, len;
	u8 *object;

	for (i = 0; i < ARRAY_SIZE(lzpage_kinds); i++) {
		kind = &lzpage_kinds[i];
		for (level = LZPAGE_FAST; level <= LZPAGE_DENSE; level++) {
			lzpage_fill(t, kind, SZ_4K, 0);
			object = lzpage_make(test, SZ_4K, level, &len);
			KUNIT_EXPECT_EQ_MSG(test, len, kind->length[level - 1],
					    "%s, level %u", kind->name, level);
			KUNIT_EXPECT_EQ_MSG(test, lzpage_hash(object, len),
					    kind->hash[level - 1],
					    "%s, level %u", kind->name, level);
			if (level == LZPAGE_DENSE)
				KUNIT_EXPECT_EQ_MSG(test, object[2] >> 6, kind->mode, "%s",
						    kind->name);
			kunit_kfree(test, object);
		}
	}
}

/* One object byte by byte: zeros are four literals, and a match that repeats */
static void lzpage_test_bytes(struct kunit *test)
{
	static const u8 zeros[] = {
		0x04, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61,
		0x0f, 0x33, 0x02, 0x02, 0x00, 0x00, 0x00,
	};
	struct lzpage_test *t = test->priv;
	unsigned int len;
	u8 *object;

	lzpage_fill_zeros(t, SZ_4K);
	object = lzpage_make(test, SZ_4K, LZPAGE_DENSE, &len);
	KUNIT_ASSERT_EQ(test, len, sizeof(zeros));
	KUNIT_EXPECT_EQ(test, 0, memcmp(object, zeros, len));
}

static void lzpage_test_truncated(struct kunit *test)
{
	const struct lzpage_case *c = test->param_value;
	struct lzpage_test *t = test->priv;
	unsigned int i, len, cut, step;
	u8 *object, *copy;

	for (i = 0; i < ARRAY_SIZE(lzpage_kinds); i++) {
		lzpage_fill(t, &lzpage_kinds[i], c->size, 1);
		object = lzpage_make(test, c->size, c->level, &len);
		/* Larger pages have the same blocks */
		step = c->size == SZ_4K ? 1 : 37;
		if (SLOW)
			step *= 31;
		for (cut = 0; cut < len; cut += step) {
			copy = kmalloc(cut, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, copy);
			memcpy(copy, object, cut);
			KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
					    lzpage_decode(test, copy, cut,
							  c->size),
					    "%s cut to %u bytes",
					    lzpage_kinds[i].name, cut);
			kfree(copy);
		}
		kunit_kfree(test, object);
		cond_resched();
	}
}

/* The blocks of a larger page: one of them is damaged, or a byte follows the last */
static void lzpage_test_blocks(struct kunit *test)
{
	const struct lzpage_case *c = test->param_value;
	struct lzpage_test *t = test->priv;
	unsigned int at = 0, len;
	u8 *object;

	t->seed = 1;
	lzpage_fill_random(t, c->size);
	object = lzpage_make(test, c->size, c->level, &len);
	KUNIT_EXPECT_EQ(test, 0, lzpage_decode(test, object, len, c->size));
	/* lzpage_make() has room for it */
	memcpy(t->object, object, len);
	t->object[len] = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, lzpage_decode(test, t->object, len + 1, c->size));
	if (c->size > LZPAGE_BLOCK)
		at = get_unaligned_le16(object) + 4;
	/* Counts that are too large for the object */
	memset(object + at, 0xff, LZPAGE_HEADER);
	KUNIT_EXPECT_EQ(test, -EINVAL, lzpage_decode(test, object, len, c->size));
}

/* Each bit of a hundred objects that are not long */
static void lzpage_test_flipped(struct kunit *test)
{
	unsigned int objects = SLOW ? 20 : 100, nr, i, len, bit;
	struct lzpage_test *t = test->priv;
	u8 *object;

	for (nr = 0; nr < objects; nr++) {
		i = nr % ARRAY_SIZE(lzpage_kinds);
		lzpage_fill(t, &lzpage_kinds[i], SZ_4K, nr);
		memset(t->page + 256, nr, SZ_4K - 256 - nr % 8);
		object = lzpage_make(test, SZ_4K, nr % 2 ? LZPAGE_FAST :
				     LZPAGE_DENSE, &len);
		for (bit = 0; bit < 8 * len; bit++) {
			object[bit / 8] ^= 1 << bit % 8;
			lzpage_decode(test, object, len, SZ_4K);
			object[bit / 8] ^= 1 << bit % 8;
		}
		KUNIT_EXPECT_EQ(test, 0,
				lzpage_decode(test, object, len, SZ_4K));
		KUNIT_EXPECT_EQ(test, 0, memcmp(t->page, t->back, SZ_4K));
		kunit_kfree(test, object);
		cond_resched();
	}
}

/* What has no meaning at all: random bytes behind each header */
static void lzpage_test_nonsense(struct kunit *test)
{
	unsigned int round, len, rounds = SLOW ? 400 : 4000;
	struct lzpage_test *t = test->priv;
	u8 *copy;

	t->seed = 1;
	for (round = 0; round < rounds; round++) {
		lzpage_fill_random(t, 1024);
		len = lzpage_random(t) % 1024;
		/* Counts that may be right, and each mode */
		if (len > 3) {
			put_unaligned_le16(lzpage_random(t) % 600, t->page);
			t->page[2] = lzpage_random(t) % 4 << 6 | 3;
		}
		copy = kmalloc(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, t->page, len);
		lzpage_decode(test, copy, len, SZ_4K);
		kfree(copy);
	}
}

static int lzpage_test_init(struct kunit *test)
{
	struct lzpage_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->page = kvmalloc(SIZE_MAX_TESTED, GFP_KERNEL);
	t->object = kvmalloc(2 * SIZE_MAX_TESTED + GUARD_SIZE, GFP_KERNEL);
	t->guarded = kvmalloc(SIZE_MAX_TESTED + 2 * GUARD_SIZE, GFP_KERNEL);
	t->encode = kvmalloc_obj(*t->encode);
	t->decode = kvmalloc_obj(*t->decode);
	if (!t->page || !t->object || !t->guarded || !t->encode || !t->decode)
		return -ENOMEM;
	t->back = t->guarded + GUARD_SIZE;
	memset(t->guarded, GUARD_BYTE, GUARD_SIZE);
	memset(t->encode, GUARD_BYTE, sizeof(*t->encode));
	memset(t->decode, GUARD_BYTE, sizeof(*t->decode));
	return 0;
}

static void lzpage_test_exit(struct kunit *test)
{
	struct lzpage_test *t = test->priv;

	if (!t)
		return;
	kvfree(t->page);
	kvfree(t->object);
	kvfree(t->guarded);
	kvfree(t->encode);
	kvfree(t->decode);
}

static struct kunit_case lzpage_test_cases[] = {
	KUNIT_CASE_PARAM(lzpage_test_round_trip, lzpage_case_gen_params),
	KUNIT_CASE(lzpage_test_vectors),
	KUNIT_CASE(lzpage_test_bytes),
	KUNIT_CASE_PARAM(lzpage_test_truncated, lzpage_case_gen_params),
	KUNIT_CASE_PARAM(lzpage_test_blocks, lzpage_case_gen_params),
	KUNIT_CASE(lzpage_test_flipped),
	KUNIT_CASE(lzpage_test_nonsense),
	{}
};

static struct kunit_suite lzpage_test_suite = {
	.name = "zram_lzpage",
	.init = lzpage_test_init,
	.exit = lzpage_test_exit,
	.test_cases = lzpage_test_cases,
};

kunit_test_suite(lzpage_test_suite);
