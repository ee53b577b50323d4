/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_STREAMS_H_
#define _ZRAM_LZPAGE_STREAMS_H_

#include <linux/types.h>

/* Most symbols that the decoder stores after the last one */
#define LZPAGE_STREAMS_SLACK	19

unsigned int zram_lzpage_put_bytes(u8 *dst, const u8 *bytes, unsigned int nr,
				   const u16 *codes, u16 *sizes);
unsigned int zram_lzpage_put_codes(u8 *dst, const u16 *codes, unsigned int nr,
				   u16 *sizes);
unsigned int zram_lzpage_put_sizes(u8 *dst, unsigned int nr, const u16 *sizes);
int zram_lzpage_get_sizes(const u8 *src, unsigned int len, unsigned int nr,
			  u16 *sizes);
void zram_lzpage_get_bytes(const u8 *src, unsigned int len, const u16 *sizes,
			   u8 *dst, unsigned int nr, const u16 *table);
void zram_lzpage_get_tokens(const u8 *src, unsigned int len, const u16 *sizes,
			    u16 *dst, unsigned int nr, const u16 *table);

#endif
