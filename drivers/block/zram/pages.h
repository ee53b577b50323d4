/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PAGES_H_
#define _ZRAM_PAGES_H_

#include <linux/types.h>

struct page;
struct zram;
struct zram_rb_set;

int zram_pages_read(struct zram_rb_set *set, unsigned long index,
		    struct page *page);
int zram_pages_read_wait(struct zram *zram, unsigned long index,
			 struct page *page);
int zram_pages_write(struct zram *zram, unsigned long index, struct page *page,
		     bool later);
int zram_pages_write_if(struct zram *zram, unsigned long index,
			struct page *page, u32 expected);

#endif
