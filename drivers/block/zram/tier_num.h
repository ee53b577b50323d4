/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_NUM_H_
#define _ZRAM_TIER_NUM_H_

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/types.h>

/* Saturating arithmetic, and products of more than 64 bits with 32 significant bits */

static inline u64 zram_tier_add(u64 a, u64 b)
{
	u64 sum;

	return check_add_overflow(a, b, &sum) ? U64_MAX : sum;
}

static inline u64 zram_tier_sub(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

/* The product if it is less than 2^63, or else at least that */
static inline u64 zram_tier_mul(u64 a, u32 b)
{
	return fls64(a) + fls(b) > 64 ? U64_MAX : a * b;
}

#define ZRAM_TIER_Q8	8

static inline u64 zram_tier_q8(u64 x)
{
	return zram_tier_mul(x, 1 << ZRAM_TIER_Q8);
}

/* Nine tenths of @x, rounded up: 0 only if @x is 0 */
static inline u64 zram_tier_90_percent(u64 x)
{
	return x - div_u64(x, 10);
}

/* A number of seconds, one later */
static inline u32 zram_tier_tick(u32 seconds)
{
	return seconds + (seconds < U32_MAX);
}

/* Subtract 1/@parts of @x, at least 1 */
static inline u64 zram_tier_decay(u64 x, u32 parts)
{
	return x - min(x, max(div_u64(x, parts), 1ULL));
}

/**
 * struct zram_tier_num - a number of 32 significant bits
 * @mant: these bits
 * @exp: exponent: the value is about @mant << @exp
 */
struct zram_tier_num {
	u32 mant;
	int exp;
};

static inline struct zram_tier_num zram_tier_num(u64 x)
{
	int exp = max(fls64(x) - 32, 0);

	return (struct zram_tier_num){ .mant = x >> exp, .exp = exp };
}

static inline struct zram_tier_num zram_tier_num_times(struct zram_tier_num a,
						       u64 x)
{
	struct zram_tier_num b = zram_tier_num(x);
	struct zram_tier_num product = zram_tier_num((u64)a.mant * b.mant);

	product.exp += a.exp + b.exp;
	return product;
}

static inline bool zram_tier_num_less(struct zram_tier_num a,
				      struct zram_tier_num b)
{
	int bits_a = fls(a.mant), bits_b = fls(b.mant);

	if (!bits_a || !bits_b)
		return bits_b && !bits_a;
	if (bits_a + a.exp != bits_b + b.exp)
		return bits_a + a.exp < bits_b + b.exp;
	return (u64)a.mant << (32 - bits_a) < (u64)b.mant << (32 - bits_b);
}

#endif
