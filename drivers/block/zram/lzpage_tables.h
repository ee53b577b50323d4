/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_TABLES_H_
#define _ZRAM_LZPAGE_TABLES_H_

/*
 * The codes of lzpage: classes of tokens, and prefix codes of tokens and
 * literals. All of it is part of the format, which is described in
 * Documentation/block/zram-lzpage.rst.
 */

#include <linux/compiler.h>
#include <linux/types.h>

/* Matches have at least this many bytes */
#define LZPAGE_MATCH_MIN	3
/* Offset before the first match */
#define LZPAGE_FIRST_OFFSET	4
/* The longest literal run that is stored as differences */
#define LZPAGE_DIFF_RUN		16
/* The shortest offset that differences are computed for */
#define LZPAGE_DIFF_OFFSET	8

/*
 * A token is a number: kind of offset, class of the literal run, class of the
 * match length. Kinds 0 to 2 repeat an offset, and have more classes of matches.
 */
#define LZPAGE_RUN_CLASSES	16
#define LZPAGE_REPEATS		3U
#define LZPAGE_REPEAT_CLASSES	64	/* of matches, 37 of which exist */
#define LZPAGE_NEWS		3
#define LZPAGE_NEW_CLASSES	16
#define LZPAGE_REPEAT_TOKENS \
	(LZPAGE_REPEATS * LZPAGE_RUN_CLASSES * LZPAGE_REPEAT_CLASSES)
#define LZPAGE_TOKENS \
	(LZPAGE_REPEAT_TOKENS + LZPAGE_NEWS * LZPAGE_RUN_CLASSES * \
	 LZPAGE_NEW_CLASSES)
/* Classes below these have one run, or one length, and no extra bits */
#define LZPAGE_EXACT_RUNS	9
#define LZPAGE_EXACT_MATCHES	32

/*
 * Each kind has two more tokens, for runs and matches whose token has no code. The first
 * has extra bits for short runs and matches, the second for all.
 */
#define LZPAGE_KINDS		(LZPAGE_REPEATS + LZPAGE_NEWS)
#define LZPAGE_ANY_TOKENS	(2 * LZPAGE_KINDS)
#define LZPAGE_ALL_TOKENS	(LZPAGE_TOKENS + LZPAGE_ANY_TOKENS)
#define LZPAGE_SHORT_BITS	6

/* Tokens that have a code */
#define LZPAGE_CODED_TOKENS	662
/* The longest code of a token, of a literal, and of either */
#define LZPAGE_TOKEN_BITS	11
#define LZPAGE_LITERAL_BITS	10
#define LZPAGE_CODE_BITS	11

/**
 * struct lzpage_class - values that share a code
 * @base: the least of them
 * @bits: extra bits, which are added to @base
 */
struct lzpage_class {
	u16 base;
	u8 bits;
};

/* Prefix codes of literals: for differences, for the bytes themselves, and for those of text */
enum lzpage_literals {
	LZPAGE_DIFFERENCES,
	LZPAGE_PLAIN,
	LZPAGE_TEXT,
	LZPAGE_LITERAL_CODES,
};

/* One more than the base of the last class */
#define LZPAGE_RUN_LOOKUP	(73 + 1)
#define LZPAGE_REPEAT_LOOKUP	(155 + 1)
#define LZPAGE_NEW_LOOKUP	(77 + 1)

/**
 * struct lzpage_extra_bits - the extra bits of a token, as the decoder takes them
 * @bits: their number; 0: the token has none
 * @offset_bits: how many are of a new offset
 * @offset_shift: by which these are to be shifted
 * @length_bits: how many are of the match length
 * @offset_mask: bits of the offset after the shift
 * @length_mask: the lowest @length_bits bits
 * @run_mask: as many lowest bits as the run has extra bits
 */
struct lzpage_extra_bits {
	u8 bits;
	u8 offset_bits;
	u8 offset_shift;
	u8 length_bits;
	u16 offset_mask;
	u16 length_mask;
	u16 run_mask;
};

/*
 * A sequence, as the decoder keeps it: the run in the lowest 16 bits, above it the match
 * length, the new offset (0 for a repeated one), a bit for a token that has extra bits, the
 * place of the token in @coded of struct zram_lzpage_tables, and the place of the offset in
 * the list of offsets, LZPAGE_REPEATS for a new one. No field can carry into the next one.
 */
#define LZPAGE_LENGTH_SHIFT	16
#define LZPAGE_OFFSET_SHIFT	32
#define LZPAGE_HAS_EXTRA_SHIFT	48
#define LZPAGE_CODED_SHIFT	49
#define LZPAGE_CODED_MASK	1023
#define LZPAGE_PLACE_SHIFT	62

/**
 * struct zram_lzpage_tables - the codes, for the encoder and for the decoder
 * @token_code: code of a token; number of bits from bit 12; 0 if it has none
 * @literal_code: code of a literal; number of bits from bit 12
 * @run_class: class of a literal run; longer runs are of the last class
 * @repeat_class: class of the length of a match at a repeated offset; longer ones: last class
 * @new_class: class of the length of a match at a new offset; longer ones: last class
 * @token: entry for the next LZPAGE_TOKEN_BITS bits: number of bits of the code; from
 *	bit 6 the place in @coded and @extra
 * @coded: the tokens that have a code, as sequences without extra bits
 * @extra: their extra bits
 * @literal: entry for the next LZPAGE_LITERAL_BITS bits: number of bits of the code;
 *	literal from bit 8
 */
struct zram_lzpage_tables {
	u16 token_code[LZPAGE_ALL_TOKENS];
	u16 literal_code[LZPAGE_LITERAL_CODES][256];
	u8 run_class[LZPAGE_RUN_LOOKUP];
	u8 repeat_class[LZPAGE_REPEAT_LOOKUP];
	u8 new_class[LZPAGE_NEW_LOOKUP];
	u16 token[1 << LZPAGE_TOKEN_BITS];
	u64 coded[LZPAGE_CODED_TOKENS];
	struct lzpage_extra_bits extra[LZPAGE_CODED_TOKENS];
	u16 literal[LZPAGE_LITERAL_CODES][1 << LZPAGE_LITERAL_BITS];
};

extern struct zram_lzpage_tables zram_lzpage_tables;
extern const struct lzpage_class zram_lzpage_runs[LZPAGE_RUN_CLASSES];
extern const struct lzpage_class zram_lzpage_repeats[LZPAGE_REPEAT_CLASSES];
extern const struct lzpage_class zram_lzpage_news[LZPAGE_NEW_CLASSES];
extern const struct lzpage_class zram_lzpage_offsets[LZPAGE_NEWS];

void zram_lzpage_tables_init(void);

#endif
