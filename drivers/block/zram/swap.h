/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SWAP_H_
#define _ZRAM_SWAP_H_

#include <linux/kconfig.h>

struct block_device;
struct swap_block_ops;

/* A kernel without SWAP_BLOCK_OPS has no such member in block_device_operations */
#if IS_ENABLED(CONFIG_ZRAM_SWAP_OPS)
const struct swap_block_ops *zram_swap_activate(struct block_device *bdev);
#define ZRAM_SWAP_ACTIVATE	.swap_activate = zram_swap_activate,
#else
#define ZRAM_SWAP_ACTIVATE
#endif

#endif
