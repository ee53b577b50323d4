/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMP_LZ4_COMMON_H_
#define _ZRAM_COMP_LZ4_COMMON_H_

#include <linux/types.h>

struct zram_comp_params;

/**
 * struct zram_comp_lz4_cctx - context of a compressor of lz4 or lz4hc
 * @params: parameters of the device
 * @loaded: what the library made of the dictionary; NULL without one
 * @stream: what it works in
 */
struct zram_comp_lz4_cctx {
	const struct zram_comp_params *params;
	const void *loaded;
	void *stream;
};

void *zram_comp_lz4_cctx_create(const struct zram_comp_params *params,
				const void *loaded, size_t size, int node);
void zram_comp_lz4_cctx_destroy(void *data);
void *zram_comp_lz4_dctx_create(const struct zram_comp_params *params,
				void *shared, int node);
int zram_comp_lz4_decompress(void *data, const void *src, unsigned int len,
			     void *dst);

#endif
