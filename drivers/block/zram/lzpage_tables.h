/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_TABLES_H_
#define _ZRAM_LZPAGE_TABLES_H_

/*
 * The codes of lzpage: classes of tokens, and prefix codes of tokens and
 * literals. All of it is part of the format, which is described in
 * Documentation/block/zram-lzpage.rst.
 */

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
#define LZPAGE_REPEATS		3
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

/* The longest code of a token, and the bits of a token's number after an escape */
#define LZPAGE_TOKEN_BITS	11
#define LZPAGE_ESCAPED_BITS	12
/* The most bits of the code that comes before that number */
#define LZPAGE_ESCAPE_BITS	8
/* The most extra bits of a class */
#define LZPAGE_EXTRA_MAX	12
/* In place of a token's number: the number follows */
#define LZPAGE_ESCAPE		0xfff
/* The longest code of a literal */
#define LZPAGE_LITERAL_BITS	10

/*
 * What the decoder's table has for a token: bits of its code, and from bit 8 the
 * literal run, from bit 16 the match length, from bit 24 the number of the
 * repeated offset. With this flag: from bit 8 the number of the token, whose
 * classes have extra bits.
 */
#define LZPAGE_ENTRY_INDIRECT	0x80

/**
 * struct lzpage_class - values that share a code
 * @base: the least of them
 * @bits: extra bits, which are added to @base
 */
struct lzpage_class {
	u16 base;
	u8 bits;
};

/* Prefix codes of literals: for differences, and for the bytes themselves */
enum lzpage_literals {
	LZPAGE_DIFFERENCES,
	LZPAGE_PLAIN,
	LZPAGE_LITERAL_CODES,
};

/* One more than the base of the last class */
#define LZPAGE_RUN_LOOKUP	(73 + 1)
#define LZPAGE_REPEAT_LOOKUP	(155 + 1)
#define LZPAGE_NEW_LOOKUP	(77 + 1)

/**
 * struct zram_lzpage_tables - the codes, for the encoder and for the decoder
 * @token_code: code of a token or, if it has none, the escape and its number;
 *	number of bits from bit 24
 * @literal_code: code of a literal; number of bits from bit 12
 * @run_class: class of a literal run; longer runs are of the last class
 * @repeat_class: class of the length of a match at a repeated offset; likewise
 * @new_class: class of the length of a match at a new offset; likewise
 * @token: what the next LZPAGE_TOKEN_BITS bits mean: LZPAGE_ENTRY_INDIRECT
 * @literal: what the next LZPAGE_LITERAL_BITS bits mean: bits of the code;
 *	literal from bit 8
 */
struct zram_lzpage_tables {
	u32 token_code[LZPAGE_TOKENS];
	u16 literal_code[LZPAGE_LITERAL_CODES][256];
	u8 run_class[LZPAGE_RUN_LOOKUP];
	u8 repeat_class[LZPAGE_REPEAT_LOOKUP];
	u8 new_class[LZPAGE_NEW_LOOKUP];
	u32 token[1 << LZPAGE_TOKEN_BITS];
	u16 literal[LZPAGE_LITERAL_CODES][1 << LZPAGE_LITERAL_BITS];
};

extern struct zram_lzpage_tables zram_lzpage_tables;
extern const struct lzpage_class zram_lzpage_runs[LZPAGE_RUN_CLASSES];
extern const struct lzpage_class zram_lzpage_repeats[LZPAGE_REPEAT_CLASSES];
extern const struct lzpage_class zram_lzpage_news[LZPAGE_NEW_CLASSES];
extern const struct lzpage_class zram_lzpage_offsets[LZPAGE_NEWS];

void zram_lzpage_tables_init(void);

#endif
