/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_DECODE_H_
#define _ZRAM_LZPAGE_DECODE_H_

#include <linux/types.h>

#include "lzpage_format.h"
#include "lzpage_streams.h"

/* Most bytes of extra bits if eight bytes need not follow them: there are few sequences */
#define LZPAGE_FEW_EXTRA	14

/**
 * struct lzpage_decode_work - memory of the decoder
 * @literals: the literals of a block whose literals are coded; the decoder loads
 *	up to sixteen bytes behind them
 * @tokens: the tokens of the block, as entries of @token in struct zram_lzpage_tables
 * @extra: the extra bits of a block that has too few bytes behind them
 *
 * The contents do not matter to the next block.
 */
struct lzpage_decode_work {
	u8 literals[LZPAGE_BLOCK + 64];
	u16 tokens[LZPAGE_SEQUENCES_MAX + LZPAGE_STREAMS_SLACK];
	u8 extra[LZPAGE_FEW_EXTRA + 8];
};

int zram_lzpage_decode(const u8 *src, unsigned int len, u8 *dst,
		       struct lzpage_decode_work *work);

#endif
