// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of claims: when a device can be claimed.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/mutex.h>

#include "../device.h"
#include "../zram.h"

/**
 * struct device_test - a device, as far as claims look at it
 * @zram: the device
 * @disk: its disk
 * @part: the block device of the whole disk
 */
struct device_test {
	struct zram zram;
	struct gendisk disk;
	struct block_device part;
};

static int device_test_init(struct kunit *test)
{
	struct device_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	mutex_init(&t->disk.open_mutex);
	t->disk.part0 = &t->part;
	t->zram.disk = &t->disk;
	test->priv = t;
	return 0;
}

static void device_test_claim(struct kunit *test)
{
	struct device_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, zram_device_try_claim(&t->zram), 0);
	KUNIT_EXPECT_TRUE(test, t->zram.claimed);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(&t->zram), -EBUSY);
}

/* -EAGAIN without a holder, because such openers close soon */
static void device_test_opener(struct kunit *test)
{
	struct device_test *t = test->priv;

	atomic_set(&t->part.bd_openers, 1);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(&t->zram), -EAGAIN);
	t->part.bd_holder = t;
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(&t->zram), -EBUSY);
	KUNIT_EXPECT_FALSE(test, t->zram.claimed);
}

/* A claim must not wait for a last close, which may wait for the backing device */
static void device_test_closing(struct kunit *test)
{
	struct device_test *t = test->priv;
	int err;

	mutex_lock(&t->disk.open_mutex);
	err = zram_device_try_claim(&t->zram);
	mutex_unlock(&t->disk.open_mutex);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_FALSE(test, t->zram.claimed);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(&t->zram), 0);
}

static struct kunit_case device_test_cases[] = {
	KUNIT_CASE(device_test_claim),
	KUNIT_CASE(device_test_opener),
	KUNIT_CASE(device_test_closing),
	{}
};

static struct kunit_suite device_test_suite = {
	.name = "zram_device",
	.init = device_test_init,
	.test_cases = device_test_cases,
};

kunit_test_suite(device_test_suite);
