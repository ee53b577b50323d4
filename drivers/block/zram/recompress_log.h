/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_LOG_H_
#define _ZRAM_RECOMPRESS_LOG_H_

#include <linux/types.h>

struct zram_obj_pool;
struct zram_recompress_log;

struct zram_recompress_log *
zram_recompress_log_create(struct zram_obj_pool *pool, bool restores, gfp_t gfp);
void zram_recompress_log_destroy(struct zram_recompress_log *log);
void zram_recompress_log_grow(struct zram_recompress_log *log, long pages);
long zram_recompress_log_grown(const struct zram_recompress_log *log);
bool zram_recompress_log_disturbed(const struct zram_recompress_log *log);
void zram_recompress_log_clear(struct zram_recompress_log *log);
bool zram_recompress_log_add(struct zram_recompress_log *log, unsigned int class,
			     unsigned long index, u32 flags);
bool zram_recompress_log_rarest(const struct zram_recompress_log *log,
				unsigned int *class);
bool zram_recompress_log_take(struct zram_recompress_log *log, unsigned int class,
			      unsigned long *index, u32 *flags);

#endif
