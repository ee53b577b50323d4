/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_LITERALS_H_
#define _ZRAM_LZPAGE_LITERALS_H_

#include <linux/types.h>

#include "lzpage_format.h"

unsigned int zram_lzpage_literals_put(u8 *dst, const u8 *plain,
				      const u8 *differences, unsigned int nr,
				      enum lzpage_mode *mode);
int zram_lzpage_literals_get(const u8 *src, unsigned int len, u8 *dst,
			     unsigned int nr, enum lzpage_mode mode);

#endif
