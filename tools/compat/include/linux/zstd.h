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

#ifndef COMPAT_HAS_ZSTD_DEFAULT_CLEVEL
static inline int zstd_default_clevel(void)
{
	return 3;
}
#endif

#ifndef COMPAT_HAS_ZSTD_DICT
/* The library has dictionaries, but exports nothing of them */
typedef struct {
	void *(*customAlloc)(void *opaque, size_t size);
	void (*customFree)(void *opaque, void *address);
	void *opaque;
} zstd_custom_mem;

typedef struct zstd_no_cdict zstd_cdict;
typedef struct zstd_no_ddict zstd_ddict;

static inline zstd_cdict *
zstd_create_cdict_byreference(const void *dict, size_t dict_size,
			      zstd_compression_parameters cparams,
			      zstd_custom_mem custom_mem)
{
	return NULL;
}

static inline zstd_ddict *
zstd_create_ddict_byreference(const void *dict, size_t dict_size,
			      zstd_custom_mem custom_mem)
{
	return NULL;
}

static inline zstd_cctx *zstd_create_cctx_advanced(zstd_custom_mem custom_mem)
{
	return NULL;
}

#define zstd_free_cctx(cctx)		((void)(cctx))
#define zstd_free_cdict(cdict)		((void)(cdict))
#define zstd_free_ddict(ddict)		((void)(ddict))
#define zstd_compress_using_cdict(cctx, dst, capacity, src, size, cdict) \
	((void)(cdict), (size_t)-1)
#define zstd_decompress_using_ddict(dctx, dst, capacity, src, size, ddict) \
	((void)(ddict), (size_t)-1)
#endif

#endif
