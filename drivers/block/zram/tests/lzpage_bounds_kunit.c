// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the bounds of lzpage's decoder: objects that are made by hand. Each is valid,
 * or has one length or bit that is not.
 */

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "../lzpage.h"
#include "../lzpage_format.h"
#include "../lzpage_streams.h"
#include "../lzpage_tables.h"
#include "../lzpage_token.h"

#define MOST_SEQUENCES	8
#define MOST_EXTRA	32
#define GUARD_SIZE	64
#define GUARD_BYTE	0xa5

/**
 * struct bounds_sequence - a sequence of an object
 * @run: number of its literals; 0 with @length 0: there is no such sequence
 * @offset: offset of its match, a multiple of 8 up to 128
 * @length: length of its match
 */
struct bounds_sequence {
	unsigned int run;
	unsigned int offset;
	unsigned int length;
};

/**
 * struct bounds_case - an object
 * @name: what is wrong with it
 * @sequences: its sequences
 * @literals: number of its literals
 * @surplus: bytes after those of the extra bits
 * @err: result of the decoder
 * @mode: how the literals are stored
 * @bits: further bits in the last byte of the extra bits
 * @padding: bytes after each stream of tokens but the first
 */
struct bounds_case {
	const char *name;
	struct bounds_sequence sequences[MOST_SEQUENCES];
	unsigned int literals;
	unsigned int surplus;
	int err;
	enum lzpage_mode mode;
	u8 bits;
	unsigned int padding;
};

static const struct bounds_case bounds_cases[] = {
	{ "nothing", { { 8, 8, 4088 } }, 8 },
	{ "nothing, with literals at the end", { { 8, 8, 4000 } }, 96 },
	{ "nothing, with two sequences", { { 16, 16, 2400 }, { 80, 8, 1600 } }, 96 },
	{ "nothing, with few bytes behind the literals", { { 17, 8, 2000 }, { 0, 8, 2079 } },
	  17 },
	{ "nothing, near the end", { { 3990, 8, 3 }, { 79, 128, 24 } }, 4069 },
	{ "a match longer than the block", { { 8, 8, 4089 } }, 8, 0, -EINVAL },
	{ "a match of the longest length", { { 8, 8, 4098 } }, 8, 0, -EINVAL },
	{ "an offset before the block", { { 8, 16, 4088 } }, 8, 0, -EINVAL },
	{ "more literals in a run than there are", { { 9, 8, 4087 } }, 8, 0, -EINVAL },
	{ "a run that goes on behind the object",
	  { { 16, 16, 16 }, { 2000, 8, 2000 }, { 8, 8, 56 } }, 24, 0, -EINVAL },
	{ "a run longer than the block", { { 16, 16, 2400 }, { 1681, 8, 3 } }, 1697, 0,
	  -EINVAL },
	{ "literals left", { { 8, 8, 4088 } }, 9, 0, -EINVAL },
	{ "literals missing at the end", { { 8, 8, 4000 } }, 95, 0, -EINVAL },
	{ "nothing, with most literals",
	  { { 8, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 },
	    { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 } }, 4064 },
	{ "reserved: more literals than such matches leave",
	  { { 8, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 },
	    { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 }, { 0, 8, 4 } }, 4073, 0, -EINVAL },
	{ "extra bits left", { { 8, 8, 4088 } }, 8, 1, -EINVAL },
	{ "nothing, with an odd number of extra bits", { { 9, 8, 4087 } }, 9 },
	{ "a bit after the extra bits", { { 9, 8, 4087 } }, 9, 0, -EINVAL, .bits = 0x80 },
	{ "nothing, with streams that are not used up", { { 8, 8, 600 } }, 3496,
	  .padding = 190 },
	{ "a longer object than any", { { 8, 8, 600 } }, 3496, 0, -EINVAL, .padding = 250 },
	{ "nothing, differences", { { 16, 16, 2400 }, { 10, 8, 1600 } }, 96,
	  .mode = LZPAGE_CODED_DIFFERENCES },
	{ "nothing, coded", { { 16, 16, 2400 }, { 80, 8, 1600 } }, 96,
	  .mode = LZPAGE_CODED_PLAIN },
	{ "nothing, coded as text", { { 16, 16, 2400 }, { 80, 8, 1600 } }, 96,
	  .mode = LZPAGE_CODED_TEXT },
	{ "more differences in a run than there are", { { 16, 16, 2400 }, { 9, 8, 1671 } }, 24,
	  0, -EINVAL, LZPAGE_CODED_DIFFERENCES },
	{ "more coded literals in a run than there are", { { 9, 8, 4087 } }, 8, 0, -EINVAL,
	  LZPAGE_CODED_PLAIN },
	{ "coded literals left", { { 8, 8, 4088 } }, 9, 0, -EINVAL, LZPAGE_CODED_TEXT },
	{ "an offset before the block, differences", { { 8, 16, 4088 } }, 8, 0, -EINVAL,
	  LZPAGE_CODED_DIFFERENCES },
};

static void bounds_case_desc(const struct bounds_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bounds_case, bounds_cases, bounds_case_desc);

/**
 * struct bounds_test - what a test works on
 * @object: an object
 * @literals: its literals
 * @block: for the decoded block, and a guard after it
 * @work: memory of the decoder
 */
struct bounds_test {
	u8 object[2 * LZPAGE_BLOCK];
	u8 literals[LZPAGE_BLOCK];
	u8 block[LZPAGE_BLOCK + GUARD_SIZE];
	struct lzpage_decode_work work;
};

/* Make an object whose literals are 0, 1, 2, ... Returns its length in bytes */
static unsigned int bounds_make(struct bounds_test *t, const struct bounds_case *c)
{
	u16 codes[MOST_SEQUENCES], sizes[LZPAGE_STREAMS], literal_sizes[LZPAGE_STREAMS];
	u8 extra[MOST_EXTRA] = {}, *at = t->object;
	struct lzpage_output o = { .code = codes, .extra = extra };
	unsigned int i, nr, nr_extra;
	u32 header;

	for (i = 0; i < MOST_SEQUENCES && c->sequences[i].length; i++)
		lzpage_token_put(&o, LZPAGE_REPEATS, c->sequences[i].offset,
				 c->sequences[i].run, c->sequences[i].length);
	nr = o.code - codes;
	nr_extra = o.extra - extra + !!o.nr_bits + c->surplus;
	extra[nr_extra - 1] |= c->bits;
	header = (c->literals & LZPAGE_LITERALS_MASK) | nr << LZPAGE_LITERALS_BITS |
		 c->mode << LZPAGE_MODE_SHIFT;
	*at++ = header;
	*at++ = header >> 8;
	*at++ = header >> 16;
	for (i = 0; i < c->literals; i++)
		t->literals[i] = i;
	if (c->mode == LZPAGE_RAW) {
		memcpy(at, t->literals, c->literals);
		at += c->literals;
	} else {
		at += zram_lzpage_put_bytes(at, t->literals, c->literals,
					    zram_lzpage_tables.literal_code[c->mode - 1],
					    literal_sizes);
	}
	memcpy(at, extra, nr_extra);
	at += nr_extra;
	at += zram_lzpage_put_codes(at, codes, nr, sizes);
	/* A case with padding has one token, so these streams are empty */
	for (i = 1; i < LZPAGE_STREAMS; i++, at += c->padding) {
		memset(at, GUARD_BYTE, c->padding);
		sizes[i] += c->padding;
	}
	if (c->mode != LZPAGE_RAW)
		at += zram_lzpage_put_sizes(at, c->literals, literal_sizes);
	at += zram_lzpage_put_sizes(at, nr, sizes);
	return at - t->object;
}

/* Byte by byte, what the object of bounds_make() stands for */
static void bounds_expand(const struct bounds_case *c, u8 *to)
{
	unsigned int i, k, run, offset, literal = 0, at = 0;
	bool differences;

	for (i = 0; i < MOST_SEQUENCES; i++) {
		run = c->sequences[i].run;
		offset = c->sequences[i].offset;
		differences = c->mode == LZPAGE_CODED_DIFFERENCES && run <= 16 && offset <= at;
		for (k = 0; k < run; k++, at++)
			to[at] = literal++ + (differences ? to[at - offset] : 0);
		for (k = 0; k < c->sequences[i].length; k++, at++)
			to[at] = to[at - offset];
	}
	while (at < LZPAGE_BLOCK)
		to[at++] = literal++;
}

static void bounds_test_one(struct kunit *test)
{
	struct bounds_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	u8 *wanted = kunit_kzalloc(test, LZPAGE_BLOCK, GFP_KERNEL);
	const struct bounds_case *c = test->param_value;
	unsigned int len;
	u8 *object;

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_NOT_NULL(test, wanted);
	memset(t->block, GUARD_BYTE, sizeof(t->block));
	len = bounds_make(t, c);
	/* Without memory behind it */
	object = kunit_kzalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	memcpy(object, t->object, len);
	KUNIT_EXPECT_EQ(test, c->err, zram_lzpage_decompress(object, len, t->block,
							     LZPAGE_BLOCK, &t->work));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->block + LZPAGE_BLOCK, GUARD_BYTE, GUARD_SIZE));
	if (c->err)
		return;
	bounds_expand(c, wanted);
	KUNIT_EXPECT_MEMEQ(test, wanted, t->block, LZPAGE_BLOCK);
}

static struct kunit_case bounds_test_cases[] = {
	KUNIT_CASE_PARAM(bounds_test_one, bounds_case_gen_params),
	{}
};

static struct kunit_suite bounds_test_suite = {
	.name = "zram_lzpage_bounds",
	.test_cases = bounds_test_cases,
};

kunit_test_suite(bounds_test_suite);
