/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_BYTES_H_
#define _ZRAM_LZPAGE_BYTES_H_

/* Eight bytes at a time, in a general register. The first is the lowest. */

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#define LZPAGE_LOW7	0x7f7f7f7f7f7f7f7fULL
#define LZPAGE_HIGH	0x8080808080808080ULL

static __always_inline u64 lzpage_load(const u8 *p)
{
	return get_unaligned_le64(p);
}

static __always_inline void lzpage_store(u8 *p, u64 v)
{
	put_unaligned_le64(v, p);
}

/* Order does not matter to a copy, so big endian machines need not swap */
static __always_inline void lzpage_copy8(u8 *to, const u8 *from)
{
	/* Not const: get_unaligned() has a variable of the type pointed to */
	put_unaligned(get_unaligned((u64 *)from), (u64 *)to);
}

/*
 * A page that is being compressed may change. Without this the compiler could
 * load a value twice and get two values.
 */
static __always_inline u64 lzpage_load_once(const u8 *p)
{
	u64 v = lzpage_load(p);

	OPTIMIZER_HIDE_VAR(v);
	return v;
}

/* Number of zero bytes below the lowest byte that is not; @v is not 0 */
static __always_inline unsigned int lzpage_zeros_below(u64 v)
{
	return __ffs64(v) / 8;
}

/* Number of zero bytes above the highest byte that is not; @v is not 0 */
static __always_inline unsigned int lzpage_zeros_above(u64 v)
{
	return (64 - fls64(v)) / 8;
}

/* Sums of bytes, without carries between them */
static __always_inline u64 lzpage_add(u64 a, u64 b)
{
	return ((a & LZPAGE_LOW7) + (b & LZPAGE_LOW7)) ^
		((a ^ b) & LZPAGE_HIGH);
}

/* Differences of bytes, without borrows between them */
static __always_inline u64 lzpage_sub(u64 a, u64 b)
{
	return ((a | LZPAGE_HIGH) - (b & LZPAGE_LOW7)) ^
		((a ^ ~b) & LZPAGE_HIGH);
}

#endif
