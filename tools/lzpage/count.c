// SPDX-License-Identifier: GPL-2.0
/*
 * What the encoder of lzpage makes of the pages of a file, for tools/lzpage/train.
 * A line for each page: the number of its tokens, the tokens, and in hexadecimal its
 * literals and the same as differences. Pages that are stored raw have no line. The
 * driver's encoder decides nothing but this by its tables, so they may be others.
 */

#include <err.h>
#include <stdio.h>

#include "user.h"
#include "lzpage_encode.h"
#include "lzpage_tables.h"

#define PAGE	4096U

static struct lzpage_encode_work work;

/* A stream of bits; the encoder's memory has some bytes behind its end */
struct bits {
	const u8 *data;
	unsigned int at;
};

static unsigned int bits_peek(const struct bits *b, unsigned int nr)
{
	return get_unaligned_le64(b->data + b->at / 8) >> b->at % 8 &
	       ((1U << nr) - 1);
}

static unsigned int bits_take(struct bits *b, unsigned int nr)
{
	unsigned int v = bits_peek(b, nr);

	b->at += nr;
	return v;
}

/* The next token, and a step over its extra bits */
static unsigned int count_token(struct bits *b)
{
	u32 entry = zram_lzpage_tables.token[bits_peek(b, LZPAGE_TOKEN_BITS)];
	unsigned int token, rest;

	b->at += entry & 63;
	if (entry & LZPAGE_ENTRY_INDIRECT) {
		token = entry >> 8;
		if (token == LZPAGE_ESCAPE)
			token = bits_take(b, LZPAGE_ESCAPED_BITS);
	} else {
		token = ((entry >> 24) * LZPAGE_RUN_CLASSES + (entry >> 8 & 255)) *
			LZPAGE_REPEAT_CLASSES + (entry >> 16 & 255) - LZPAGE_MATCH_MIN;
	}
	if (token < LZPAGE_REPEAT_TOKENS) {
		b->at += zram_lzpage_repeats[token % LZPAGE_REPEAT_CLASSES].bits;
		rest = token / LZPAGE_REPEAT_CLASSES;
	} else {
		rest = token - LZPAGE_REPEAT_TOKENS;
		b->at += zram_lzpage_news[rest % LZPAGE_NEW_CLASSES].bits;
		rest /= LZPAGE_NEW_CLASSES;
		b->at += zram_lzpage_offsets[rest / LZPAGE_RUN_CLASSES].bits;
	}
	b->at += zram_lzpage_runs[rest % LZPAGE_RUN_CLASSES].bits;
	return token;
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
	struct bits tokens = { work.tokens };
	unsigned int len = zram_lzpage_encode(page, object, true, &work);
	u32 header = object[0] | object[1] << 8 | object[2] << 16;
	unsigned int literals = header & LZPAGE_COUNT_MASK;
	unsigned int nr = (header >> LZPAGE_COUNT_BITS) % LZPAGE_MODE_STEP, i;

	if (len == LZPAGE_BLOCK_MAX)
		return;
	if (!literals)
		literals = LZPAGE_BLOCK;
	printf("%u", nr);
	for (i = 0; i < nr; i++)
		printf(" %u", count_token(&tokens));
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
	file = fopen(argv[1], "rb");
	if (!file)
		err(1, "%s", argv[1]);
	while (fread(page, PAGE, 1, file) == 1)
		count_page(page);
	return ferror(file) || fflush(stdout);
}
