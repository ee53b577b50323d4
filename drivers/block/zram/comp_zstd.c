// SPDX-License-Identifier: GPL-2.0
/*
 * zstd at its default level. The library does not allocate: it works in two
 * areas, sized once for an input of one page.
 */

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/zstd.h>

#include "comp.h"

#define ZSTD_LEVEL	3	/* the library's default */

struct zstd_ctx {
	zstd_parameters params;
	zstd_cctx *cctx;
	zstd_dctx *dctx;
	void *cctx_mem;
	void *dctx_mem;
};

static void zstd_ctx_destroy(void *data)
{
	struct zstd_ctx *ctx = data;

	vfree(ctx->cctx_mem);
	vfree(ctx->dctx_mem);
	kfree(ctx);
}

static void *zstd_ctx_create(int node)
{
	zstd_compression_parameters cparams;
	struct zstd_ctx *ctx;
	size_t size;

	ctx = kzalloc_obj(*ctx);
	if (!ctx)
		return NULL;

	ctx->params = zstd_get_params(ZSTD_LEVEL, PAGE_SIZE);

	cparams = zstd_get_cparams(ZSTD_LEVEL, PAGE_SIZE, 0);
	size = zstd_cctx_workspace_bound(&cparams);
	ctx->cctx_mem = vmalloc_node(size, node);
	if (!ctx->cctx_mem)
		goto err_destroy;
	ctx->cctx = zstd_init_cctx(ctx->cctx_mem, size);
	if (!ctx->cctx)
		goto err_destroy;

	size = zstd_dctx_workspace_bound();
	ctx->dctx_mem = vmalloc_node(size, node);
	if (!ctx->dctx_mem)
		goto err_destroy;
	ctx->dctx = zstd_init_dctx(ctx->dctx_mem, size);
	if (!ctx->dctx)
		goto err_destroy;

	return ctx;

err_destroy:
	zstd_ctx_destroy(ctx);
	return NULL;
}

static int zstd_compress(void *data, const void *src, void *dst,
			 unsigned int *len)
{
	struct zstd_ctx *ctx = data;
	size_t ret;

	ret = zstd_compress_cctx(ctx->cctx, dst, ZRAM_COMP_BUF_SIZE, src,
				 PAGE_SIZE, &ctx->params);
	if (zstd_is_error(ret))
		return -EINVAL;
	*len = ret;
	return 0;
}

static int zstd_decompress(void *data, const void *src, unsigned int len,
			   void *dst)
{
	struct zstd_ctx *ctx = data;
	size_t ret;

	ret = zstd_decompress_dctx(ctx->dctx, dst, PAGE_SIZE, src, len);
	return zstd_is_error(ret) ? -EINVAL : ret;
}

const struct zram_comp_ops zram_comp_zstd = {
	.name		= "zstd",
	.ctx_create	= zstd_ctx_create,
	.ctx_destroy	= zstd_ctx_destroy,
	.compress	= zstd_compress,
	.decompress	= zstd_decompress,
};
