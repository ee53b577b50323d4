/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_H_
#define _ZRAM_LZPAGE_H_

#include <linux/types.h>

#include "lzpage_decode.h"
#include "lzpage_encode.h"

/* Levels. Every decoder reads both */
#define LZPAGE_FAST	1
#define LZPAGE_DENSE	2

unsigned int zram_lzpage_compress(const void *src, unsigned int size, void *dst,
				  int level, struct lzpage_encode_work *work);
int zram_lzpage_decompress(const void *src, unsigned int len, void *dst,
			   unsigned int size, struct lzpage_decode_work *work);

#endif
