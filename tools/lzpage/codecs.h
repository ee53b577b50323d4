/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LZPAGE_CODECS_H
#define LZPAGE_CODECS_H

/* lzpage and, beside it, the kernel's own compressors, from its sources */

#include "user.h"

#define PAGE	4096U
#define MOST	(2 * PAGE)

/* A compressor: both functions return the bytes that they have made, 0 on error */
struct codec {
	const char *name;
	int level;
	int (*init)(int level);
	unsigned int (*compress)(int level, const u8 *src, u8 *dst);
	unsigned int (*decompress)(const u8 *src, unsigned int len, u8 *dst);
};

#define NR_CODECS	7

extern const struct codec codecs[NR_CODECS];

#endif
