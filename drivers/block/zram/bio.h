/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BIO_H_
#define _ZRAM_BIO_H_

struct bio;
struct block_device;

void zram_bio_submit(struct bio *bio);
void zram_bio_free_notify(struct block_device *bdev, unsigned long index);

#endif
