// SPDX-License-Identifier: GPL-2.0
/*
 * What the encoder of lzpage makes of the pages of a file, for tools/lzpage/train.
 * A line for each page: the number of its tokens, the tokens, and in hexadecimal its
 * literals and the same as differences. Pages that are stored raw have no line. The
 * driver's encoder decides little but this by its tables, so they may be others.
 */

#include <err.h>
#include <stdio.h>

#include "user.h"
#include "lzpage_encode.h"
#include "lzpage_tables.h"

#define PAGE	4096U

static struct lzpage_encode_work work;

/* The number of each token of the tables, by its code */
static u16 tokens[1 << 16];

static void count_init(void)
{
	unsigned int token;

	for (token = 0; token < LZPAGE_ALL_TOKENS; token++)
		tokens[zram_lzpage_tables.token_code[token]] = token;
}

/* What would be the token if all had codes */
static unsigned int count_classes(unsigned int kind, unsigned int run, unsigned int length)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;

	run = t->run_class[min(run, LZPAGE_RUN_LOOKUP - 1U)];
	if (kind < LZPAGE_REPEATS)
		return (kind * LZPAGE_RUN_CLASSES + run) * LZPAGE_REPEAT_CLASSES +
			t->repeat_class[min(length, LZPAGE_REPEAT_LOOKUP - 1U)];
	kind -= LZPAGE_REPEATS;
	return LZPAGE_REPEAT_TOKENS + (kind * LZPAGE_RUN_CLASSES + run) * LZPAGE_NEW_CLASSES +
		t->new_class[min(length, LZPAGE_NEW_LOOKUP - 1U)];
}

/* The token of a code, and a step over its extra bits, of which *@at were before */
static unsigned int count_token(u16 code, unsigned int *at)
{
	u64 bits = get_unaligned_le64(work.extra + *at / 8) >> *at % 8;
	unsigned int entry = zram_lzpage_tables.token[code & ((1 << LZPAGE_TOKEN_BITS) - 1)];
	const struct lzpage_extra_bits *x = &zram_lzpage_tables.extra[entry >> 6];
	u64 coded = zram_lzpage_tables.coded[entry >> 6];
	unsigned int token = tokens[code], length;

	*at += x->bits;
	if (token < LZPAGE_TOKENS)
		return token;
	bits >>= x->offset_bits;
	length = (u16)(coded >> LZPAGE_LENGTH_SHIFT) + (bits & x->length_mask);
	bits >>= x->length_bits;
	return count_classes((token - LZPAGE_TOKENS) / 2, (u16)coded + (bits & x->run_mask),
			     length);
}

static void count_literals(const u8 *literals, unsigned int nr)
{
	putchar(' ');
	while (nr--)
		printf("%02x", *literals++);
}

static void count_page(const u8 *page)
{
	static u8 object[2 * PAGE];
	unsigned int len = zram_lzpage_encode(page, object, true, &work);
	u32 header = object[0] | object[1] << 8 | object[2] << 16;
	unsigned int literals = header & LZPAGE_LITERALS_MASK;
	unsigned int nr = header >> LZPAGE_LITERALS_BITS & LZPAGE_SEQUENCES_MAX, i, at = 0;

	if (len == LZPAGE_BLOCK_MAX)
		return;
	if (!literals)
		literals = LZPAGE_BLOCK;
	printf("%u", nr);
	for (i = 0; i < nr; i++)
		printf(" %u", count_token(work.codes[i], &at));
	count_literals(work.plain, literals);
	count_literals(work.differences, literals);
	putchar('\n');
}

int main(int argc, char **argv)
{
	static u8 page[PAGE];
	FILE *file;

	if (argc != 2)
		errx(2, "usage: count FILE");
	zram_lzpage_tables_init();
	count_init();
	file = fopen(argv[1], "rb");
	if (!file)
		err(1, "%s", argv[1]);
	while (fread(page, PAGE, 1, file) == 1)
		count_page(page);
	return ferror(file) || fflush(stdout);
}
