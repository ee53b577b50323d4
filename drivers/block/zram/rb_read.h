/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_READ_H_
#define _ZRAM_RB_READ_H_

#include <linux/blk_types.h>
#include <linux/kconfig.h>

struct bio;
struct page;
struct zram;
struct zram_rb_pool;
struct zram_rb_set;
struct zram_slot;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

struct zram_rb_pool *zram_rb_pool_create(const char *name);
void zram_rb_pool_destroy(struct zram_rb_pool *pool);
struct bio *zram_rb_split(struct zram *zram, struct bio *bio);
void zram_rb_add(struct zram_rb_set *set, const struct zram_slot *slot,
		 unsigned long index, struct page *page);
void zram_rb_submit(struct zram_rb_set *set);
void zram_rb_finish(struct zram_rb_set *set, blk_status_t status);
void zram_rb_read_one(struct zram *zram, struct bio *parent, unsigned long start,
		      const struct zram_slot *slot, unsigned long index);

#else

static inline struct bio *zram_rb_split(struct zram *zram, struct bio *bio)
{
	return bio;
}

static inline void zram_rb_add(struct zram_rb_set *set,
			       const struct zram_slot *slot,
			       unsigned long index, struct page *page)
{
}

static inline void zram_rb_submit(struct zram_rb_set *set)
{
}

static inline void zram_rb_finish(struct zram_rb_set *set,
				  blk_status_t status)
{
}

static inline void zram_rb_read_one(struct zram *zram, struct bio *parent,
				    unsigned long start,
				    const struct zram_slot *slot,
				    unsigned long index)
{
}

#endif
#endif
