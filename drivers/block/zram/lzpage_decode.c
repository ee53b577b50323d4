// SPDX-License-Identifier: GPL-2.0
/*
 * The decoder of lzpage: one block of LZPAGE_BLOCK bytes.
 *
 * An object may come from a backing device, so the decoder trusts nothing in it.
 * It never reads beyond the object nor writes beyond the block. A damaged object
 * is an error or, as the format has no checksum, wrong data.
 *
 * Most sequences are so far from the end of the block that the decoder may copy more bytes
 * than they have. The others take decode_careful().
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_decode.h"
#include "lzpage_format.h"
#include "lzpage_streams.h"
#include "lzpage_tables.h"

/* Bytes of a match that are copied before its length is checked */
#define BLIND		32
/* A sequence whose copies stay within the block ends this far from its end */
#define MARGIN		BLIND
/* Literals that are copied at once */
#define RUN		16U
/* Three offsets */
#define LIST		0xffffffffffffULL

/* Of the bits that are loaded, up to seven are used up already */
static_assert(7 + LZPAGE_EXTRA_BITS <= 64);
/*
 * The codes of four tokens or more and the sizes of their streams have at least eight bytes.
 * Fewer tokens have few extra bits.
 */
static_assert(4 + LZPAGE_STREAMS >= 8 &&
	      DIV_ROUND_UP(3 * LZPAGE_EXTRA_BITS, 8) <= LZPAGE_FEW_EXTRA);
static_assert(RUN == LZPAGE_DIFF_RUN);
/* Modes of coded literals are the codes, plus one */
static_assert(LZPAGE_DIFFERENCES + 1 == LZPAGE_CODED_DIFFERENCES &&
	      LZPAGE_TEXT + 1 == LZPAGE_CODED_TEXT);
static_assert(BLIND == 32);

/**
 * struct decode - a block that is being decoded
 * @block: the block
 * @at: its first byte that is not decoded yet
 * @safe: up to here the decoder may copy sequences without a check of each byte
 * @literal: the next literal; if there are sequences, RUN bytes follow the last one
 * @offset: the last offset, which is never 0
 * @offsets: the last three offsets, 16 bits each, the latest lowest
 */
struct decode {
	u8 *block;
	u8 *at;
	const u8 *safe;
	const u8 *literal;
	u64 offset;
	u64 offsets;
};

/* A sequence: literals, then a match at the last offset */
struct sequence {
	u64 run;
	u64 length;
};

/* The bytes of an object that contain the extra bits */
struct extra {
	const u8 *at;
	unsigned int nr_bytes;
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

/* Which bits of the list change if the offset of a place moves to its front */
static const u64 decode_moved[LZPAGE_REPEATS + 1] = {
	0xffff, 0xffffffff, LIST, LIST,
};

/* Unpack a sequence. Its offset becomes the last one */
static __always_inline void decode_unpack(struct decode *d, u64 packed,
					  struct sequence *s)
{
	unsigned int place = packed >> LZPAGE_PLACE_SHIFT;
	u64 list = d->offsets;

	s->run = (u16)packed;
	s->length = (u16)(packed >> LZPAGE_LENGTH_SHIFT);
	d->offset = (u64)(u16)(list >> 16 * place) + (u16)(packed >> LZPAGE_OFFSET_SHIFT);
	d->offsets = (list ^ ((list ^ list << 16) & decode_moved[place])) |
		     d->offset;
}

/* Copy @run literals; loads and stores RUN or more, up to 15 too many */
static __always_inline void decode_plain(u8 *to, const u8 *from, u64 run)
{
	u8 *end = to + run;

	lzpage_copy8(to, from);
	lzpage_copy8(to + 8, from + 8);
	for (; unlikely(to + RUN < end); to += RUN, from += RUN) {
		lzpage_copy8(to + RUN, from + RUN);
		lzpage_copy8(to + RUN + 8, from + RUN + 8);
	}
}

/* Add @run literals to the bytes one offset back, if these are in the block */
static __always_inline void decode_differences(const struct decode *d, u64 run)
{
	const u8 *base = d->at - d->offset, *from = d->literal;
	u8 *to = d->at;

	if (unlikely(base < d->block))
		base = decode_zeros;
	lzpage_store(to, lzpage_add(lzpage_load(from), lzpage_load(base)));
	if (unlikely(run > 8))
		lzpage_store(to + 8, lzpage_add(lzpage_load(from + 8),
						lzpage_load(base + 8)));
}

/* Copy a match, eight bytes at a time. Stores BLIND bytes, or up to 15 too many */
static __always_inline void decode_match(u8 *to, u64 offset, u64 length)
{
	const u8 *from = to - offset;
	u8 *end = to + length;

	lzpage_copy8(to, from);
	lzpage_copy8(to + 8, from + 8);
	lzpage_copy8(to + 16, from + 16);
	lzpage_copy8(to + 24, from + 24);
	for (; unlikely(to + BLIND < end); to += 16, from += 16) {
		lzpage_copy8(to + BLIND, from + BLIND);
		lzpage_copy8(to + BLIND + 8, from + BLIND + 8);
	}
}

/* Copy a match with an offset below eight */
static __always_inline void decode_pattern(u8 *to, u64 offset, u64 length)
{
	u8 *end = to + length;
	u64 pattern = lzpage_load(to - offset) & ((1ULL << (8 * offset)) - 1);

	pattern *= decode_factor[offset];
	do {
		lzpage_store(to, pattern);
		to += decode_step[offset];
	} while (to < end);
}

static void decode_literals_careful(struct decode *d, unsigned int run,
				    bool differences)
{
	unsigned int offset = d->offset, i;

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

/* Decode a sequence that ends near the end of the block, or beyond it, or is not valid */
static noinline int decode_careful(struct decode *d, const struct sequence *s,
				   bool differences)
{
	unsigned int length = s->length, offset = d->offset, nr;
	u8 *end = d->block + LZPAGE_BLOCK, *to;

	if (s->run > (unsigned int)(end - d->at))
		return -EINVAL;
	decode_literals_careful(d, s->run, differences);
	to = d->at;
	if (offset > (unsigned int)(to - d->block) ||
	    length > (unsigned int)(end - to))
		return -EINVAL;
	d->at = to + length;
	/* The match may begin far from the end */
	if (to < d->safe) {
		nr = min_t(unsigned int, length, d->safe - to);
		if (offset >= 8)
			decode_match(to, offset, nr);
		else
			decode_pattern(to, offset, nr);
		to += nr;
	}
	for (; to < d->at; to++)
		*to = *(to - offset);
	return 0;
}

/* Decode a sequence that is far from all ends */
static __always_inline void decode_copy(struct decode *d, const struct sequence *s,
					bool differences)
{
	u8 *to = d->at + s->run;

	if (differences && d->offset >= LZPAGE_DIFF_OFFSET &&
	    likely(s->run <= LZPAGE_DIFF_RUN))
		decode_differences(d, s->run);
	else
		decode_plain(d->at, d->literal, s->run);
	if (likely(d->offset >= 8))
		decode_match(to, d->offset, s->length);
	else
		decode_pattern(to, d->offset, s->length);
	d->literal += s->run;
	d->at = to + s->length;
}

static __always_inline int decode_sequence(struct decode *d, u64 packed,
					   bool differences)
{
	struct decode careful;
	struct sequence s;
	const u8 *to;
	int err;

	decode_unpack(d, packed, &s);
	to = d->at + s.run;
	/* Compare differences: the sum of an address and a length may wrap on 32-bit machines */
	if (likely((long)(s.run + s.length) <= d->safe - d->at &&
		   to - d->offset >= d->block)) {
		decode_copy(d, &s, differences);
		return 0;
	}
	/* A copy, so that the compiler can keep *d in registers */
	careful = *d;
	err = decode_careful(&careful, &s, differences);
	d->at = careful.at;
	d->literal = careful.literal;
	return err;
}

/* The caller has checked that there are as many literals as the sequences have */
static __always_inline int decode_block(struct decode *from, const u64 *sequence,
					unsigned int nr_sequences, bool differences)
{
	const u64 *end = sequence + nr_sequences;
	struct decode d = *from;
	int err;

	for (; sequence < end; sequence++) {
		err = decode_sequence(&d, *sequence, differences);
		if (unlikely(err))
			return err;
	}
	from->at = d.at;
	from->literal = d.literal;
	return 0;
}

/*
 * Add extra bits to the sequences that have some. Returns how many bits these are, or
 * -EINVAL.
 */
static int decode_extra(struct lzpage_sequences *s, const struct extra *extra)
{
	const struct lzpage_extra_bits *x;
	unsigned int at = 0, i;
	const u16 *next;
	u64 bits, more, run;

	for (next = s->todo; next < s->todo + s->nr_todo; next++) {
		i = *next;
		x = &zram_lzpage_tables.extra[s->packed[i] >> LZPAGE_CODED_SHIFT &
					      LZPAGE_CODED_MASK];
		bits = lzpage_load(extra->at + at / 8) >> (at & 7);
		at += x->bits;
		if (unlikely(at > 8 * extra->nr_bytes))
			return -EINVAL;
		more = ((bits << x->offset_shift) & x->offset_mask)
		       << LZPAGE_OFFSET_SHIFT;
		bits >>= x->offset_bits;
		more |= (bits & x->length_mask) << LZPAGE_LENGTH_SHIFT;
		run = bits >> x->length_bits & x->run_mask;
		s->runs += run;
		s->packed[i] += more | run;
	}
	return at;
}

/* Complete the sequences. Returns how many literals they have, or -EINVAL */
static int decode_sequences(struct lzpage_sequences *s, const struct extra *extra)
{
	int used = decode_extra(s, extra);

	if (used < 0)
		return used;
	/* Less than a byte may be left, of zeros */
	if (8 * extra->nr_bytes - used >= 8 ||
	    (used % 8 && extra->at[used / 8] >> used % 8))
		return -EINVAL;
	return s->runs;
}

static unsigned int decode_sum(const u16 *sizes)
{
	return sizes[0] + sizes[1] + sizes[2] + sizes[3];
}

/*
 * Find the parts of an object, and decode tokens and literals. Returns the number of literals
 * of the sequences, or -EINVAL.
 */
static int decode_parts(struct decode *d, const u8 *src, unsigned int len,
			unsigned int nr_literals, unsigned int nr_sequences,
			enum lzpage_mode mode, struct lzpage_decode_work *work)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	u16 literals[LZPAGE_STREAMS] = {}, tokens[LZPAGE_STREAMS] = {};
	unsigned int first = LZPAGE_HEADER + nr_literals;
	struct extra extra;
	int end = len;

	if (nr_sequences)
		end = zram_lzpage_get_sizes(src, end, nr_sequences, tokens);
	if (end >= 0 && mode != LZPAGE_RAW) {
		end = zram_lzpage_get_sizes(src, end, nr_literals, literals);
		first = LZPAGE_HEADER + decode_sum(literals);
	}
	if (end < 0)
		return end;
	end -= decode_sum(tokens);
	if (end < (int)first)
		return -EINVAL;

	extra.at = src + first;
	extra.nr_bytes = end - first;
	if (len - end < 8) {
		if (extra.nr_bytes > LZPAGE_FEW_EXTRA)
			return -EINVAL;
		memcpy(work->extra, extra.at, extra.nr_bytes);
		extra.at = work->extra;
	}
	zram_lzpage_get_tokens(src + end, len - end, tokens, &work->sequences,
			       nr_sequences);
	d->literal = work->literals;
	if (mode != LZPAGE_RAW)
		zram_lzpage_get_bytes(src + LZPAGE_HEADER, len - LZPAGE_HEADER,
				      literals, work->literals, nr_literals,
				      t->literal[mode - 1]);
	else if (nr_sequences && len - first < RUN)
		memcpy(work->literals, src + LZPAGE_HEADER, nr_literals);
	else
		d->literal = src + LZPAGE_HEADER;
	/* A copy may load these bytes, which may be of another page */
	memset(work->literals + nr_literals, 0, RUN);
	return decode_sequences(&work->sequences, &extra);
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
		.safe = dst + LZPAGE_BLOCK - MARGIN,
		.offsets = LZPAGE_FIRST_OFFSET * 0x100010001ULL,
	};
	unsigned int nr_literals, nr_sequences, mode, rest;
	int runs, err;
	u32 header;

	if (len <= LZPAGE_HEADER || len > LZPAGE_BLOCK_MAX)
		return -EINVAL;
	header = src[0] | src[1] << 8 | src[2] << 16;
	nr_literals = header & LZPAGE_LITERALS_MASK;
	if (!nr_literals)
		nr_literals = LZPAGE_BLOCK;
	nr_sequences = header >> LZPAGE_LITERALS_BITS & LZPAGE_SEQUENCES_MAX;
	mode = header >> LZPAGE_MODE_SHIFT;
	runs = decode_parts(&d, src, len, nr_literals, nr_sequences, mode, work);
	if (runs < 0 || (unsigned int)runs > nr_literals)
		return -EINVAL;
	if (mode == LZPAGE_CODED_DIFFERENCES)
		err = decode_block(&d, work->sequences.packed, nr_sequences, true);
	else
		err = decode_block(&d, work->sequences.packed, nr_sequences, false);
	if (err)
		return err;
	/* Objects with reserved headers have literals left here */
	rest = dst + LZPAGE_BLOCK - d.at;
	if (nr_literals - runs != rest)
		return -EINVAL;
	memcpy(d.at, d.literal, rest);
	return 0;
}
