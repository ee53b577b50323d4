// SPDX-License-Identifier: GPL-2.0
/*
 * lzo-rle and lzo. They differ in the compressor only: lzo-rle adds a code for
 * runs of zeros, and one decompressor reads both.
 */

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/types.h>	/* lzo.h does not include it */
#include <linux/lzo.h>
#include <linux/vmalloc.h>

#include "comp.h"

/*
 * The compressors do not check the size of the output; the buffer holds the
 * worst case. That holds even if the page changes while it is compressed: they
 * never emit more literals than they have read.
 */
static_assert(lzo1x_worst_compress(PAGE_SIZE) <= ZRAM_COMP_BUF_SIZE);

static void *lzo_cctx_create(const struct zram_comp_params *params,
			     void *shared, int node)
{
	return vmalloc_node(LZO1X_MEM_COMPRESS, node);
}

static void lzo_cctx_destroy(void *ctx)
{
	vfree(ctx);
}

static int lzo_rle_compress(void *ctx, const void *src, void *dst,
			    unsigned int *len)
{
	size_t dst_len = ZRAM_COMP_BUF_SIZE;
	int ret;

	ret = lzorle1x_1_compress(src, PAGE_SIZE, dst, &dst_len, ctx);
	*len = dst_len;
	return ret == LZO_E_OK ? 0 : -EINVAL;
}

static int lzo_compress(void *ctx, const void *src, void *dst,
			unsigned int *len)
{
	size_t dst_len = ZRAM_COMP_BUF_SIZE;
	int ret;

	ret = lzo1x_1_compress(src, PAGE_SIZE, dst, &dst_len, ctx);
	*len = dst_len;
	return ret == LZO_E_OK ? 0 : -EINVAL;
}

static int lzo_decompress(void *ctx, const void *src, unsigned int len,
			  void *dst)
{
	size_t dst_len = PAGE_SIZE;
	int ret;

	ret = lzo1x_decompress_safe(src, len, dst, &dst_len);
	return ret == LZO_E_OK ? dst_len : -EINVAL;
}

const struct zram_comp_ops zram_comp_lzo_rle = {
	.name		= "lzo-rle",
	.cctx_create	= lzo_cctx_create,
	.cctx_destroy	= lzo_cctx_destroy,
	.compress	= lzo_rle_compress,
	.decompress	= lzo_decompress,
};

const struct zram_comp_ops zram_comp_lzo = {
	.name		= "lzo",
	.cctx_create	= lzo_cctx_create,
	.cctx_destroy	= lzo_cctx_destroy,
	.compress	= lzo_compress,
	.decompress	= lzo_decompress,
};
