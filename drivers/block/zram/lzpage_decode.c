// SPDX-License-Identifier: GPL-2.0
/*
 * The decoder of lzpage: one block of LZPAGE_BLOCK bytes.
 *
 * An object may come from a backing device, so the decoder trusts nothing in it.
 * It never reads beyond the object nor writes beyond the block. A damaged object
 * is an error or, as there is no checksum, wrong data.
 *
 * Most sequences are short, and far enough from the ends of the block and of the
 * literals to copy more bytes than the sequence has. Others take decode_careful().
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_decode.h"
#include "lzpage_format.h"
#include "lzpage_literals.h"
#include "lzpage_tables.h"

/* Tokens without extra bits that a refill has bits for */
#define BURST		4
/* Bytes of a match that are copied without a look at its length */
#define BLIND		32
/* A sequence whose copies stay within the block ends this far from its end */
#define MARGIN		(BLIND + 8)
/* Literals that are copied at once */
#define RUN		16

/* A refill leaves at least 56 bits */
static_assert(BURST * LZPAGE_TOKEN_BITS <= 56);
static_assert(LZPAGE_TOKEN_BITS + 3 * LZPAGE_EXTRA_MAX <= 56);
static_assert(LZPAGE_ESCAPE_BITS + LZPAGE_ESCAPED_BITS +
	      3 * LZPAGE_EXTRA_MAX <= 56);
static_assert(RUN == LZPAGE_DIFF_RUN);
static_assert(BLIND == 32);

/**
 * struct decode - a block that is being decoded
 * @block: the block
 * @at: its first byte that is not known yet
 * @literal: the next literal
 * @literals_end: end of the literals
 * @literals_safe: the last place that RUN literals may be loaded from; NULL if
 *	there is none
 * @tokens: bytes of tokens that are not in @bits
 * @tokens_at: of these, the bytes that were loaded; may be above @tokens_len
 * @tokens_len: number of bytes at @tokens
 * @bits: the next bits of the tokens
 * @nr_bits: bits in @bits that are loaded for good; more may be there
 * @offset: the last three offsets, the latest first
 */
struct decode {
	u8 *block;
	u8 *at;
	const u8 *literal;
	const u8 *literals_end;
	const u8 *literals_safe;
	const u8 *tokens;
	unsigned int tokens_at;
	unsigned int tokens_len;
	u64 bits;
	unsigned int nr_bits;
	unsigned int offset[LZPAGE_REPEATS];
};

/* A sequence: literals, and a match at the first offset behind them */
struct sequence {
	unsigned int run;
	unsigned int length;
};

/*
 * Patterns of one to seven bytes: the factor that repeats one in eight bytes, and
 * the multiple of its size that is at most eight.
 */
static const u64 decode_factor[LZPAGE_DIFF_OFFSET] = {
	0, 0x0101010101010101, 0x0001000100010001, 0x0001000001000001,
	0x0000000100000001, 0x0000010000000001, 0x0001000000000001,
	0x0100000000000001,
};

static const u8 decode_step[LZPAGE_DIFF_OFFSET] = { 0, 8, 8, 6, 8, 5, 6, 7 };

static const u8 decode_zeros[RUN];

static __always_inline void decode_refill_end(struct decode *d)
{
	u64 byte;

	/* Zeros follow the end; decode_end() finds out if they were used */
	for (; d->nr_bits < 56; d->nr_bits += 8) {
		byte = 0;
		if (d->tokens_at < d->tokens_len)
			byte = d->tokens[d->tokens_at];
		d->bits |= byte << d->nr_bits;
		d->tokens_at++;
	}
}

/* Have at least 56 bits at hand */
static __always_inline void decode_refill(struct decode *d)
{
	if (unlikely(d->tokens_at + 8 > d->tokens_len)) {
		decode_refill_end(d);
		return;
	}
	d->bits |= lzpage_load(d->tokens + d->tokens_at) << d->nr_bits;
	d->tokens_at += (63 - d->nr_bits) / 8;
	d->nr_bits |= 56;
}

static __always_inline void decode_skip(struct decode *d, unsigned int nr)
{
	d->bits >>= nr;
	d->nr_bits -= nr;
}

static __always_inline unsigned int decode_extra(u64 *bits, unsigned int nr)
{
	unsigned int v = *bits & ((1U << nr) - 1);

	*bits >>= nr;
	return v;
}

/* Move the offset of a kind to the front; kind 3 is @offset, a new one */
static __always_inline void decode_front(struct decode *d, unsigned int kind,
					 unsigned int offset)
{
	unsigned int first = d->offset[0], second = d->offset[1];

	if (kind < 3)
		offset = kind == 0 ? first : kind == 1 ? second : d->offset[2];
	d->offset[2] = kind >= 2 ? second : d->offset[2];
	d->offset[1] = kind ? first : second;
	d->offset[0] = offset;
}

/* A token whose classes have extra bits, or whose number follows an escape */
static __always_inline int decode_indirect(struct decode *d, u32 entry,
					   struct sequence *s)
{
	unsigned int token = entry >> 8, used = entry & 0x7f, kind, offset;
	const struct lzpage_class *match, *run, *new;
	u64 bits;

	decode_refill(d);
	bits = d->bits >> used;
	if (unlikely(token == LZPAGE_ESCAPE)) {
		token = decode_extra(&bits, LZPAGE_ESCAPED_BITS);
		used += LZPAGE_ESCAPED_BITS;
		if (token >= LZPAGE_TOKENS)
			return -EINVAL;
	}
	if (token < LZPAGE_REPEAT_TOKENS) {
		match = &zram_lzpage_repeats[token % LZPAGE_REPEAT_CLASSES];
		token /= LZPAGE_REPEAT_CLASSES;
		s->length = match->base + decode_extra(&bits, match->bits);
		used += match->bits;
		decode_front(d, token / LZPAGE_RUN_CLASSES, 0);
	} else {
		token -= LZPAGE_REPEAT_TOKENS;
		match = &zram_lzpage_news[token % LZPAGE_NEW_CLASSES];
		token /= LZPAGE_NEW_CLASSES;
		s->length = match->base + decode_extra(&bits, match->bits);
		kind = token / LZPAGE_RUN_CLASSES;
		new = &zram_lzpage_offsets[kind];
		offset = decode_extra(&bits, new->bits);
		if (kind < 2)
			offset *= 8;
		used += match->bits + new->bits;
		decode_front(d, LZPAGE_REPEATS, offset + new->base);
	}
	run = &zram_lzpage_runs[token % LZPAGE_RUN_CLASSES];
	s->run = run->base + decode_extra(&bits, run->bits);
	decode_skip(d, used + run->bits);
	decode_refill(d);
	return 0;
}

static __always_inline int decode_token(struct decode *d, struct sequence *s)
{
	u32 entry = zram_lzpage_tables.token[d->bits &
					     ((1 << LZPAGE_TOKEN_BITS) - 1)];

	if (unlikely(entry & LZPAGE_ENTRY_INDIRECT))
		return decode_indirect(d, entry, s);
	decode_skip(d, entry & 63);
	s->run = entry >> 8 & 255;
	s->length = entry >> 16 & 255;
	decode_front(d, entry >> 24, 0);
	return 0;
}

static void decode_literals_careful(struct decode *d, unsigned int run,
				    bool differences)
{
	unsigned int offset = d->offset[0], i;

	if (differences && run <= LZPAGE_DIFF_RUN &&
	    offset >= LZPAGE_DIFF_OFFSET &&
	    offset <= (unsigned int)(d->at - d->block)) {
		const u8 *from = d->at - offset;

		for (i = 0; i < run; i++)
			d->at[i] = d->literal[i] + from[i];
	} else {
		memcpy(d->at, d->literal, run);
	}
	d->literal += run;
	d->at += run;
}

/* A sequence that is long, or near an end; nothing of it is checked yet */
static noinline int decode_careful(struct decode *d, const struct sequence *s,
				   bool differences)
{
	const u8 *end = d->block + LZPAGE_BLOCK, *from;
	unsigned int length = s->length, offset = d->offset[0];

	if (d->literal > d->literals_end ||
	    s->run > (unsigned int)(d->literals_end - d->literal) ||
	    s->run > (unsigned int)(end - d->at))
		return -EINVAL;
	decode_literals_careful(d, s->run, differences);
	if (!offset || offset > (unsigned int)(d->at - d->block) ||
	    length > (unsigned int)(end - d->at))
		return -EINVAL;
	from = d->at - offset;
	for (; offset >= 8 && length >= 8; length -= 8) {
		lzpage_copy8(d->at, from);
		d->at += 8;
		from += 8;
	}
	while (length--)
		*d->at++ = *from++;
	return 0;
}

/* @run literals, RUN at most; RUN bytes are loaded and stored */
static __always_inline void decode_literals(struct decode *d, unsigned int run,
					    bool differences)
{
	unsigned int offset = d->offset[0];
	const u8 *base = decode_zeros;

	if (differences) {
		if (offset >= LZPAGE_DIFF_OFFSET &&
		    offset <= (unsigned int)(d->at - d->block))
			base = d->at - offset;
		lzpage_store(d->at, lzpage_add(lzpage_load(d->literal),
					       lzpage_load(base)));
		if (run > 8)
			lzpage_store(d->at + 8,
				     lzpage_add(lzpage_load(d->literal + 8),
						lzpage_load(base + 8)));
	} else {
		lzpage_copy8(d->at, d->literal);
		lzpage_copy8(d->at + 8, d->literal + 8);
	}
	d->literal += run;
	d->at += run;
}

/* Eight bytes at a time. BLIND bytes are stored, or up to 15 too many */
static __always_inline void decode_match(struct decode *d, unsigned int length)
{
	unsigned int offset = d->offset[0], step;
	u8 *to = d->at, *end = to + length;
	const u8 *from = to - offset;
	u64 pattern;

	d->at = end;
	if (likely(offset >= 8)) {
		lzpage_copy8(to, from);
		lzpage_copy8(to + 8, from + 8);
		lzpage_copy8(to + 16, from + 16);
		lzpage_copy8(to + 24, from + 24);
		for (; unlikely(to + BLIND < end); to += 16, from += 16) {
			lzpage_copy8(to + BLIND, from + BLIND);
			lzpage_copy8(to + BLIND + 8, from + BLIND + 8);
		}
		return;
	}
	pattern = lzpage_load(from) & ((1ULL << (8 * offset)) - 1);
	pattern *= decode_factor[offset];
	step = decode_step[offset];
	do {
		lzpage_store(to, pattern);
		to += step;
	} while (to < end);
}

static __always_inline int decode_sequence(struct decode *d, bool differences)
{
	struct sequence s;
	struct decode careful;
	unsigned int at;
	int err;

	err = decode_token(d, &s);
	if (unlikely(err))
		return err;
	at = d->at - d->block;
	if (likely(s.run <= RUN && d->literal <= d->literals_safe &&
		   at + s.run + s.length <= LZPAGE_BLOCK - MARGIN &&
		   d->offset[0] - 1 < at + s.run)) {
		decode_literals(d, s.run, differences);
		decode_match(d, s.length);
		return 0;
	}
	/* A copy, so that the compiler can keep *d in registers */
	careful = *d;
	err = decode_careful(&careful, &s, differences);
	d->at = careful.at;
	d->literal = careful.literal;
	return err;
}

/* The literals behind the last sequence; then literals and tokens are used up */
static __always_inline int decode_end(struct decode *d)
{
	unsigned int rest = d->block + LZPAGE_BLOCK - d->at, used;

	decode_refill(d);
	used = 8 * d->tokens_at - d->nr_bits;
	if (used > 8 * d->tokens_len || 8 * d->tokens_len - used >= 8 ||
	    d->bits & ((1ULL << (8 * d->tokens_len - used)) - 1))
		return -EINVAL;
	if (d->literal > d->literals_end ||
	    d->literals_end - d->literal != rest)
		return -EINVAL;
	memcpy(d->at, d->literal, rest);
	return 0;
}

static __always_inline int decode_block(const struct decode *from,
					unsigned int nr_sequences,
					bool differences)
{
	struct decode d = *from;
	unsigned int burst;
	int err;

	while (nr_sequences) {
		burst = min_t(unsigned int, nr_sequences, BURST);
		nr_sequences -= burst;
		decode_refill(&d);
		do {
			err = decode_sequence(&d, differences);
			if (unlikely(err))
				return err;
		} while (--burst);
	}
	return decode_end(&d);
}

/**
 * zram_lzpage_decode() - decompress a block
 * @src: the compressed block
 * @len: bytes at @src; all of them belong to the block
 * @dst: for the block, LZPAGE_BLOCK bytes
 * @work: memory for this call
 *
 * Return: 0, or -EINVAL if @src is not valid; then @dst has some bytes.
 */
int zram_lzpage_decode(const u8 *src, unsigned int len, u8 *dst,
		       struct lzpage_decode_work *work)
{
	struct decode d = {
		.block = dst,
		.at = dst,
		.offset = { LZPAGE_FIRST_OFFSET, LZPAGE_FIRST_OFFSET,
			    LZPAGE_FIRST_OFFSET },
	};
	unsigned int nr_literals, nr_sequences, mode, slack = RUN;
	u32 header;
	int size;

	if (len <= LZPAGE_HEADER || len > LZPAGE_BLOCK_MAX)
		return -EINVAL;
	header = src[0] | src[1] << 8 | src[2] << 16;
	src += LZPAGE_HEADER;
	len -= LZPAGE_HEADER;
	nr_literals = header & LZPAGE_COUNT_MASK;
	if (!nr_literals)
		nr_literals = LZPAGE_BLOCK;
	header >>= LZPAGE_COUNT_BITS;
	mode = header / LZPAGE_MODE_STEP;
	nr_sequences = header % LZPAGE_MODE_STEP;

	if (mode == LZPAGE_RAW) {
		if (nr_literals > len)
			return -EINVAL;
		size = nr_literals;
		if (len - size < RUN)
			slack = len - size;
		d.literal = src;
	} else if (mode < LZPAGE_MODES) {
		size = zram_lzpage_literals_get(src, len, work->literals,
						nr_literals, mode);
		if (size < 0)
			return size;
		d.literal = work->literals;
	} else {
		return -EINVAL;
	}
	d.literals_end = d.literal + nr_literals;
	if (nr_literals + slack >= RUN)
		d.literals_safe = d.literals_end + slack - RUN;
	d.tokens = src + size;
	d.tokens_len = len - size;
	if (mode == LZPAGE_CODED_DIFFERENCES)
		return decode_block(&d, nr_sequences, true);
	return decode_block(&d, nr_sequences, false);
}
