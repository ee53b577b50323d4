// SPDX-License-Identifier: GPL-2.0
/*
 * The literals of an lzpage block: as they are, or coded in four streams, so
 * that the decoder has four independent chains of lookups. Literal i is in stream
 * i % 4.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_literals.h"
#include "lzpage_tables.h"

/* Fewer literals are not worth four streams */
#define CODED_MIN	48
/* Literals of a stream that a refill of eight bytes has bits for, at least */
#define BURST		5
/* Above the bits of an accumulator that are not used up */
#define MARK		BIT_ULL(63)

static_assert(BURST * LZPAGE_LITERAL_BITS + 7 < 64);
static_assert(BURST == 5 && LZPAGE_STREAMS == 4);
/* The size of a short stream is a byte */
static_assert(LZPAGE_SHORT_STREAMS / LZPAGE_STREAMS * LZPAGE_LITERAL_BITS / 8 <
	      256);

/* Code every fourth of @nr literals from @literal on. Returns the bytes at @dst */
static unsigned int literals_put_stream(u8 *dst, const u8 *literal,
					unsigned int nr, const u16 *codes)
{
	unsigned int nr_bits = 0, i, burst;
	u8 *at = dst;
	u64 bits = 0;
	u16 code;

	while (nr) {
		burst = min_t(unsigned int, nr, BURST);
		for (i = 0; i < burst; i++) {
			code = codes[literal[i * LZPAGE_STREAMS]];
			bits |= (u64)(code & 0xfff) << nr_bits;
			nr_bits += code >> 12;
		}
		lzpage_store(at, bits);
		at += nr_bits / 8;
		bits >>= nr_bits & ~7U;
		nr_bits &= 7;
		literal += burst * LZPAGE_STREAMS;
		nr -= burst;
	}
	return at - dst + (nr_bits > 0);
}

/* Select how @nr literals are stored, by the codes of some of them */
static enum lzpage_mode literals_select(const u8 *plain, const u8 *differences,
					unsigned int nr)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int step = nr > 1024 ? 16 : 4, by_diff = 0, by_plain = 0, i;

	if (nr < CODED_MIN)
		return LZPAGE_RAW;
	for (i = 0; i < nr; i += step) {
		by_diff += t->literal_code[LZPAGE_DIFFERENCES][differences[i]]
			   >> 12;
		by_plain += t->literal_code[LZPAGE_PLAIN][plain[i]] >> 12;
	}
	if (min(by_diff, by_plain) + 8 >= 8 * nr / step)
		return LZPAGE_RAW;
	return by_diff <= by_plain ? LZPAGE_CODED_DIFFERENCES :
				     LZPAGE_CODED_PLAIN;
}

/**
 * zram_lzpage_literals_put() - write the literals of a block
 * @dst: for the result; eight bytes behind it are overwritten as well
 * @plain: the literals
 * @differences: the same as differences where these are defined
 * @nr: number of literals
 * @mode: how they are stored, on return
 *
 * Return: bytes at @dst.
 */
unsigned int zram_lzpage_literals_put(u8 *dst, const u8 *plain,
				      const u8 *differences, unsigned int nr,
				      enum lzpage_mode *mode)
{
	unsigned int width = nr > LZPAGE_SHORT_STREAMS ? 2 : 1;
	unsigned int size = LZPAGE_STREAMS * width, i, one;
	const u16 *codes;
	const u8 *from;

	*mode = literals_select(plain, differences, nr);
	if (*mode != LZPAGE_RAW) {
		from = *mode == LZPAGE_CODED_PLAIN ? plain : differences;
		codes = zram_lzpage_tables.literal_code[*mode - 1];
		for (i = 0; i < LZPAGE_STREAMS; i++) {
			one = literals_put_stream(dst + size, from + i,
						  (nr - i + 3) / LZPAGE_STREAMS,
						  codes);
			dst[i * width] = one;
			if (width == 2)
				dst[i * width + 1] = one >> 8;
			size += one;
		}
		if (size < nr)
			return size;
		*mode = LZPAGE_RAW;
	}
	memcpy(dst, plain, nr);
	return nr;
}

/* Up to eight bytes from @at on of @len at @src; zeros follow them */
static u64 literals_load_end(const u8 *src, unsigned int at, unsigned int len)
{
	unsigned int i;
	u64 v = 0;

	for (i = 0; i < 8 && at + i < len; i++)
		v |= (u64)src[at + i] << (8 * i);
	return v;
}

/* A stream: the next bytes, and bits below the mark, which is the highest bit set */
struct stream {
	unsigned int at;
	u64 bits;
};

static __always_inline void literals_refill(struct stream *s, const u8 *src,
					    unsigned int len, bool end)
{
	unsigned int used = 64 - fls64(s->bits);
	u64 next;

	s->at += used / 8;
	next = end ? literals_load_end(src, s->at, len) :
		     lzpage_load(src + s->at);
	s->bits = (next | MARK) >> (used & 7);
}

static __always_inline u8 literals_next(struct stream *s, const u16 *table)
{
	u16 entry = table[s->bits & ((1 << LZPAGE_LITERAL_BITS) - 1)];

	s->bits >>= entry & 63;
	return entry >> 8;
}

/* Four streams. Members and not an array, so that they are in registers */
struct streams {
	struct stream a, b, c, d;
};

static __always_inline void literals_refill_four(struct streams *s,
						 const u8 *src,
						 unsigned int len, bool end)
{
	literals_refill(&s->a, src, len, end);
	literals_refill(&s->b, src, len, end);
	literals_refill(&s->c, src, len, end);
	literals_refill(&s->d, src, len, end);
}

static __always_inline void literals_next_four(struct streams *s, u8 *dst,
					       const u16 *table)
{
	dst[0] = literals_next(&s->a, table);
	dst[1] = literals_next(&s->b, table);
	dst[2] = literals_next(&s->c, table);
	dst[3] = literals_next(&s->d, table);
}

/* A refill moves on by up to seven bytes and loads eight */
static __always_inline bool literals_have(const struct streams *s,
					  unsigned int len)
{
	return s->a.at + 16 <= len && s->b.at + 16 <= len &&
	       s->c.at + 16 <= len && s->d.at + 16 <= len;
}

/* @nr literals of the streams @from; three bytes more may be overwritten */
static void literals_get_streams(const u8 *src, unsigned int len,
				 const struct streams *from, u8 *dst,
				 unsigned int nr, const u16 *table)
{
	struct streams s = *from;
	u8 *end = dst + nr;

	while (end - dst >= BURST * LZPAGE_STREAMS && literals_have(&s, len)) {
		literals_refill_four(&s, src, len, false);
		literals_next_four(&s, dst, table);
		literals_next_four(&s, dst + 4, table);
		literals_next_four(&s, dst + 8, table);
		literals_next_four(&s, dst + 12, table);
		literals_next_four(&s, dst + 16, table);
		dst += BURST * LZPAGE_STREAMS;
	}
	for (; dst < end; dst += LZPAGE_STREAMS) {
		literals_refill_four(&s, src, len, true);
		literals_next_four(&s, dst, table);
	}
}

/* Take the size of a stream, whose bytes are at @at; returns where they end */
static unsigned int literals_begin(struct stream *s, const u8 *size,
				   unsigned int width, unsigned int at)
{
	s->at = at;
	s->bits = MARK;
	return at + size[0] + (width == 2 ? size[1] << 8 : 0);
}

/**
 * zram_lzpage_literals_get() - read coded literals
 * @src: the sizes of the streams, and the streams
 * @len: bytes at @src; more may follow the streams
 * @dst: for the literals; three bytes more may be overwritten
 * @nr: number of literals
 * @mode: how they are stored; not LZPAGE_RAW
 *
 * Does not read beyond @len, whatever the data is.
 *
 * Return: bytes of @src that belong to the literals, or -EINVAL.
 */
int zram_lzpage_literals_get(const u8 *src, unsigned int len, u8 *dst,
			     unsigned int nr, enum lzpage_mode mode)
{
	unsigned int width = nr > LZPAGE_SHORT_STREAMS ? 2 : 1;
	unsigned int at = LZPAGE_STREAMS * width;
	struct streams s;

	if (len < at)
		return -EINVAL;
	at = literals_begin(&s.a, src, width, at);
	at = literals_begin(&s.b, src + width, width, at);
	at = literals_begin(&s.c, src + 2 * width, width, at);
	at = literals_begin(&s.d, src + 3 * width, width, at);
	if (at > len)
		return -EINVAL;
	literals_get_streams(src, len, &s, dst, nr,
			     zram_lzpage_tables.literal[mode - 1]);
	return at;
}
