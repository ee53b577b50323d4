/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KCOMPRESSD_H_
#define _ZRAM_KCOMPRESSD_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct page;
struct zram;

#if IS_ENABLED(CONFIG_ZRAM_KCOMPRESSD)

bool zram_kcompressd_wants(struct zram *zram, unsigned int bytes);
bool zram_kcompressd_write(struct zram *zram, unsigned long index,
			   struct page *page);
void zram_kcompressd_reset(struct zram *zram);
ssize_t zram_kcompressd_show(struct zram *zram, char *buf);

#else

static inline bool zram_kcompressd_wants(struct zram *zram, unsigned int bytes)
{
	return false;
}

static inline bool zram_kcompressd_write(struct zram *zram,
					 unsigned long index,
					 struct page *page)
{
	return false;
}

static inline void zram_kcompressd_reset(struct zram *zram)
{
}

#endif
#endif
