// SPDX-License-Identifier: GPL-2.0
/* deflate, by the kernel's zlib. It takes no dictionary here. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/math.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/zlib.h>

#include "comp.h"

/* Without header and checksum, and with room for a page of 4 KiB to be found in */
#define DEFAULT_WINBITS	-11

struct deflate_ctx {
	struct z_stream_s deflate;
	struct z_stream_s inflate;
};

static int deflate_winbits(const struct zram_comp_params *params)
{
	return params->winbits == ZRAM_COMP_UNSET ? DEFAULT_WINBITS :
		params->winbits;
}

static int deflate_level(const struct zram_comp_params *params)
{
	return params->level == ZRAM_COMP_UNSET ? Z_DEFAULT_COMPRESSION :
		params->level;
}

static void deflate_levels(int *least, int *greatest)
{
	*least = Z_DEFAULT_COMPRESSION;
	*greatest = Z_BEST_COMPRESSION;
}

static int deflate_prepare(const struct zram_comp_params *params, void **shared)
{
	int winbits = deflate_winbits(params);

	/* Negative for a stream without a header */
	if (abs(winbits) >= 9 && abs(winbits) <= MAX_WBITS)
		return 0;
	pr_err_ratelimited("deflate: invalid winbits %d\n", winbits);
	return -EINVAL;
}

static void deflate_ctx_destroy(void *data)
{
	struct deflate_ctx *ctx = data;

	vfree(ctx->deflate.workspace);
	vfree(ctx->inflate.workspace);
	kfree(ctx);
}

static void *deflate_ctx_create(const struct zram_comp_params *params,
				void *shared, int node)
{
	struct deflate_ctx *ctx = kzalloc_obj(*ctx);
	int winbits = deflate_winbits(params);

	if (!ctx)
		return NULL;
	ctx->deflate.workspace =
		vzalloc_node(zlib_deflate_workspacesize(winbits, MAX_MEM_LEVEL),
			     node);
	ctx->inflate.workspace = vzalloc_node(zlib_inflate_workspacesize(),
					      node);
	if (ctx->deflate.workspace && ctx->inflate.workspace &&
	    zlib_deflateInit2(&ctx->deflate, deflate_level(params), Z_DEFLATED,
			      winbits, MAX_MEM_LEVEL,
			      Z_DEFAULT_STRATEGY) == Z_OK &&
	    zlib_inflateInit2(&ctx->inflate, winbits) == Z_OK)
		return ctx;
	deflate_ctx_destroy(ctx);
	return NULL;
}

static int deflate_compress(void *data, const void *src, void *dst,
			    unsigned int *len)
{
	struct z_stream_s *stream = &((struct deflate_ctx *)data)->deflate;

	if (zlib_deflateReset(stream) != Z_OK)
		return -EINVAL;
	stream->next_in = src;
	stream->avail_in = PAGE_SIZE;
	stream->next_out = dst;
	stream->avail_out = ZRAM_COMP_BUF_SIZE;
	if (zlib_deflate(stream, Z_FINISH) != Z_STREAM_END)
		return -EINVAL;
	*len = stream->total_out;
	return 0;
}

static int deflate_decompress(void *data, const void *src, unsigned int len,
			      void *dst)
{
	struct z_stream_s *stream = &((struct deflate_ctx *)data)->inflate;

	if (zlib_inflateReset(stream) != Z_OK)
		return -EINVAL;
	stream->next_in = src;
	stream->avail_in = len;
	stream->next_out = dst;
	stream->avail_out = PAGE_SIZE;
	if (zlib_inflate(stream, Z_FINISH) != Z_STREAM_END || stream->avail_in)
		return -EINVAL;
	return stream->total_out;
}

const struct zram_comp_ops zram_comp_deflate = {
	.name		= "deflate",
	.levels		= deflate_levels,
	.prepare	= deflate_prepare,
	.ctx_create	= deflate_ctx_create,
	.ctx_destroy	= deflate_ctx_destroy,
	.compress	= deflate_compress,
	.decompress	= deflate_decompress,
};
