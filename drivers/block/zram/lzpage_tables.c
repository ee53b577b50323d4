// SPDX-License-Identifier: GPL-2.0
/*
 * The codes of lzpage.
 *
 * The lengths of the codes say it all: codes of one length are consecutive
 * numbers in the order below, and those of the next length follow. A bit stream
 * has the highest bit of a code first, and each byte's lowest bit, so the tables
 * have the codes with their bits reversed.
 */

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/types.h>

#include "lzpage_tables.h"

struct zram_lzpage_tables zram_lzpage_tables __ro_after_init;

/* Literal runs */
const struct lzpage_class zram_lzpage_runs[LZPAGE_RUN_CLASSES] = {
	{ 0 }, { 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 },
	{ 9, 1 }, { 11, 1 }, { 13, 2 }, { 17, 3 }, { 25, 4 }, { 41, 5 },
	{ 73, 12 },
};

/* Matches at a repeated offset. The classes that do not exist are like the last */
const struct lzpage_class zram_lzpage_repeats[LZPAGE_REPEAT_CLASSES] = {
	{ 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 }, { 9 }, { 10 }, { 11 }, { 12 },
	{ 13 }, { 14 }, { 15 }, { 16 }, { 17 }, { 18 }, { 19 }, { 20 }, { 21 },
	{ 22 }, { 23 }, { 24 }, { 25 }, { 26 }, { 27 }, { 28 }, { 29 }, { 30 },
	{ 31 }, { 32 }, { 33 }, { 34 }, { 35, 3 }, { 43, 4 }, { 59, 5 },
	{ 91, 6 }, [36 ... LZPAGE_REPEAT_CLASSES - 1] = { 155, 12 },
};

/* Matches at a new offset */
const struct lzpage_class zram_lzpage_news[LZPAGE_NEW_CLASSES] = {
	{ 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 }, { 9 }, { 10 }, { 11, 1 },
	{ 13, 1 }, { 15, 1 }, { 17, 2 }, { 21, 3 }, { 29, 4 }, { 45, 5 },
	{ 77, 12 },
};

/* New offsets: multiples of 8 to 128, other multiples of 8, all others */
const struct lzpage_class zram_lzpage_offsets[LZPAGE_NEWS] = {
	{ 8, 4 }, { 8, 9 }, { 0, 12 },
};

/* Number of tokens whose code has this many bits */
static const u16 tables_nr_tokens[LZPAGE_TOKEN_BITS + 1] = {
	0, 0, 0, 1, 1, 6, 6, 16, 30, 47, 60, 284,
};

/* The tokens that have a code, the shortest code first */
static const u16 tables_tokens[] = {
	 131,   68, 4095,   64,   76,  139,  194, 1029,   84,  147,  160, 1037,
	3107, 3363,   67,   80,  132,  135,  138,  143,  202,  257, 1025, 1281,
	1603, 2053, 3077, 3092, 3333, 3585,   65,   71,   72,   75,   78,   79,
	  81,   83,   96,  128,  130,  142,  146,  155,  161,  162,  163,  195,
	 210,  320,  579, 1026, 1345, 2049, 2305, 3137, 3329, 3330, 3338, 3619,
	  66,   69,   73,   92,   93,   94,   97,  140,  144,  148,  151,  198,
	 201,  265,  266,  267,  324,  336,  386,  391,  580,  587,  642, 1024,
	1027, 1028, 1030, 1033, 1038, 1045, 1092, 1155, 2052, 2061, 2179, 3073,
	3082, 3122, 3340, 3348, 3369, 3378, 3586, 3587, 3588, 3589, 3617,   70,
	  74,   77,   82,   85,   98,   99,  129,  150,  152,  156,  157,  192,
	 193,  203,  211,  224,  260,  273,  323,  328,  384,  398,  399,  454,
	 462,  576,  600,  728, 1031, 1032, 1036, 1039, 1053, 1057, 1058, 1059,
	1159, 1289, 1344, 2048, 2050, 2054, 2116, 2369, 3113, 3219, 3233, 3332,
	3339, 3341, 3362, 3364, 3367, 3372, 3393, 3592, 3649, 3651, 3731,   86,
	  87,   88,   89,   90,   91,  100,  133,  134,  136,  137,  141,  149,
	 159,  164,  196,  197,  199,  204,  206,  207,  208,  209,  212,  218,
	 225,  226,  227,  256,  258,  259,  261,  262,  263,  264,  272,  288,
	 290,  321,  322,  325,  326,  327,  331,  332,  333,  334,  335,  349,
	 385,  387,  388,  392,  400,  401,  402,  403,  449,  450,  453,  455,
	 463,  516,  517,  518,  519,  525,  526,  577,  578,  581,  583,  584,
	 588,  595,  599,  641,  657,  658,  704,  707,  708,  717,  727,  768,
	 771,  774, 1034, 1035, 1040, 1041, 1042, 1043, 1044, 1046, 1047, 1049,
	1056, 1060, 1104, 1153, 1163, 1217, 1229, 1280, 1282, 1285, 1286, 1290,
	1291, 1297, 1361, 1409, 1537, 1604, 1665, 1681, 1752, 2051, 2055, 2057,
	2058, 2060, 2062, 2063, 2064, 2065, 2066, 2067, 2068, 2069, 2077, 2080,
	2081, 2082, 2083, 2084, 2183, 2187, 2204, 2241, 2306, 2309, 2313, 2321,
	2368, 2372, 2561, 3074, 3075, 3076, 3078, 3079, 3080, 3083, 3084, 3085,
	3086, 3087, 3091, 3093, 3098, 3100, 3105, 3106, 3108, 3111, 3116, 3117,
	3121, 3123, 3124, 3129, 3138, 3139, 3141, 3144, 3155, 3156, 3171, 3175,
	3205, 3220, 3225, 3234, 3265, 3267, 3268, 3331, 3334, 3335, 3336, 3337,
	3342, 3343, 3347, 3349, 3352, 3354, 3355, 3356, 3357, 3361, 3370, 3371,
	3373, 3374, 3375, 3377, 3379, 3385, 3389, 3395, 3411, 3427, 3431, 3475,
	3481, 3484, 3515, 3590, 3591, 3593, 3594, 3595, 3596, 3597, 3598, 3599,
	3602, 3603, 3604, 3605, 3608, 3618, 3620, 3621, 3622, 3623, 3625, 3627,
	3628, 3633, 3634, 3635, 3636, 3637, 3638, 3650, 3652, 3653, 3665, 3666,
	3667, 3668, 3669, 3681, 3682, 3683, 3685, 3687, 3697, 3698, 3699, 3713,
	3714, 3715, 3729, 3730, 3732, 3745, 3746, 3747, 3761, 3762, 3763, 3777,
	3778, 3779, 3780, 3793, 3794, 3795, 3809,
};

static_assert(ARRAY_SIZE(tables_tokens) == 1 + 1 + 6 + 6 + 16 + 30 + 47 + 60 +
	      284);

/* Number of bits of the codes of literals */
static const u8 tables_literal_bits[LZPAGE_LITERAL_CODES][256] = {
	{
		 3,  4,  5,  6,  6,  6,  6,  7,  7,  8,  7,  8,  8,  9,  9,  8,
		 6,  9,  9,  9,  8,  9,  9,  9,  7,  9,  9,  9,  9,  9,  9,  9,
		 6,  9,  9, 10,  9, 10,  9, 10,  8,  9,  9, 10, 10,  9,  9,  9,
		 6,  9,  9,  8,  9,  9,  9,  9,  8,  9,  9, 10, 10,  9, 10, 10,
		 5,  9, 10, 10,  9, 10, 10, 10,  8, 10, 10, 10, 10, 10, 10, 10,
		 6,  9,  9, 10, 10,  9,  9, 10,  8, 10, 10,  9,  9, 10,  9, 10,
		 6,  9,  9,  9,  9,  9,  8,  9,  8,  9, 10, 10,  9, 10,  9,  9,
		 6,  9,  9,  9,  9,  9, 10, 10,  8, 10, 10, 10, 10, 10,  9,  8,
		 6,  9,  9,  9, 10, 10, 10, 10,  8, 10, 10, 10, 10, 10, 10, 10,
		 7, 10, 10, 10, 10, 10,  9, 10,  8,  9,  9, 10, 10, 10, 10, 10,
		 6, 10, 10, 10, 10, 10, 10, 10,  8, 10, 10, 10, 10, 10, 10, 10,
		 6,  9,  9, 10, 10, 10, 10, 10,  8, 10, 10, 10, 10, 10, 10, 10,
		 6,  9, 10, 10,  9, 10, 10, 10,  7, 10, 10, 10,  9,  8,  9,  9,
		 7, 10, 10, 10, 10, 10, 10, 10,  8, 10, 10,  9,  9, 10, 10, 10,
		 6,  9, 10,  9,  9, 10, 10,  9,  8,  9,  9,  9,  9, 10,  9,  9,
		 7,  9,  9,  9,  9,  9,  9,  8,  8,  8,  7,  7,  7,  7,  6,  5,
	},
	{
		 4,  8,  9,  8,  9, 10,  9, 10,  9,  9,  7, 10, 10, 10,  9,  7,
		 7, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 5,  9,  8,  8, 10,  9, 10,  9,  8,  8,  9, 10,  8,  6,  8,  9,
		 5,  5,  5,  5,  5,  5,  5,  5,  5,  5,  9,  9, 10,  9, 10,  9,
		 9,  9,  9,  8,  9,  9, 10, 10, 10,  9, 10, 10,  9, 10,  9,  9,
		 9, 10,  9,  8,  9, 10, 10, 10, 10, 10, 10,  9,  7,  9, 10,  8,
		 8,  6,  8,  6,  7,  5,  7,  8,  7,  6, 10,  9,  6,  7,  6,  6,
		 7, 10,  6,  6,  6,  7,  8,  8,  9,  8, 10, 10,  8, 10, 10, 10,
		 9, 10,  9,  8, 10, 10, 10,  9,  9,  9, 10, 10, 10,  9,  9, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 8, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 9, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,  9,
	},
};

static u32 tables_reverse(u32 code, unsigned int bits)
{
	u32 reversed = 0;

	while (bits--) {
		reversed = reversed << 1 | (code & 1);
		code >>= 1;
	}
	return reversed;
}

/* What the decoder has for a token whose code has @bits bits: lzpage_decode.c */
static u32 tables_token_entry(unsigned int token, unsigned int bits)
{
	unsigned int match = token % LZPAGE_REPEAT_CLASSES;
	unsigned int run = token / LZPAGE_REPEAT_CLASSES % LZPAGE_RUN_CLASSES;
	unsigned int repeat = token / LZPAGE_REPEAT_CLASSES /
			      LZPAGE_RUN_CLASSES;

	if (token >= LZPAGE_REPEAT_TOKENS || run >= LZPAGE_EXACT_RUNS ||
	    match >= LZPAGE_EXACT_MATCHES)
		return bits | LZPAGE_ENTRY_INDIRECT | token << 8;
	return bits | run << 8 | (match + LZPAGE_MATCH_MIN) << 16 |
		repeat << 24;
}

static void tables_init_tokens(struct zram_lzpage_tables *t)
{
	const u16 *token = tables_tokens;
	unsigned int bits, nr, i;
	u32 code = 0, escape = 0, reversed;

	for (bits = 1; bits <= LZPAGE_TOKEN_BITS; bits++) {
		code <<= 1;
		for (nr = tables_nr_tokens[bits]; nr; nr--, token++) {
			reversed = tables_reverse(code++, bits);
			if (*token == LZPAGE_ESCAPE)
				escape = reversed | bits << 24;
			else
				t->token_code[*token] = reversed | bits << 24;
			for (i = reversed; i < ARRAY_SIZE(t->token);
			     i += 1 << bits)
				t->token[i] = tables_token_entry(*token, bits);
		}
	}
	bits = escape >> 24;
	for (i = 0; i < LZPAGE_TOKENS; i++)
		if (!t->token_code[i])
			t->token_code[i] = escape + (i << bits) +
					   (LZPAGE_ESCAPED_BITS << 24);
}

static void tables_init_literals(struct zram_lzpage_tables *t,
				 enum lzpage_literals which)
{
	const u8 *lengths = tables_literal_bits[which];
	unsigned int bits, literal, i;
	u32 code = 0, reversed;

	for (bits = 1; bits <= LZPAGE_LITERAL_BITS; bits++) {
		code <<= 1;
		for (literal = 0; literal < 256; literal++) {
			if (lengths[literal] != bits)
				continue;
			reversed = tables_reverse(code++, bits);
			t->literal_code[which][literal] = reversed | bits << 12;
			for (i = reversed; i < ARRAY_SIZE(t->literal[which]);
			     i += 1 << bits)
				t->literal[which][i] = literal << 8 | bits;
		}
	}
}

static void tables_init_classes(u8 *lookup, unsigned int nr_values,
				const struct lzpage_class *classes)
{
	unsigned int value, class = 0;

	for (value = classes[0].base; value < nr_values; value++) {
		if (value >= classes[class].base + (1U << classes[class].bits))
			class++;
		lookup[value] = class;
	}
}

/**
 * zram_lzpage_tables_init() - make the tables
 *
 * Context: Once, before anything is compressed or decompressed.
 */
void __init zram_lzpage_tables_init(void)
{
	struct zram_lzpage_tables *t = &zram_lzpage_tables;

	tables_init_classes(t->run_class, LZPAGE_RUN_LOOKUP, zram_lzpage_runs);
	tables_init_classes(t->repeat_class, LZPAGE_REPEAT_LOOKUP,
			    zram_lzpage_repeats);
	tables_init_classes(t->new_class, LZPAGE_NEW_LOOKUP, zram_lzpage_news);
	tables_init_tokens(t);
	tables_init_literals(t, LZPAGE_DIFFERENCES);
	tables_init_literals(t, LZPAGE_PLAIN);
}
