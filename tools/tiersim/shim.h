/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as the files of the policy that `build` names need in user
 * space. It stands for every <linux/...> header that they include.
 */
#ifndef ZRAM_TIERSIM_SHIM_H
#define ZRAM_TIERSIM_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define PAGE_SIZE		4096UL
#define NSEC_PER_USEC		1000
#define TICK_NSEC		4000000

#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min_not_zero(a, b)	((a) && (!(b) || (a) < (b)) ? (a) : (b))
#define min_t(t, a, b)		((t)min((t)(a), (t)(b)))
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi)	((t)min(max((t)(v), (t)(lo)), (t)(hi)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)
#define div_u64(a, b)		((u64)(a) / (u32)(b))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))

static inline u64 div_u64_rem(u64 a, u32 b, u32 *rem)
{
	*rem = a % b;
	return a / b;
}

static inline int fls(u32 x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#endif
