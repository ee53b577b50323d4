/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_STREAMS_H_
#define _ZRAM_LZPAGE_STREAMS_H_

#include <linux/types.h>

#include "lzpage_format.h"

/* Most symbols that the decoder stores after the last one */
#define LZPAGE_STREAMS_SLACK	19

/**
 * struct lzpage_sequences - the sequences of a block that is being decoded
 * @packed: the sequences, see LZPAGE_LENGTH_SHIFT
 * @todo: numbers of those that have extra bits, in ascending order
 * @nr_todo: number of these
 * @runs: sum of the runs
 */
struct lzpage_sequences {
	u64 packed[LZPAGE_SEQUENCES_MAX + LZPAGE_STREAMS_SLACK];
	u16 todo[LZPAGE_SEQUENCES_MAX + LZPAGE_STREAMS_SLACK];
	unsigned int nr_todo;
	unsigned int runs;
};

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
			    struct lzpage_sequences *to, unsigned int nr);

#endif
