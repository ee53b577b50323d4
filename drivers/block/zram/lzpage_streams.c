// SPDX-License-Identifier: GPL-2.0
/*
 * The codes of lzpage in four streams, so that the decoder has four independent
 * chains of lookups. Symbol i is in stream i % 4.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_format.h"
#include "lzpage_streams.h"
#include "lzpage_tables.h"

/* Least number of codes of a stream in a refill of eight bytes */
#define BURST		5
/* A refill moves on by up to seven bytes, and loads eight */
#define REFILL		15U
/* A set bit above the unused bits of an accumulator */
#define MARK		BIT_ULL(63)
/* Fields of a sequence that the decoder adds up: the run, and the bit for extra bits */
#define SUMS		(BIT_ULL(LZPAGE_HAS_EXTRA_SHIFT) | 0xffff)

static_assert(BURST * LZPAGE_CODE_BITS + 7 < 64);
static_assert(BURST == 5 && LZPAGE_STREAMS == 4);
static_assert(BURST * LZPAGE_STREAMS <= LZPAGE_STREAMS_SLACK + 1);
/* The size of a short stream is a byte */
static_assert(LZPAGE_SHORT_STREAMS / LZPAGE_STREAMS * LZPAGE_CODE_BITS / 8 <
	      255);

/* Bytes that the size of a stream takes if there are @nr symbols */
static unsigned int streams_width(unsigned int nr)
{
	return nr > LZPAGE_SHORT_STREAMS ? 2 : 1;
}

/* A stream that is being written: its end, and bits that follow */
struct output {
	u8 *at;
	u64 bits;
	unsigned int nr_bits;
};

/* Symbol @i or, if there are no symbols, code @i */
static __always_inline void stream_add(struct output *o, const u8 *symbol,
				       const u16 *code, unsigned int i)
{
	unsigned int one = symbol ? code[symbol[i]] : code[i];

	o->bits |= (u64)(one & 0xfff) << o->nr_bits;
	o->nr_bits += one >> 12;
}

static __always_inline void stream_flush(struct output *o)
{
	lzpage_store(o->at, o->bits);
	o->at += o->nr_bits / 8;
	o->bits >>= o->nr_bits & ~7U;
	o->nr_bits &= 7;
}

/* Write every fourth of @nr symbols or codes from number @i on. Returns the number of bytes */
static __always_inline unsigned int streams_put_one(u8 *dst, const u8 *symbol,
						    const u16 *code,
						    unsigned int i,
						    unsigned int nr)
{
	struct output o = { dst };

	for (; i + BURST * LZPAGE_STREAMS <= nr; i += BURST * LZPAGE_STREAMS) {
		stream_add(&o, symbol, code, i);
		stream_add(&o, symbol, code, i + LZPAGE_STREAMS);
		stream_add(&o, symbol, code, i + 2 * LZPAGE_STREAMS);
		stream_add(&o, symbol, code, i + 3 * LZPAGE_STREAMS);
		stream_add(&o, symbol, code, i + 4 * LZPAGE_STREAMS);
		stream_flush(&o);
	}
	for (; i < nr; i += LZPAGE_STREAMS)
		stream_add(&o, symbol, code, i);
	stream_flush(&o);
	return o.at - dst + (o.nr_bits > 0);
}

static __always_inline unsigned int streams_put(u8 *dst, const u8 *symbol,
						const u16 *code,
						unsigned int nr, u16 *sizes)
{
	unsigned int size = 0, i;

	for (i = 0; i < LZPAGE_STREAMS; i++) {
		sizes[i] = streams_put_one(dst + size, symbol, code, i, nr);
		size += sizes[i];
	}
	return size;
}

/**
 * zram_lzpage_put_bytes() - write the codes of bytes
 * @dst: for the streams; eight bytes behind them are overwritten as well
 * @bytes: the bytes
 * @nr: number of bytes
 * @codes: the code of each byte, as in struct zram_lzpage_tables
 * @sizes: sizes of the LZPAGE_STREAMS streams, on return
 *
 * Return: bytes at @dst.
 */
unsigned int zram_lzpage_put_bytes(u8 *dst, const u8 *bytes, unsigned int nr,
				   const u16 *codes, u16 *sizes)
{
	return streams_put(dst, bytes, codes, nr, sizes);
}

/**
 * zram_lzpage_put_codes() - write codes
 * @dst: for the streams; eight bytes behind them are overwritten as well
 * @codes: the codes, as in struct zram_lzpage_tables
 * @nr: number of codes
 * @sizes: sizes of the LZPAGE_STREAMS streams, on return
 *
 * Return: bytes at @dst.
 */
unsigned int zram_lzpage_put_codes(u8 *dst, const u16 *codes, unsigned int nr,
				   u16 *sizes)
{
	return streams_put(dst, NULL, codes, nr, sizes);
}

/**
 * zram_lzpage_put_sizes() - write the sizes of streams
 * @dst: for the sizes, two bytes each at most
 * @nr: number of symbols in the streams
 * @sizes: the sizes
 *
 * Return: bytes at @dst.
 */
unsigned int zram_lzpage_put_sizes(u8 *dst, unsigned int nr, const u16 *sizes)
{
	unsigned int width = streams_width(nr), i;

	for (i = 0; i < LZPAGE_STREAMS; i++, dst += width) {
		dst[0] = sizes[i];
		if (width == 2)
			dst[1] = sizes[i] >> 8;
	}
	return LZPAGE_STREAMS * width;
}

/**
 * zram_lzpage_get_sizes() - read the sizes of streams
 * @src: the bytes that end with the sizes
 * @len: bytes at @src
 * @nr: number of symbols in the streams
 * @sizes: the sizes, on return
 *
 * Return: bytes of @src that precede the sizes, or -EINVAL if the streams do not
 *	fit there.
 */
int zram_lzpage_get_sizes(const u8 *src, unsigned int len, unsigned int nr,
			  u16 *sizes)
{
	unsigned int width = streams_width(nr), sum = 0, i;

	if (len < LZPAGE_STREAMS * width)
		return -EINVAL;
	len -= LZPAGE_STREAMS * width;
	src += len;
	for (i = 0; i < LZPAGE_STREAMS; i++, src += width) {
		sizes[i] = src[0];
		if (width == 2)
			sizes[i] |= src[1] << 8;
		sum += sizes[i];
	}
	return sum > len ? -EINVAL : len;
}

/* A stream: the next bytes, and bits below the mark, which is the highest bit set */
struct stream {
	const u8 *at;
	u64 bits;
};

/* Four streams. Members and not an array, so that they are in registers */
struct streams {
	struct stream a, b, c, d;
};

/* Up to eight bytes from @at to @end; zeros follow them */
static noinline u64 streams_load_end(const u8 *at, const u8 *end)
{
	unsigned int i;
	u64 v = 0;

	for (i = 0; i < 8 && at < end; i++)
		v |= (u64)*at++ << (8 * i);
	return v;
}

static __always_inline void stream_refill(struct stream *s, const u8 *end,
					  bool safe)
{
	unsigned int used = 64 - fls64(s->bits);
	u64 next;

	s->at += used / 8;
	if (safe || s->at + 8 <= end)
		next = lzpage_load(s->at);
	else
		next = streams_load_end(s->at, end);
	s->bits = (next | MARK) >> (used & 7);
}

/* @safe: up to here a refill, which advances by up to seven bytes, may load eight bytes */
static __always_inline void streams_refill(struct streams *s, const u8 *end,
					   const u8 *safe)
{
	if (likely(s->a.at <= safe && s->b.at <= safe && s->c.at <= safe &&
		   s->d.at <= safe)) {
		stream_refill(&s->a, end, true);
		stream_refill(&s->b, end, true);
		stream_refill(&s->c, end, true);
		stream_refill(&s->d, end, true);
	} else {
		stream_refill(&s->a, end, false);
		stream_refill(&s->b, end, false);
		stream_refill(&s->c, end, false);
		stream_refill(&s->d, end, false);
	}
}

/* Returns the table entry of the next code */
static __always_inline u16 stream_next(struct stream *s, const u16 *table,
				       unsigned int bits)
{
	u16 entry = table[s->bits & ((1 << bits) - 1)];

	s->bits >>= entry & 63;
	return entry;
}

static __always_inline void streams_next_bytes(struct streams *s, u8 *dst,
					       const u16 *table)
{
	dst[0] = stream_next(&s->a, table, LZPAGE_LITERAL_BITS) >> 8;
	dst[1] = stream_next(&s->b, table, LZPAGE_LITERAL_BITS) >> 8;
	dst[2] = stream_next(&s->c, table, LZPAGE_LITERAL_BITS) >> 8;
	dst[3] = stream_next(&s->d, table, LZPAGE_LITERAL_BITS) >> 8;
}

/*
 * Decode token @i, and list it if it has extra bits. Most tokens have none, but a branch
 * would cost more, because the processor mispredicts it too often. @sums has two sums of
 * tokens: in the lowest bits their runs, and above them how many have extra bits.
 */
static __always_inline void stream_next_token(struct stream *s,
					      struct lzpage_sequences *to,
					      unsigned int i, u64 *sums)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	u16 entry = stream_next(s, t->token, LZPAGE_TOKEN_BITS);
	u64 packed = t->coded[entry >> 6];

	to->packed[i] = packed;
	to->todo[*sums >> LZPAGE_HAS_EXTRA_SHIFT] = i;
	*sums += packed & SUMS;
}

static __always_inline void streams_next_tokens(struct streams *s,
						struct lzpage_sequences *to,
						unsigned int i, u64 *sums)
{
	stream_next_token(&s->a, to, i, sums);
	stream_next_token(&s->b, to, i + 1, sums);
	stream_next_token(&s->c, to, i + 2, sums);
	stream_next_token(&s->d, to, i + 3, sums);
}

static void streams_begin(struct streams *s, const u8 *at, const u16 *sizes)
{
	s->a.at = at;
	s->b.at = s->a.at + sizes[0];
	s->c.at = s->b.at + sizes[1];
	s->d.at = s->c.at + sizes[2];
	s->a.bits = MARK;
	s->b.bits = MARK;
	s->c.bits = MARK;
	s->d.bits = MARK;
}

/**
 * zram_lzpage_get_bytes() - read coded bytes
 * @src: the streams
 * @len: bytes at @src; more may follow the streams
 * @sizes: sizes of the streams
 * @dst: for the bytes; LZPAGE_STREAMS_SLACK more may be overwritten
 * @nr: number of bytes
 * @table: as in struct zram_lzpage_tables
 *
 * Does not read beyond @len, whatever the data is.
 */
void zram_lzpage_get_bytes(const u8 *src, unsigned int len, const u16 *sizes,
			   u8 *dst, unsigned int nr, const u16 *table)
{
	const u8 *end = src + len, *safe = len < REFILL ? NULL : end - REFILL;
	u8 *dst_end = dst + nr;
	struct streams s;

	streams_begin(&s, src, sizes);
	for (; dst < dst_end; dst += BURST * LZPAGE_STREAMS) {
		streams_refill(&s, end, safe);
		streams_next_bytes(&s, dst, table);
		streams_next_bytes(&s, dst + 4, table);
		streams_next_bytes(&s, dst + 8, table);
		streams_next_bytes(&s, dst + 12, table);
		streams_next_bytes(&s, dst + 16, table);
	}
}

/**
 * zram_lzpage_get_tokens() - read coded tokens
 * @src: the streams
 * @len: bytes at @src; more may follow the streams
 * @sizes: sizes of the streams
 * @to: for the tokens, as sequences without extra bits
 * @nr: number of tokens
 *
 * Does not read beyond @len, whatever the data is.
 */
void zram_lzpage_get_tokens(const u8 *src, unsigned int len, const u16 *sizes,
			    struct lzpage_sequences *to, unsigned int nr)
{
	const u8 *end = src + len, *safe = len < REFILL ? NULL : end - REFILL;
	struct streams s;
	unsigned int i;
	u64 sums = 0;

	streams_begin(&s, src, sizes);
	for (i = 0; i < nr; i += BURST * LZPAGE_STREAMS) {
		streams_refill(&s, end, safe);
		streams_next_tokens(&s, to, i, &sums);
		streams_next_tokens(&s, to, i + 4, &sums);
		streams_next_tokens(&s, to, i + 8, &sums);
		streams_next_tokens(&s, to, i + 12, &sums);
		streams_next_tokens(&s, to, i + 16, &sums);
	}
	/* Codes behind the last token do not count */
	while (i-- > nr)
		sums -= to->packed[i] & SUMS;
	to->runs = (u32)sums;
	to->nr_todo = sums >> LZPAGE_HAS_EXTRA_SHIFT;
}
