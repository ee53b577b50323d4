/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BIO_H_
#define _ZRAM_BIO_H_

struct block_device_operations;

extern const struct block_device_operations zram_bio_ops;

#endif
