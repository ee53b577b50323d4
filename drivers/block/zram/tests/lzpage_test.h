/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TESTS_LZPAGE_TEST_H_
#define _ZRAM_TESTS_LZPAGE_TEST_H_

/* Kinds of pages for the tests of lzpage, the same on all machines */

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "../lzpage.h"
#include "../lzpage_format.h"

/**
 * struct lzpage_test - what a test works on
 * @page: a page to compress
 * @object: the result
 * @guarded: a page to decompress to, with guards before and behind
 * @back: the page in @guarded
 * @encode: memory of the encoder
 * @decode: memory of the decoder
 * @seed: state of lzpage_random()
 */
struct lzpage_test {
	u8 *page;
	u8 *object;
	u8 *guarded;
	u8 *back;
	struct lzpage_encode_work *encode;
	struct lzpage_decode_work *decode;
	u32 seed;
};

/* The same numbers on all machines and in all kernels */
static u32 lzpage_random(struct lzpage_test *t)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 17;
	t->seed ^= t->seed << 5;
	return t->seed;
}

static void lzpage_fill_zeros(struct lzpage_test *t, unsigned int size)
{
	memset(t->page, 0, size);
}

static void lzpage_fill_random(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		t->page[i] = lzpage_random(t) >> 8;
}

/* Four bytes of each block repeat: their token and its sizes take more than they save */
static void lzpage_fill_four(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	lzpage_fill_random(t, size);
	for (i = 0; i < size; i += 4096)
		memcpy(t->page + i + 24, t->page + i + 8, 4);
}

static void lzpage_fill_half(struct lzpage_test *t, unsigned int size)
{
	lzpage_fill_random(t, size);
	memset(t->page + size / 2, 0, size / 2);
}

static void lzpage_fill_other_half(struct lzpage_test *t, unsigned int size)
{
	lzpage_fill_random(t, size);
	memset(t->page, 0, size / 2);
}

static void lzpage_fill_pointers(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;
	u64 v;

	for (i = 0; i < size; i += 8) {
		v = 0xffff888100000000ULL + lzpage_random(t) % 65536 * 64;
		put_unaligned_le64(lzpage_random(t) % 4 ? v : 0, t->page + i);
	}
}

/* Records: a pointer, a number that counts, flags, a name */
static void lzpage_fill_records(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	memset(t->page, 0, size);
	for (i = 0; i + 40 <= size; i += 40) {
		put_unaligned_le64(0x7f0011220000ULL + i * 2, t->page + i);
		put_unaligned_le32(1000 + i / 40, t->page + i + 8);
		t->page[i + 13] = lzpage_random(t) & 3;
		memcpy(t->page + i + 16, "name of it", 10);
		t->page[i + 26] = 'a' + lzpage_random(t) % 26;
	}
}

static void lzpage_fill_text(struct lzpage_test *t, unsigned int size)
{
	static const char letters[] = "etaoin shrdlu cmfwyp";
	unsigned int i, from;

	for (i = 0; i < size; i++)
		t->page[i] = letters[lzpage_random(t) % (sizeof(letters) - 1)];
	for (i = 64; i + 16 <= size; i += 16) {
		from = lzpage_random(t) % (i - 16);
		if (lzpage_random(t) & 1)
			memcpy(t->page + i, t->page + from, 9);
	}
}

/* Numbers as strings: the code for the bytes themselves is the shortest */
static void lzpage_fill_numbers(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		t->page[i] = i % 16 < 9 ? '0' + lzpage_random(t) % 10 : 0;
}

/* Matches of three bytes, more than a header can count */
static void lzpage_fill_most(struct lzpage_test *t, unsigned int size)
{
	unsigned int i, match, back;

	for (i = 0; i < size; i++) {
		match = i % LZPAGE_BLOCK / 3;
		if (match < 20 || (match >= 24 && match < 34))
			back = 0;
		else if (match < 38)
			back = match < 24 ? 24 : 30;
		else
			back = match % 2 ? 30 : 24;
		t->page[i] = back ? t->page[i - back] : i % LZPAGE_BLOCK;
	}
}

/* A literal before each match of three bytes */
static void lzpage_fill_short(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		t->page[i] = i % 4 == 3 ? lzpage_random(t) >> 8 : 17 * (i % 4);
}

/* Patterns of one byte and more, each for some time */
static void lzpage_fill_patterns(struct lzpage_test *t, unsigned int size)
{
	unsigned int i, offset = 1;

	for (i = 0; i < size; i++) {
		if (i % 97 < 23)
			t->page[i] = lzpage_random(t) >> 8;
		else
			t->page[i] = t->page[i - offset];
		if (i % 97 == 96)
			offset = offset % 21 + 1;
	}
}

/* Literal runs and matches of all lengths */
static void lzpage_fill_lengths(struct lzpage_test *t, unsigned int size)
{
	unsigned int i = 0, end, from;

	while (i < size) {
		end = min(size, i + 1 + lzpage_random(t) % 150);
		for (; i < end; i++)
			t->page[i] = lzpage_random(t) >> 8;
		from = lzpage_random(t) % i;
		end = min(size, i + 3 + lzpage_random(t) % 300);
		for (; i < end; i++)
			t->page[i] = t->page[from++];
	}
}

/* Records of bytes that count, and a name: differences are smaller than the bytes */
static void lzpage_fill_slopes(struct lzpage_test *t, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		t->page[i] = i % 16 < 5 ? i / 16 * (1 + i % 16) +
			     (lzpage_random(t) & 1) : 'a' + i % 16;
}

/**
 * struct lzpage_kind - a kind of page
 * @name: for messages
 * @fill: makes one
 * @length: length of an object of 4 KiB by level, the same on every machine
 * @hash: FNV-1a of that object
 * @mode: how level 2 stores its literals
 */
struct lzpage_kind {
	const char *name;
	void (*fill)(struct lzpage_test *t, unsigned int size);
	unsigned int length[2];
	u32 hash[2];
	enum lzpage_mode mode;
};

static const struct lzpage_kind lzpage_kinds[] = {
	{ "zeros", lzpage_fill_zeros,
	  { 15, 15 }, { 0xfcb28934, 0xfcb28934 } },
	{ "random", lzpage_fill_random,
	  { 4099, 4099 }, { 0x05f15f58, 0x05f15f58 } },
	{ "half random", lzpage_fill_half,
	  { 2063, 2063 }, { 0x985db8bc, 0x985db8bc } },
	{ "random half", lzpage_fill_other_half,
	  { 2063, 2063 }, { 0xe8109bbb, 0xe8109bbb } },
	{ "pointers", lzpage_fill_pointers,
	  { 1663, 1590 }, { 0x4b332efa, 0xdf035413 }, LZPAGE_CODED_DIFFERENCES },
	{ "records", lzpage_fill_records,
	  { 843, 728 }, { 0xd056e853, 0xf2090b1e }, LZPAGE_CODED_DIFFERENCES },
	{ "text", lzpage_fill_text,
	  { 3625, 2576 }, { 0xc4eabbeb, 0xe418eb6d }, LZPAGE_CODED_TEXT },
	{ "numbers", lzpage_fill_numbers,
	  { 2569, 1704 }, { 0x3e68813b, 0x5369b052 }, LZPAGE_CODED_PLAIN },
	{ "most matches", lzpage_fill_most,
	  { 2176, 2176 }, { 0x9e31cfdb, 0x9e31cfdb } },
	{ "short matches", lzpage_fill_short,
	  { 1677, 1677 }, { 0x201c534e, 0x201c534e } },
	{ "patterns", lzpage_fill_patterns,
	  { 1241, 1241 }, { 0xd4e45fe1, 0xd4e45fe1 } },
	{ "all lengths", lzpage_fill_lengths,
	  { 1583, 1583 }, { 0xe0f795d5, 0xe0f795d5 } },
	{ "slopes", lzpage_fill_slopes,
	  { 1569, 1202 }, { 0x020d6155, 0xd3f4c809 }, LZPAGE_CODED_DIFFERENCES },
	{ "four bytes", lzpage_fill_four,
	  { 4099, 4099 }, { 0xfe154226, 0xfe154226 } },
};

#endif
