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
/* More than the matches of three bytes that a block has */
#define LZPAGE_MODE_STEP	1365U

/* How the literals are stored */
enum lzpage_mode {
	LZPAGE_RAW,
	LZPAGE_CODED_DIFFERENCES,
	LZPAGE_CODED_PLAIN,
	LZPAGE_MODES,		/* reserved: another format */
};

/* Literals are in this many streams in turn */
#define LZPAGE_STREAMS		4U
/* Up to this many literals, the size of a stream takes a byte, else two */
#define LZPAGE_SHORT_STREAMS	800U
/* The longest block, whose literals are the block */
#define LZPAGE_BLOCK_MAX	(LZPAGE_HEADER + LZPAGE_BLOCK)

#endif
