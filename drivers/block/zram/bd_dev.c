// SPDX-License-Identifier: GPL-2.0
/*
 * The backing device: attaching it to a device and letting go of it.
 */

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/part_stat.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "bd_budget.h"
#include "bd_dev.h"
#include "bd_map.h"
#include "config.h"
#include "pp.h"
#include "rb_read.h"
#include "spill_io.h"
#include "zram.h"

/*
 * Default of writeback_batch_size: 2 MiB. On virtio-blk and NVMe under
 * emulation a quarter is as fast, and an eighth is a third slower; the rest is
 * for disks with longer latency.
 */
#define DEFAULT_BATCH	((unsigned int)(SZ_2M / PAGE_SIZE))

/* Blocks discarded at a time: 64 MiB */
#define MAX_DISCARD		((u64)(SZ_64M >> ZRAM_BLOCK_SHIFT))
/* A run gives up discarding after this many errors */
#define MAX_DISCARD_ERRORS	4
#define BLOCK_SECTORS_SHIFT	(ZRAM_BLOCK_SHIFT - SECTOR_SHIFT)

/**
 * zram_bd_init() - what a new device begins with
 * @zram: the device
 *
 * Context: The device is not visible yet.
 */
void zram_bd_init(struct zram *zram)
{
	zram_bd_budget_init(zram);
	zram->wb.batch = DEFAULT_BATCH;
}

static void bd_dev_close(struct zram_backing *backing)
{
	zram_spill_io_destroy(backing->spill);
	zram_rb_pool_destroy(backing->reads);
	zram_bd_map_destroy(backing->map);
	if (backing->file)
		filp_close(backing->file, NULL);
	*backing = (struct zram_backing){};
}

/* Open a block device exclusively */
static struct file *bd_dev_open_file(const char *path)
{
	struct file *file;
	dev_t dev;
	int err;

	if (!*path)
		return ERR_PTR(-ENOENT);
	/* Opening another kind of file could have side effects */
	err = lookup_bdev(path, &dev);
	if (err)
		return ERR_PTR(err);
	file = filp_open(path, O_RDWR | O_LARGEFILE | O_EXCL, 0);
	/* The path may name another file by now */
	if (!IS_ERR(file) && !S_ISBLK(file_inode(file)->i_mode)) {
		filp_close(file, NULL);
		return ERR_PTR(-ENOTBLK);
	}
	return file;
}

/*
 * Number of blocks of the backing device, 0 if it cannot be used. This also
 * prevents a device from being its own backing device: it has no size when one
 * is attached.
 */
static u64 bd_dev_nr_blocks(struct block_device *bdev)
{
	u64 nr = bdev_nr_bytes(bdev) >> ZRAM_BLOCK_SHIFT;

	/* Blocks of 4 KiB are written in any order */
	if (bdev_logical_block_size(bdev) > ZRAM_BLOCK_SIZE ||
	    bdev_is_zoned(bdev))
		return 0;
	nr = min_t(u64, nr, ZRAM_MAX_BLOCKS);
	/* No extent may end within a page */
	return round_down(nr, ZRAM_BLOCKS_PER_PAGE);
}

/*
 * Written blocks are read back where the device may report a write that it did
 * not make. The loop driver of Linux 7.3 does so when its file system is full:
 * lo_complete_rq() takes a short write for a complete one. A driver that has a
 * submit_bio() of its own, as device-mapper has, may lie on top of loop.
 */
static bool bd_dev_verify(const struct block_device *bdev)
{
	return MAJOR(disk_devt(bdev->bd_disk)) == LOOP_MAJOR ||
	       bdev->bd_disk->fops->submit_bio;
}

/*
 * May a write of the device wait for memory, without a reserve of its own? Then reclaim must
 * not wait for the write. True for loop, devices that may be stacked on loop, and servers in
 * user space (nbd, ublk). Servers behind other drivers are not recognised.
 */
static bool bd_dev_may_reclaim(const struct block_device *bdev)
{
	return MAJOR(disk_devt(bdev->bd_disk)) == NBD_MAJOR ||
	       str_has_prefix(bdev->bd_disk->disk_name, "ublkb") ||
	       bd_dev_verify(bdev);
}

static int bd_dev_open(struct zram_backing *backing, const char *path,
		       const char *name)
{
	struct file *file = bd_dev_open_file(path);
	struct zram_spill_io *spill;
	struct zram_rb_pool *reads;
	struct zram_bd_map *map;
	u64 nr_blocks;
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	backing->file = file;
	backing->bdev = file_bdev(file);
	backing->verify = bd_dev_verify(backing->bdev);
	backing->may_reclaim = bd_dev_may_reclaim(backing->bdev);
	err = -EINVAL;
	nr_blocks = bd_dev_nr_blocks(backing->bdev);
	if (!nr_blocks)
		goto err_close;
	map = zram_bd_map_create(nr_blocks);
	err = PTR_ERR_OR_ZERO(map);
	if (err)
		goto err_close;
	backing->map = map;
	reads = zram_rb_pool_create(name);
	err = PTR_ERR_OR_ZERO(reads);
	if (err)
		goto err_close;
	backing->reads = reads;
	spill = zram_spill_io_create(backing, name);
	err = PTR_ERR_OR_ZERO(spill);
	if (err)
		goto err_close;
	backing->spill = spill;
	return 0;

err_close:
	bd_dev_close(backing);
	return err;
}

/**
 * zram_bd_attach() - give a device a backing device
 * @zram: a device that is not set up yet; another backing device is replaced
 * @path: path of a block device
 *
 * Context: May sleep. Takes config_lock.
 * Return: 0; -EBUSY if @zram is set up; -ENOTBLK if @path is no block device;
 *	-EINVAL if that is smaller than a page, zoned, or has blocks larger
 *	than 4 KiB; -ENOMEM; or the error of opening it, -EBUSY if it has another
 *	holder.
 */
int zram_bd_attach(struct zram *zram, const char *path)
{
	struct zram_backing backing = {}, old;
	int err;

	/* -EBUSY takes precedence over errors of opening the path */
	err = zram_config_begin(zram);
	if (err)
		return err;
	zram_config_end(zram);

	/* Not under config_lock: opening takes open_mutex of that disk */
	err = bd_dev_open(&backing, path, zram->disk->disk_name);
	if (err)
		return err;

	old = backing;
	err = zram_config_begin(zram);
	if (!err) {
		swap(zram->backing, old);
		zram_config_end(zram);
	}
	bd_dev_close(&old);
	return err;
}

/**
 * zram_bd_detach() - release the backing device
 * @zram: the device; no slot is on the backing device
 *
 * Clears writeback_limit, but not writeback_limit_enable.
 *
 * Context: May sleep. config_lock is held for writing.
 */
void zram_bd_detach(struct zram *zram)
{
	bd_dev_close(&zram->backing);
	zram_bd_budget_set(zram, 0);
	WRITE_ONCE(zram->wb.last_error, 0);
	atomic64_set(&zram->wb.scanned, 0);
	atomic64_set(&zram->wb.total, 0);
	atomic64_set(&zram->wb.written, 0);
	atomic64_set(&zram->wb.limited, 0);
	atomic64_set(&zram->wb.discarded, 0);
}

/**
 * zram_bd_can_discard() - is there something that zram_bd_discard() would discard?
 * @zram: a device with a backing device
 *
 * Context: Any.
 * Return: true if so.
 */
bool zram_bd_can_discard(const struct zram *zram)
{
	const struct zram_backing *backing = &zram->backing;

	return zram_bd_map_discardable(backing->map) &&
	       bdev_max_discard_sectors(backing->bdev);
}

/**
 * zram_bd_discard() - discard segments of the backing device that became free
 * @run: a run
 *
 * A sparse file or a thin volume loses the space; an SSD knows that the blocks
 * are free. Segments are reserved meanwhile.
 *
 * Context: May sleep; waits for I/O. pp_lock is held.
 * Return: false if a segment could not be discarded.
 */
bool zram_bd_discard(const struct zram_pp_run *run)
{
	struct zram_backing *backing = &run->zram->backing;
	unsigned int errors = 0;
	u64 from = 0, first, nr;
	int err;

	if (!zram_bd_can_discard(run->zram))
		return true;
	/* One segment that cannot be discarded does not keep the others */
	while (errors < MAX_DISCARD_ERRORS && !zram_pp_stop(run)) {
		nr = zram_bd_map_claim_free(backing->map, &from, &first,
					    MAX_DISCARD);
		if (!nr)
			break;
		err = blkdev_issue_discard(backing->bdev,
					   first << BLOCK_SECTORS_SHIFT,
					   nr << BLOCK_SECTORS_SHIFT, GFP_NOIO);
		zram_bd_map_unclaim(backing->map, first, nr, !err);
		if (err)
			errors++;
		else
			atomic64_add(nr, &run->zram->wb.discarded);
	}
	return !errors;
}

/**
 * zram_bd_show() - print the path of the backing device
 * @zram: the device
 * @buf: a page
 *
 * Context: May sleep. config_lock is held.
 * Return: length of the text, or why the path cannot be told.
 */
ssize_t zram_bd_show(struct zram *zram, char *buf)
{
	size_t len;
	char *path;

	if (!zram->backing.file)
		return sysfs_emit(buf, "none\n");
	path = file_path(zram->backing.file, buf, PAGE_SIZE - 1);
	if (IS_ERR(path))
		return PTR_ERR(path);
	len = strlen(path);
	memmove(buf, path, len);
	buf[len++] = '\n';
	return len;
}

/**
 * zram_bd_disk_reads() - get the read counters of the disk of the backing device
 * @zram: a device with a backing device
 * @reads: set to the reads that have ended, of all programs and partitions; wraps
 * @ns: set to the time that they took, ns; wraps
 *
 * Neither changes while queue/iostats of the disk is 0. If the driver reads back what it
 * writes, most reads of the disk are these, and the writes make them slow.
 *
 * Context: Any. The backing device stays attached.
 */
void zram_bd_disk_reads(const struct zram *zram, unsigned long *reads, u64 *ns)
{
	const struct block_device *disk = bdev_whole(zram->backing.bdev);

	*reads = part_stat_read(disk, ios[STAT_READ]);
	*ns = part_stat_read(disk, nsecs[STAT_READ]);
}
