/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_PACKED_H_
#define _ZRAM_RB_PACKED_H_

#include <linux/types.h>

struct page;
struct zram_rb_pool;
struct zram_rb_set;
struct zram_slot;

int zram_rb_packed_init(struct zram_rb_pool *pool, const char *name);
void zram_rb_packed_exit(struct zram_rb_pool *pool);
bool zram_rb_packed_add(struct zram_rb_set *set, const struct zram_slot *slot,
			unsigned long index, struct page *page);
void zram_rb_packed_add_reserved(struct zram_rb_set *set,
				 const struct zram_slot *slot,
				 unsigned long index, struct page *page);
void zram_rb_packed_submit(struct zram_rb_set *set);

#endif
