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
#include "zram_test.h"

static int device_test_init(struct kunit *test)
{
	struct zram *zram = kunit_kzalloc(test, sizeof(*zram), GFP_KERNEL);

	if (!zram || zram_test_disk(test, zram))
		return -ENOMEM;
	mutex_init(&zram->disk->open_mutex);
	test->priv = zram;
	return 0;
}

static void device_test_claim(struct kunit *test)
{
	struct zram *zram = test->priv;

	KUNIT_EXPECT_EQ(test, zram_device_try_claim(zram), 0);
	KUNIT_EXPECT_TRUE(test, zram->claimed);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(zram), -EALREADY);
}

/* -EAGAIN without a holder, because such openers close soon */
static void device_test_opener(struct kunit *test)
{
	struct zram *zram = test->priv;

	atomic_set(&zram->disk->part0->bd_openers, 1);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(zram), -EAGAIN);
	zram->disk->part0->bd_holder = zram;
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(zram), -EBUSY);
	KUNIT_EXPECT_FALSE(test, zram->claimed);
}

/* A claim must not wait for a last close, which may wait for the backing device */
static void device_test_closing(struct kunit *test)
{
	struct zram *zram = test->priv;
	int err;

	mutex_lock(&zram->disk->open_mutex);
	err = zram_device_try_claim(zram);
	mutex_unlock(&zram->disk->open_mutex);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_FALSE(test, zram->claimed);
	KUNIT_EXPECT_EQ(test, zram_device_try_claim(zram), 0);
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
