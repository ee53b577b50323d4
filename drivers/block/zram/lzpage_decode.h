/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_DECODE_H_
#define _ZRAM_LZPAGE_DECODE_H_

#include <linux/types.h>

#include "lzpage_format.h"

/**
 * struct lzpage_decode_work - memory of the decoder
 * @literals: the literals of a block whose literals are coded; the decoder loads
 *	up to sixteen bytes behind them
 *
 * The contents do not matter to the next block.
 */
struct lzpage_decode_work {
	u8 literals[LZPAGE_BLOCK + 64];
};

int zram_lzpage_decode(const u8 *src, unsigned int len, u8 *dst,
		       struct lzpage_decode_work *work);

#endif
