/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMP_LZ4_COMMON_H_
#define _ZRAM_COMP_LZ4_COMMON_H_

#include <linux/types.h>

struct zram_comp_params;

/**
 * struct zram_comp_lz4_ctx - what a stream of lz4 or lz4hc needs
 * @params: parameters of the device
 * @loaded: what the library made of the dictionary; NULL without one
 * @stream: what it works in
 */
struct zram_comp_lz4_ctx {
	const struct zram_comp_params *params;
	const void *loaded;
	void *stream;
};

void *zram_comp_lz4_ctx_create(const struct zram_comp_params *params,
			       const void *loaded, size_t size, int node);
void zram_comp_lz4_ctx_destroy(void *data);
int zram_comp_lz4_decompress(void *data, const void *src, unsigned int len,
			     void *dst);

#endif
