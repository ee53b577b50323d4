// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of lzpage: its classes, and the tables of the encoder and the decoder.
 *
 * The lengths of the codes define the codes: codes of one length are consecutive
 * numbers in the order below, and those of the next length follow. A bit stream
 * has the highest bit of a code first, and the lowest bit of a byte first, so the
 * tables have the codes with their bits reversed.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "lzpage_tables.h"

struct zram_lzpage_tables zram_lzpage_tables __ro_after_init;

/* Literal runs */
const struct lzpage_class zram_lzpage_runs[LZPAGE_RUN_CLASSES] = {
	{ 0 }, { 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 },
	{ 9, 1 }, { 11, 1 }, { 13, 2 }, { 17, 3 }, { 25, 4 }, { 41, 5 },
	{ 73, 12 },
};

/* Matches at a repeated offset. Entries without a class repeat the last class */
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
	{ 8, 4 }, { 8, 9 }, { 1, 12 },
};

/* Runs of the tokens for any run and match: the short token, and the long one */
static const struct lzpage_class tables_any_runs[2] = {
	{ 0, LZPAGE_SHORT_BITS }, { 0, 12 },
};

static const struct lzpage_class tables_any_matches[2] = {
	{ LZPAGE_MATCH_MIN, LZPAGE_SHORT_BITS }, { LZPAGE_MATCH_MIN, 12 },
};

/* From here to "end" made by tools/lzpage/tables from tools/lzpage/counts */

/* Number of tokens whose code has this many bits */
static const u16 tables_nr_tokens[LZPAGE_TOKEN_BITS + 1] = {
	0, 0, 0, 0, 2, 5, 5, 12, 34, 52, 88, 464,
};

/* The tokens that have a code, the shortest code first */
static const u16 tables_tokens[] = {
	  68,  131,   64,   76,   84,  139,  194,   92,  147,  155,  257, 1029,
	  67,  135,  202,  210, 1025, 1037, 3107, 3329, 3363, 3585, 3586, 3587,
	  65,   66,   69,   72,   77,   80,   96,   97,   99,  130,  132,  143,
	 160,  161,  195,  218,  273,  320,  387,  450,  462,  579, 1092, 2053,
	3073, 3077, 3092, 3333, 3588, 3589, 3778, 3779, 3840, 3842,   75,   81,
	  85,   88,   91,   98,  128,  140,  145,  159,  162,  163,  193,  198,
	 205,  209,  258,  265,  270,  324,  334,  351,  388,  454,  529,  533,
	 580,  605, 1024, 1028, 1033, 1045, 1058, 1155, 1281, 2049, 2061, 3338,
	3348, 3369, 3372, 3592, 3602, 3603, 3617, 3619, 3682, 3777, 3844, 3846,
	3848, 3850,   71,   73,   74,   78,   83,  129,  138,  141,  142,  144,
	 151,  152,  192,  197,  203,  206,  211,  217,  224,  261,  266,  269,
	 271,  272,  281,  328,  329,  333,  335,  384,  390,  391,  399,  484,
	 513,  517,  525,  591,  642, 1026, 1027, 1030, 1036, 1038, 1044, 1053,
	1056, 1057, 1604, 2052, 2069, 2179, 2305, 3082, 3098, 3113, 3122, 3137,
	3219, 3233, 3330, 3331, 3332, 3336, 3340, 3341, 3367, 3373, 3590, 3591,
	3593, 3594, 3595, 3596, 3604, 3618, 3627, 3649, 3650, 3666, 3698, 3731,
	3745, 3746, 3747, 3762, 3763, 3780,   70,   79,   82,   86,   87,   89,
	  90,   93,   95,  100,  133,  134,  136,  137,  146,  148,  149,  150,
	 153,  154,  156,  158,  164,  196,  199,  200,  201,  204,  207,  208,
	 212,  213,  219,  225,  226,  227,  256,  259,  260,  262,  263,  264,
	 267,  268,  284,  287,  288,  289,  290,  291,  292,  321,  322,  323,
	 325,  326,  327,  330,  331,  332,  336,  337,  343,  344,  345,  352,
	 385,  386,  389,  392,  393,  394,  395,  396,  397,  398,  400,  403,
	 407,  408,  409,  410,  415,  417,  448,  451,  453,  457,  458,  459,
	 461,  463,  466,  469,  470,  473,  512,  514,  515,  521,  530,  534,
	 541,  576,  577,  578,  581,  583,  586,  587,  588,  589,  592,  595,
	 596,  599,  602,  603,  604,  606,  612,  640,  641,  645,  650,  654,
	 657,  666,  704,  705,  706,  707,  708,  709,  710,  711,  736,  768,
	 769,  770,  771,  772, 1031, 1032, 1034, 1035, 1039, 1040, 1041, 1042,
	1043, 1046, 1047, 1049, 1052, 1054, 1059, 1060, 1100, 1156, 1159, 1163,
	1171, 1184, 1217, 1221, 1280, 1282, 1283, 1285, 1289, 1290, 1297, 1349,
	1409, 1537, 1541, 1572, 1603, 1665, 2048, 2050, 2051, 2054, 2055, 2056,
	2057, 2058, 2059, 2060, 2062, 2063, 2064, 2065, 2066, 2068, 2073, 2077,
	2080, 2081, 2082, 2083, 2084, 2116, 2183, 2187, 2195, 2241, 2304, 2306,
	2307, 2309, 2313, 2314, 2561, 2565, 2689, 2818, 2819, 3074, 3075, 3076,
	3078, 3079, 3080, 3081, 3083, 3084, 3085, 3086, 3087, 3090, 3091, 3093,
	3096, 3099, 3100, 3101, 3105, 3106, 3108, 3111, 3114, 3115, 3116, 3117,
	3121, 3123, 3124, 3129, 3138, 3139, 3141, 3144, 3145, 3154, 3156, 3169,
	3171, 3175, 3186, 3201, 3205, 3218, 3220, 3228, 3234, 3235, 3250, 3251,
	3253, 3265, 3266, 3267, 3281, 3283, 3334, 3335, 3337, 3339, 3342, 3343,
	3346, 3347, 3349, 3352, 3354, 3355, 3356, 3357, 3361, 3362, 3364, 3365,
	3366, 3368, 3370, 3371, 3374, 3378, 3379, 3383, 3385, 3386, 3387, 3388,
	3393, 3394, 3395, 3397, 3401, 3403, 3410, 3411, 3412, 3413, 3415, 3416,
	3419, 3420, 3425, 3426, 3427, 3431, 3432, 3435, 3436, 3442, 3452, 3457,
	3467, 3468, 3473, 3474, 3475, 3476, 3484, 3489, 3490, 3491, 3499, 3505,
	3506, 3507, 3508, 3521, 3522, 3523, 3524, 3597, 3598, 3599, 3605, 3606,
	3607, 3608, 3609, 3610, 3611, 3612, 3620, 3621, 3622, 3623, 3624, 3625,
	3626, 3628, 3633, 3634, 3635, 3636, 3637, 3638, 3639, 3640, 3641, 3642,
	3643, 3651, 3652, 3653, 3654, 3655, 3656, 3657, 3658, 3659, 3665, 3667,
	3668, 3669, 3670, 3671, 3672, 3673, 3674, 3675, 3681, 3683, 3684, 3685,
	3686, 3687, 3688, 3689, 3690, 3691, 3693, 3697, 3699, 3700, 3701, 3703,
	3704, 3713, 3714, 3715, 3716, 3717, 3718, 3729, 3730, 3732, 3733, 3734,
	3735, 3736, 3737, 3738, 3740, 3748, 3749, 3752, 3761, 3764, 3765, 3766,
	3767, 3768, 3769, 3781, 3782, 3783, 3784, 3785, 3793, 3794, 3795, 3796,
	3797, 3809, 3810, 3811, 3812, 3825, 3826, 3827, 3841, 3843, 3845, 3847,
	3849, 3851,
};

static_assert(ARRAY_SIZE(tables_tokens) == LZPAGE_CODED_TOKENS);

/* Number of bits of the codes of literals */
static const u8 tables_literal_bits[LZPAGE_LITERAL_CODES][256] = {
	{
		 4,  4,  5,  6,  6,  6,  7,  7,  6,  8,  7,  8,  7,  8,  8,  8,
		 6,  8,  9,  9,  9,  9,  9,  9,  7,  9,  9,  9,  9,  9,  9,  9,
		 5,  8,  9,  9,  9,  9,  9,  9,  8,  9,  9,  9,  9,  9,  9,  9,
		 6,  8,  8,  8,  8,  9,  9,  9,  7,  9,  9, 10,  9, 10,  9,  9,
		 5,  8,  9,  9,  9,  9,  9,  9,  8,  9,  9, 10,  9,  9, 10,  9,
		 7,  9,  9,  9,  9,  9,  9, 10,  8, 10, 10,  9, 10, 10, 10, 10,
		 6,  9,  9,  9,  9,  9,  9,  9,  8,  9, 10,  9,  9,  9,  9,  9,
		 7,  9,  9,  9,  9,  9,  9, 10,  8, 10, 10, 10,  9,  9, 10,  9,
		 6,  9,  9,  9,  9, 10, 10, 10,  8, 10,  9, 10,  9, 10, 10, 10,
		 6,  9,  9,  9,  9, 10, 10, 10,  8, 10, 10, 10, 10,  9, 10, 10,
		 7, 10,  9, 10, 10, 10, 10, 10,  8, 10, 10, 10, 10, 10, 10, 10,
		 6, 10, 10, 10,  9, 10,  9,  9,  8, 10, 10,  9,  9, 10, 10,  9,
		 6, 10, 10, 10,  9, 10, 10,  9,  8,  9,  9,  9,  9,  9,  9,  9,
		 7,  9,  9,  9,  9,  9,  9,  9,  7,  9,  9,  9,  9,  9,  9,  9,
		 7,  9,  9,  9,  9,  9,  9,  9,  8,  9,  9,  9,  9,  9,  9,  9,
		 7,  9,  9,  9,  9,  9,  8,  8,  7,  8,  7,  7,  7,  7,  6,  5,
	},
	{
		 5,  8,  8,  8,  8,  6,  9,  8,  8,  8,  8,  9,  9,  8,  8,  8,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 5, 10,  9, 10, 10,  9, 10,  8, 10,  8, 10,  8,  8,  7,  5,  6,
		 5,  4,  4,  4,  5,  5,  4,  5,  5,  5, 10, 10, 10, 10, 10, 10,
		10,  9, 10,  8, 10,  8, 10,  8, 10,  9, 10,  9, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10,  6,  6,  6,  6,  6,  6,  9, 10,  9, 10,  9,  7,  9, 10,  7,
		 8, 10,  7,  8,  7,  9,  9,  9, 10, 10, 10, 10, 10, 10, 10, 10,
		10,  9,  9,  9,  9, 10, 10,  9,  9, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10,  9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
	},
	{
		 5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		 4, 10,  7,  8,  8, 10, 10,  7,  7,  7,  9, 10,  7,  8,  7,  8,
		 7,  7,  8,  8,  8,  8,  9,  9,  9,  9,  7,  8,  9,  7,  8, 10,
		10,  8,  9,  8,  8,  7,  9,  9,  9,  7, 10, 10,  8,  9,  8,  8,
		 8, 10,  8,  7,  8,  9,  9, 10, 10, 10, 10,  9,  9,  9, 10,  6,
		10,  5,  7,  6,  6,  4,  6,  7,  6,  5,  9,  8,  5,  6,  5,  5,
		 6,  9,  5,  5,  4,  6,  7,  7,  8,  7, 10,  9, 10,  8, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
	},
};

/* end */

static u32 tables_reverse(u32 code, unsigned int bits)
{
	u32 reversed = 0;

	while (bits--) {
		reversed = reversed << 1 | (code & 1);
		code >>= 1;
	}
	return reversed;
}

/* Add the classes of the run and of the match to a token */
static void tables_add_classes(u64 *coded, struct lzpage_extra_bits *x,
			       const struct lzpage_class *run,
			       const struct lzpage_class *match)
{
	*coded |= run->base | match->base << LZPAGE_LENGTH_SHIFT;
	x->run_mask = (1 << run->bits) - 1;
	x->length_bits = match->bits;
	x->length_mask = (1 << match->bits) - 1;
	x->bits = x->offset_bits + match->bits + run->bits;
	if (x->bits)
		*coded |= BIT_ULL(LZPAGE_HAS_EXTRA_SHIFT);
}

/* Kinds from LZPAGE_REPEATS on have a new offset */
static void tables_set_kind(u64 *coded, struct lzpage_extra_bits *x, unsigned int kind)
{
	const struct lzpage_class *offset;

	*coded = (u64)min(kind, LZPAGE_REPEATS) << LZPAGE_PLACE_SHIFT;
	*x = (struct lzpage_extra_bits) {};
	if (kind < LZPAGE_REPEATS)
		return;
	offset = &zram_lzpage_offsets[kind - LZPAGE_REPEATS];
	*coded |= (u64)offset->base << LZPAGE_OFFSET_SHIFT;
	x->offset_bits = offset->bits;
	x->offset_shift = offset->base > 1 ? 3 : 0;
	x->offset_mask = ((1 << offset->bits) - 1) << x->offset_shift;
}

static void tables_token(unsigned int token, u64 *coded, struct lzpage_extra_bits *x)
{
	const struct lzpage_class *match;

	if (token >= LZPAGE_TOKENS) {
		token -= LZPAGE_TOKENS;
		tables_set_kind(coded, x, token / 2);
		tables_add_classes(coded, x, &tables_any_runs[token % 2],
				   &tables_any_matches[token % 2]);
		return;
	}
	if (token < LZPAGE_REPEAT_TOKENS) {
		match = &zram_lzpage_repeats[token % LZPAGE_REPEAT_CLASSES];
		token /= LZPAGE_REPEAT_CLASSES;
	} else {
		token -= LZPAGE_REPEAT_TOKENS;
		match = &zram_lzpage_news[token % LZPAGE_NEW_CLASSES];
		token /= LZPAGE_NEW_CLASSES;
		token += LZPAGE_REPEATS * LZPAGE_RUN_CLASSES;
	}
	tables_set_kind(coded, x, token / LZPAGE_RUN_CLASSES);
	tables_add_classes(coded, x, &zram_lzpage_runs[token % LZPAGE_RUN_CLASSES], match);
}

/* The decoder's table has six bits for the length of a code, ten for its token */
static_assert(LZPAGE_CODED_TOKENS <= 1 << 10);
static_assert(LZPAGE_CODED_MASK == (1 << 10) - 1 &&
	      LZPAGE_CODED_SHIFT + 10 <= LZPAGE_PLACE_SHIFT);
static_assert(LZPAGE_REPEATS < 4);

static void tables_init_tokens(struct zram_lzpage_tables *t)
{
	unsigned int bits, nr, i, at = 0;
	u32 code = 0, reversed;

	for (bits = 1; bits <= LZPAGE_TOKEN_BITS; bits++) {
		code <<= 1;
		for (nr = tables_nr_tokens[bits]; nr; nr--, at++) {
			reversed = tables_reverse(code++, bits);
			t->token_code[tables_tokens[at]] = reversed | bits << 12;
			tables_token(tables_tokens[at], &t->coded[at], &t->extra[at]);
			t->coded[at] |= (u64)at << LZPAGE_CODED_SHIFT;
			for (i = reversed; i < ARRAY_SIZE(t->token);
			     i += 1 << bits)
				t->token[i] = bits | at << 6;
		}
	}
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
	tables_init_literals(t, LZPAGE_TEXT);
}
