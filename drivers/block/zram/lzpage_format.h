/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_FORMAT_H_
#define _ZRAM_LZPAGE_FORMAT_H_

/* The layout of a block, see Documentation/block/zram-lzpage.rst */

#include <linux/build_bug.h>

/* Bytes that a block decompresses to */
#define LZPAGE_BLOCK		4096U
/*
 * Little endian: number of literals in the lowest 12 bits, where 0 stands for
 * LZPAGE_BLOCK; number of sequences in the next ten; then the mode.
 */
#define LZPAGE_HEADER		3U
#define LZPAGE_LITERALS_BITS	12
#define LZPAGE_LITERALS_MASK	((1U << LZPAGE_LITERALS_BITS) - 1)
#define LZPAGE_SEQUENCES_BITS	10
#define LZPAGE_SEQUENCES_MAX	((1U << LZPAGE_SEQUENCES_BITS) - 1)
#define LZPAGE_MODE_SHIFT	(LZPAGE_LITERALS_BITS + LZPAGE_SEQUENCES_BITS)
#define LZPAGE_MODE_BITS	2
/* The most extra bits of a field of a sequence, and of its three fields */
#define LZPAGE_EXTRA_MAX	12
#define LZPAGE_EXTRA_BITS	(3 * LZPAGE_EXTRA_MAX)

/* How the literals are stored */
enum lzpage_mode {
	LZPAGE_RAW,
	LZPAGE_CODED_DIFFERENCES,
	LZPAGE_CODED_PLAIN,
	LZPAGE_CODED_TEXT,
};

static_assert(LZPAGE_CODED_TEXT < 1 << LZPAGE_MODE_BITS &&
	      LZPAGE_MODE_SHIFT + LZPAGE_MODE_BITS == 8 * LZPAGE_HEADER);

/* Tokens, and coded literals, are in this many streams in turn */
#define LZPAGE_STREAMS		4U
/* Up to this many tokens or literals, the size of a stream takes a byte, else two */
#define LZPAGE_SHORT_STREAMS	736U
/* The longest object of a block: all of its bytes are literals */
#define LZPAGE_BLOCK_MAX	(LZPAGE_HEADER + LZPAGE_BLOCK)

#endif
