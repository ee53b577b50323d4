// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the brake: reads that wait, and the margin. */

#include <kunit/test.h>
#include <linux/limits.h>

#include "../tier_policy.h"
#include "tier_policy_test.h"

/* Pages that are written and come back at once: it ends within seconds, and stays so */
static void brake_test_thrash(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	u64 moved = 0, late = 0, back = 0;
	unsigned int i;

	for (i = 0; i < 120; i++) {
		m->in.asked = 2000;
		m->in.written = back;
		m->in.reads_disk[6] = back;
		m->in.wait_us = back * 100;
		/* The walk finds as many pages in memory as before */
		machine_second(m);
		back = m->out.pages;
		moved += back;
		if (i >= 20)
			late += back;
	}
	KUNIT_EXPECT_GT(test, moved, 0);
	KUNIT_EXPECT_LT(test, moved, 10 * 2000);
	KUNIT_EXPECT_LT(test, late, moved / 4 + 1);
}

/* Young pages are read again, and there are few others, as far as walks tell */
static struct machine *machine_young(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	m->walk.pages[10] = 10;
	for (i = 0; i < 5; i++)
		machine_second(m);
	return m;
}

static void brake_test_brake(struct kunit *test)
{
	struct machine *m = machine_young(test);
	unsigned int i, margin;

	/* 20 of 100 and a slack of 16 may wait; of pages just written, half as many */
	m->in.elapsed_ms = 1000;
	m->in.written = 1010;
	m->in.reads_disk[5] = 100 + m->tuning.brake.slack;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
	/* 116 reads in half the time are 23 of 100 */
	KUNIT_EXPECT_GE(test, m->out.regret, 22);
	KUNIT_EXPECT_LE(test, m->out.regret, 23);
	m->in.reads_disk[5] = 30;
	machine_second(m);
	margin = ZRAM_TIER_MARGIN_MAX >> m->tuning.brake.shift;
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, margin);
	/* Not at once again: the cut has to show */
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, margin);
	/* It recovers, the slower the more it was cut */
	for (i = 0; m->state.brake.margin < ZRAM_TIER_MARGIN_MAX && i < 1000; i++) {
		margin = m->state.brake.margin;
		m->in.written = 1000;
		machine_second(m);
		KUNIT_EXPECT_GE(test, m->state.brake.margin, margin >> m->tuning.brake.shift);
	}
	KUNIT_EXPECT_LT(test, i, 300);
	KUNIT_EXPECT_GT(test, i, 10);
	/* Reads of pages that were on the backing device for long are no regret */
	m->in.reads_disk[m->tuning.regret_class] = 100000;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
}

/* Reads of spilled pages wait, so these count as written. They meet no demand */
static void brake_test_spilled(struct kunit *test)
{
	struct machine *m = machine_young(test);
	unsigned int margin = ZRAM_TIER_MARGIN_MAX >> m->tuning.brake.shift;
	u64 demand;

	m->in.elapsed_ms = 1000;
	m->in.spilled = 10000;
	m->in.reads_disk[5] = 1000;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
	KUNIT_EXPECT_LE(test, m->out.regret, 20);

	m->in.elapsed_ms = 0;
	m->in.asked = 500;
	machine_step(m);
	demand = m->state.demand;
	m->in.spilled = 100;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->state.demand, demand);

	m = machine_young(test);
	m->in.elapsed_ms = 1000;
	m->in.reads_disk[5] = 1000;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, margin);
}

/* The sums, without a policy */
static void brake_test_sums(struct kunit *test)
{
	const struct zram_tier_brake_tuning *tuning = &zram_tier_tuning_default.brake;
	struct zram_tier_brake brake;
	unsigned int i;
	bool cut;

	zram_tier_brake_init(&brake);
	KUNIT_EXPECT_EQ(test, zram_tier_brake_regret(&brake), 0);
	KUNIT_EXPECT_EQ(test, zram_tier_brake_halvings(&brake), 0);
	zram_tier_brake_count(&brake, tuning->slack + 1, 0);
	KUNIT_EXPECT_TRUE(test, zram_tier_brake_second(&brake, tuning, 20));
	KUNIT_EXPECT_EQ(test, zram_tier_brake_halvings(&brake), 2);
	/* Pages written long ago excuse nothing */
	zram_tier_brake_init(&brake);
	zram_tier_brake_count(&brake, 0, 100000);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_FALSE(test, zram_tier_brake_second(&brake, tuning, 20));
	zram_tier_brake_count(&brake, tuning->slack + 1, 0);
	KUNIT_EXPECT_TRUE(test, zram_tier_brake_second(&brake, tuning, 20));
	/* A steady fifth is a fifth */
	zram_tier_brake_init(&brake);
	for (i = 0; i < 1000; i++) {
		zram_tier_brake_count(&brake, 200, 1000);
		cut = zram_tier_brake_second(&brake, tuning, 21);
		KUNIT_EXPECT_FALSE(test, cut && i >= 500);
	}
	KUNIT_EXPECT_GE(test, zram_tier_brake_regret(&brake), 19);
	KUNIT_EXPECT_LE(test, zram_tier_brake_regret(&brake), 20);
	for (i = 0; i < 20 && !zram_tier_brake_second(&brake, tuning, 18); i++)
		zram_tier_brake_count(&brake, 200, 1000);
	KUNIT_EXPECT_LT(test, i, 20);
	zram_tier_brake_count(&brake, 1ULL << 55, 0);
	KUNIT_EXPECT_EQ(test, zram_tier_brake_regret(&brake), U32_MAX);
}

/* A cut of the margin shows in the step that makes it, not after the next walk */
static void brake_test_brake_shows(struct kunit *test)
{
	struct machine *m = machine_make(test);
	unsigned int i, k, cut;

	m->tuning.disk_us = 60;
	m->walk.pages[1] = 5000;
	for (k = 6; k < 12; k++)
		m->walk.pages[k] = 4000;
	for (i = 0; i < 64 || m->state.hazard.since_walk; i++)
		machine_second(m);
	cut = m->state.cut;
	m->in.asked = 500;
	m->in.reads_disk[5] = 1500;
	m->in.wait_us = 1500 * 60;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.hazard.since_walk, 1);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX / 4);
	KUNIT_EXPECT_GT(test, m->state.cut, cut);
	KUNIT_EXPECT_EQ(test, m->state.demand, 500);
	/* The demand from before is gone; a second later the margin is cut again */
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX / 4);
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX / 16);
	KUNIT_EXPECT_EQ(test, m->state.demand, 0);
}

/* Old pages written do not excuse that young ones come back */
static void brake_test_dilution(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	m->in.written = 100000;
	m->in.elapsed_ms = 0;
	m->state.hazard.walk.pages[10] = 100000;
	machine_step(m);
	m->in.elapsed_ms = 1000;
	for (i = 0; i < 10; i++) {
		m->in.written = 500;
		m->in.reads_disk[5] = 500;
		machine_second(m);
	}
	KUNIT_EXPECT_LT(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
}

/* The margin recovers in minutes, whatever the number of regrets */
static void brake_test_recovery(struct kunit *test)
{
	unsigned int regrets, i;

	for (regrets = 100; regrets <= 1000000; regrets *= 10) {
		struct machine *m = machine_young(test);

		m->in.written = regrets;
		m->in.reads_disk[5] = regrets;
		m->in.wait_us = 100ULL * regrets;
		machine_second(m);
		KUNIT_EXPECT_LT(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
		for (i = 0; m->state.brake.margin < ZRAM_TIER_MARGIN_MAX && i < 1000; i++)
			machine_second(m);
		KUNIT_EXPECT_GT(test, i, 30);
		KUNIT_EXPECT_LT(test, i, 300);
		kunit_kfree(test, m);
	}
}

static struct kunit_case brake_test_cases[] = {
	KUNIT_CASE(brake_test_thrash),
	KUNIT_CASE(brake_test_brake),
	KUNIT_CASE(brake_test_spilled),
	KUNIT_CASE(brake_test_sums),
	KUNIT_CASE(brake_test_brake_shows),
	KUNIT_CASE(brake_test_dilution),
	KUNIT_CASE(brake_test_recovery),
	{}
};

static struct kunit_suite brake_test_suite = {
	.name = "zram_tier_brake",
	.test_cases = brake_test_cases,
};

kunit_test_suite(brake_test_suite);
