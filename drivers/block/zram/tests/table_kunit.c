// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the slot table: its locks, and the memory that it may take.
 */

#include <kunit/test.h>
#include <linux/array_size.h>

#include "../table.h"

static void table_test_locks(struct kunit *test)
{
	static const unsigned long sizes[] = {
		1, 63, 64, 65, 1000, 64 * 1024, 64 * 1024 + 1, 64 * 3000 + 5,
	};
	unsigned long i, nr;
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct zram_slots slots = {};

		nr = sizes[s];
		if (zram_table_create(&slots, nr))
			kunit_skip(test, "no memory for %lu slots", nr);
		KUNIT_EXPECT_EQ(test, slots.nr, nr);
		for (i = 0; i < nr; i++) {
			spinlock_t *lock = zram_slots_lock(&slots, i);
			bool same, one;

			if (zram_slot_peek(&slots.slot[i]))
				KUNIT_FAIL(test, "slot %lu is not empty", i);
			if (lock != &slots.groups[i / 64].lock)
				KUNIT_FAIL(test, "lock of slot %lu", i);
			/* One lock for a group, another for the next. */
			if (!i)
				continue;
			same = i % ZRAM_SLOT_GROUP;
			one = lock == zram_slots_lock(&slots, i - 1);
			if (same != one)
				KUNIT_FAIL(test, "group of slot %lu", i);
		}
		zram_table_destroy(&slots);
		KUNIT_EXPECT_PTR_EQ(test, slots.slot, NULL);
	}
}

static void table_test_affordable(struct kunit *test)
{
	static const struct {
		long available, swap, own, want;
	} cases[] = {
		{ 1000, 0, 0, 1000 },
		{ 1000, 500, 0, 1500 },
		/* Swap on zram is no memory */
		{ 1000, 500, 500, 1000 },
		{ 1000, 500, 800, 1000 },
		{ 1000, 500, 100, 1400 },
		/* Pages that swapoff brings back take memory */
		{ 1000, -400, 0, 600 },
		{ 1000, -400, 300, 600 },
		{ 1000, -1001, 0, 0 },
		{ 0, -1, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ(test, cases[i].want,
				zram_table_affordable(cases[i].available,
						      cases[i].swap,
						      cases[i].own));
}

static struct kunit_case table_test_cases[] = {
	KUNIT_CASE(table_test_locks),
	KUNIT_CASE(table_test_affordable),
	{}
};

static struct kunit_suite table_test_suite = {
	.name = "zram_table",
	.test_cases = table_test_cases,
};

kunit_test_suite(table_test_suite);

MODULE_LICENSE("GPL");
