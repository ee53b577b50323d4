// SPDX-License-Identifier: GPL-2.0
/*
 * The forecast of a device: how much more it can store, if pages to come are like those
 * that are stored.
 *
 * A page to come is same-filled as often as pages were until now, and then takes nothing.
 * Otherwise it is as large as the mean object in memory, and takes as much more as the
 * allocator adds. Tiering packs objects on the backing device, and spill writes whole
 * pages.
 *
 * The functions take no lock and change nothing but their result.
 */

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "capacity.h"
#include "table.h"
#include "tier_num.h"

/*
 * The allocator rounds sizes up, by a sixteenth of an object at most. The rest of its
 * waste are gaps: their number is about constant, so an object to come adds none. Where
 * handles have few bits for the place in a page the least size is larger: 2 KiB on ARM with
 * LPAE. There, more is forecast than fits.
 */
#define MOST_WASTE	16
/*
 * If less than this part of mem_limit is left, the thread of tiering is slower than the
 * writers. Without spill, writes are about to fail, and the backing device does not count.
 */
#define TOO_SLOW	32
/*
 * The counts of pages that left are halved when their sum exceeds LATELY, so pages that left
 * earlier count less. They begin as if a few of many pages had been spilled: the thread keeps
 * up with most writers, but not while it wakes up.
 */
#define LATELY		16384
#define PRIOR_MOVED	8000
#define PRIOR_SPILLED	128

/* @x * @mul / @div to 31 bits, or exactly if the product has 64 bits */
static u64 capacity_scale(u64 x, u64 mul, u64 div)
{
	u64 product;

	while (check_mul_overflow(x, mul, &product)) {
		if (x > mul)
			x >>= 1;
		else
			mul >>= 1;
		div >>= 1;
		if (!div)
			return U64_MAX;
	}
	return div64_u64(product, div);
}

/**
 * struct capacity_mean - the mean of the objects in memory
 * @objects: how many; not 0
 * @bytes: their size; not 0. Packed, they take as much on the backing device
 * @memory: memory that as many objects more would take, bytes; not 0
 */
struct capacity_mean {
	u64 objects;
	u64 bytes;
	u64 memory;
};

static void capacity_mean(const struct zram_capacity_input *in,
			  struct capacity_mean *mean)
{
	u64 objects = zram_tier_sub(in->pages, in->same_pages);
	u64 compressed, waste;

	objects = zram_tier_sub(objects, in->disk_pages);
	/* Counters are not read at one moment. Without any object, expect the worst */
	if (!objects || !in->object_bytes) {
		*mean = (struct capacity_mean){ 1, PAGE_SIZE, PAGE_SIZE };
		return;
	}
	compressed = zram_tier_sub(in->object_bytes,
				   zram_tier_mul(in->huge_pages, PAGE_SIZE));
	waste = zram_tier_sub(in->pool_bytes, in->object_bytes);
	*mean = (struct capacity_mean){
		.objects = objects,
		.bytes = in->object_bytes,
		.memory = zram_tier_add(in->object_bytes,
					min(waste, compressed / MOST_WASTE)),
	};
}

/* Of pages that take space, and same-filled pages beside them */
static u64 capacity_with_same(const struct zram_capacity_input *in, u64 pages)
{
	u64 others = zram_tier_sub(in->pages, in->same_pages);

	if (!in->pages)
		return pages;
	return others ? capacity_scale(pages, in->pages, others) : U64_MAX;
}

/* Is memory so full that the thread does not move pages in time? */
static bool capacity_is_tight(const struct zram_capacity_input *in, u64 memory_left)
{
	return memory_left < in->limit_bytes / TOO_SLOW;
}

/* Both counts are in one word, so that a reader has both of the same moment */
static u32 capacity_moved(u32 left)
{
	return left ? left >> 16 : PRIOR_MOVED;
}

static u32 capacity_spilled(u32 left)
{
	return left ? (u16)left : PRIOR_SPILLED;
}

/* What a page takes on the backing device if the share of spilled pages stays; bytes */
static u64 capacity_disk_page(const struct zram_capacity_input *in,
			      const struct capacity_mean *mean)
{
	u32 moved = capacity_moved(in->left), spilled = capacity_spilled(in->left);
	u64 left = moved + spilled, bytes;

	bytes = capacity_scale(div64_u64(mean->bytes, mean->objects), moved, left);
	bytes = zram_tier_add(bytes, capacity_scale(PAGE_SIZE, spilled, left));
	return clamp_t(u64, bytes, 1, PAGE_SIZE);
}

/* Pages that take space and can be stored */
static u64 capacity_pages(const struct zram_capacity_input *in,
			  const struct capacity_mean *mean, u64 memory_left)
{
	u64 pages = capacity_scale(memory_left, mean->objects, mean->memory);
	bool tight = capacity_is_tight(in, memory_left);
	u64 packed = 0, raw;

	if (in->moves && (in->spill || !tight))
		packed = min(in->free_bytes, in->budget_bytes);
	pages = zram_tier_add(pages, tight ?
			      div64_u64(packed, capacity_disk_page(in, mean)) :
			      capacity_scale(packed, mean->objects, mean->bytes));
	if (!in->spill)
		return pages;
	raw = zram_tier_sub(min(in->free_bytes, in->spill_bytes), packed);
	return zram_tier_add(pages, raw >> PAGE_SHIFT);
}

/**
 * zram_capacity_count() - count pages that have left memory
 * @left: the count until now; 0 at first
 * @moved: pages that tiering has moved since
 * @spilled: pages that writers have spilled since
 *
 * Return: the count.
 */
u32 zram_capacity_count(u32 left, u64 moved, u64 spilled)
{
	moved = zram_tier_add(capacity_moved(left), moved);
	spilled = zram_tier_add(capacity_spilled(left), spilled);
	while (zram_tier_add(moved, spilled) > LATELY) {
		moved /= 2;
		spilled /= 2;
	}
	return moved << 16 | spilled;
}

/**
 * zram_capacity_forecast() - forecast what a device can still store
 * @in: what is known of it
 * @out: the forecast
 */
void zram_capacity_forecast(const struct zram_capacity_input *in,
			    struct zram_capacity *out)
{
	u64 memory_left = in->limit_bytes ?
		zram_tier_sub(in->limit_bytes, in->pool_bytes) :
		in->available_bytes;
	u64 size_left = zram_tier_sub(in->size_pages, in->pages);
	struct capacity_mean mean;
	u64 pages, percent;

	capacity_mean(in, &mean);
	pages = capacity_with_same(in, capacity_pages(in, &mean, memory_left));
	percent = capacity_scale(100 * PAGE_SIZE, mean.objects, mean.memory);
	pages = zram_tier_mul(min(size_left, pages), PAGE_SIZE);
	percent = capacity_with_same(in, percent);

	*out = (struct zram_capacity){
		.storable = min_t(u64, pages, ZRAM_CAPACITY_MAX),
		.ratio_percent = min_t(u64, percent, ZRAM_CAPACITY_MAX),
		.memory_left = min_t(u64, memory_left, ZRAM_CAPACITY_MAX),
		.backing_left = min_t(u64, in->free_bytes, ZRAM_CAPACITY_MAX),
		.budget_left = min_t(u64, in->budget_bytes, ZRAM_CAPACITY_MAX),
	};
}

/**
 * zram_capacity_watch() - find the memory use at which @low is left
 * @in: what is known of a device
 * @out: its forecast
 * @low: bytes
 *
 * Return: bytes of the pool at which storable is @low or more, or at which tiering is
 *	found to be too slow; 0 if @low or less is left.
 */
u64 zram_capacity_watch(const struct zram_capacity_input *in,
			const struct zram_capacity *out, u64 low)
{
	u64 memory;

	if (out->storable <= low)
		return 0;
	memory = capacity_scale(out->storable - low, 100, max(out->ratio_percent, 1));
	if (in->limit_bytes && in->moves && !capacity_is_tight(in, out->memory_left))
		memory = min(memory, out->memory_left - in->limit_bytes / TOO_SLOW);
	return max(zram_tier_add(in->pool_bytes, memory), 1);
}
