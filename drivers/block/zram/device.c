// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a device: adding it, its gendisk and limits, set-up by disksize,
 * reset and removal.
 */

#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/part_stat.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bd_dev.h"
#include "comps.h"
#include "config.h"
#include "debugfs.h"
#include "device.h"
#include "kc_set.h"
#include "kcompressd.h"
#include "obj.h"
#include "slot_range.h"
#include "table.h"
#include "tier_capacity.h"
#include "tier_dev.h"
#include "tier_thread.h"
#include "zram.h"

/* How long to wait for openers that do not hold the device, and how often */
#define OPENERS_MS	1000
#define OPENERS_STEP_MS	5
/* How often to look whether post-processing runs have ended */
#define RUNS_STEP_MS	20

static struct gendisk *
device_alloc_disk(struct zram *zram, int major, int id,
		  const struct block_device_operations *ops)
{
	struct queue_limits lim = {
		.logical_block_size = ZRAM_BLOCK_SIZE,
		.physical_block_size = PAGE_SIZE,
		.io_min = PAGE_SIZE,
		.io_opt = PAGE_SIZE,
		.max_hw_discard_sectors = UINT_MAX,
		/* Zeroing part of a page does not free it */
		.max_write_zeroes_sectors =
			ZRAM_BLOCKS_PER_PAGE > 1 ? 0 : UINT_MAX,
		.features = BLK_FEAT_STABLE_WRITES | BLK_FEAT_SYNCHRONOUS,
	};
	struct gendisk *disk = blk_alloc_disk(&lim, NUMA_NO_NODE);

	if (IS_ERR(disk))
		return disk;
	disk->major = major;
	disk->first_minor = id;
	disk->minors = 1;
	disk->flags |= GENHD_FL_NO_PART;
	disk->fops = ops;
	disk->private_data = zram;
	snprintf(disk->disk_name, sizeof(disk->disk_name), "zram%d", id);
	return disk;
}

/* Undo zram_device_init(), also in part; compressors return to the default */
static void device_tear_down(struct zram *zram)
{
	lockdep_assert_held_write(&zram->config_lock);

	WRITE_ONCE(zram->nr_pages, 0);
	/* Freeing slots needs the pool and the block map, so it comes first */
	zram_slot_free_range(zram, 0, zram->slots.nr);
	zram_table_destroy(&zram->slots);
	zram_obj_pool_destroy(&zram->pool);
	zram_comps_reset(&zram->comps);
}

/* Return a device to the state of a new one */
static void device_forget(struct zram *zram)
{
	lockdep_assert_held_write(&zram->config_lock);

	set_capacity_and_notify(zram->disk, 0);
	part_stat_set_all(zram->disk->part0, 0);
	device_tear_down(zram);
	zram_bd_detach(zram);
	zram_stats_clear(&zram->stats);
	zram_kcompressd_reset(zram);
	WRITE_ONCE(zram->pool.limit_pages, 0);
	/* Without pp_lock: a run holds config_lock shared */
	zram->pp_resume = (struct zram_pp_resume){};
}

/*
 * Wait until no task holds @lock. Polling keeps the hung-task detector quiet. Returns -EINTR
 * if @killable and the task is killed first.
 */
static int device_wait_unlocked(struct mutex *lock, bool killable)
{
	while (!mutex_trylock(lock)) {
		if (killable && fatal_signal_pending(current))
			return -EINTR;
		msleep(RUNS_STEP_MS);
	}
	mutex_unlock(lock);
	return 0;
}

/*
 * End the runs before a writer queues for config_lock. A run holds the lock shared
 * while it waits for the backing device, and behind a queued writer each reader of
 * an attribute would wait as long. A task that compacts the pool holds the lock shared as
 * well, for seconds if the pool is large.
 */
static int device_stop_runs(struct zram *zram, bool killable)
{
	int err;

	WRITE_ONCE(zram->stopping, true);
	err = device_wait_unlocked(&zram->pp_lock, killable) ?:
	      device_wait_unlocked(&zram->compact_lock, killable);
	if (err) {
		WRITE_ONCE(zram->stopping, false);
		return err;
	}
	/* It waits for no I/O any more, and is not started while stopping is set */
	zram_tier_stop(zram);
	return 0;
}

/* The same for a device that is set up and claimed, once its runs are stopped */
static void device_return_to_defaults(struct zram *zram)
{
	/*
	 * Waits for threads that compress pages of the device, and these for memory or
	 * a CPU; without config_lock, so that attributes can be read meanwhile.
	 */
	zram_kc_drop(zram);
	down_write(&zram->config_lock);
	device_forget(zram);
	WRITE_ONCE(zram->stopping, false);
	up_write(&zram->config_lock);
}

/* Free a device whose runs are stopped; without attributes it cannot be set up again */
static void device_free(struct zram *zram)
{
	device_return_to_defaults(zram);
	zram_tier_capacity_stop(zram);
	put_disk(zram->disk);
	zram_tier_dev_destroy(zram);
	zram_stats_destroy(&zram->stats);
	kfree(zram);
}

/**
 * zram_device_add() - add a device
 * @major: block major of the driver
 * @id: number of the device, also its minor
 * @ops: what its disk does
 * @groups: its attributes
 *
 * Context: May sleep.
 * Return: the device, or an ERR_PTR.
 */
struct zram *zram_device_add(int major, int id,
			     const struct block_device_operations *ops,
			     const struct attribute_group **groups)
{
	struct zram *zram = kzalloc_obj(*zram);
	int i, err;

	if (!zram)
		return ERR_PTR(-ENOMEM);
	mutex_init(&zram->setup_lock);
	init_rwsem(&zram->config_lock);
	mutex_init(&zram->compact_lock);
	mutex_init(&zram->pp_lock);
	for (i = 0; i < ZRAM_RMW_LOCKS; i++)
		mutex_init(&zram->rmw_locks[i]);
	zram_comps_init(&zram->comps);
	zram_bd_init(zram);
	zram_kcompressd_reset(zram);

	err = zram_stats_init(&zram->stats);
	if (err)
		goto err_stats;
	err = zram_tier_dev_create(zram);
	if (err)
		goto err_disk;
	zram_tier_capacity_init(zram);
	zram->disk = device_alloc_disk(zram, major, id, ops);
	err = PTR_ERR_OR_ZERO(zram->disk);
	if (err)
		goto err_disk;
	err = device_add_disk(NULL, zram->disk, groups);
	if (err)
		goto err_add;
	zram_debugfs_add(zram);
	return zram;

err_add:
	/* Attributes existed for a moment: a task may have set the device up */
	device_stop_runs(zram, false);
	zram_tier_capacity_stop(zram);
	device_free(zram);
	return ERR_PTR(err);
err_disk:
	zram_tier_dev_destroy(zram);
	zram_stats_destroy(&zram->stats);
err_stats:
	kfree(zram);
	return ERR_PTR(err);
}

/**
 * zram_device_try_claim() - make a device impossible to open, if it is not open
 * @zram: the device
 *
 * udev's helpers open each new or changed disk for a moment. They set no holder,
 * unlike a file system or swap.
 *
 * The last close writes the page cache to the device with open_mutex held, and waits for
 * the backing device if the write is spilled. So zram_device_try_claim() does
 * not wait for open_mutex.
 *
 * Context: Takes open_mutex if it is free.
 * Return: 0; -EAGAIN if the device is open without a holder, or a task has open_mutex;
 *	-EALREADY if another task has claimed it; -EBUSY if it has a holder.
 */
int zram_device_try_claim(struct zram *zram)
{
	int err = 0;

	if (!mutex_trylock(&zram->disk->open_mutex))
		return -EAGAIN;
	if (zram->claimed)
		err = -EALREADY;
	else if (!disk_openers(zram->disk))
		zram->claimed = true;
	else
		err = READ_ONCE(zram->disk->part0->bd_holder) ?
			-EBUSY : -EAGAIN;
	mutex_unlock(&zram->disk->open_mutex);
	return err;
}

/**
 * zram_device_claim_end() - when to stop waiting for openers
 *
 * Return: the time in jiffies, for zram_device_wait_openers().
 */
unsigned long zram_device_claim_end(void)
{
	return jiffies + msecs_to_jiffies(OPENERS_MS);
}

/**
 * zram_device_wait_openers() - sleep between two attempts to claim a device
 * @end: from zram_device_claim_end()
 *
 * Return: false if the time is over or a signal is pending.
 */
bool zram_device_wait_openers(unsigned long end)
{
	return !time_after(jiffies, end) &&
		!msleep_interruptible(OPENERS_STEP_MS);
}

/**
 * zram_device_claim() - make a device impossible to open
 * @zram: the device, which no other task removes
 *
 * Waits up to a second for openers that set no holder, and for open_mutex.
 *
 * Context: May sleep. Takes open_mutex.
 * Return: 0, or -EBUSY if it has a holder or is claimed, or if after a second it is still
 *	open or a task still has open_mutex. A signal ends the wait early.
 */
int zram_device_claim(struct zram *zram)
{
	unsigned long end = zram_device_claim_end();
	int err;

	do {
		err = zram_device_try_claim(zram);
	} while (err == -EAGAIN && zram_device_wait_openers(end));
	return err ? -EBUSY : 0;
}

static void device_unclaim(struct zram *zram)
{
	mutex_lock(&zram->disk->open_mutex);
	zram->claimed = false;
	mutex_unlock(&zram->disk->open_mutex);
}

/**
 * zram_device_remove() - remove a device
 * @zram: a device that is claimed
 *
 * Context: May sleep. Not from an attribute of the device, because
 *	del_gendisk() waits for those.
 */
void zram_device_remove(struct zram *zram)
{
	/* del_gendisk() waits for attributes in use, and one may be in a run */
	device_stop_runs(zram, false);
	zram_tier_capacity_stop(zram);
	zram_debugfs_remove(zram);
	del_gendisk(zram->disk);
	device_free(zram);
}

/**
 * zram_device_init() - set a device up
 * @zram: the device
 * @disksize: in bytes, a multiple of the page size, not zero
 *
 * Context: May sleep. Takes setup_lock and config_lock.
 * Return: 0; -EBUSY when it is set up already; -EINTR after a fatal signal; -EINVAL for a size
 *	with too many pages; -ENOMEM; or the error of a compressor. If there is memory for the
 *	slot table, and none for the pool or a compressor, all compressors return to the default.
 */
int zram_device_init(struct zram *zram, u64 disksize)
{
	u64 nr = disksize >> PAGE_SHIFT;
	int err;

	err = zram_config_begin(zram);
	if (err)
		return err;
	/* Slots are counted by an unsigned long */
	err = -EINVAL;
	if (!nr || nr > ULONG_MAX)
		goto out;
	err = zram_table_create(&zram->slots, nr);
	if (err)
		goto out;
	err = zram_obj_pool_create(&zram->pool, zram->disk->disk_name);
	if (err)
		goto err_tear_down;
	err = zram_comps_create(&zram->comps, disk_to_dev(zram->disk));
	if (err)
		goto err_tear_down;
	/* Pairs with zram_bio_submit(): publishes all of the above */
	smp_store_release(&zram->nr_pages, nr);
	set_capacity_and_notify(zram->disk, disksize >> SECTOR_SHIFT);
	zram_config_end(zram);
	zram_tier_start(zram);
	zram_tier_capacity_start(zram);
	return 0;

err_tear_down:
	device_tear_down(zram);
out:
	zram_config_end(zram);
	return err;
}

/**
 * zram_device_reset() - return a device to the state of a new one
 * @zram: the device
 *
 * A new device is reset even if it is open, because it holds no data.
 *
 * Context: May sleep. Takes open_mutex, then config_lock.
 * Return: 0; -EBUSY if the device is set up and zram_device_claim() fails; -EINTR if the
 *	task is killed before a run, or a task that compacts the pool, has ended.
 */
int zram_device_reset(struct zram *zram)
{
	int err = zram_config_begin(zram);

	if (!err) {
		device_forget(zram);
		zram_config_end(zram);
		return 0;
	}
	if (err != -EBUSY)
		return err;
	err = zram_device_claim(zram);
	if (err)
		return err;
	err = device_stop_runs(zram, true);
	/* Not under open_mutex: closing the backing device takes one */
	if (!err)
		device_return_to_defaults(zram);
	device_unclaim(zram);
	return err;
}
