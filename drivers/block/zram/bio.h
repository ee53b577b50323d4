/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BIO_H_
#define _ZRAM_BIO_H_

#include <linux/blkdev.h>

void zram_bio_submit(struct bio *bio);
void zram_bio_free_notify(struct block_device *bdev, unsigned long index);
int zram_bio_open(struct gendisk *disk, blk_mode_t mode);

#endif
