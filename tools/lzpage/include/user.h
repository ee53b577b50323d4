/* SPDX-License-Identifier: GPL-2.0 */
/* As much of the kernel's headers as lzpage needs in user space */
#ifndef LZPAGE_USER_H
#define LZPAGE_USER_H

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define static_assert		_Static_assert
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define BIT_ULL(n)		(1ULL << (n))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define min_t(type, a, b)	({ type a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define min(a, b)		({ __auto_type a_ = (a); __auto_type b_ = (b); a_ < b_ ? a_ : b_; })
#define __aligned(n)	__attribute__((__aligned__(n)))
#define noinline		__attribute__((__noinline__))
#define __init
#define __ro_after_init
#ifndef OPTIMIZER_HIDE_VAR
#define OPTIMIZER_HIDE_VAR(v)	({ __asm__ ("" : "=r" (v) : "0" (v)); })
#endif

static inline unsigned int __ffs64(u64 v)
{
	return __builtin_ctzll(v);
}

static inline int fls64(u64 v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

#define unaligned(p) \
	struct { __typeof__(*(p)) v; } __attribute__((__packed__, __may_alias__))
#define get_unaligned(p)	(((const unaligned(p) *)(p))->v)
#define put_unaligned(x, p)	((void)(((unaligned(p) *)(p))->v = (x)))

static inline u64 get_unaligned_le64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline void put_unaligned_le64(u64 v, void *p)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

#endif
