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

/*
 * That of the crypto API and of Linux's zram: no header and checksum, and a window
 * of 2 KiB. With one of 4 KiB, -12, text gets 1.2 % smaller, and each CPU takes
 * 8 KiB more; mixed data stays the same.
 */
#define DEFAULT_WINBITS	-11

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

/* The context of either direction */
static struct z_stream_s *deflate_stream_alloc(size_t workspace, int node)
{
	struct z_stream_s *stream = kzalloc_obj(*stream);

	if (!stream)
		return NULL;
	stream->workspace = vzalloc_node(workspace, node);
	if (stream->workspace)
		return stream;
	kfree(stream);
	return NULL;
}

static void deflate_stream_free(void *data)
{
	struct z_stream_s *stream = data;

	vfree(stream->workspace);
	kfree(stream);
}

static void *deflate_cctx_create(const struct zram_comp_params *params,
				 void *shared, int node)
{
	int winbits = deflate_winbits(params);
	struct z_stream_s *stream =
		deflate_stream_alloc(zlib_deflate_workspacesize(winbits,
								MAX_MEM_LEVEL),
				     node);

	if (!stream ||
	    zlib_deflateInit2(stream, deflate_level(params), Z_DEFLATED, winbits,
			      MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK)
		return stream;
	deflate_stream_free(stream);
	return NULL;
}

static void *deflate_dctx_create(const struct zram_comp_params *params,
				 void *shared, int node)
{
	struct z_stream_s *stream =
		deflate_stream_alloc(zlib_inflate_workspacesize(), node);

	if (!stream || zlib_inflateInit2(stream, deflate_winbits(params)) == Z_OK)
		return stream;
	deflate_stream_free(stream);
	return NULL;
}

static int deflate_compress(void *data, const void *src, void *dst,
			    unsigned int *len)
{
	struct z_stream_s *stream = data;

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
	struct z_stream_s *stream = data;

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
	.takes_winbits	= true,
	.levels		= deflate_levels,
	.prepare	= deflate_prepare,
	.cctx_create	= deflate_cctx_create,
	.cctx_destroy	= deflate_stream_free,
	.dctx_create	= deflate_dctx_create,
	.dctx_destroy	= deflate_stream_free,
	.compress	= deflate_compress,
	.decompress	= deflate_decompress,
};
