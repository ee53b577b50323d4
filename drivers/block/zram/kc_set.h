/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KC_SET_H_
#define _ZRAM_KC_SET_H_

#include <linux/kconfig.h>
#include <linux/types.h>

#include "kc_stage.h"

struct zram;

#if IS_ENABLED(CONFIG_ZRAM_KCOMPRESSD)

bool zram_kc_any(void);
struct zram_kc_stage *zram_kc_get_stage(void);
int zram_kc_flush(struct zram *zram, enum zram_kc_flush how);
void zram_kc_drop(struct zram *zram);
int zram_kc_show(char *buf, int at);

int zram_kc_init(void);
void zram_kc_exit(void);

#else

static inline int zram_kc_flush(struct zram *zram, enum zram_kc_flush how)
{
	return 0;
}

static inline void zram_kc_drop(struct zram *zram)
{
}

static inline int zram_kc_init(void)
{
	return 0;
}

static inline void zram_kc_exit(void)
{
}

#endif
#endif
