/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_DEVICE_H_
#define _ZRAM_DEVICE_H_

#include <linux/types.h>

struct attribute_group;
struct block_device_operations;
struct zram;

struct zram *zram_device_add(int major, int id,
			     const struct block_device_operations *ops,
			     const struct attribute_group **groups);
int zram_device_try_claim(struct zram *zram);
unsigned long zram_device_claim_end(void);
bool zram_device_wait_openers(unsigned long end);
int zram_device_claim(struct zram *zram);
void zram_device_remove(struct zram *zram);
int zram_device_init(struct zram *zram, u64 disksize);
int zram_device_reset(struct zram *zram);

#endif
