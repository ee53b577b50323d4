// SPDX-License-Identifier: GPL-2.0
/*
 * lzpage, this driver's own compressor. Its levels differ in the encoder only, so
 * any stream decompresses the objects of both.
 */

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/vmalloc.h>

#include "comp.h"
#include "lzpage.h"

#define LZPAGE_DEFAULT	LZPAGE_DENSE

static_assert(PAGE_SIZE % LZPAGE_BLOCK == 0);

/* A stream that compresses */
struct lzpage_cctx {
	int level;
	struct lzpage_encode_work work;
};

static void lzpage_levels(int *least, int *greatest)
{
	*least = LZPAGE_FAST;
	*greatest = LZPAGE_DENSE;
}

static void *lzpage_cctx_create(const struct zram_comp_params *params,
				void *shared, int node)
{
	struct lzpage_cctx *ctx = vmalloc_node(sizeof(*ctx), node);

	if (ctx)
		ctx->level = params->level == ZRAM_COMP_UNSET ?
			LZPAGE_DEFAULT : params->level;
	return ctx;
}

static void *lzpage_dctx_create(const struct zram_comp_params *params,
				void *shared, int node)
{
	return vmalloc_node(sizeof(struct lzpage_decode_work), node);
}

static void lzpage_ctx_destroy(void *ctx)
{
	vfree(ctx);
}

static int lzpage_compress(void *data, const void *src, void *dst,
			   unsigned int *len)
{
	struct lzpage_cctx *ctx = data;

	*len = zram_lzpage_compress(src, PAGE_SIZE, dst, ctx->level,
				    &ctx->work);
	return 0;
}

static int lzpage_decompress(void *ctx, const void *src, unsigned int len,
			     void *dst)
{
	int err = zram_lzpage_decompress(src, len, dst, PAGE_SIZE, ctx);

	return err ? err : PAGE_SIZE;
}

const struct zram_comp_ops zram_comp_lzpage = {
	.name		= "lzpage",
	.levels		= lzpage_levels,
	.cctx_create	= lzpage_cctx_create,
	.cctx_destroy	= lzpage_ctx_destroy,
	.dctx_create	= lzpage_dctx_create,
	.dctx_destroy	= lzpage_ctx_destroy,
	.compress	= lzpage_compress,
	.decompress	= lzpage_decompress,
};
