/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WRITE_H_
#define _ZRAM_WRITE_H_

#include <linux/types.h>

struct page;
struct zram;
struct zram_slot;

bool zram_write_same_filled(struct page *page, unsigned long *word);
int zram_write_object(struct zram *zram, struct zram_slot *slot,
		      struct page *page, int nid, bool admitted,
		      unsigned int size);
unsigned int zram_write_batch(struct zram *zram, struct zram_slot *slots,
			      struct page **pages, unsigned int nr,
			      unsigned int *size);

#endif
