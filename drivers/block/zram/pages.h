/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PAGES_H_
#define _ZRAM_PAGES_H_

#include <linux/bits.h>
#include <linux/types.h>

struct page;
struct zram;
struct zram_rb_set;

/**
 * enum zram_pages_how - flags of a write
 * @ZRAM_PAGES_LATER: kcompressd may compress the page, see zram_kcompressd_wants()
 * @ZRAM_PAGES_SWAP: swap writes the page. It keeps the page if the write fails, so at
 *	mem_limit the write may fail without an attempt to compress the page
 */
enum zram_pages_how {
	ZRAM_PAGES_LATER	= BIT(0),
	ZRAM_PAGES_SWAP		= BIT(1),
};

int zram_pages_read(struct zram_rb_set *set, unsigned long index,
		    struct page *page);
int zram_pages_read_wait(struct zram *zram, unsigned long index,
			 struct page *page);
int zram_pages_write(struct zram *zram, unsigned long index, struct page *page,
		     unsigned int how);
int zram_pages_write_if(struct zram *zram, unsigned long index,
			struct page *page, unsigned int how, u32 expected);

#endif
