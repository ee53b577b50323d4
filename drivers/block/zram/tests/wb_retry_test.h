/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RETRY_TEST_H_
#define _ZRAM_WB_RETRY_TEST_H_

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "../bd_map.h"
#include "../pp.h"
#include "../wb_retry.h"
#include "../wb_ring.h"
#include "../zram.h"

#define NR_BLOCKS	4096

/**
 * struct wb_retry_test - what a test works on
 * @map: a map of NR_BLOCKS blocks
 * @retry: the blocks that failed
 * @run: a run that nothing stops
 * @zram: has no more than the run needs
 * @req: a request
 * @taken: a bit for each block of the next request that slots refer to
 * @bad: blocks that cannot be written
 * @dead: no block can be written
 * @slow: how long a write that fails takes, in ms
 * @takes: time counted for each write that fails, in jiffies; it does not pass
 * @tried: writes the device was asked for
 * @checked: requests that were read back
 * @check_slow: how long that takes, in ms
 */
struct wb_retry_test {
	struct zram_bd_map *map;
	struct zram_wb_retry retry;
	struct zram_pp_run run;
	struct zram *zram;
	struct zram_wb_request req;
	u64 taken;
	DECLARE_BITMAP(bad, NR_BLOCKS);
	bool dead;
	unsigned int slow;
	unsigned long takes;
	unsigned int tried;
	unsigned int checked;
	unsigned int check_slow;
};

static inline bool model_probe(struct zram_wb_retry *retry, u64 block)
{
	struct wb_retry_test *t = container_of(retry, struct wb_retry_test, retry);

	t->tried++;
	if (!t->dead && !test_bit(block, t->bad))
		return true;
	if (t->slow)
		msleep(t->slow);
	retry->failing += t->takes;
	return false;
}

static inline bool model_rewrite(struct zram_wb_retry *retry,
				 struct zram_wb_request *req, unsigned int i)
{
	bool ok = model_probe(retry, req->first + i);

	if (ok)
		req->bad &= ~BIT_ULL(i);
	else
		req->faulty |= BIT_ULL(i);
	return ok;
}

/* The device has reported the blocks as written that cannot be */
static inline bool model_verify(struct zram_wb_retry *retry,
				struct zram_wb_request *req)
{
	struct wb_retry_test *t = container_of(retry, struct wb_retry_test, retry);
	unsigned int i;

	t->checked++;
	msleep(t->check_slow);
	for (i = 0; i < req->nr; i++)
		if (t->dead || test_bit(req->first + i, t->bad))
			req->bad |= BIT_ULL(i);
	return !req->bad;
}

static inline int wb_retry_test_init(struct kunit *test)
{
	struct wb_retry_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->zram = kunit_kzalloc(test, sizeof(*t->zram), GFP_KERNEL);
	if (!t->zram)
		return -ENOMEM;
	t->run.zram = t->zram;
	t->retry.pp = &t->run;
	t->retry.name = "model";
	t->retry.rewrite = model_rewrite;
	t->retry.probe = model_probe;
	t->map = zram_bd_map_create(NR_BLOCKS);
	test->priv = t;
	return PTR_ERR_OR_ZERO(t->map);
}

static inline void wb_retry_test_exit(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	if (t && !IS_ERR(t->map))
		zram_bd_map_destroy(t->map);
}

/* Write a request of @nr reserved blocks, of which the device has failed those in @bad */
static inline void write_blocks(struct wb_retry_test *t, u64 first, unsigned int nr,
				u64 bad)
{
	t->tried = 0;
	t->req = (struct zram_wb_request){
		.first = first,
		.nr = nr,
		.bad = bad,
	};
	zram_wb_retry_request(&t->retry, &t->req);
	zram_wb_retry_settle(&t->retry, t->map, &t->req, t->taken);
}

/* The same, after reserving them; those in @lasting fail each time */
static inline void write_request(struct kunit *test, unsigned int nr, u64 bad,
				 u64 lasting)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;
	u64 first;

	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->map, nr, 1, &first),
			(int)nr);
	for (i = 0; i < nr; i++)
		if (lasting & BIT_ULL(i))
			__set_bit(first + i, t->bad);
	write_blocks(t, first, nr, bad);
}

/* expect USED BAD: blocks that are used, or kept, and blocks retired */
static inline void expect(struct kunit *test, u64 used, u64 bad)
{
	struct wb_retry_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), used);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->map), bad);
}

static inline void repair(struct wb_retry_test *t)
{
	bitmap_zero(t->bad, NR_BLOCKS);
}

#endif
