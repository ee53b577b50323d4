// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the algorithms' parameters: which are refused, and that a
 * dictionary helps.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../comp.h"

#define UNSET	ZRAM_COMP_UNSET

/**
 * struct params_case - parameters, and what comes of them
 * @name: the algorithm
 * @level: its level
 * @winbits: its window
 * @dict_size: size of its dictionary, 0 for none
 * @err: what zram_comp_create() says
 */
struct params_case {
	const char *name;
	int level;
	int winbits;
	size_t dict_size;
	int err;
};

static const struct params_case params_cases[] = {
	{ "lzo", UNSET, 15, 0, 0 },
	{ "lzo", 9, UNSET, 0, -EOPNOTSUPP },
	{ "lzo", UNSET, UNSET, 4096, -EOPNOTSUPP },
	{ "lzo-rle", -5, UNSET, 0, -EOPNOTSUPP },
	{ "lzo-rle", UNSET, UNSET, 4096, -EOPNOTSUPP },
	{ "lz4", 0, UNSET, 0, -EINVAL },
	{ "lz4", -3, UNSET, 0, -EINVAL },
	{ "lz4", 1, UNSET, 0, 0 },
	{ "lz4", 8, UNSET, 0, 0 },
	{ "lz4", 1 << 26, UNSET, 0, 0 },
	{ "lz4", INT_MAX, UNSET, 8, 0 },
	{ "lz4", UNSET, UNSET, 7, -EINVAL },
	{ "lz4", UNSET, UNSET, 8, 0 },
	{ "lz4", 3, UNSET, 4096, 0 },
	{ "lz4", UNSET, UNSET, SZ_64K, 0 },
	{ "lz4", UNSET, UNSET, SZ_64K + 1, -EINVAL },
	{ "lz4hc", 1, UNSET, 0, 0 },
	{ "lz4hc", 0, UNSET, 0, -EINVAL },
	{ "lz4hc", 16, UNSET, 0, 0 },
	{ "lz4hc", 17, UNSET, 0, -EINVAL },
	{ "lz4hc", UNSET, UNSET, 4096, 0 },
	{ "lz4hc", 5, UNSET, SZ_64K, 0 },
	{ "lz4hc", UNSET, UNSET, SZ_64K + 1, -EINVAL },
	{ "zstd", 1, UNSET, 0, 0 },
	{ "zstd", 12, UNSET, 0, 0 },
	{ "zstd", -7, UNSET, 0, 0 },
	{ "zstd", 22, UNSET, 0, 0 },
	{ "zstd", 23, UNSET, 0, -EINVAL },
	{ "zstd", -131072, UNSET, 0, 0 },
	{ "zstd", -131073, UNSET, 0, -EINVAL },
	{ "zstd", UNSET, UNSET, 4096, 0 },
	{ "zstd", 9, UNSET, SZ_64K, 0 },
	{ "deflate", 0, UNSET, 0, 0 },
	{ "deflate", 9, UNSET, 0, 0 },
	{ "deflate", -1, UNSET, 0, 0 },
	{ "deflate", 10, UNSET, 0, -EINVAL },
	{ "deflate", -2, UNSET, 0, -EINVAL },
	{ "deflate", 10, UNSET, 4096, -EOPNOTSUPP },
	{ "deflate", UNSET, -15, 0, 0 },
	{ "deflate", UNSET, -9, 0, 0 },
	{ "deflate", UNSET, 9, 0, 0 },
	{ "deflate", UNSET, 15, 0, 0 },
	{ "deflate", UNSET, 8, 0, -EINVAL },
	{ "deflate", UNSET, -16, 0, -EINVAL },
	{ "deflate", UNSET, 0, 0, -EINVAL },
	{ "842", UNSET, UNSET, 0, 0 },
	{ "842", 3, UNSET, 0, -EOPNOTSUPP },
	{ "842", UNSET, UNSET, 4096, -EOPNOTSUPP },
	{ "lzpage", UNSET, UNSET, 0, 0 },
	{ "lzpage", 0, UNSET, 0, -EINVAL },
	{ "lzpage", 1, UNSET, 0, 0 },
	{ "lzpage", 2, UNSET, 0, 0 },
	{ "lzpage", 3, UNSET, 0, -EINVAL },
	{ "lzpage", -1, UNSET, 0, -EINVAL },
	{ "lzpage", UNSET, UNSET, 4096, -EOPNOTSUPP },
};

static void params_desc(const struct params_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s level %d winbits %d dict %zu",
		 c->name, c->level == UNSET ? 0 : c->level,
		 c->winbits == UNSET ? 0 : c->winbits, c->dict_size);
}

KUNIT_ARRAY_PARAM(params, params_cases, params_desc);

/* Bytes that do not repeat before the dictionary ends */
static void fill_dict(u8 *dict, size_t size)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20250310);
	prandom_bytes_state(&rnd, dict, size);
}

/* Pieces of the dictionary, out of order; without one, words that count */
static void fill_page(u8 *page, const struct zram_comp_params *params, u32 nr)
{
	unsigned int at, from, len = 64;
	u16 *word = (u16 *)page;

	for (at = 0; at < PAGE_SIZE / sizeof(*word); at++)
		word[at] = at * 257 + nr;
	if (!params->dict || params->dict_size < len)
		return;
	for (at = 0; at < PAGE_SIZE; at += len) {
		from = (at * 7 + nr * 128) % (params->dict_size - len + 1);
		memcpy(page + at, params->dict + from, len);
	}
}

/* Returns the length that the last of a few pages is compressed to */
static unsigned int round_trips(struct kunit *test, struct zram_comp *comp,
				const struct zram_comp_params *params)
{
	u8 *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	u8 *back = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct zram_comp_stream *strm, *reader;
	unsigned int i, len = 0;
	int cerr, derr;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, back);
	for (i = 0; i < 20; i++) {
		fill_page(page, params, i);
		strm = zram_comp_stream_get(comp, ZRAM_COMPRESS);
		cerr = zram_comp_compress(strm, page, &len);
		reader = zram_comp_stream_get(comp, ZRAM_DECOMPRESS);
		derr = zram_comp_decompress(reader, strm->buf, len, back);
		zram_comp_stream_put(reader);
		zram_comp_stream_put(strm);
		KUNIT_EXPECT_EQ(test, cerr, 0);
		KUNIT_EXPECT_EQ(test, derr, 0);
		KUNIT_EXPECT_EQ(test, 0, memcmp(page, back, PAGE_SIZE));
	}
	return len;
}

static bool takes_dict(const char *name)
{
	return !strcmp(name, "zstd") || !strncmp(name, "lz4", 3);
}

static void comp_params_test(struct kunit *test)
{
	const struct params_case *c = test->param_value;
	struct zram_comp_params params = {
		.level = c->level,
		.winbits = c->winbits,
		.dict_size = c->dict_size,
	};
	struct zram_comp *comp;
	unsigned int len;

	if (!zram_comp_table_lookup(c->name))
		kunit_skip(test, "not in this build");
	if (c->dict_size) {
		params.dict = vmalloc(c->dict_size);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, params.dict);
		fill_dict(params.dict, c->dict_size);
	}
	comp = zram_comp_create(c->name, &params);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(comp), c->err);
	if (IS_ERR(comp))
		goto out;
	KUNIT_EXPECT_EQ(test, zram_comp_start(comp), 0);
	len = round_trips(test, comp, &params);
	/* lz4 does not find much in a large one that is all different */
	if (c->dict_size == SZ_4K && takes_dict(c->name))
		KUNIT_EXPECT_LE(test, len, PAGE_SIZE / 4);
	zram_comp_destroy(comp);
out:
	vfree(params.dict);
}

static struct kunit_case comp_params_cases[] = {
	KUNIT_CASE_PARAM(comp_params_test, params_gen_params),
	{}
};

static struct kunit_suite comp_params_suite = {
	.name = "zram_comp_params",
	.test_cases = comp_params_cases,
};

kunit_test_suite(comp_params_suite);
