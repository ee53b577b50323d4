/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_PACKED_H_
#define _ZRAM_RB_PACKED_H_

#include <linux/types.h>

struct page;
struct zram;
struct zram_rb_set;
struct zram_slot;
struct zram_rb_packed;

struct zram_rb_packed *zram_rb_packed_create_spare(void);
void zram_rb_packed_destroy(struct zram_rb_packed *packed);
bool zram_rb_packed_add(struct zram_rb_set *set, const struct zram_slot *slot,
			struct page *page);
void zram_rb_packed_submit(struct zram_rb_set *set);
int zram_rb_packed_read(struct zram *zram, const struct zram_slot *slot,
			struct page *page);

#endif
