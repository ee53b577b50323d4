/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_ZSTD_H_
#define _ZRAM_COMPAT_ZSTD_H_

#include_next <linux/zstd.h>

#ifndef COMPAT_HAS_ZSTD_GET_CPARAMS
static inline zstd_compression_parameters
zstd_get_cparams(int level, unsigned long long src_size, size_t dict_size)
{
	return zstd_get_params(level, src_size).cParams;
}
#endif

#endif
