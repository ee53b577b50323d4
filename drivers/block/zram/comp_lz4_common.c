// SPDX-License-Identifier: GPL-2.0
/* What lz4 and lz4hc share: they write the same format. */

#include <linux/errno.h>
#include <linux/lz4.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "comp.h"
#include "comp_lz4_common.h"

/**
 * zram_comp_lz4_ctx_create() - make what a stream needs
 * @params: parameters of the device
 * @loaded: what the library made of the dictionary, NULL without one
 * @size: bytes the library works in
 * @node: NUMA node
 *
 * Context: May sleep.
 * Return: the context, or NULL if there is no memory.
 */
void *zram_comp_lz4_ctx_create(const struct zram_comp_params *params,
			       const void *loaded, size_t size, int node)
{
	struct zram_comp_lz4_ctx *ctx = kzalloc_obj(*ctx);

	if (!ctx)
		return NULL;
	ctx->params = params;
	ctx->loaded = loaded;
	ctx->stream = vmalloc_node(size, node);
	if (ctx->stream)
		return ctx;
	zram_comp_lz4_ctx_destroy(ctx);
	return NULL;
}

/**
 * zram_comp_lz4_ctx_destroy() - undo zram_comp_lz4_ctx_create()
 * @data: the context
 *
 * Context: Process context.
 */
void zram_comp_lz4_ctx_destroy(void *data)
{
	struct zram_comp_lz4_ctx *ctx = data;

	vfree(ctx->stream);
	kfree(ctx);
}

/**
 * zram_comp_lz4_decompress() - decompress to a page
 * @data: the context
 * @src: the data
 * @len: its length, bytes
 * @dst: the page
 *
 * Context: Any; does not sleep.
 * Return: bytes written to @dst, or -EINVAL.
 */
int zram_comp_lz4_decompress(void *data, const void *src, unsigned int len,
			     void *dst)
{
	struct zram_comp_lz4_ctx *ctx = data;
	int ret;

	if (ctx->loaded)
		ret = LZ4_decompress_safe_usingDict(src, dst, len, PAGE_SIZE,
						    ctx->params->dict,
						    ctx->params->dict_size);
	else
		ret = LZ4_decompress_safe(src, dst, len, PAGE_SIZE);
	return ret >= 0 ? ret : -EINVAL;
}
