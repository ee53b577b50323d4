// SPDX-License-Identifier: GPL-2.0
/*
 * The compressors that tools/lzpage measures. All are compiled from the files that a
 * kernel has, with the same options, and called as zram calls them.
 */

#include <stdlib.h>

#include "kernel_lib.h"
#include <linux/lz4.h>
#include <linux/lzo.h>
#include <linux/zstd.h>

#include "codecs.h"
#include "lzpage.h"
#include "lzpage_tables.h"

static struct lzpage_encode_work encode_work;
static struct lzpage_decode_work decode_work;

static int lzpage_init(int level)
{
	zram_lzpage_tables_init();
	return 0;
}

static unsigned int lzpage_compress(int level, const u8 *src, u8 *dst)
{
	return zram_lzpage_compress(src, PAGE, dst, level, &encode_work);
}

static unsigned int lzpage_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	return zram_lzpage_decompress(src, len, dst, PAGE, &decode_work) ?
		0 : PAGE;
}

static void *lz4_mem;

static int lz4_init(int level)
{
	lz4_mem = malloc(level ? LZ4HC_MEM_COMPRESS : LZ4_MEM_COMPRESS);
	return lz4_mem ? 0 : -1;
}

static unsigned int lz4_compress(int level, const u8 *src, u8 *dst)
{
	return LZ4_compress_default((const char *)src, (char *)dst, PAGE, MOST,
				    lz4_mem);
}

static unsigned int lz4hc_compress(int level, const u8 *src, u8 *dst)
{
	return LZ4_compress_HC((const char *)src, (char *)dst, PAGE, MOST, level,
			       lz4_mem);
}

static unsigned int lz4_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	int made = LZ4_decompress_safe((const char *)src, (char *)dst, len, PAGE);

	return made < 0 ? 0 : made;
}

static void *lzo_mem;

static int lzo_init(int level)
{
	lzo_mem = malloc(LZO1X_MEM_COMPRESS);
	return lzo_mem ? 0 : -1;
}

static unsigned int lzo_compress(int level, const u8 *src, u8 *dst)
{
	size_t made = MOST;

	return lzorle1x_1_compress(src, PAGE, dst, &made, lzo_mem) ? 0 : made;
}

static unsigned int lzo_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	size_t made = PAGE;

	return lzo1x_decompress_safe(src, len, dst, &made) ? 0 : made;
}

static zstd_parameters zstd_params;
static zstd_cctx *zstd_c;
static zstd_dctx *zstd_d;

static int zstd_init(int level)
{
	size_t c_size, d_size = zstd_dctx_workspace_bound();
	void *c, *d;

	zstd_params = zstd_get_params(level, PAGE);
	c_size = zstd_cctx_workspace_bound(&zstd_params.cParams);
	c = malloc(c_size);
	d = malloc(d_size);
	if (!c || !d)
		return -1;
	zstd_c = zstd_init_cctx(c, c_size);
	zstd_d = zstd_init_dctx(d, d_size);
	return zstd_c && zstd_d ? 0 : -1;
}

static unsigned int zstd_compress(int level, const u8 *src, u8 *dst)
{
	size_t made = zstd_compress_cctx(zstd_c, dst, MOST, src, PAGE,
					 &zstd_params);

	return zstd_is_error(made) ? 0 : made;
}

static unsigned int zstd_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	size_t made = zstd_decompress_dctx(zstd_d, dst, PAGE, src, len);

	return zstd_is_error(made) ? 0 : made;
}

const struct codec codecs[NR_CODECS] = {
	{ "lzo-rle", 0, lzo_init, lzo_compress, lzo_decompress },
	{ "lz4", 0, lz4_init, lz4_compress, lz4_decompress },
	{ "lz4hc", LZ4HC_DEFAULT_CLEVEL, lz4_init, lz4hc_compress, lz4_decompress },
	{ "zstd 1", 1, zstd_init, zstd_compress, zstd_decompress },
	{ "zstd 3", 3, zstd_init, zstd_compress, zstd_decompress },
	{ "lzpage 1", LZPAGE_FAST, lzpage_init, lzpage_compress,
	  lzpage_decompress },
	{ "lzpage 2", LZPAGE_DENSE, lzpage_init, lzpage_compress,
	  lzpage_decompress },
};
