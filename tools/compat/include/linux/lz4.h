/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_LZ4_H_
#define _ZRAM_COMPAT_LZ4_H_

#include_next <linux/lz4.h>

#ifndef COMPAT_HAS_LZ4_RESET_HC
/* Declared, but not exported */
static inline void compat_lz4_reset_hc(LZ4_streamHC_t *stream, int level)
{
	stream->internal_donotuse.base = NULL;
	stream->internal_donotuse.compressionLevel = level;
}

#define LZ4_resetStreamHC compat_lz4_reset_hc
#endif

#endif
