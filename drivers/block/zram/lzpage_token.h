/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_TOKEN_H_
#define _ZRAM_LZPAGE_TOKEN_H_

/* The encoder's writer of tokens: their codes, and their extra bits */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "lzpage_bytes.h"
#include "lzpage_format.h"
#include "lzpage_tables.h"

/* After up to seven bits: offset, match, run */
static_assert(7 + LZPAGE_EXTRA_BITS < 64);

/**
 * struct lzpage_output - tokens that are being written
 * @code: end of their codes, which have the form of struct zram_lzpage_tables
 * @extra: end of the complete bytes of their extra bits
 * @bits: extra bits that follow
 * @nr_bits: number of bits in @bits
 */
struct lzpage_output {
	u16 *code;
	u8 *extra;
	u64 bits;
	unsigned int nr_bits;
};

/* Extra bits of a token, the first one lowest */
struct lzpage_extra {
	u64 v;
	unsigned int nr;
};

static __always_inline void lzpage_extra_add(struct lzpage_extra *x,
					     unsigned int v, unsigned int nr)
{
	x->v |= (u64)v << x->nr;
	x->nr += nr;
}

/* Add the extra bits of a new offset */
static __always_inline void lzpage_extra_offset(struct lzpage_extra *x,
						unsigned int kind,
						unsigned int offset)
{
	const struct lzpage_class *c;

	c = &zram_lzpage_offsets[kind - LZPAGE_REPEATS];
	lzpage_extra_add(x, c->base == 8 ? offset / 8 - 1 : offset - 1,
			 c->bits);
}

static __always_inline void lzpage_extra_put(struct lzpage_output *o,
					     const struct lzpage_extra *x)
{
	o->bits |= x->v << o->nr_bits;
	o->nr_bits += x->nr;
	lzpage_store(o->extra, o->bits);
	o->extra += o->nr_bits / 8;
	o->bits >>= o->nr_bits & ~7U;
	o->nr_bits &= 7;
}

/* The token for a run and match whose token has no code, and its extra bits */
static noinline unsigned int lzpage_token_any(unsigned int kind,
					      unsigned int offset,
					      unsigned int run,
					      unsigned int length,
					      struct lzpage_extra *x)
{
	unsigned int bits = LZPAGE_SHORT_BITS, token = LZPAGE_TOKENS + 2 * kind;

	length -= LZPAGE_MATCH_MIN;
	if ((run | length) >> bits) {
		bits = LZPAGE_EXTRA_MAX;
		token++;
	}
	*x = (struct lzpage_extra){};
	if (kind >= LZPAGE_REPEATS)
		lzpage_extra_offset(x, kind, offset);
	lzpage_extra_add(x, length, bits);
	lzpage_extra_add(x, run, bits);
	return token;
}

/* The token of a match at a new offset, and its extra bits but those of the run */
static __always_inline unsigned int lzpage_token_new(unsigned int kind,
						     unsigned int offset,
						     unsigned int run,
						     unsigned int length,
						     struct lzpage_extra *x)
{
	unsigned int class = LZPAGE_NEW_CLASSES - 1;
	const struct lzpage_class *c;

	lzpage_extra_offset(x, kind, offset);
	kind -= LZPAGE_REPEATS;
	if (length < LZPAGE_NEW_LOOKUP)
		class = zram_lzpage_tables.new_class[length];
	c = &zram_lzpage_news[class];
	lzpage_extra_add(x, length - c->base, c->bits);
	return LZPAGE_REPEAT_TOKENS +
		(kind * LZPAGE_RUN_CLASSES + run) * LZPAGE_NEW_CLASSES + class;
}

/* The token of a match at a repeated offset, and its extra bits but those of the run */
static __always_inline unsigned int lzpage_token_old(unsigned int kind,
						     unsigned int run,
						     unsigned int length,
						     struct lzpage_extra *x)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int class = t->repeat_class[LZPAGE_REPEAT_LOOKUP - 1];
	const struct lzpage_class *c;

	if (length < LZPAGE_REPEAT_LOOKUP)
		class = t->repeat_class[length];
	c = &zram_lzpage_repeats[class];
	lzpage_extra_add(x, length - c->base, c->bits);
	return (kind * LZPAGE_RUN_CLASSES + run) * LZPAGE_REPEAT_CLASSES + class;
}

/* Write a token: its match has @offset, which is of @kind */
static __always_inline void lzpage_token_put(struct lzpage_output *o,
					     unsigned int kind,
					     unsigned int offset,
					     unsigned int run,
					     unsigned int length)
{
	const struct zram_lzpage_tables *t = &zram_lzpage_tables;
	unsigned int class = LZPAGE_RUN_CLASSES - 1, token;
	struct lzpage_extra x = {};

	if (likely(kind < LZPAGE_REPEATS && run < LZPAGE_EXACT_RUNS &&
		   length < LZPAGE_EXACT_MATCHES + LZPAGE_MATCH_MIN)) {
		token = (kind * LZPAGE_RUN_CLASSES + run) *
			LZPAGE_REPEAT_CLASSES + length - LZPAGE_MATCH_MIN;
		*o->code = t->token_code[token];
		if (likely(*o->code)) {
			o->code++;
			return;
		}
	} else {
		if (run < LZPAGE_RUN_LOOKUP)
			class = t->run_class[run];
		if (kind < LZPAGE_REPEATS)
			token = lzpage_token_old(kind, class, length, &x);
		else
			token = lzpage_token_new(kind, offset, class, length,
						 &x);
		lzpage_extra_add(&x, run - zram_lzpage_runs[class].base,
				 zram_lzpage_runs[class].bits);
		*o->code = t->token_code[token];
	}
	if (unlikely(!*o->code)) {
		token = lzpage_token_any(kind, offset, run, length, &x);
		*o->code = t->token_code[token];
	}
	o->code++;
	lzpage_extra_put(o, &x);
}

#endif
