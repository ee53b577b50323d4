/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_BLKDEV_H_
#define _ZRAM_COMPAT_BLKDEV_H_

#include_next <linux/blkdev.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/minmax.h>

#ifndef COMPAT_HAS_FILE_BDEV
static inline struct block_device *file_bdev(struct file *file)
{
	return I_BDEV(file->f_mapping->host);
}
#endif

#ifndef COMPAT_HAS_OPEN_BY_DISK
typedef fmode_t blk_mode_t;

/*
 * ->open() was given the block device. This renames the driver's function; where its
 * name is not followed by a parenthesis, in the operations, it means the function of
 * the old type here.
 */
int zram_compat_open(struct gendisk *disk, blk_mode_t mode);

static inline int zram_bio_open(struct block_device *bdev, fmode_t fmode)
{
	return zram_compat_open(bdev->bd_disk, fmode);
}

#define zram_bio_open(disk, mode)	zram_compat_open(disk, mode)
#endif

#ifndef COMPAT_HAS_QUEUE_FEATURES
/*
 * Limits were set one by one on the queue of a disk that exists already. This
 * has those of today's struct queue_limits that a driver without requests can
 * set.
 */
struct zram_compat_limits {
	unsigned int features;
	unsigned int logical_block_size;
	unsigned int physical_block_size;
	unsigned int io_min;
	unsigned int io_opt;
	unsigned int discard_granularity;
	unsigned int max_hw_discard_sectors;
	unsigned int max_write_zeroes_sectors;
};

#define BLK_FEAT_STABLE_WRITES	BIT(0)
#define BLK_FEAT_SYNCHRONOUS	BIT(1)

static inline void
zram_compat_set_limits(struct request_queue *q,
		       const struct zram_compat_limits *lim)
{
	blk_queue_logical_block_size(q, lim->logical_block_size);
	blk_queue_physical_block_size(q, lim->physical_block_size);
	blk_queue_io_min(q, lim->io_min);
	blk_queue_io_opt(q, lim->io_opt);
	q->limits.discard_granularity = max(lim->discard_granularity,
					    lim->physical_block_size);
	blk_queue_max_discard_sectors(q, lim->max_hw_discard_sectors);
	blk_queue_max_write_zeroes_sectors(q, lim->max_write_zeroes_sectors);

	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	blk_queue_flag_clear(QUEUE_FLAG_ADD_RANDOM, q);
	if (lim->features & BLK_FEAT_STABLE_WRITES)
		blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, q);
#ifdef QUEUE_FLAG_SYNCHRONOUS
	if (lim->features & BLK_FEAT_SYNCHRONOUS)
		blk_queue_flag_set(QUEUE_FLAG_SYNCHRONOUS, q);
#endif
}

static inline struct gendisk *
zram_compat_alloc_disk(const struct zram_compat_limits *lim, int node)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	struct gendisk *disk = blk_alloc_disk(NULL, node);

	if (IS_ERR(disk))
		return disk;
#else
	struct gendisk *disk = blk_alloc_disk(node);

	if (!disk)
		return ERR_PTR(-ENOMEM);
#endif
	zram_compat_set_limits(disk->queue, lim);
	return disk;
}

#undef blk_alloc_disk
#define blk_alloc_disk(lim, node)	zram_compat_alloc_disk(lim, node)
#define queue_limits			zram_compat_limits
#endif

#ifdef COMPAT_MAX_COMP_STREAMS
const struct attribute_group **
zram_compat_groups(const struct attribute_group **groups);

#define device_add_disk(parent, disk, groups)				\
	device_add_disk(parent, disk, zram_compat_groups(groups))
#endif

#ifdef COMPAT_HAS_RW_PAGE
int zram_compat_rw_page(struct block_device *bdev, sector_t sector,
			struct page *page, enum req_op op);

/*
 * Swap took a device for synchronous if it had ->rw_page(), and used that
 * instead of a bio. The one place that names this member is the driver's table
 * of operations, and there both are set.
 */
#define swap_slot_free_notify						\
	rw_page = zram_compat_rw_page,					\
	.swap_slot_free_notify
#endif

#endif
