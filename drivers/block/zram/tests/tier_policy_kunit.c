// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the policy of tiering: pressure, walks, and time. */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../tier_policy.h"
#include "tier_policy_test.h"

/* Without a number that is not zero there is nothing to divide by, and nothing to do */
static void policy_test_zero(struct kunit *test)
{
	struct machine *m = machine_make(test);
	int i;

	m->in = (struct zram_tier_input){};
	for (i = 0; i < 10; i++) {
		m->in.walk = &m->walk;
		m->in.elapsed_ms = i % 2 * 1000;
		machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
		KUNIT_EXPECT_EQ(test, m->out.pages, 0);
		KUNIT_EXPECT_EQ(test, m->out.bytes, 0);
		KUNIT_EXPECT_EQ(test, m->out.eligible, 0);
		KUNIT_EXPECT_FALSE(test, m->out.walk);
	}
	/* Zero settings: mem_limit of a byte, no target, no regret admitted */
	m->config.regret_target = 0;
	m->in.limit_bytes = 1;
	m->in.ram_pages = 1;
	m->in.pool_bytes = 2;
	m->in.object_bytes = 2;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
}

/* Cold pages alone are no reason: no demand, no victim, no walk */
static void policy_test_no_demand(struct kunit *test)
{
	struct machine *m = machine_make(test);
	int i;

	m->walk.pages[20] = 50000;
	m->in.walk = &m->walk;
	for (i = 0; i < 1000; i++) {
		/* The shrinker may ask; old pages may be read; memory is not short */
		m->in.asked = 1000;
		m->in.reads[15] = 100000;
		m->in.reads_disk[1] = 100000;
		machine_step(m);
		if (m->out.pages || m->out.walk || m->out.eligible ||
		    m->out.protected_age != U32_MAX)
			KUNIT_FAIL(test, "step %d moves pages", i);
	}
}

static void policy_test_gate(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, m->out.eligible, 40000);
	KUNIT_EXPECT_EQ(test, m->out.protected_age, 1 << 9);
	/* Without demand nothing leaves even while memory is short */
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	m->in.asked = 500;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_EQ(test, m->out.pages, 500);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 1 << 9);
	/* Half of it is forgotten each second; the gate closes when nothing is young */
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 250);
	for (i = 0; m->out.eligible && i < 60; i++)
		machine_step(m);
	KUNIT_EXPECT_LT(test, i, 30);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	KUNIT_EXPECT_EQ(test, m->out.protected_age, U32_MAX);
	KUNIT_EXPECT_EQ(test, m->state.demand, 0);
	KUNIT_EXPECT_FALSE(test, m->out.walk);
	m->in.asked = 500;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
}

/* While memory is short, a walk every four seconds */
static void policy_test_walks(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	m->in.elapsed_ms = 250;
	m->walks = 0;
	for (i = 0; i < 400; i++)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->walks, 25);
}

/*
 * The gate: reads of pages younger than 32 s, from memory, of 3 ms in the last seconds.
 * It closes four seconds after the last such second.
 */
static void policy_test_gate_opens(struct kunit *test)
{
	static const struct {
		unsigned int class, reads;
		bool gate;
	} cases[] = {
		{ 5, 3000 * 1000 / POOL_NS, true },
		{ 5, 3000 * 1000 / POOL_NS - 2, false },
		{ 6, 1000000, false },
	};
	unsigned int c, i;

	for (c = 0; c < ARRAY_SIZE(cases); c++) {
		struct machine *m = machine_make(test);

		for (i = 0; i < 40; i++) {
			m->in.reads[cases[c].class] = cases[c].reads + (i < 20);
			m->in.reads_disk[1] = 100000;
			machine_step(m);
		}
		KUNIT_EXPECT_EQ(test, m->out.gate, cases[c].gate);
		for (i = 0; m->out.gate; i++)
			machine_step(m);
		KUNIT_EXPECT_EQ(test, i, 5 * cases[c].gate);
	}
}

/* One second of reads is not enough: half of the pressure is that of before */
static void policy_test_gate_average(struct kunit *test)
{
	struct machine *m = machine_make(test);

	m->in.reads[1] = 5000 * 1000 / POOL_NS;
	machine_step(m);
	KUNIT_EXPECT_FALSE(test, m->out.gate);
	m->in.reads[1] = 5000 * 1000 / POOL_NS;
	machine_step(m);
	KUNIT_EXPECT_TRUE(test, m->out.gate);
	/* Nothing is known of the pages before a walk */
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	KUNIT_EXPECT_EQ(test, m->out.protected_age, U32_MAX);
}

/* The constants are those that RESULTS.md of tools/tiersim is about: change both */
static void policy_test_constants(struct kunit *test)
{
	const struct zram_tier_tuning *t = &zram_tier_tuning_default;

	KUNIT_EXPECT_EQ(test, t->gate_us, 3000);
	KUNIT_EXPECT_EQ(test, t->gate_hold, 4);
	KUNIT_EXPECT_EQ(test, t->young_class, 6);
	KUNIT_EXPECT_EQ(test, t->hazard.memory, 173);
	KUNIT_EXPECT_EQ(test, t->hazard.recent, 16);
	KUNIT_EXPECT_EQ(test, t->hazard.ram_shift, 9);
	KUNIT_EXPECT_EQ(test, t->hazard.prior_q8, 256);
	KUNIT_EXPECT_EQ(test, t->hazard.min_shift, 1);
	KUNIT_EXPECT_EQ(test, t->hazard.floor, 3);
	KUNIT_EXPECT_EQ(test, t->regret_class, 7);
	KUNIT_EXPECT_EQ(test, t->brake.slack, 16);
	KUNIT_EXPECT_EQ(test, t->brake.shift, 2);
	KUNIT_EXPECT_EQ(test, t->brake.recover, 32);
	KUNIT_EXPECT_EQ(test, t->disk_us, 500);
	KUNIT_EXPECT_EQ(test, t->disk_least_us, 100);
}

/* The cut of a device with pages of all ages, whose read takes @disk_us; 0: not known */
static unsigned int policy_cut_probed(struct kunit *test, u32 disk_us)
{
	struct machine *m = machine_make(test);
	unsigned int k, cut;

	m->walk.pages[1] = 5000;
	for (k = 2; k < ZRAM_TIER_CLASSES; k++)
		m->walk.pages[k] = 2000;
	m->in.disk_us = disk_us;
	for (k = 0; k < 30; k++)
		machine_second(m);
	cut = m->state.cut;
	kunit_kfree(test, m);
	return cut;
}

/* A device that was measured needs no guess, but one cannot be faster than any is */
static void policy_test_probe(struct kunit *test)
{
	const struct zram_tier_tuning *t = &zram_tier_tuning_default;

	KUNIT_EXPECT_EQ(test, policy_cut_probed(test, 0),
			policy_cut_probed(test, t->disk_us));
	KUNIT_EXPECT_LT(test, policy_cut_probed(test, t->disk_least_us),
			policy_cut_probed(test, t->disk_us));
	KUNIT_EXPECT_EQ(test, policy_cut_probed(test, 1),
			policy_cut_probed(test, t->disk_least_us));
	KUNIT_EXPECT_GT(test, policy_cut_probed(test, 8 * t->disk_us),
			policy_cut_probed(test, t->disk_us));
}

/* What was written is not asked for again */
static void policy_test_demand(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);

	m->in.asked = 1000;
	m->in.elapsed_ms = 0;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 1000);
	m->in.written = 300;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 700);
	KUNIT_EXPECT_EQ(test, m->out.eligible, 39700);
	m->in.written = 5000;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	m->in.asked = U64_MAX;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, m->out.eligible);
	KUNIT_EXPECT_EQ(test, m->out.pages, 34700);
}

static void policy_test_oldest(struct kunit *test)
{
	static const struct {
		u64 asked, pages;
		unsigned int cut;
	} cases[] = {
		{ 1, 1, 20 },
		{ 100, 100, 20 },
		{ 101, 101, 15 },
		{ 300, 300, 15 },
		{ 301, 301, 10 },
		{ 1000, 1000, 10 },
		{ U64_MAX, 40300, 10 },
	};
	unsigned int i, s;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct machine *m = machine_make(test);

		m->walk.pages[1] = 5000;
		/* Old enough for the user's demand, not for pressure */
		m->walk.pages[5] = 20000;
		m->walk.pages[10] = 40000;
		m->walk.pages[15] = 200;
		m->walk.pages[20] = 100;
		m->walk.on_disk[22] = 100000;
		for (s = 0; s < 20; s++)
			machine_second(m);
		KUNIT_EXPECT_EQ(test, m->out.eligible, 40300);
		m->in.asked = cases[i].asked;
		machine_second(m);
		KUNIT_EXPECT_EQ(test, m->out.pages, cases[i].pages);
		KUNIT_EXPECT_EQ(test, m->out.min_age,
				zram_tier_class_age(cases[i].cut));
	}
}

/* Short steps while pages may leave, none at all when there is nothing to wait for */
static void policy_test_wait(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, m->out.gate);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 250);
	for (i = 0; m->out.gate && i < 60; i++)
		machine_step(m);
	KUNIT_EXPECT_LT(test, i, 30);
	/* Its pressure may return, for a minute after the last access */
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 1000);
	for (; m->out.wait_ms && i < 100; i++)
		machine_step(m);
	KUNIT_EXPECT_EQ(test, i, 59);
	/* Any access begins another minute */
	for (i = 0; i < 3; i++) {
		m->in.stored = i == 0;
		m->in.reads[20] = i == 1;
		m->in.reads_disk[20] = i == 2;
		m->in.elapsed_ms = 250;
		machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.wait_ms, 1000);
		m->in.elapsed_ms = 58000;
		machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.wait_ms, 1000);
		m->in.elapsed_ms = 3000;
		machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.wait_ms, 0);
	}
	m->in.elapsed_ms = 1000;
	/* A target that is exceeded */
	m->config.pool_target = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 250);
	m->in.free_bytes = 0;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_FULL);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 1000);
}

/* A steady rate of reads is that rate, however long steps take */
static void policy_test_rate(struct kunit *test)
{
	static const u32 steps[] = { 250, 300, 700, 900, 1000, 1300, 1900, 1990 };
	unsigned int s, i;

	for (s = 0; s < ARRAY_SIZE(steps); s++) {
		struct machine *m = machine_make(test);

		m->in.elapsed_ms = steps[s];
		for (i = 0; i < 200; i++) {
			m->in.reads[1] = steps[s] / 10;
			machine_step(m);
			KUNIT_EXPECT_LE(test, m->state.pressure_us, 100 * POOL_NS / 1000);
		}
		KUNIT_EXPECT_GT(test, m->state.pressure_us, 99 * POOL_NS / 1000);
	}
}

/* Parts of a second add up; a long time ends, and leaves next to nothing of the past */
static void policy_test_time(struct kunit *test)
{
	struct machine *a = machine_cold(test, 30), *b = machine_cold(test, 30);
	u64 before = a->state.hazard.past.reads[1];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, memcmp(&a->state, &b->state, sizeof(a->state)), 0);
	a->in.elapsed_ms = 12000;
	machine_step(a);
	b->in.elapsed_ms = 125;
	for (i = 0; i < 96; i++)
		machine_step(b);
	KUNIT_EXPECT_EQ(test, memcmp(&a->state, &b->state, sizeof(a->state)), 0);

	a->in.elapsed_ms = U32_MAX;
	a->in.asked = U64_MAX;
	machine_step(a);
	KUNIT_EXPECT_EQ(test, a->out.pages, 0);
	KUNIT_EXPECT_GT(test, before, 1000000);
	KUNIT_EXPECT_LT(test, a->state.hazard.past.reads[1], before >> 10);
	KUNIT_EXPECT_EQ(test, a->state.brake.margin, ZRAM_TIER_MARGIN_MAX);
	a->in.elapsed_ms = 4000;
	a->state.hazard.since_walk = U32_MAX - 5;
	for (i = 0; i < 3; i++)
		machine_step(a);
	KUNIT_EXPECT_EQ(test, a->state.hazard.since_walk, U32_MAX);
	a->state.hazard.since_walk = U32_MAX - 5000;
	a->in.elapsed_ms = 8000000;
	machine_step(a);
	KUNIT_EXPECT_EQ(test, a->state.hazard.since_walk, U32_MAX);
}

/* Pages of any age leave for mem_limit while writers spill, and only then */
static void policy_test_spill(struct kunit *test)
{
	struct machine *m = machine_make(test);

	m->walk.pages[1] = 50000;
	m->in.limit_bytes = m->in.pool_bytes;
	machine_step(m);
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_HOT);
	m->in.spilled = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_EQ(test, m->out.min_age, zram_tier_class_age(1));
	/* Until the objects take 81 % of the limit */
	KUNIT_EXPECT_GE(test, m->out.pages, 50000 * 12 / 100);
	KUNIT_EXPECT_LE(test, m->out.pages, 50000 * 19 / 100);
	/* Others have been stored since the walk a second ago */
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_HOT);
	/* Even if the thread has slept until the first spill */
	m->in.spilled = 1;
	m->in.elapsed_ms = 60000;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	/* For mem_limit, and not for pool_target */
	m->in.elapsed_ms = 1000;
	m->config.pool_target = m->in.object_bytes / 2;
	m->in.spilled = 1;
	machine_step(m);
	KUNIT_EXPECT_LE(test, m->out.pages, 50000 * 19 / 100);
	m->in.limit_bytes *= 2;
	m->in.spilled = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_HOT);
	/* Without a limit a spill makes no page leave */
	m->config.pool_target = 0;
	m->in.limit_bytes = 0;
	m->in.spilled = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
}

static struct kunit_case policy_test_cases[] = {
	KUNIT_CASE(policy_test_zero),
	KUNIT_CASE(policy_test_no_demand),
	KUNIT_CASE(policy_test_gate),
	KUNIT_CASE(policy_test_gate_opens),
	KUNIT_CASE(policy_test_gate_average),
	KUNIT_CASE(policy_test_constants),
	KUNIT_CASE(policy_test_walks),
	KUNIT_CASE(policy_test_probe),
	KUNIT_CASE(policy_test_demand),
	KUNIT_CASE(policy_test_oldest),
	KUNIT_CASE(policy_test_wait),
	KUNIT_CASE(policy_test_rate),
	KUNIT_CASE(policy_test_time),
	KUNIT_CASE(policy_test_spill),
	{}
};

static struct kunit_suite policy_test_suite = {
	.name = "zram_tier_policy",
	.test_cases = policy_test_cases,
};

kunit_test_suite(policy_test_suite);
