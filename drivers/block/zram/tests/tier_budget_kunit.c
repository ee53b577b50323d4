// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the budget of a device: its ledger, and its clock.
 *
 * The clock goes on during a test. If the budget is a byte a second, numbers may be off by
 * SLACK bytes.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/timekeeping.h>

#include "../tier_budget.h"
#include "../tier_dev.h"
#include "../zram.h"

#define DAY	86400
#define DAY_MS	86400000ULL
#define SLACK	300

/**
 * struct budget_test - what a test works on
 * @zram: has @tier and nothing else
 * @tier: has a budget and nothing else
 * @text: a page
 */
struct budget_test {
	struct zram zram;
	struct zram_tier tier;
	char *text;
};

static int budget_test_init(struct kunit *test)
{
	struct budget_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	/* sysfs_emit() takes whole pages only */
	t->text = (char *)get_zeroed_page(GFP_KERNEL);
	if (!t->text)
		return -ENOMEM;
	test->priv = t;
	t->zram.tier = &t->tier;
	spin_lock_init(&t->tier.budget.lock);
	t->tier.budget.bucket.daily = DAY;
	t->tier.budget.filled_ms = ktime_to_ms(ktime_get_boottime());
	return 0;
}

static void budget_test_exit(struct kunit *test)
{
	struct budget_test *t = test->priv;

	if (t)
		free_page((unsigned long)t->text);
}

static int budget_test_restore(struct budget_test *t, s64 age, u64 spent)
{
	char text[80];

	snprintf(text, sizeof(text), "1 %lld %llu 0 0 0\n",
		 ktime_get_real_seconds() - age, spent);
	return zram_tier_budget_restore(&t->zram, text);
}

static u64 budget_test_spent(struct budget_test *t)
{
	struct zram_tier_bucket bucket;

	zram_tier_budget_get(&t->zram, &bucket);
	return bucket.spent;
}

static void budget_test_expect_spent(struct kunit *test, u64 slack, u64 wanted)
{
	u64 spent = budget_test_spent(test->priv);

	KUNIT_EXPECT_LE(test, spent, wanted);
	KUNIT_EXPECT_GE(test, spent, wanted - min(slack, wanted));
}

/* How much of a day's worth became free, if @rate bytes do in a ms */
static u64 budget_test_freed(struct budget_test *t, u64 rate)
{
	return rate * DAY_MS - budget_test_spent(t);
}

static void budget_test_clock(struct kunit *test)
{
	struct budget_test *t = test->priv;
	struct zram_tier_budget *budget = &t->tier.budget;
	const u64 rate = 1000, ago = 100;
	u64 begun, most;

	zram_tier_budget_set_daily(&t->zram, rate * DAY_MS);
	zram_tier_budget_charge(&t->zram, rate * DAY_MS);
	begun = budget->filled_ms;
	budget->filled_ms -= ago;
	KUNIT_EXPECT_GE(test, budget_test_freed(t, rate), rate * ago);
	/* Time is counted once */
	KUNIT_EXPECT_GE(test, zram_tier_budget_left(&t->zram, false), rate * ago);
	most = budget_test_freed(t, rate);
	KUNIT_EXPECT_LE(test, most, rate * (ago + budget->filled_ms - begun));
	/* Time before a charge frees none of its bytes */
	budget->bucket.spent = 0;
	begun = budget->filled_ms;
	budget->filled_ms -= ago;
	zram_tier_budget_charge(&t->zram, rate * DAY_MS);
	most = budget_test_freed(t, rate);
	KUNIT_EXPECT_LE(test, most, rate * (budget->filled_ms - begun));

	zram_tier_budget_set_reserve(&t->zram, rate * DAY_MS);
	KUNIT_EXPECT_EQ(test, zram_tier_budget_left(&t->zram, false), 0);
	/* Time before a new daily budget counts by the old one */
	budget->filled_ms -= ago;
	zram_tier_budget_set_daily(&t->zram, 1);
	KUNIT_EXPECT_GE(test, budget_test_freed(t, rate), rate * ago);
	/* Time before a ledger frees none of its bytes */
	zram_tier_budget_set_daily(&t->zram, rate * DAY_MS);
	begun = budget->filled_ms;
	budget->bucket.spent = 0;
	budget->filled_ms -= ago;
	budget_test_restore(t, -5, rate * DAY_MS);
	most = budget_test_freed(t, rate);
	KUNIT_EXPECT_LE(test, most, rate * (budget->filled_ms - begun));

	zram_tier_budget_set_daily(&t->zram, ZRAM_TIER_NO_LIMIT);
	KUNIT_EXPECT_EQ(test, zram_tier_budget_left(&t->zram, false),
			ZRAM_TIER_NO_LIMIT);
	/* A clock that goes back frees none */
	zram_tier_budget_set_daily(&t->zram, DAY);
	budget->bucket.spent = 1000;
	budget->filled_ms += 3600000;
	KUNIT_EXPECT_EQ(test, budget_test_spent(t), 1000);
}

static void budget_test_round_trip(struct kunit *test)
{
	struct budget_test *t = test->priv;
	struct zram_tier_budget *budget = &t->tier.budget;

	zram_tier_budget_charge(&t->zram, 70000);
	zram_tier_budget_moved(&t->zram, 7, 20000);
	zram_tier_budget_moved(&t->zram, 10, 50000);
	zram_tier_budget_read_back(&t->zram, 3);
	zram_tier_budget_show(&t->zram, t->text);

	/* The device of the next boot has moved a page before the ledger is written */
	budget->bucket.spent = 4096;
	budget->pages = 1;
	budget->bytes = 4096;
	budget->pages_back = 1;
	KUNIT_EXPECT_EQ(test, zram_tier_budget_restore(&t->zram, t->text), 0);
	budget_test_expect_spent(test, SLACK, 70000 + 4096);
	KUNIT_EXPECT_EQ(test, budget->pages, 18);
	KUNIT_EXPECT_EQ(test, budget->bytes, 74096);
	KUNIT_EXPECT_EQ(test, budget->pages_back, 4);

	/* Once more counts once more */
	KUNIT_EXPECT_EQ(test, zram_tier_budget_restore(&t->zram, t->text), 0);
	budget_test_expect_spent(test, SLACK, 2 * 70000 + 4096);
	KUNIT_EXPECT_EQ(test, zram_tier_budget_left(&t->zram, false), 0);
	KUNIT_EXPECT_EQ(test, budget->pages, 35);
}

static void budget_test_age(struct kunit *test)
{
	static const struct {
		s64 age;
		u64 spent;
		u64 left_of_it;
	} cases[] = {
		{ 0, 50000, 50000 },
		{ DAY / 2, 50000, 50000 - DAY / 2 },
		{ DAY, 50000, 0 },
		/* No more than a day counts */
		{ 10 * DAY, 100000, 0 },
		/* The clock was set back */
		{ -3600, 50000, 50000 },
		{ -DAY + SLACK, 50000, 50000 },
	};
	struct budget_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* Bytes spent in this boot stay spent, however old the ledger is */
		t->tier.budget.bucket.spent = 30000;
		KUNIT_EXPECT_EQ(test, 0,
				budget_test_restore(t, cases[i].age,
						    cases[i].spent));
		budget_test_expect_spent(test, 2 * SLACK, 30000 + cases[i].left_of_it);
	}
}

static void budget_test_large(struct kunit *test)
{
	struct budget_test *t = test->priv;

	t->tier.budget.bucket.spent = 5;
	t->tier.budget.bytes = 5;
	snprintf(t->text, PAGE_SIZE, "1 %lld %llu %llu %llu %llu",
		 ktime_get_real_seconds(), U64_MAX, U64_MAX, U64_MAX, U64_MAX);
	KUNIT_EXPECT_EQ(test, zram_tier_budget_restore(&t->zram, t->text), 0);
	budget_test_expect_spent(test, SLACK, U64_MAX);
	KUNIT_EXPECT_EQ(test, t->tier.budget.bytes, U64_MAX);
	zram_tier_budget_moved(&t->zram, 1, 1);
	KUNIT_EXPECT_EQ(test, t->tier.budget.pages, U64_MAX);
}

static void budget_test_bad(struct kunit *test)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -EINVAL },
		{ "\n", -EINVAL },
		{ "1", -EINVAL },
		{ "1 0 1 2 3\n", -EINVAL },
		{ "1 0 1 2 3 4 5\n", -EINVAL },
		{ "1 0 1 2 3 4 x\n", -EINVAL },
		{ "0 0 1 2 3 4\n", -EINVAL },
		{ "2 0 1 2 3 4\n", -EINVAL },
		{ "1 0 1 2 3 4x\n", -EINVAL },
		{ "1 0 -1 2 3 4\n", -EINVAL },
		{ "1 0 1,2,3,4\n", -EINVAL },
		{ "1 0 0x1 2 3 4\n", -EINVAL },
		{ "1 0 1 2 3 18446744073709551616\n", -ERANGE },
		{ "1 0 1 2 3 00000000000000000000000000000000\n", -EINVAL },
		{ "1 18446744073709551615 1 2 3 4\n", -EINVAL },
	};
	struct budget_test *t = test->priv;
	struct zram_tier_budget *budget = &t->tier.budget;
	unsigned int i;

	zram_tier_budget_charge(&t->zram, 1000);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cases[i].err,
				    zram_tier_budget_restore(&t->zram,
							     cases[i].text),
				    "\"%s\"", cases[i].text);
	KUNIT_EXPECT_EQ(test, -EINVAL, budget_test_restore(t, -DAY - SLACK, 5));
	KUNIT_EXPECT_EQ(test, budget->bucket.spent, 1000);
	KUNIT_EXPECT_EQ(test, budget->bytes, 0);
	KUNIT_EXPECT_EQ(test, budget->pages, 0);
	KUNIT_EXPECT_EQ(test, budget->pages_back, 0);

	KUNIT_EXPECT_EQ(test, 0, zram_tier_budget_restore(&t->zram,
							  " 1 0\t0 2  3 4 "));
	KUNIT_EXPECT_EQ(test, budget->pages_back, 4);
}

static struct kunit_case budget_test_cases[] = {
	KUNIT_CASE(budget_test_clock),
	KUNIT_CASE(budget_test_round_trip),
	KUNIT_CASE(budget_test_age),
	KUNIT_CASE(budget_test_large),
	KUNIT_CASE(budget_test_bad),
	{}
};

static struct kunit_suite budget_test_suite = {
	.name = "zram_tier_budget",
	.init = budget_test_init,
	.exit = budget_test_exit,
	.test_cases = budget_test_cases,
};

kunit_test_suite(budget_test_suite);
