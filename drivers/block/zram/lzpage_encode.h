/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_ENCODE_H_
#define _ZRAM_LZPAGE_ENCODE_H_

#include <linux/types.h>

#include "lzpage_format.h"

/* Log2 of the entries of the encoder's hash table */
#define LZPAGE_HASH_BITS	10
/* Bytes after a buffer that the encoder may overwrite: it stores eight bytes at a time */
#define LZPAGE_SLACK		64

/**
 * struct lzpage_encode_work - memory of the encoder
 * @hash: last position of four bytes with this hash, in bytes from the start of the
 *	block
 * @codes: the codes of the tokens of the block
 * @extra: the extra bits of the block
 * @plain: the literals of the block
 * @differences: the same literals, as differences where these are defined
 *
 * The contents do not matter to the next block.
 */
struct lzpage_encode_work {
	u16 hash[1 << LZPAGE_HASH_BITS];
	u16 codes[LZPAGE_SEQUENCES_MAX];
	u8 extra[LZPAGE_SEQUENCES_MAX * LZPAGE_EXTRA_BITS / 8 + LZPAGE_SLACK];
	u8 plain[LZPAGE_BLOCK + LZPAGE_SLACK];
	u8 differences[LZPAGE_BLOCK + LZPAGE_SLACK];
};

unsigned int zram_lzpage_encode(const u8 *src, u8 *dst, bool dense,
				struct lzpage_encode_work *work);

#endif
