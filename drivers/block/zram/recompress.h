/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_H_
#define _ZRAM_RECOMPRESS_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;
struct zram_pp_filter;
struct zram_pp_run;

#if IS_ENABLED(CONFIG_ZRAM_MULTI_COMP)

int zram_recompress_run(struct zram *zram, const struct zram_pp_filter *filter,
			u64 max_pages);
int zram_recompress_slice(const struct zram_pp_run *pp,
			  const struct zram_pp_filter *filter, u64 max_pages,
			  unsigned long *next, u64 *replaced);

#else

static inline int zram_recompress_slice(const struct zram_pp_run *pp,
					const struct zram_pp_filter *filter,
					u64 max_pages, unsigned long *next,
					u64 *replaced)
{
	*next = 0;
	return 0;
}

#endif
#endif
