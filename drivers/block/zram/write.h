/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WRITE_H_
#define _ZRAM_WRITE_H_

#include <linux/types.h>

struct zram;
struct zram_slot;

bool zram_write_same_filled(const void *src, unsigned long *word);
int zram_write_store(struct zram *zram, struct zram_slot *slot,
		     const void *src);
int zram_write_page(struct zram *zram, unsigned long index, const void *src,
		    u32 expected);

#endif
