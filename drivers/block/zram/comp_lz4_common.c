// SPDX-License-Identifier: GPL-2.0
/* Code that lz4 and lz4hc share: both write the same format. */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "comp.h"
#include "comp_lz4_common.h"

/**
 * zram_comp_lz4_cctx_create() - allocate the context of a compressor
 * @params: parameters of the device
 * @loaded: what the library made of the dictionary, NULL without one
 * @size: bytes the library works in
 * @node: NUMA node
 *
 * Context: May sleep.
 * Return: the context, or NULL if there is no memory.
 */
void *zram_comp_lz4_cctx_create(const struct zram_comp_params *params,
				const void *loaded, size_t size, int node)
{
	struct zram_comp_lz4_cctx *ctx = kzalloc_obj(*ctx);

	if (!ctx)
		return NULL;
	ctx->params = params;
	ctx->loaded = loaded;
	ctx->stream = vmalloc_node(size, node);
	if (ctx->stream)
		return ctx;
	zram_comp_lz4_cctx_destroy(ctx);
	return NULL;
}

/**
 * zram_comp_lz4_cctx_destroy() - undo zram_comp_lz4_cctx_create()
 * @data: the context
 */
void zram_comp_lz4_cctx_destroy(void *data)
{
	struct zram_comp_lz4_cctx *ctx = data;

	vfree(ctx->stream);
	kfree(ctx);
}

/**
 * zram_comp_lz4_dctx_create() - the context of a decompressor
 * @params: parameters of the device
 * @shared: what the library made of the dictionary, NULL without one
 * @node: NUMA node
 *
 * The decompressor needs the dictionary alone, and no memory.
 *
 * Return: the parameters.
 */
void *zram_comp_lz4_dctx_create(const struct zram_comp_params *params,
				void *shared, int node)
{
	return (void *)params;
}

/**
 * zram_comp_lz4_decompress() - decompress to a page
 * @data: the context
 * @src: the data
 * @len: its length, bytes
 * @dst: the page
 *
 * Return: bytes written to @dst, or -EINVAL.
 */
int zram_comp_lz4_decompress(void *data, const void *src, unsigned int len,
			     void *dst)
{
	const struct zram_comp_params *params = data;
	int ret;

	if (params->dict)
		ret = LZ4_decompress_safe_usingDict(src, dst, len, PAGE_SIZE,
						    params->dict,
						    params->dict_size);
	else
		ret = LZ4_decompress_safe(src, dst, len, PAGE_SIZE);
	return ret >= 0 ? ret : -EINVAL;
}
