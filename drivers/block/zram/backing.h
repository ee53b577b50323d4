/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BACKING_H_
#define _ZRAM_BACKING_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

int zram_backing_attach(struct zram *zram, const char *path);
void zram_backing_detach(struct zram *zram);
ssize_t zram_backing_show(struct zram *zram, char *buf);

#else

static inline void zram_backing_detach(struct zram *zram)
{
}

#endif
#endif
