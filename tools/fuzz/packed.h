/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packed reads need of the kernel beyond shim.h. A struct page is a pointer to
 * PAGE_SIZE bytes, which the fuzzer allocates one by one.
 */
#ifndef ZRAM_FUZZ_PACKED_H
#define ZRAM_FUZZ_PACKED_H

#include "shim.h"

struct page { u8 *data; };
struct bio_vec { struct page *bv_page; unsigned int bv_len, bv_offset; };
struct bio { int unused; };
struct zram_rb_packed;
typedef struct { int unused; } mempool_t;
typedef struct { int refs; } refcount_t;
typedef unsigned int blk_opf_t;
typedef u8 blk_status_t;

/* xxhash.h compares it in the preprocessor */
#undef BITS_PER_LONG
#define BITS_PER_LONG		__LONG_WIDTH__
#define __aligned(n)		__attribute__((aligned(n)))
#define MODULE_LICENSE(text)
#define MODULE_DESCRIPTION(text)
#define GOLDEN_RATIO_PRIME	0x61C8864680B583EBull
#define __GFP_DIRECT_RECLAIM	0
#define __GFP_IO		0
#define __GFP_NOMEMALLOC	0
#define __GFP_NOWARN		0
#define offset_in_page(p)	((unsigned long)(p) & (PAGE_SIZE - 1))
#define page_address(page)	((void *)(page)->data)
#define kmap_local_page(page)	((void *)(page)->data)
#define kunmap_local(addr)	((void)(addr))
#define flush_dcache_page(page)	((void)(page))
#define cond_resched()		((void)0)

static inline void memcpy_from_page(void *to, struct page *page, size_t offset,
				    size_t len)
{
	if (offset + len > PAGE_SIZE)
		abort();
	memcpy(to, page->data + offset, len);
}

static inline u32 get_unaligned_le32(const void *p)
{
	u32 value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static inline u64 get_unaligned_le64(const void *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static inline void put_unaligned_le32(u32 value, void *p)
{
	memcpy(p, &value, sizeof(value));
}

#endif
