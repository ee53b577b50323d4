/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_LZPAGE_FORMAT_H_
#define _ZRAM_LZPAGE_FORMAT_H_

/* The layout of a block, see Documentation/block/zram-lzpage.rst */

/* Bytes that a block decompresses to */
#define LZPAGE_BLOCK		4096U
/*
 * Little endian: number of literals in the lowest 12 bits, where 0 stands for
 * LZPAGE_BLOCK; above them the number of sequences plus LZPAGE_MODE_STEP times
 * the mode.
 */
#define LZPAGE_HEADER		3U
#define LZPAGE_COUNT_BITS	12
#define LZPAGE_COUNT_MASK	((1U << LZPAGE_COUNT_BITS) - 1)
/* One more than the most sequences of a block, each of which has a match of three bytes */
#define LZPAGE_MODE_STEP	1365U
#define LZPAGE_SEQUENCES_MAX	(LZPAGE_MODE_STEP - 1)
/* The most extra bits of a field of a sequence, and of its three fields */
#define LZPAGE_EXTRA_MAX	12
#define LZPAGE_EXTRA_BITS	(3 * LZPAGE_EXTRA_MAX)

/* How the literals are stored */
enum lzpage_mode {
	LZPAGE_RAW,
	LZPAGE_CODED_DIFFERENCES,
	LZPAGE_CODED_PLAIN,
	LZPAGE_MODES,		/* reserved: another format */
};

/* Tokens, and coded literals, are in this many streams in turn */
#define LZPAGE_STREAMS		4U
/* Up to this many of them, the size of a stream takes a byte, else two */
#define LZPAGE_SHORT_STREAMS	736U
/* The longest object of a block: all of its bytes are literals */
#define LZPAGE_BLOCK_MAX	(LZPAGE_HEADER + LZPAGE_BLOCK)

#endif
