/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_DECODE_H_
#define _ZRAM_LZPAGE_DECODE_H_

#include <linux/types.h>

#include "lzpage_format.h"
#include "lzpage_streams.h"

/* If fewer than eight bytes follow the extra bits, there are few sequences and so few bytes */
#define LZPAGE_FEW_EXTRA	14

/**
 * struct lzpage_decode_work - memory of the decoder
 * @literals: the literals of a block, if they are coded or few bytes follow them in the
 *	object; the decoder loads up to sixteen bytes behind them
 * @sequences: the sequences of the block
 * @extra: the extra bits of a block that has too few bytes behind them
 *
 * The contents do not matter to the next block.
 */
struct lzpage_decode_work {
	u8 literals[LZPAGE_BLOCK + 64];
	struct lzpage_sequences sequences;
	u8 extra[LZPAGE_FEW_EXTRA + 8];
};

int zram_lzpage_decode(const u8 *src, unsigned int len, u8 *dst,
		       struct lzpage_decode_work *work);

#endif
