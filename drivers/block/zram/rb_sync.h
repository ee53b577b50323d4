/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_SYNC_H_
#define _ZRAM_RB_SYNC_H_

#include <linux/errno.h>
#include <linux/kconfig.h>

struct page;
struct zram;
struct zram_slot;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

int zram_rb_sync(struct zram *zram, const struct zram_slot *slot,
		 unsigned long index, struct page *page);

#else

static inline int zram_rb_sync(struct zram *zram, const struct zram_slot *slot,
			       unsigned long index, struct page *page)
{
	return -EIO;
}

#endif
#endif
