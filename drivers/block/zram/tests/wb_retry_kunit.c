// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of blocks that could not be written.
 */

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/err.h>

#include "../bd_map.h"
#include "../wb_retry.h"
#include "../wb_ring.h"

/**
 * struct wb_retry_test - what a test works on
 * @map: a map of 512 blocks
 * @retry: blocks that failed
 * @req: a request
 */
struct wb_retry_test {
	struct zram_bd_map *map;
	struct zram_wb_retry retry;
	struct zram_wb_request req;
};

static int wb_retry_test_init(struct kunit *test)
{
	struct wb_retry_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->map = zram_bd_map_create(512);
	test->priv = t;
	return PTR_ERR_OR_ZERO(t->map);
}

static void wb_retry_test_exit(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	if (t && !IS_ERR(t->map))
		zram_bd_map_destroy(t->map);
}

/* A request of @nr blocks that is over; @after were submitted since */
static void settle(struct kunit *test, unsigned int nr, u64 bad, u64 faulty,
		   unsigned int after)
{
	struct wb_retry_test *t = test->priv;

	if (t->retry.submitted == t->retry.settled)
		t->retry.submitted++;
	t->retry.submitted += after;
	KUNIT_ASSERT_EQ(test, zram_bd_map_reserve(t->map, nr, 1, &t->req.first),
			(int)nr);
	t->req.nr = nr;
	t->req.bad = bad;
	t->req.faulty = faulty;
	zram_wb_retry_settle(&t->retry, t->map, &t->req);
}

/* expect USED BAD: blocks that are used, or kept, and blocks retired */
static void expect(struct kunit *test, u64 used, u64 bad)
{
	struct wb_retry_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, zram_bd_map_used(t->map), used);
	KUNIT_EXPECT_EQ(test, zram_bd_map_bad(t->map), bad);
}

static void wb_retry_test_request(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	settle(test, 64, 0, 0, 0);
	expect(test, 0, 0);
	settle(test, 64, BIT_ULL(0) | BIT_ULL(62), BIT_ULL(0) | BIT_ULL(62), 0);
	expect(test, 0, 2);
	/* Nothing that lies in the blocks */
	settle(test, 64, BIT_ULL(5), 0, 0);
	expect(test, 0, 2);
	/* The device, not the blocks */
	settle(test, 64, ~0ULL, ~0ULL, 0);
	settle(test, 2, 3, 3, 0);
	expect(test, 0, 2);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 2);
}

static void wb_retry_test_suspected(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;

	/* The last of a request: two more are under way meanwhile */
	settle(test, 4, BIT_ULL(3), BIT_ULL(3), 2);
	expect(test, 1, 0);
	/* These tell nothing, they may have been written before */
	settle(test, 4, 0, 0, 0);
	expect(test, 1, 0);
	settle(test, 4, 0, 0, 1);
	expect(test, 1, 0);
	/* But this one does */
	settle(test, 1, 0, 0, 0);
	expect(test, 0, 1);

	/* One alone, and then the device is seen to fail */
	settle(test, 1, 1, 1, 0);
	settle(test, 1, 1, 1, 0);
	expect(test, 2, 1);
	settle(test, 8, 0xff, 0xff, 0);
	expect(test, 0, 1);

	/* One alone, and no more news */
	settle(test, 1, 1, 1, 0);
	expect(test, 1, 1);
	zram_wb_retry_end(&t->retry, t->map);
	expect(test, 0, 1);
}

/* Only so many blocks can be suspected. */
static void wb_retry_test_many(struct kunit *test)
{
	struct wb_retry_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < 2 * ZRAM_WB_RETRY_MAX; i++)
		settle(test, 1, 1, 1, 0);
	expect(test, ZRAM_WB_RETRY_MAX, 0);
	settle(test, 1, 0, 0, 0);
	expect(test, 0, ZRAM_WB_RETRY_MAX);
	zram_wb_retry_end(&t->retry, t->map);
}

static struct kunit_case wb_retry_test_cases[] = {
	KUNIT_CASE(wb_retry_test_request),
	KUNIT_CASE(wb_retry_test_suspected),
	KUNIT_CASE(wb_retry_test_many),
	{}
};

static struct kunit_suite wb_retry_test_suite = {
	.name = "zram_wb_retry",
	.init = wb_retry_test_init,
	.exit = wb_retry_test_exit,
	.test_cases = wb_retry_test_cases,
};

kunit_test_suite(wb_retry_test_suite);
