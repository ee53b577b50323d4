/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_CAPACITY_H_
#define _ZRAM_CAPACITY_H_

#include <linux/types.h>

/* No bound. A shell can calculate with it */
#define ZRAM_CAPACITY_MAX	S64_MAX

/**
 * struct zram_capacity_input - what the forecast starts from
 * @size_pages: pages of disksize
 * @pages: slots with content
 * @same_pages: same-filled ones of them
 * @disk_pages: those on the backing device
 * @huge_pages: pages in memory that do not compress
 * @object_bytes: size of the objects in memory, and of staged pages
 * @pool_bytes: memory that objects and staged pages take
 * @limit_bytes: mem_limit; 0: none
 * @available_bytes: memory that is available; counts without mem_limit
 * @free_bytes: free blocks of the backing device
 * @budget_bytes: what tiering may write; U64_MAX: no bound
 * @spill_bytes: what spill may write; U64_MAX: no bound
 * @left: pages that left memory lately, from zram_capacity_count(); 0: none
 * @moves: tiering moves pages before memory is full
 * @spill: a page that memory has no space for goes to the backing device
 */
struct zram_capacity_input {
	u64 size_pages;
	u64 pages;
	u64 same_pages;
	u64 disk_pages;
	u64 huge_pages;
	u64 object_bytes;
	u64 pool_bytes;
	u64 limit_bytes;
	u64 available_bytes;
	u64 free_bytes;
	u64 budget_bytes;
	u64 spill_bytes;
	u32 left;
	bool moves;
	bool spill;
};

/**
 * struct zram_capacity - what a device can still store
 * @storable: bytes of pages like those stored
 * @ratio_percent: bytes stored in 100 bytes of memory
 * @memory_left: bytes of memory
 * @backing_left: bytes of the backing device
 * @budget_left: bytes that may be written to it
 *
 * None exceeds %ZRAM_CAPACITY_MAX.
 */
struct zram_capacity {
	u64 storable;
	u64 ratio_percent;
	u64 memory_left;
	u64 backing_left;
	u64 budget_left;
};

u32 zram_capacity_count(u32 left, u64 moved, u64 spilled);
void zram_capacity_forecast(const struct zram_capacity_input *in,
			    struct zram_capacity *out);
u64 zram_capacity_watch(const struct zram_capacity_input *in,
			const struct zram_capacity *out, u64 low);

#endif
