/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WRITE_H_
#define _ZRAM_WRITE_H_

#include <linux/types.h>

struct zram;

int zram_write_page(struct zram *zram, unsigned long index, const void *src,
		    u32 expected);

#endif
