/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_READBACK_H_
#define _ZRAM_READBACK_H_

#include <linux/bvec.h>
#include <linux/kconfig.h>
#include <linux/types.h>

struct bio;
struct page;
struct zram;
struct zram_readback;
struct zram_readback_group;
struct zram_readback_pool;
struct zram_slot;

/**
 * struct zram_readback_set - what one bio reads from the backing device
 * @zram: the device
 * @parent: the bio
 * @start: when the bio came in, for I/O accounting
 * @group: keeps count of the reads; NULL before the first
 * @tail: the read that is being put together, not submitted yet
 *
 * Belongs to the submitter alone, on its stack.
 */
struct zram_readback_set {
	struct zram *zram;
	struct bio *parent;
	unsigned long start;
	struct zram_readback_group *group;
	struct zram_readback *tail;
};

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

struct zram_readback_pool *zram_readback_pool_create(const char *name);
void zram_readback_pool_destroy(struct zram_readback_pool *pool);
void zram_readback_add(struct zram_readback_set *set,
		       const struct zram_slot *slot, struct page *page);
void zram_readback_finish(struct zram_readback_set *set);
int zram_readback_wait(struct zram *zram, const struct zram_slot *slot,
		       struct page *page);

#else

static inline void zram_readback_add(struct zram_readback_set *set,
				     const struct zram_slot *slot,
				     struct page *page)
{
}

static inline void zram_readback_finish(struct zram_readback_set *set)
{
}

static inline int zram_readback_wait(struct zram *zram,
				     const struct zram_slot *slot,
				     struct page *page)
{
	return -EIO;
}

#endif
#endif
