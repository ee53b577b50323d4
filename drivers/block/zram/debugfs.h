/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_DEBUGFS_H_
#define _ZRAM_DEBUGFS_H_

#include <linux/kconfig.h>

struct zram;

#if IS_ENABLED(CONFIG_ZRAM_MEMORY_TRACKING)
void zram_debugfs_init(void);
void zram_debugfs_exit(void);
void zram_debugfs_add(struct zram *zram);
void zram_debugfs_remove(struct zram *zram);
#else
static inline void zram_debugfs_init(void)
{
}

static inline void zram_debugfs_exit(void)
{
}

static inline void zram_debugfs_add(struct zram *zram)
{
}

static inline void zram_debugfs_remove(struct zram *zram)
{
}
#endif

#endif
