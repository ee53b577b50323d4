/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KCOMPRESSD_H_
#define _ZRAM_KCOMPRESSD_H_

#include <linux/atomic.h>
#include <linux/blk_types.h>
#include <linux/types.h>

struct zram;

/**
 * enum zram_kcompressd_policy - whose writes of a device are compressed later
 * @ZRAM_KCOMPRESSD_OFF: nobody's
 * @ZRAM_KCOMPRESSD_KSWAPD: those of kswapd, the default
 * @ZRAM_KCOMPRESSD_ALL: everybody's
 * @ZRAM_KCOMPRESSD_NR: number of policies
 */
enum zram_kcompressd_policy {
	ZRAM_KCOMPRESSD_OFF,
	ZRAM_KCOMPRESSD_KSWAPD,
	ZRAM_KCOMPRESSD_ALL,
	ZRAM_KCOMPRESSD_NR,
};

/* From accepted to stored, by power of two: less than 1, 2, 4, ... us, and above */
#define ZRAM_KC_TIMES	18

/**
 * struct zram_kcompressd - what a device knows of it
 * @policy: an enum zram_kcompressd_policy; stored and loaded in one piece
 * @times: how long pages took from being accepted to being stored
 */
struct zram_kcompressd {
	unsigned int policy;
	atomic_long_t times[ZRAM_KC_TIMES];
};

bool zram_kcompressd_wants(struct zram *zram, unsigned int bytes);
bool zram_kcompressd_write(struct zram *zram, unsigned long index,
			   const void *src);
void zram_kcompressd_reset(struct zram *zram);
ssize_t zram_kcompressd_show(struct zram *zram, char *buf);

#endif
