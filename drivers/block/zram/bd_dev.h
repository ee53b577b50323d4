/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_DEV_H_
#define _ZRAM_BD_DEV_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram;
struct zram_pp_run;

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

void zram_bd_init(struct zram *zram);
int zram_bd_attach(struct zram *zram, const char *path);
void zram_bd_detach(struct zram *zram);
ssize_t zram_bd_show(struct zram *zram, char *buf);
bool zram_bd_can_discard(const struct zram *zram);
bool zram_bd_discard(const struct zram_pp_run *run);
void zram_bd_disk_reads(const struct zram *zram, unsigned long *reads, u64 *ns);

#else

static inline void zram_bd_init(struct zram *zram)
{
}

static inline void zram_bd_detach(struct zram *zram)
{
}

#endif
#endif
