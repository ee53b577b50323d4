// SPDX-License-Identifier: GPL-2.0
/*
 * zstd. Without a dictionary the library does not allocate: it works in two
 * areas, sized once for an input of one page. With a dictionary it allocates
 * when it compresses for the first time, so creating a context compresses a
 * page. Later allocations do not wait for memory.
 */

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/zstd.h>

#include "comp.h"

/* Flags for the library's allocations, and whether one has failed */
struct zstd_mem {
	gfp_t gfp;
	bool failed;
};

/* The dictionary of a device, as both directions need it */
struct zstd_dict {
	struct zstd_mem mem;
	zstd_cdict *cdict;
	zstd_ddict *ddict;
};

struct zstd_compressor {
	zstd_parameters params;
	const struct zstd_dict *dict;	/* NULL without one */
	zstd_cctx *cctx;
	void *cctx_mem;			/* NULL with a dictionary */
	struct zstd_mem mem;
};

struct zstd_decompressor {
	const struct zstd_dict *dict;	/* NULL without one */
	zstd_dctx *dctx;
	void *dctx_mem;
};

static void *zstd_mem_alloc(void *opaque, size_t size)
{
	struct zstd_mem *mem = opaque;
	void *address = kvmalloc(size, mem->gfp | __GFP_NOWARN);

	if (!address)
		mem->failed = true;
	return address;
}

static void zstd_mem_free(void *opaque, void *address)
{
	kvfree(address);
}

static zstd_custom_mem zstd_mem_ops(struct zstd_mem *mem)
{
	return (zstd_custom_mem){
		zstd_mem_alloc, zstd_mem_free, mem,
	};
}

static int zstd_level(const struct zram_comp_params *params)
{
	return params->level == ZRAM_COMP_UNSET ? zstd_default_clevel() :
		params->level;
}

static void zstd_levels(int *least, int *greatest)
{
	*least = zstd_min_clevel();
	*greatest = zstd_max_clevel();
}

static void zstd_unprepare(void *shared)
{
	struct zstd_dict *dict = shared;

	if (!dict)
		return;
	zstd_free_cdict(dict->cdict);
	zstd_free_ddict(dict->ddict);
	kfree(dict);
}

static int zstd_prepare(const struct zram_comp_params *params, void **shared)
{
	zstd_compression_parameters cparams;
	struct zstd_dict *dict;
	bool failed;

	if (!params->dict)
		return 0;
	dict = kzalloc_obj(*dict);
	if (!dict)
		return -ENOMEM;
	dict->mem.gfp = GFP_KERNEL;
	cparams = zstd_get_cparams(zstd_level(params), PAGE_SIZE,
				   params->dict_size);
	dict->cdict = zstd_create_cdict_byreference(params->dict,
						    params->dict_size, cparams,
						    zstd_mem_ops(&dict->mem));
	dict->ddict = zstd_create_ddict_byreference(params->dict,
						    params->dict_size,
						    zstd_mem_ops(&dict->mem));
	if (dict->cdict && dict->ddict) {
		*shared = dict;
		return 0;
	}
	failed = dict->mem.failed;
	zstd_unprepare(dict);
	return failed ? -ENOMEM : -EINVAL;
}

static void zstd_cctx_destroy(void *data)
{
	struct zstd_compressor *ctx = data;

	if (ctx->dict)
		zstd_free_cctx(ctx->cctx);
	vfree(ctx->cctx_mem);
	kfree(ctx);
}

static void zstd_dctx_destroy(void *data)
{
	struct zstd_decompressor *ctx = data;

	vfree(ctx->dctx_mem);
	kfree(ctx);
}

static int zstd_compress(void *data, const void *src, void *dst,
			 unsigned int *len)
{
	struct zstd_compressor *ctx = data;
	size_t ret;

	if (ctx->dict)
		ret = zstd_compress_using_cdict(ctx->cctx, dst,
						ZRAM_COMP_BUF_SIZE, src,
						PAGE_SIZE, ctx->dict->cdict);
	else
		ret = zstd_compress_cctx(ctx->cctx, dst, ZRAM_COMP_BUF_SIZE,
					 src, PAGE_SIZE, &ctx->params);
	if (zstd_is_error(ret))
		return -EINVAL;
	*len = ret;
	return 0;
}

static int zstd_decompress(void *data, const void *src, unsigned int len,
			   void *dst)
{
	struct zstd_decompressor *ctx = data;
	size_t ret;

	if (ctx->dict)
		ret = zstd_decompress_using_ddict(ctx->dctx, dst, PAGE_SIZE,
						  src, len, ctx->dict->ddict);
	else
		ret = zstd_decompress_dctx(ctx->dctx, dst, PAGE_SIZE, src, len);
	return zstd_is_error(ret) ? -EINVAL : ret;
}

/*
 * Compress a page, so that the library allocates all it needs; NULL on failure
 */
static zstd_cctx *zstd_cctx_create_dict(struct zstd_compressor *ctx)
{
	void *mem = kvzalloc(PAGE_SIZE + ZRAM_COMP_BUF_SIZE, GFP_KERNEL);
	unsigned int len;

	if (!mem)
		return NULL;
	ctx->mem.gfp = GFP_KERNEL;
	ctx->cctx = zstd_create_cctx_advanced(zstd_mem_ops(&ctx->mem));
	if (ctx->cctx && zstd_compress(ctx, mem, mem + PAGE_SIZE, &len)) {
		zstd_free_cctx(ctx->cctx);
		ctx->cctx = NULL;
	}
	ctx->mem.gfp = GFP_NOWAIT;
	kvfree(mem);
	return ctx->cctx;
}

static zstd_cctx *zstd_cctx_create_plain(struct zstd_compressor *ctx, int level,
					 int node)
{
	zstd_compression_parameters cparams;
	size_t size;

	ctx->params = zstd_get_params(level, PAGE_SIZE);
	cparams = zstd_get_cparams(level, PAGE_SIZE, 0);
	size = zstd_cctx_workspace_bound(&cparams);
	ctx->cctx_mem = vmalloc_node(size, node);
	return ctx->cctx_mem ? zstd_init_cctx(ctx->cctx_mem, size) : NULL;
}

static void *zstd_cctx_create(const struct zram_comp_params *params,
			      void *shared, int node)
{
	struct zstd_compressor *ctx = kzalloc_obj(*ctx);

	if (!ctx)
		return NULL;
	ctx->dict = shared;
	ctx->cctx = shared ? zstd_cctx_create_dict(ctx) :
		zstd_cctx_create_plain(ctx, zstd_level(params), node);
	if (ctx->cctx)
		return ctx;
	zstd_cctx_destroy(ctx);
	return NULL;
}

static void *zstd_dctx_create(const struct zram_comp_params *params,
			      void *shared, int node)
{
	size_t size = zstd_dctx_workspace_bound();
	struct zstd_decompressor *ctx = kzalloc_obj(*ctx);

	if (!ctx)
		return NULL;
	ctx->dict = shared;
	ctx->dctx_mem = vmalloc_node(size, node);
	if (ctx->dctx_mem)
		ctx->dctx = zstd_init_dctx(ctx->dctx_mem, size);
	if (ctx->dctx)
		return ctx;
	zstd_dctx_destroy(ctx);
	return NULL;
}

const struct zram_comp_ops zram_comp_zstd = {
	.name		= "zstd",
	.takes_dict	= true,
	.levels		= zstd_levels,
	.prepare	= zstd_prepare,
	.unprepare	= zstd_unprepare,
	.cctx_create	= zstd_cctx_create,
	.cctx_destroy	= zstd_cctx_destroy,
	.dctx_create	= zstd_dctx_create,
	.dctx_destroy	= zstd_dctx_destroy,
	.compress	= zstd_compress,
	.decompress	= zstd_decompress,
};
