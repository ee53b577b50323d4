// SPDX-License-Identifier: GPL-2.0
/*
 * 842, the format of the POWER processors' compressor, in software.
 *
 * The library trusts its input: two of its templates write beyond the end of
 * the output, and in older kernels one reads from before its beginning. Input
 * from a backing device cannot be trusted, so the length of the output is
 * computed before the library decompresses.
 */

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/types.h>	/* sw842.h does not include it */
#include <linux/sw842.h>
#include <linux/vmalloc.h>

#include "comp.h"

/* A stream is a sequence of templates: five bits of opcode, and operands */
#define TEMPLATE_BITS	5
#define TEMPLATE_REPEAT	0x1b	/* repeat the last eight bytes */
#define TEMPLATE_ZEROS	0x1c
#define TEMPLATE_SHORT	0x1d	/* less than eight bytes, at the end */
#define TEMPLATE_END	0x1e
#define REPEAT_BITS	6
#define SHORT_BITS	3
#define CRC_BITS	32
#define PADDING_BITS	63	/* to a multiple of eight bytes */

/* Operand bits of the other templates, each of which outputs eight bytes */
static const u8 operand_bits[] = {
	64, 56, 56, 48, 41, 56, 48, 48, 40, 33, 56, 48, 48, 40, 33, 48, 40, 40,
	32, 25, 41, 33, 33, 25, 18, 8,
};

/* The @nr bits at bit @at of @src, which has @len bytes; at most eight */
static unsigned int comp_842_bits_at(const u8 *src, unsigned int len,
				     unsigned int at, unsigned int nr)
{
	unsigned int i = at / 8, word = 0;

	if (i < len)
		word = src[i] << 8;
	if (i + 1 < len)
		word |= src[i + 1];
	return (word >> (16 - at % 8 - nr)) & ((1 << nr) - 1);
}

static bool comp_842_makes_a_page(const u8 *src, unsigned int len)
{
	unsigned int at = 0, made = 0, end = len * 8, op, nr;

	while (at < end && made <= PAGE_SIZE) {
		op = comp_842_bits_at(src, len, at, TEMPLATE_BITS);
		at += TEMPLATE_BITS;
		switch (op) {
		case TEMPLATE_REPEAT:
			if (made < 8)
				return false;
			nr = comp_842_bits_at(src, len, at, REPEAT_BITS);
			at += REPEAT_BITS;
			made += 8 * (nr + 1);
			break;
		case TEMPLATE_ZEROS:
			made += 8;
			break;
		case TEMPLATE_SHORT:
			nr = comp_842_bits_at(src, len, at, SHORT_BITS);
			at += SHORT_BITS + 8 * nr;
			made += nr;
			break;
		case TEMPLATE_END:
			at += CRC_BITS;
			return made == PAGE_SIZE && at <= end &&
				end - at <= PADDING_BITS;
		default:
			if (op >= ARRAY_SIZE(operand_bits))
				return false;
			at += operand_bits[op];
			made += 8;
		}
	}
	return false;
}

static void *comp_842_cctx_create(const struct zram_comp_params *params,
				  void *shared, int node)
{
	return vmalloc_node(SW842_MEM_COMPRESS, node);
}

static void comp_842_cctx_destroy(void *ctx)
{
	vfree(ctx);
}

static int comp_842_compress(void *ctx, const void *src, void *dst,
			     unsigned int *len)
{
	*len = ZRAM_COMP_BUF_SIZE;
	return sw842_compress(src, PAGE_SIZE, dst, len, ctx) ? -EINVAL : 0;
}

static int comp_842_decompress(void *ctx, const void *src, unsigned int len,
			       void *dst)
{
	unsigned int dst_len = PAGE_SIZE;

	/* A stream that was cut in its padding is not valid either */
	if (len % 8 || !comp_842_makes_a_page(src, len))
		return -EINVAL;
	return sw842_decompress(src, len, dst, &dst_len) ? -EINVAL : dst_len;
}

const struct zram_comp_ops zram_comp_842 = {
	.name		= "842",
	.cctx_create	= comp_842_cctx_create,
	.cctx_destroy	= comp_842_cctx_destroy,
	.compress	= comp_842_compress,
	.decompress	= comp_842_decompress,
};
