// SPDX-License-Identifier: GPL-2.0
/*
 * lz4. The level is its acceleration. The library loads a dictionary once for a
 * device; each page begins with a copy of that state.
 */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "comp.h"
#include "comp_lz4_common.h"

/* The library uses the last 64 KiB of a dictionary, and none of a short one */
#define LZ4_DICT_MIN	8
#define LZ4_DICT_MAX	SZ_64K

/*
 * Above this acceleration the library finds no match at all; far above, its
 * arithmetic overflows and its output is wrong.
 */
#define LZ4_ACCELERATION_MAX	65537

static void lz4_levels(int *least, int *greatest)
{
	*least = LZ4_ACCELERATION_DEFAULT;
	*greatest = INT_MAX;
}

static int lz4_prepare(const struct zram_comp_params *params, void **shared)
{
	LZ4_stream_t *loaded;

	if (!params->dict)
		return 0;
	if (params->dict_size < LZ4_DICT_MIN ||
	    params->dict_size > LZ4_DICT_MAX)
		return -EINVAL;
	/* Zeroed, because the library reads it before it resets it */
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

static void *lz4_cctx_create(const struct zram_comp_params *params,
			     void *shared, int node)
{
	return zram_comp_lz4_cctx_create(params, shared, LZ4_MEM_COMPRESS,
					node);
}

static int lz4_compress(void *data, const void *src, void *dst,
			unsigned int *len)
{
	struct zram_comp_lz4_cctx *ctx = data;
	/* ZRAM_COMP_UNSET is negative */
	int acceleration = clamp(ctx->params->level, 1, LZ4_ACCELERATION_MAX);
	int ret;

	if (ctx->loaded) {
		memcpy(ctx->stream, ctx->loaded, sizeof(LZ4_stream_t));
		ret = LZ4_compress_fast_continue(ctx->stream, src, dst,
						 PAGE_SIZE, ZRAM_COMP_BUF_SIZE,
						 acceleration);
	} else {
		ret = LZ4_compress_fast(src, dst, PAGE_SIZE,
					ZRAM_COMP_BUF_SIZE, acceleration,
					ctx->stream);
	}
	*len = ret;
	return ret > 0 ? 0 : -EINVAL;
}

const struct zram_comp_ops zram_comp_lz4 = {
	.name		= "lz4",
	.takes_dict	= true,
	.levels		= lz4_levels,
	.prepare	= lz4_prepare,
	.unprepare	= lz4_unprepare,
	.cctx_create	= lz4_cctx_create,
	.cctx_destroy	= zram_comp_lz4_cctx_destroy,
	.dctx_create	= zram_comp_lz4_dctx_create,
	.compress	= lz4_compress,
	.decompress	= zram_comp_lz4_decompress,
};
