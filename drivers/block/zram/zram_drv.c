// SPDX-License-Identifier: GPL-2.0
/*
 * zram: a block device that keeps its pages compressed in memory and can write
 * them to a backing device.
 *
 * This file is the module: its parameters, its control class, and the order of
 * initialisation and clean-up.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device/class.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>

#include "bio.h"
#include "comp.h"
#include "debugfs.h"
#include "device.h"
#include "kc_set.h"
#include "lzpage_tables.h"
#include "swap.h"
#include "sysfs.h"
#include "tier_oom.h"
#include "tier_sleep.h"
#include "zram.h"

static unsigned int num_devices = 1;
module_param(num_devices, uint, 0);
MODULE_PARM_DESC(num_devices, "Devices to create when the module is loaded");

static int zram_major;

static const struct block_device_operations zram_drv_ops = {
	.open = zram_bio_open,
	.submit_bio = zram_bio_submit,
	.swap_slot_free_notify = zram_bio_free_notify,
	ZRAM_SWAP_ACTIVATE
	.owner = THIS_MODULE,
};

/*
 * Devices by number. A number stays reserved until its device is freed. The
 * mutex serialises adding devices and looking them up for removal.
 */
static DEFINE_XARRAY_ALLOC(zram_devices);
static DEFINE_MUTEX(zram_devices_lock);

static int zram_drv_add(void)
{
	struct zram *zram;
	int err;
	u32 id;

	lockdep_assert_held(&zram_devices_lock);
	err = xa_alloc(&zram_devices, &id, NULL, XA_LIMIT(0, MINORMASK),
		       GFP_KERNEL);
	/* All numbers taken */
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	zram = zram_device_add(zram_major, id, &zram_drv_ops,
			       zram_sysfs_groups);
	if (IS_ERR(zram)) {
		xa_release(&zram_devices, id);
		return PTR_ERR(zram);
	}
	/* The entry is reserved, so this needs no memory */
	xa_store(&zram_devices, id, zram, GFP_KERNEL);
	return id;
}

/*
 * Sleep before the next attempt to claim a device; returns false if there is none. A reset
 * ends by itself. After it, udev's helpers open the device: they have a second from then on.
 */
static bool zram_drv_wait(int err, unsigned long *end)
{
	if (err == -EALREADY)
		*end = zram_device_claim_end();
	return (err == -EALREADY || err == -EAGAIN) && zram_device_wait_openers(*end);
}

static int zram_drv_remove(u32 id)
{
	unsigned long end = zram_device_claim_end();
	struct zram *zram;
	u64 seq = 0;
	int err;

	/*
	 * Sleep without the mutex, which hot_add needs. Meanwhile another task may
	 * remove the device and add a new one of the same number.
	 */
	do {
		mutex_lock(&zram_devices_lock);
		zram = xa_load(&zram_devices, id);
		if (zram && !seq)
			seq = zram->disk->diskseq;
		err = zram && zram->disk->diskseq == seq ?
			zram_device_try_claim(zram) : -ENODEV;
		if (!err)
			/* No task finds it any more; the entry stays reserved */
			xa_store(&zram_devices, id, NULL, GFP_KERNEL);
		mutex_unlock(&zram_devices_lock);
	} while (zram_drv_wait(err, &end));
	/* A signal came, perhaps that of the freezer */
	if (err == -EALREADY)
		return -ERESTARTSYS;
	if (err)
		return err == -ENODEV ? err : -EBUSY;
	/*
	 * Without the mutex: this waits for attributes of the device, and one
	 * of them may wait for the mutex, because hot_add can be named as a
	 * dictionary.
	 */
	zram_device_remove(zram);
	xa_erase(&zram_devices, id);
	return 0;
}

static void zram_drv_remove_all(void)
{
	struct zram *zram;
	unsigned long id;

	mutex_lock(&zram_devices_lock);
	xa_for_each(&zram_devices, id, zram) {
		/*
		 * Wait for a reset, and for short-lived openers such as udev's
		 */
		while (zram_device_claim(zram))
			msleep(20);
		zram_device_remove(zram);
	}
	xa_destroy(&zram_devices);
	mutex_unlock(&zram_devices_lock);
}

static ssize_t hot_add_show(const struct class *class,
			    const struct class_attribute *attr, char *buf)
{
	int id;

	mutex_lock(&zram_devices_lock);
	id = zram_drv_add();
	mutex_unlock(&zram_devices_lock);
	return id < 0 ? id : sysfs_emit(buf, "%d\n", id);
}

/* Reading it adds a device, so only root may */
static struct class_attribute class_attr_hot_add =
	__ATTR(hot_add, 0400, hot_add_show, NULL);

static ssize_t hot_remove_store(const struct class *class,
				const struct class_attribute *attr,
				const char *buf, size_t len)
{
	int id, err;

	err = kstrtoint(buf, 10, &id);
	if (err)
		return err;
	if (id < 0)
		return -EINVAL;
	err = zram_drv_remove(id);
	return err ? err : len;
}
static CLASS_ATTR_WO(hot_remove);

static struct attribute *zram_control_attrs[] = {
	&class_attr_hot_add.attr,
	&class_attr_hot_remove.attr,
	NULL,
};
ATTRIBUTE_GROUPS(zram_control);

static struct class zram_control = {
	.name = "zram-control",
	.class_groups = zram_control_groups,
};

/*
 * Register the class before the first device, because a udev rule for a new device may read
 * hot_add. Such a read waits for the mutex, so the first devices get the lowest numbers.
 */
static int __init zram_drv_start(void)
{
	unsigned int i;
	int err;

	mutex_lock(&zram_devices_lock);
	err = class_register(&zram_control);
	if (err) {
		mutex_unlock(&zram_devices_lock);
		return err;
	}
	for (i = 0; err >= 0 && i < num_devices; i++)
		err = zram_drv_add();
	mutex_unlock(&zram_devices_lock);
	if (err >= 0)
		return 0;
	/* As in zram_exit() */
	class_unregister(&zram_control);
	zram_drv_remove_all();
	return err;
}

static int __init zram_init(void)
{
	int err;

	if (IS_ENABLED(CONFIG_ZRAM_BACKEND_LZPAGE))
		zram_lzpage_tables_init();
	err = zram_comp_init();
	if (err)
		return err;
	err = zram_kc_init();
	if (err)
		goto err_kc;
	err = zram_tier_sleep_init();
	if (err)
		goto err_tier;
	err = zram_tier_oom_init();
	if (err)
		goto err_oom;
	zram_major = register_blkdev(0, "zram");
	if (zram_major < 0) {
		err = zram_major;
		goto err_blkdev;
	}
	zram_debugfs_init();
	/* Last: from here on users add and remove devices */
	err = zram_drv_start();
	if (err)
		goto err_start;
	return 0;

err_start:
	zram_debugfs_exit();
	unregister_blkdev(zram_major, "zram");
err_blkdev:
	zram_tier_oom_exit();
err_oom:
	zram_tier_sleep_exit();
err_tier:
	zram_kc_exit();
err_kc:
	zram_comp_exit();
	return err;
}

static void __exit zram_exit(void)
{
	/* Waits for hot_add and hot_remove, so without the mutex they take */
	class_unregister(&zram_control);
	zram_drv_remove_all();
	zram_debugfs_exit();
	unregister_blkdev(zram_major, "zram");
	zram_tier_oom_exit();
	zram_tier_sleep_exit();
	zram_kc_exit();
	zram_comp_exit();
}

module_init(zram_init);
module_exit(zram_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Compressed RAM block device with tiering to disk");
