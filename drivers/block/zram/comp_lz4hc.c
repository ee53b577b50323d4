// SPDX-License-Identifier: GPL-2.0
/*
 * lz4hc: a longer search for the same format. The library loads a dictionary
 * once for a device, because that takes many times as long as compressing a
 * page; each page begins with a copy of that state.
 */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "comp.h"
#include "comp_lz4_common.h"

/* The library uses the last 64 KiB of a dictionary */
#define LZ4HC_DICT_MAX	SZ_64K

static int lz4hc_level(const struct zram_comp_params *params)
{
	return params->level == ZRAM_COMP_UNSET ? LZ4HC_DEFAULT_CLEVEL :
		params->level;
}

static void lz4hc_levels(int *least, int *greatest)
{
	/* The library takes 1 and 2 too, which are below its LZ4HC_MIN_CLEVEL */
	*least = 1;
	*greatest = LZ4HC_MAX_CLEVEL;
}

static int lz4hc_prepare(const struct zram_comp_params *params, void **shared)
{
	void *loaded;

	if (!params->dict)
		return 0;
	if (params->dict_size > LZ4HC_DICT_MAX)
		return -EINVAL;
	loaded = vmalloc(LZ4HC_MEM_COMPRESS);
	if (!loaded)
		return -ENOMEM;
	LZ4_resetStreamHC(loaded, lz4hc_level(params));
	LZ4_loadDictHC(loaded, params->dict, params->dict_size);
	*shared = loaded;
	return 0;
}

static void lz4hc_unprepare(void *shared)
{
	vfree(shared);
}

static void *lz4hc_cctx_create(const struct zram_comp_params *params,
			       void *shared, int node)
{
	return zram_comp_lz4_cctx_create(params, shared, LZ4HC_MEM_COMPRESS,
					node);
}

static int lz4hc_compress(void *data, const void *src, void *dst,
			  unsigned int *len)
{
	struct zram_comp_lz4_cctx *ctx = data;
	int ret;

	if (ctx->loaded) {
		memcpy(ctx->stream, ctx->loaded, LZ4HC_MEM_COMPRESS);
		ret = LZ4_compress_HC_continue(ctx->stream, src, dst,
					       PAGE_SIZE, ZRAM_COMP_BUF_SIZE);
	} else {
		ret = LZ4_compress_HC(src, dst, PAGE_SIZE, ZRAM_COMP_BUF_SIZE,
				      lz4hc_level(ctx->params), ctx->stream);
	}
	*len = ret;
	return ret > 0 ? 0 : -EINVAL;
}

const struct zram_comp_ops zram_comp_lz4hc = {
	.name		= "lz4hc",
	.takes_dict	= true,
	.levels		= lz4hc_levels,
	.prepare	= lz4hc_prepare,
	.unprepare	= lz4hc_unprepare,
	.cctx_create	= lz4hc_cctx_create,
	.cctx_destroy	= zram_comp_lz4_cctx_destroy,
	.dctx_create	= zram_comp_lz4_dctx_create,
	.compress	= lz4hc_compress,
	.decompress	= zram_comp_lz4_decompress,
};
