// SPDX-License-Identifier: GPL-2.0
/* lz4 at its default acceleration. */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/vmalloc.h>

#include "comp.h"

static void *lz4_ctx_create(int node)
{
	return vmalloc_node(LZ4_MEM_COMPRESS, node);
}

static void lz4_ctx_destroy(void *ctx)
{
	vfree(ctx);
}

static int lz4_compress(void *ctx, const void *src, void *dst,
			unsigned int *len)
{
	int ret;

	ret = LZ4_compress_default(src, dst, PAGE_SIZE, ZRAM_COMP_BUF_SIZE,
				   ctx);
	*len = ret;
	return ret > 0 ? 0 : -EINVAL;
}

static int lz4_decompress(void *ctx, const void *src, unsigned int len,
			  void *dst)
{
	int ret = LZ4_decompress_safe(src, dst, len, PAGE_SIZE);

	return ret >= 0 ? ret : -EINVAL;
}

const struct zram_comp_ops zram_comp_lz4 = {
	.name		= "lz4",
	.ctx_create	= lz4_ctx_create,
	.ctx_destroy	= lz4_ctx_destroy,
	.compress	= lz4_compress,
	.decompress	= lz4_decompress,
};
