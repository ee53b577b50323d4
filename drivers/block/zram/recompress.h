/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_H_
#define _ZRAM_RECOMPRESS_H_

#include <linux/types.h>

struct zram;
struct zram_pp_filter;

int zram_recompress_run(struct zram *zram, const struct zram_pp_filter *filter,
			u64 max_pages);

#endif
