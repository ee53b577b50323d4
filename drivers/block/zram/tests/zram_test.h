/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TEST_H_
#define _ZRAM_TEST_H_

#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/err.h>

#include "../comp.h"
#include "../comps.h"
#include "../obj.h"
#include "../slot_range.h"
#include "../stats.h"
#include "../table.h"
#include "../zram.h"

/* A disk that serves messages only; freed at the end of the test */
static inline int zram_test_disk(struct kunit *test, struct zram *zram)
{
	zram->disk = kunit_kzalloc(test, sizeof(*zram->disk), GFP_KERNEL);
	if (!zram->disk)
		return -ENOMEM;
	zram->disk->part0 = kunit_kzalloc(test, sizeof(*zram->disk->part0),
					  GFP_KERNEL);
	return zram->disk->part0 ? 0 : -ENOMEM;
}

/* A device without a disk, of @nr slots, whose compressor of @prio is the default one */
static inline int zram_test_init(struct zram *zram, unsigned long nr,
				 unsigned int prio)
{
	static const struct zram_comp_params unset = ZRAM_COMP_PARAMS_UNSET;
	struct zram_comp *comp;
	int err = zram_stats_init(&zram->stats);

	if (err)
		return err;
	err = zram_table_create(&zram->slots, nr);
	if (err)
		return err;
	zram->nr_pages = nr;
	err = zram_obj_pool_create(&zram->pool, "kunit");
	if (err)
		return err;
	comp = zram_comp_create(CONFIG_ZRAM_DEF_COMP, &unset);
	if (IS_ERR(comp))
		return PTR_ERR(comp);
	zram->comps.choice[prio].comp = comp;
	return 0;
}

/* As far as zram_test_init() has come */
static inline void zram_test_exit(struct zram *zram, unsigned int prio)
{
	zram_slot_free_range(zram, 0, zram->nr_pages);
	zram_comp_destroy(zram->comps.choice[prio].comp);
	zram_obj_pool_destroy(&zram->pool);
	zram_table_destroy(&zram->slots);
	zram_stats_destroy(&zram->stats);
}

#endif
