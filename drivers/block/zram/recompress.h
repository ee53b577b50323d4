/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_H_
#define _ZRAM_RECOMPRESS_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;
struct zram_pp_filter;
struct zram_pp_run;

/**
 * struct zram_recompress_pass - a pass over the table, in slices
 * @next: the slot with which the next slice begins
 * @replaced: objects that the last slice replaced
 * @refused: memory or mem_limit did not suffice for a page of the pass
 * @gaps: the last slice ended, or made the pool larger, because of gaps that replaced
 *	objects left: compact the pool before the next one
 * @done: the pass has come to its end
 *
 * A new pass begins with zeroes. Belongs to the task of the slices.
 */
struct zram_recompress_pass {
	unsigned long next;
	u64 replaced;
	bool refused;
	bool gaps;
	bool done;
};

#if IS_ENABLED(CONFIG_ZRAM_MULTI_COMP)

int zram_recompress_run(struct zram *zram, const struct zram_pp_filter *filter,
			u64 max_pages);
int zram_recompress_slice(const struct zram_pp_run *pp,
			  const struct zram_pp_filter *filter,
			  struct zram_recompress_pass *pass);

#else

static inline int zram_recompress_slice(const struct zram_pp_run *pp,
					const struct zram_pp_filter *filter,
					struct zram_recompress_pass *pass)
{
	pass->done = true;
	return 0;
}

#endif
#endif
