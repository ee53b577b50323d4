// SPDX-License-Identifier: GPL-2.0
/*
 * The encoder of lzpage: one block of LZPAGE_BLOCK bytes.
 *
 * Pages of memory are mostly arrays of records, so most matches repeat one of the
 * last three offsets. The encoder tries these offsets first, the latest of them at four
 * positions by one comparison of eight bytes, without the hash table. It looks every second
 * position up in the hash table and inserts three of four, so that any two alignments meet.
 *
 * A page may change while it is compressed. Then the output is that of no page, but
 * the encoder stays within its buffers: each decision uses a value that was loaded
 * once, the encoder checks each offset again, and the lengths of all sequences add up
 * to the block.
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_encode.h"
#include "lzpage_format.h"
#include "lzpage_streams.h"
#include "lzpage_tables.h"
#include "lzpage_token.h"

/* Positions that are tried at a time */
#define STEP		4
/* The last position to be tried: eight bytes are compared at each */
#define LAST_TRY	(LZPAGE_BLOCK - 8 - STEP)
/* Log2 of the number of misses after which the step grows by STEP */
#define MISSES_LOG2	4
/* Misses from the start of a block after which the encoder looks for random bytes */
#define MISSES_FIRST	16
/* If the bytes look random, continue as after this many misses */
#define MISSES_RANDOM	112
/* Fewer literals are not worth four streams */
#define CODED_MIN	48

/* The streams of tokens fit in the output after the longest possible first part */
static_assert(LZPAGE_BLOCK_MAX + LZPAGE_SEQUENCES_MAX * LZPAGE_CODE_BITS / 8 +
	      5 * LZPAGE_STREAMS + 8 < 2 * LZPAGE_BLOCK);

/**
 * struct encode - a block that is being encoded
 * @src: the block
 * @anchor: the first byte that no sequence covers yet
 * @hash: see struct lzpage_encode_work
 * @plain: end of the literals
 * @differences: end of the literals as differences
 * @tokens: end of the tokens
 * @codes_end: end of the memory for their codes
 * @random: the bytes look like random ones: a block without a match is stored as it is
 * @offset: the last three offsets, the latest first
 */
struct encode {
	const u8 *src;
	const u8 *anchor;
	u16 *hash;
	u8 *plain;
	u8 *differences;
	struct lzpage_output tokens;
	const u16 *codes_end;
	bool random;
	unsigned int offset[LZPAGE_REPEATS];
};

/* A match: bytes from @start to @end, and the kind of its offset */
struct match {
	const u8 *start;
	const u8 *end;
	unsigned int kind;
};

static __always_inline unsigned int encode_hash(u64 v)
{
	return ((u32)v * 2654435761U) >> (32 - LZPAGE_HASH_BITS);
}

/* Move an offset to the front: the one of @kind, or a new one */
static __always_inline void encode_front(struct encode *e, unsigned int kind,
					 unsigned int offset)
{
	if (kind != 1)
		e->offset[2] = e->offset[1];
	e->offset[1] = e->offset[0];
	e->offset[0] = offset;
}

/* The end of a match at the first offset that goes on at @at at least */
static __always_inline const u8 *encode_extend(const struct encode *e,
					       const u8 *at)
{
	const u8 *last = e->src + LZPAGE_BLOCK - 8;
	unsigned int offset = e->offset[0], known;
	u64 diff;

	for (; likely(at <= last); at += 8) {
		diff = lzpage_load_once(at) ^ lzpage_load_once(at - offset);
		if (diff)
			return at + lzpage_zeros_below(diff);
	}
	known = at - last;
	if (known == 8)
		return at;
	diff = (lzpage_load_once(last) ^ lzpage_load_once(last - offset)) >>
	       (8 * known);
	return at + (diff ? lzpage_zeros_below(diff) : 8 - known);
}

/*
 * Find a match at a repeated offset: the first offset at one of four positions from
 * @at, where the bytes are @here, or another offset at @at.
 */
static __always_inline bool encode_repeat(struct encode *e, const u8 *at,
					  u64 here, struct match *m)
{
	u64 diff0 = here ^ lzpage_load_once(at - e->offset[0]);
	u64 diff1 = here ^ lzpage_load_once(at - e->offset[1]);
	u64 diff2 = here ^ lzpage_load_once(at - e->offset[2]);
	u64 run0 = ~lzpage_runs(diff0) & 0x80808080;
	u64 run1 = lzpage_run_at_0(diff1), run2 = lzpage_run_at_0(diff2);
	unsigned int skip;

	if (!(run0 | run1 | run2))
		return false;
	skip = lzpage_zeros_below(run0 | run1 | run2);
	if (run0 >> (8 * skip) & 0x80) {
		m->kind = 0;
	} else if (run1) {
		m->kind = 1;
		diff0 = diff1;
		encode_front(e, 1, e->offset[1]);
	} else {
		m->kind = 2;
		diff0 = diff2;
		encode_front(e, 2, e->offset[2]);
	}
	m->start = at + skip;
	diff0 >>= 8 * skip;
	if (diff0)
		m->end = m->start + lzpage_zeros_below(diff0);
	else
		m->end = encode_extend(e, at + 8);
	return true;
}

/* Set @m to the match of @at and @from, which have four equal bytes; extend it backwards too */
static __always_inline void encode_found(struct encode *e, const u8 *at,
					 const u8 *from, struct match *m)
{
	unsigned int offset = at - from, back, most = at - e->anchor;
	u64 diff;

	m->start = at;
	if (likely(from - e->src >= 8)) {
		diff = lzpage_load_once(at - 8) ^ lzpage_load_once(from - 8);
		back = lzpage_zeros_above(diff | 1);
		m->start -= back > most ? most : back;
	}
	m->kind = LZPAGE_REPEATS;
	if (offset % 8)
		m->kind += 2;
	else if (offset > 128)
		m->kind += 1;
	if (offset == e->offset[1])
		m->kind = 1;
	else if (offset == e->offset[2])
		m->kind = 2;
	encode_front(e, m->kind, offset);
	m->end = encode_extend(e, at + 4);
}

/* Look @here, the bytes at @at, up in the hash table and insert them */
static __always_inline const u8 *encode_lookup(struct encode *e, const u8 *at,
					       u64 here)
{
	u16 *entry = &e->hash[encode_hash(here)];
	const u8 *from = e->src + *entry;

	*entry = at - e->src;
	return from;
}

/* Find the first match from @at on. False if there is none in the block */
static __always_inline bool encode_search(struct encode *e, const u8 *at,
					  struct match *m)
{
	const u8 *last = e->src + LAST_TRY, *from;
	unsigned int misses = 0;
	u64 here;

	while (likely(at <= last)) {
		here = lzpage_load_once(at);
		from = encode_lookup(e, at, here);
		if (encode_repeat(e, at, here, m))
			return true;
		/* @from is before @at; or is @at, which the encoder may have inserted before */
		if ((u32)here == (u32)lzpage_load_once(from) && from < at) {
			encode_found(e, at, from, m);
			return true;
		}
		e->hash[encode_hash(here >> 8)] = at + 1 - e->src;
		here >>= 16;
		from = encode_lookup(e, at + 2, here);
		if ((u32)here == (u32)lzpage_load_once(from)) {
			encode_found(e, at + 2, from, m);
			return true;
		}
		if (unlikely(++misses == MISSES_FIRST) && e->anchor == e->src &&
		    lzpage_is_random(e->src)) {
			e->random = true;
			misses = MISSES_RANDOM;
		}
		at += STEP + (misses >> MISSES_LOG2) * STEP;
		/* A multiple of four: may be a position that was inserted above */
		at -= (at - e->src) % STEP;
	}
	return false;
}

/* Copy @run literals at the anchor; up to seven bytes more are stored */
static __always_inline void encode_literals(struct encode *e, unsigned int run,
					    bool dense)
{
	const u8 *from = e->anchor;
	unsigned int i = 0, offset = e->offset[0];

	do {
		lzpage_copy8(e->plain + i, from + i);
		i += 8;
	} while (unlikely(i < run));
	e->plain += run;
	if (!dense)
		return;

	if (likely(run <= LZPAGE_DIFF_RUN && offset >= LZPAGE_DIFF_OFFSET &&
		   (unsigned int)(from - e->src) >= offset)) {
		lzpage_store(e->differences,
			     lzpage_sub(lzpage_load(from),
					lzpage_load(from - offset)));
		if (run > 8)
			lzpage_store(e->differences + 8,
				     lzpage_sub(lzpage_load(from + 8),
						lzpage_load(from + 8 - offset)));
	} else {
		for (i = 0; i < run; i += 8)
			lzpage_copy8(e->differences + i, from + i);
	}
	e->differences += run;
}

/* Find and write all sequences */
static __always_inline void encode_sequences(struct encode *e, bool dense)
{
	const u8 *at = e->src + STEP;
	struct match m;

	while (likely(e->tokens.code < e->codes_end) && encode_search(e, at, &m)) {
		encode_literals(e, m.start - e->anchor, dense);
		lzpage_token_put(&e->tokens, m.kind, e->offset[0],
				 m.start - e->anchor, m.end - m.start);
		at = m.end;
		e->anchor = at;
	}
}

/* Write the literals after the last sequence, and the last extra bits */
static __always_inline void encode_end(struct encode *e, bool dense)
{
	unsigned int rest = e->src + LZPAGE_BLOCK - e->anchor;

	memcpy(e->plain, e->anchor, rest);
	e->plain += rest;
	if (dense) {
		memcpy(e->differences, e->anchor, rest);
		e->differences += rest;
	}
	/* lzpage_token_put() has stored them */
	if (e->tokens.nr_bits)
		e->tokens.extra++;
}

/* Select how @nr literals are stored, by the codes of some of them */
static enum lzpage_mode encode_select(const u8 *plain, const u8 *differences,
				      unsigned int nr)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int step = nr > 1024 ? 31 : 7, by_diff = 0, by_plain = 0, by_text = 0;
	unsigned int best, i;

	if (nr < CODED_MIN)
		return LZPAGE_RAW;
	for (i = 0; i < nr; i += step) {
		by_diff += t->literal_code[LZPAGE_DIFFERENCES][differences[i]]
			   >> 12;
		by_plain += t->literal_code[LZPAGE_PLAIN][plain[i]] >> 12;
		by_text += t->literal_code[LZPAGE_TEXT][plain[i]] >> 12;
	}
	best = min(by_diff, min(by_plain, by_text));
	if (best >= 8 * nr / step)
		return LZPAGE_RAW;
	if (best == by_diff)
		return LZPAGE_CODED_DIFFERENCES;
	return best == by_plain ? LZPAGE_CODED_PLAIN : LZPAGE_CODED_TEXT;
}

/*
 * Write @nr literals to @dst, and up to eight bytes more. Returns the number of bytes, and
 * the sizes of the streams if the literals are coded.
 */
static unsigned int encode_code(const struct lzpage_encode_work *work, u8 *dst,
				unsigned int nr, enum lzpage_mode *mode,
				u16 *sizes)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	const u8 *from = work->plain;
	unsigned int size;

	*mode = encode_select(work->plain, work->differences, nr);
	if (*mode != LZPAGE_RAW) {
		if (*mode == LZPAGE_CODED_DIFFERENCES)
			from = work->differences;
		size = zram_lzpage_put_bytes(dst, from, nr,
					     t->literal_code[*mode - 1], sizes);
		if (size + 2 * LZPAGE_STREAMS < nr)
			return size;
		*mode = LZPAGE_RAW;
	}
	memcpy(dst, work->plain, nr);
	return nr;
}

static unsigned int encode_raw(const u8 *src, u8 *dst)
{
	memset(dst, 0, LZPAGE_HEADER);
	memcpy(dst + LZPAGE_HEADER, src, LZPAGE_BLOCK);
	return LZPAGE_BLOCK_MAX;
}

static __always_inline unsigned int encode_block(const u8 *src, u8 *dst,
						 bool dense,
						 struct lzpage_encode_work *work)
{
	u8 *plain = dense ? work->plain : dst + LZPAGE_HEADER, *end;
	enum lzpage_mode mode = LZPAGE_RAW;
	struct encode e = {
		.src = src,
		.anchor = src,
		.hash = work->hash,
		.plain = plain,
		.differences = work->differences,
		.tokens = { .code = work->codes, .extra = work->extra },
		.codes_end = work->codes + LZPAGE_SEQUENCES_MAX,
		.offset = { LZPAGE_FIRST_OFFSET, LZPAGE_FIRST_OFFSET,
			    LZPAGE_FIRST_OFFSET },
	};
	u16 literal_sizes[LZPAGE_STREAMS], token_sizes[LZPAGE_STREAMS];
	unsigned int nr_literals, nr_sequences, nr_extra;
	u32 header;

	memset(work->hash, 0, sizeof(work->hash));
	encode_sequences(&e, dense);
	if (e.random && e.tokens.code == work->codes)
		return encode_raw(src, dst);
	encode_end(&e, dense);
	nr_literals = e.plain - plain;
	nr_sequences = e.tokens.code - work->codes;
	nr_extra = e.tokens.extra - work->extra;
	end = e.plain;
	if (dense)
		end = dst + LZPAGE_HEADER +
		      encode_code(work, dst + LZPAGE_HEADER, nr_literals, &mode,
				  literal_sizes);
	if (end - dst + nr_extra >= LZPAGE_BLOCK_MAX)
		return encode_raw(src, dst);
	memcpy(end, work->extra, nr_extra);
	end += nr_extra;
	if (nr_sequences)
		end += zram_lzpage_put_codes(end, work->codes, nr_sequences,
					     token_sizes);
	if (mode != LZPAGE_RAW)
		end += zram_lzpage_put_sizes(end, nr_literals, literal_sizes);
	if (nr_sequences)
		end += zram_lzpage_put_sizes(end, nr_sequences, token_sizes);
	if (end - dst >= LZPAGE_BLOCK_MAX)
		return encode_raw(src, dst);
	header = (nr_literals & LZPAGE_LITERALS_MASK) |
		 nr_sequences << LZPAGE_LITERALS_BITS | mode << LZPAGE_MODE_SHIFT;
	dst[0] = header;
	dst[1] = header >> 8;
	dst[2] = header >> 16;
	return end - dst;
}

/**
 * zram_lzpage_encode() - compress a block
 * @src: the block, LZPAGE_BLOCK bytes; they may change meanwhile
 * @dst: for the result, 2 * LZPAGE_BLOCK bytes
 * @dense: code literals as well: the result is smaller and takes longer
 * @work: memory for this call
 *
 * Return: length of the result, bytes; LZPAGE_BLOCK_MAX at most.
 */
unsigned int zram_lzpage_encode(const u8 *src, u8 *dst, bool dense,
				struct lzpage_encode_work *work)
{
	if (dense)
		return encode_block(src, dst, true, work);
	return encode_block(src, dst, false, work);
}
