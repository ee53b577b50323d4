/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel's lz4, lzo and zstd need beyond user.h */
#ifndef LZPAGE_KERNEL_LIB_H
#define LZPAGE_KERNEL_LIB_H

#include <limits.h>

#include "user.h"

/* A kernel's headers define one of them */
#if __BYTE_ORDER == __LITTLE_ENDIAN
#undef __BIG_ENDIAN
#else
#undef __LITTLE_ENDIAN
#endif

#ifdef __LP64__
#define BITS_PER_LONG		64
#define CONFIG_64BIT		1
#else
#define BITS_PER_LONG		32
#endif
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define fallthrough		__attribute__((__fallthrough__))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(!((x) & ((__typeof__(x))(a) - 1)))
#define BUILD_BUG_ON(condition)	_Static_assert(!(condition), #condition)
#define EXPORT_SYMBOL(name)	_Static_assert(1, "")
#define EXPORT_SYMBOL_GPL(name)	_Static_assert(1, "")
#define MODULE_LICENSE(text)	_Static_assert(1, "")
#define MODULE_DESCRIPTION(text) _Static_assert(1, "")

/* Not the C library's, which counts from one */
#define __ffs(v)		((unsigned int)__builtin_ctzl(v))
#define __fls(v)		((unsigned int)(BITS_PER_LONG - 1 - __builtin_clzl(v)))

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

#define get_unaligned_le16(p)	le16toh(get_unaligned((const u16 *)(p)))
#define get_unaligned_le32(p)	le32toh(get_unaligned((const u32 *)(p)))
#define swab32(v)		__builtin_bswap32(v)
#define swab64(v)		__builtin_bswap64(v)
#define get_unaligned_be32(p)	be32toh(get_unaligned((const u32 *)(p)))
#define get_unaligned_be64(p)	be64toh(get_unaligned((const u64 *)(p)))
#define put_unaligned_be32(x, p) put_unaligned((u32)htobe32(x), (u32 *)(p))
#define put_unaligned_be64(x, p) put_unaligned((u64)htobe64(x), (u64 *)(p))
#define put_unaligned_le16(x, p) put_unaligned((u16)htole16(x), (u16 *)(p))
#define put_unaligned_le32(x, p) put_unaligned((u32)htole32(x), (u32 *)(p))

#endif
