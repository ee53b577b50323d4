// SPDX-License-Identifier: GPL-2.0
/*
 * lz4. The level is its acceleration. A dictionary is read once for a device,
 * and each page begins with a copy of what the library made of it.
 */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "comp.h"

/* The library uses the last 64 KiB of a dictionary, and none of a short one */
#define LZ4_DICT_MIN	8
#define LZ4_DICT_MAX	SZ_64K

/*
 * Above this the library steps over everything anyway; far above, its arithmetic
 * overflows and what it makes is wrong.
 */
#define LZ4_ACCELERATION_MAX	65537

struct lz4_ctx {
	int acceleration;
	const struct zram_comp_params *params;
	const LZ4_stream_t *loaded;	/* the dictionary; NULL without one */
	LZ4_stream_t *stream;
};

static int lz4_prepare(const struct zram_comp_params *params, void **shared)
{
	LZ4_stream_t *loaded;

	if (!params->dict)
		return 0;
	if (params->dict_size < LZ4_DICT_MIN ||
	    params->dict_size > LZ4_DICT_MAX)
		return -EINVAL;
	/* It has to be zeroed: the library looks before it resets it */
	loaded = vzalloc(sizeof(*loaded));
	if (!loaded)
		return -ENOMEM;
	LZ4_loadDict(loaded, params->dict, params->dict_size);
	*shared = loaded;
	return 0;
}

static void lz4_unprepare(void *shared)
{
	vfree(shared);
}

static void lz4_ctx_destroy(void *data)
{
	struct lz4_ctx *ctx = data;

	vfree(ctx->stream);
	kfree(ctx);
}

static void *lz4_ctx_create(const struct zram_comp_params *params,
			    void *shared, int node)
{
	struct lz4_ctx *ctx = kzalloc_obj(*ctx);

	if (!ctx)
		return NULL;
	/* What was not given is negative */
	ctx->acceleration = clamp(params->level, 1, LZ4_ACCELERATION_MAX);
	ctx->params = params;
	ctx->loaded = shared;
	ctx->stream = vmalloc_node(LZ4_MEM_COMPRESS, node);
	if (ctx->stream)
		return ctx;
	lz4_ctx_destroy(ctx);
	return NULL;
}

static int lz4_compress(void *data, const void *src, void *dst,
			unsigned int *len)
{
	struct lz4_ctx *ctx = data;
	int ret;

	if (ctx->loaded) {
		*ctx->stream = *ctx->loaded;
		ret = LZ4_compress_fast_continue(ctx->stream, src, dst,
						 PAGE_SIZE, ZRAM_COMP_BUF_SIZE,
						 ctx->acceleration);
	} else {
		ret = LZ4_compress_fast(src, dst, PAGE_SIZE,
					ZRAM_COMP_BUF_SIZE, ctx->acceleration,
					ctx->stream);
	}
	*len = ret;
	return ret > 0 ? 0 : -EINVAL;
}

static int lz4_decompress(void *data, const void *src, unsigned int len,
			  void *dst)
{
	struct lz4_ctx *ctx = data;
	int ret;

	if (ctx->loaded)
		ret = LZ4_decompress_safe_usingDict(src, dst, len, PAGE_SIZE,
						    ctx->params->dict,
						    ctx->params->dict_size);
	else
		ret = LZ4_decompress_safe(src, dst, len, PAGE_SIZE);
	return ret >= 0 ? ret : -EINVAL;
}

const struct zram_comp_ops zram_comp_lz4 = {
	.name		= "lz4",
	.prepare	= lz4_prepare,
	.unprepare	= lz4_unprepare,
	.ctx_create	= lz4_ctx_create,
	.ctx_destroy	= lz4_ctx_destroy,
	.compress	= lz4_compress,
	.decompress	= lz4_decompress,
};
