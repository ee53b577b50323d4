// SPDX-License-Identifier: GPL-2.0
/*
 * lzpage: a compressor for pages of memory. Its format is described in
 * Documentation/block/zram-lzpage.rst.
 *
 * A larger page consists of blocks of LZPAGE_BLOCK bytes that do not depend on
 * each other, each after its length in two bytes. A page of that size is one
 * block without a length.
 */

#include <linux/errno.h>
#include <linux/types.h>

#include "lzpage.h"

#define LENGTH_SIZE	2

/**
 * zram_lzpage_compress() - compress a page
 * @src: the page; it may change meanwhile
 * @size: its size, bytes: a multiple of LZPAGE_BLOCK
 * @dst: for the result, 2 * @size bytes
 * @level: LZPAGE_FAST or LZPAGE_DENSE
 * @work: memory for this call
 *
 * Return: length of the result, bytes; above @size if the page does not
 *	compress.
 */
unsigned int zram_lzpage_compress(const void *src, unsigned int size, void *dst,
				  int level, struct lzpage_encode_work *work)
{
	bool dense = level == LZPAGE_DENSE;
	unsigned int done, len;
	u8 *at = dst;

	if (size == LZPAGE_BLOCK)
		return zram_lzpage_encode(src, dst, dense, work);
	for (done = 0; done < size; done += LZPAGE_BLOCK) {
		len = zram_lzpage_encode(src + done, at + LENGTH_SIZE, dense,
					 work);
		at[0] = len;
		at[1] = len >> 8;
		at += LENGTH_SIZE + len;
	}
	return at - (u8 *)dst;
}

/**
 * zram_lzpage_decompress() - decompress a page
 * @src: the compressed page
 * @len: its length, bytes
 * @dst: for the page, @size bytes
 * @size: size of the page, bytes: a multiple of LZPAGE_BLOCK
 * @work: memory for this call
 *
 * Does not read beyond @len nor write beyond @size, whatever the data is.
 *
 * Return: 0, or -EINVAL if @src is not valid; then @dst has some bytes.
 */
int zram_lzpage_decompress(const void *src, unsigned int len, void *dst,
			   unsigned int size, struct lzpage_decode_work *work)
{
	const u8 *at = src, *end = at + len;
	unsigned int done, one;
	int err;

	if (size == LZPAGE_BLOCK)
		return zram_lzpage_decode(src, len, dst, work);
	for (done = 0; done < size; done += LZPAGE_BLOCK) {
		if (end - at < LENGTH_SIZE)
			return -EINVAL;
		one = at[0] | at[1] << 8;
		at += LENGTH_SIZE;
		if (one > end - at)
			return -EINVAL;
		err = zram_lzpage_decode(at, one, dst + done, work);
		if (err)
			return err;
		at += one;
	}
	return at == end ? 0 : -EINVAL;
}
