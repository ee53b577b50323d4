/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_BYTES_H_
#define _ZRAM_LZPAGE_BYTES_H_

/* Eight bytes at a time, in a general register. The first is the lowest. */

#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#define LZPAGE_LOW7	0x7f7f7f7f7f7f7f7fULL
#define LZPAGE_HIGH	0x8080808080808080ULL

/* Groups of eight bytes that lzpage_is_random() looks at, and the distance between them */
#define LZPAGE_SAMPLES		32
#define LZPAGE_SAMPLE_STEP	128
/*
 * Least number of different values among these 256 bytes. Random bytes have 162 with a
 * deviation of 5. Bytes that a prefix code makes shorter have fewer.
 */
#define LZPAGE_SAMPLE_RANDOM	140

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

/* Number of zero bytes below the lowest byte that is not zero; @v is not 0 */
static __always_inline unsigned int lzpage_zeros_below(u64 v)
{
	return __ffs64(v) / 8;
}

/* Number of zero bytes above the highest byte that is not zero; @v is not 0 */
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

/* Bit 7 of byte k is clear if and only if bytes k to k + 2 of @v are 0 */
static __always_inline u64 lzpage_runs(u64 v)
{
	u64 used = ((v & LZPAGE_LOW7) + LZPAGE_LOW7) | v;

	return used | used >> 8 | used >> 16;
}

/* Bit 7 is set if and only if the lowest three bytes of @v are 0 */
static __always_inline u64 lzpage_run_at_0(u64 v)
{
	return (u64)!(v & 0xffffff) << 7;
}

/* Do samples from all of a block of 4 KiB have as many values as random bytes? */
static inline bool lzpage_is_random(const u8 *src)
{
	union {
		u8 byte[256];
		u64 word[256 / 8];
	} seen = {};
	unsigned int i, k;
	u64 v, nr = 0;

	for (i = 0; i < LZPAGE_SAMPLES; i++) {
		v = lzpage_load_once(src + i * LZPAGE_SAMPLE_STEP);
		for (k = 0; k < 8; k++, v >>= 8)
			seen.byte[v & 255] = 1;
	}
	/* Sums of every eighth byte, and then their sum modulo 256: 256 values would give 0 */
	for (i = 0; i < ARRAY_SIZE(seen.word); i++)
		nr += seen.word[i];
	return nr * 0x0101010101010101ULL >> 56 >= LZPAGE_SAMPLE_RANDOM;
}

#endif
