// SPDX-License-Identifier: GPL-2.0
/*
 * The encoder of lzpage: one block of LZPAGE_BLOCK bytes.
 *
 * Pages of memory are mostly arrays of records, so most matches repeat one of the
 * last three offsets. Those are tried first, at four positions by one comparison
 * of eight bytes, without the hash table. The hash table is tried at every second
 * position and filled at three of four, so that any two alignments meet.
 *
 * A page may change while it is compressed. Then the output is that of no page,
 * but the encoder stays within its buffers: it loads each byte it decides by
 * once, and the lengths of all sequences add up to the block.
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_encode.h"
#include "lzpage_format.h"
#include "lzpage_literals.h"
#include "lzpage_tables.h"

/* Positions that are tried at a time */
#define STEP		4
/* The last position to be tried: eight bytes are compared at each */
#define LAST_TRY	(LZPAGE_BLOCK - 8 - STEP)
/* After so many misses the step grows by STEP */
#define MISSES_LOG2	4
/* After so many from the start of a block, a look at what its bytes are like */
#define MISSES_FIRST	16
/* Bytes like random ones: to be tried as if there had been so many */
#define MISSES_RANDOM	112
/* No token is longer, and above that a block is stored raw */
#define TOKEN_MAX	8
#define TOKENS_MAX	3500

static_assert(TOKENS_MAX + TOKEN_MAX < LZPAGE_BLOCK);
/* After up to seven bits: code, extra bits of match, offset and run */
static_assert(7 + LZPAGE_TOKEN_BITS + 3 * LZPAGE_EXTRA_MAX < 64);
static_assert(7 + LZPAGE_ESCAPE_BITS + LZPAGE_ESCAPED_BITS +
	      3 * LZPAGE_EXTRA_MAX < 64);

/**
 * struct encode - a block that is being encoded
 * @src: the block
 * @anchor: the first byte that no sequence covers yet
 * @hash: see struct lzpage_encode_work
 * @plain: end of the literals
 * @differences: end of the literals as differences
 * @tokens: end of the complete bytes of the tokens
 * @bits: bits of the tokens that follow
 * @nr_bits: number of bits in @bits
 * @nr_sequences: number of sequences so far
 * @random: the bytes look like random ones, so literals are not worth a code
 * @offset: the last three offsets, the latest first
 */
struct encode {
	const u8 *src;
	const u8 *anchor;
	u16 *hash;
	u8 *plain;
	u8 *differences;
	u8 *tokens;
	u64 bits;
	unsigned int nr_bits;
	unsigned int nr_sequences;
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
 * A match at a repeated offset: the first offset at one of four positions from
 * @at, where the bytes are @here, or another one at @at.
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

/* The match of @at and @from, four bytes of which are the same, backwards as well */
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
		if ((u32)here == (u32)lzpage_load_once(from) && from != at) {
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
		if (unlikely(++misses == MISSES_FIRST) && !e->nr_sequences &&
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

/* The token of a match at a new offset, and its extra bits but those of the run */
static __always_inline u64 encode_new(const struct encode *e, unsigned int kind,
				      unsigned int run, unsigned int length,
				      unsigned int *nr)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int class = LZPAGE_NEW_CLASSES - 1, offset = e->offset[0];
	const struct lzpage_class *c;
	u32 code;
	u64 v;

	kind -= LZPAGE_REPEATS;
	if (length < LZPAGE_NEW_LOOKUP)
		class = t->new_class[length];
	code = t->token_code[LZPAGE_REPEAT_TOKENS +
			     (kind * LZPAGE_RUN_CLASSES + run) *
			     LZPAGE_NEW_CLASSES + class];
	v = code & 0xffffff;
	*nr = code >> 24;
	c = &zram_lzpage_news[class];
	v |= (u64)(length - c->base) << *nr;
	*nr += c->bits;
	if (kind < 2)
		offset = offset / 8 - 1;
	v |= (u64)offset << *nr;
	*nr += zram_lzpage_offsets[kind].bits;
	return v;
}

/* The same for a match at a repeated offset */
static __always_inline u64 encode_old(unsigned int kind, unsigned int run,
				      unsigned int length, unsigned int *nr)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int class = t->repeat_class[LZPAGE_REPEAT_LOOKUP - 1];
	const struct lzpage_class *c;
	u32 code;
	u64 v;

	if (length < LZPAGE_REPEAT_LOOKUP)
		class = t->repeat_class[length];
	code = t->token_code[(kind * LZPAGE_RUN_CLASSES + run) *
			     LZPAGE_REPEAT_CLASSES + class];
	v = code & 0xffffff;
	*nr = code >> 24;
	c = &zram_lzpage_repeats[class];
	v |= (u64)(length - c->base) << *nr;
	*nr += c->bits;
	return v;
}

static __always_inline void encode_token(struct encode *e,
					 const struct match *m)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int run = m->start - e->anchor, length = m->end - m->start;
	unsigned int class = LZPAGE_RUN_CLASSES - 1, nr;
	u64 v;

	if (likely(m->kind < LZPAGE_REPEATS && run < LZPAGE_EXACT_RUNS &&
		   length < LZPAGE_EXACT_MATCHES + LZPAGE_MATCH_MIN)) {
		u32 code = t->token_code[(m->kind * LZPAGE_RUN_CLASSES + run) *
					 LZPAGE_REPEAT_CLASSES + length -
					 LZPAGE_MATCH_MIN];

		v = code & 0xffffff;
		nr = code >> 24;
	} else {
		if (run < LZPAGE_RUN_LOOKUP)
			class = t->run_class[run];
		if (m->kind < LZPAGE_REPEATS)
			v = encode_old(m->kind, class, length, &nr);
		else
			v = encode_new(e, m->kind, class, length, &nr);
		v |= (u64)(run - zram_lzpage_runs[class].base) << nr;
		nr += zram_lzpage_runs[class].bits;
	}
	e->bits |= v << e->nr_bits;
	e->nr_bits += nr;
	lzpage_store(e->tokens, e->bits);
	e->tokens += e->nr_bits / 8;
	e->bits >>= e->nr_bits & ~7U;
	e->nr_bits &= 7;
	e->nr_sequences++;
}

/* Find and write all sequences. False if the block is to be stored raw */
static __always_inline bool encode_sequences(struct encode *e,
					     const u8 *tokens, bool dense)
{
	const u8 *at = e->src + STEP;
	struct match m;

	while (encode_search(e, at, &m)) {
		encode_literals(e, m.start - e->anchor, dense);
		encode_token(e, &m);
		if (unlikely(e->tokens - tokens > TOKENS_MAX))
			return false;
		at = m.end;
		e->anchor = at;
	}
	return true;
}

/* The literals after the last sequence, and the last bits of the tokens */
static __always_inline void encode_end(struct encode *e, bool dense)
{
	unsigned int rest = e->src + LZPAGE_BLOCK - e->anchor;

	memcpy(e->plain, e->anchor, rest);
	e->plain += rest;
	if (dense) {
		memcpy(e->differences, e->anchor, rest);
		e->differences += rest;
	}
	if (e->nr_bits)
		*e->tokens++ = e->bits;
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
		.tokens = work->tokens,
		.offset = { LZPAGE_FIRST_OFFSET, LZPAGE_FIRST_OFFSET,
			    LZPAGE_FIRST_OFFSET },
	};
	unsigned int nr_literals, nr_tokens;
	u32 header;

	memset(work->hash, 0, sizeof(work->hash));
	if (!encode_sequences(&e, work->tokens, dense) ||
	    (e.random && !e.nr_sequences))
		return encode_raw(src, dst);
	encode_end(&e, dense);
	nr_literals = e.plain - plain;
	nr_tokens = e.tokens - work->tokens;
	end = e.plain;
	if (dense)
		end = dst + LZPAGE_HEADER +
		      zram_lzpage_literals_put(dst + LZPAGE_HEADER, work->plain,
					       work->differences, nr_literals,
					       &mode);
	if (end - dst + nr_tokens >= LZPAGE_BLOCK_MAX)
		return encode_raw(src, dst);
	memcpy(end, work->tokens, nr_tokens);
	header = (nr_literals & LZPAGE_COUNT_MASK) |
		 (e.nr_sequences + mode * LZPAGE_MODE_STEP) << LZPAGE_COUNT_BITS;
	dst[0] = header;
	dst[1] = header >> 8;
	dst[2] = header >> 16;
	return end - dst + nr_tokens;
}

/**
 * zram_lzpage_encode() - compress a block
 * @src: the block, LZPAGE_BLOCK bytes; they may change meanwhile
 * @dst: for the result, 2 * LZPAGE_BLOCK bytes
 * @dense: code literals as well: smaller and slower
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
