// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of what the user asks tiering for, and of what may be written. */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include <asm/page.h>

#include "../tier_policy.h"
#include "tier_policy_test.h"

static void demand_test_budget(struct kunit *test)
{
	static const struct {
		u64 budget, free_bytes, bytes;
		enum zram_tier_reason reason;
	} cases[] = {
		{ U64_MAX, 1 << 20, 1 << 20, ZRAM_TIER_WORKING },
		{ 123457, U64_MAX, 123457, ZRAM_TIER_WORKING },
		{ PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, ZRAM_TIER_WORKING },
		{ PAGE_SIZE - 1, 1 << 20, 0, ZRAM_TIER_NO_BUDGET },
		{ 0, 1 << 20, 0, ZRAM_TIER_NO_BUDGET },
		{ 64 * PAGE_SIZE - 1, U64_MAX, 0, ZRAM_TIER_NO_BUDGET },
		{ U64_MAX, 64 * PAGE_SIZE, 64 * PAGE_SIZE, ZRAM_TIER_WORKING },
		{ 8 * PAGE_SIZE, U64_MAX, 8 * PAGE_SIZE, ZRAM_TIER_WORKING },
		{ 8 * PAGE_SIZE - 1, U64_MAX, 0, ZRAM_TIER_NO_BUDGET },
		{ 64 * PAGE_SIZE, U64_MAX, 64 * PAGE_SIZE, ZRAM_TIER_WORKING },
		{ 1 << 20, PAGE_SIZE - 1, 0, ZRAM_TIER_FULL },
		{ 0, 0, 0, ZRAM_TIER_FULL },
		{ U64_MAX, 64 * PAGE_SIZE - 1, 0, ZRAM_TIER_FULL },
	};
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	m->in.elapsed_ms = 0;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		m->in.asked = 100;
		m->in.budget = cases[i].budget;
		m->in.free_bytes = cases[i].free_bytes;
		machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.bytes, cases[i].bytes);
		KUNIT_EXPECT_EQ(test, m->out.reason, cases[i].reason);
		KUNIT_EXPECT_EQ(test, !m->out.pages, !cases[i].bytes);
	}
}

/* A budget of 12 KiB a second: an hour of it is written in a few hundred portions */
static void demand_test_trickle(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i, writes = 0, changes = 0;
	enum zram_tier_reason last;

	m->in.elapsed_ms = 250;
	m->in.budget = 0;
	for (i = 0; i < 4 * 3600; i++) {
		last = m->out.reason;
		m->in.budget += 12 * SZ_1K * PAGE_SIZE / SZ_4K / 4;
		m->in.asked = 20;
		machine_second(m);
		changes += last != m->out.reason;
		if (m->out.reason != ZRAM_TIER_WORKING)
			continue;
		writes++;
		m->in.budget -= round_down(m->out.bytes, PAGE_SIZE);
	}
	KUNIT_EXPECT_GT(test, writes, 60);
	KUNIT_EXPECT_LT(test, writes, 200);
	KUNIT_EXPECT_LT(test, changes, 500);
}

/* A budget that never has bytes for 64 pages is written once a minute */
static void demand_test_small_budget(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i, writes = 0;

	m->in.budget = 0;
	for (i = 0; i < 3600; i++) {
		m->in.asked = 20;
		machine_second(m);
		writes += m->out.reason == ZRAM_TIER_WORKING;
		m->in.budget = m->out.reason == ZRAM_TIER_WORKING ? 0 : PAGE_SIZE;
	}
	KUNIT_EXPECT_GE(test, writes, 55);
	KUNIT_EXPECT_LE(test, writes, 60);
}

/* While nothing can be written nothing is asked for, and no walk is worth its time */
static void demand_test_no_space(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	m->config.pool_target = 1000000;
	m->config.idle_age = 100;
	KUNIT_EXPECT_EQ(test, m->out.eligible, 40000);
	m->walks = 0;
	for (i = 0; i < 600; i++) {
		m->in.free_bytes = i % 2 * 10 * PAGE_SIZE;
		m->in.asked = div_u64(m->out.eligible, 100);
		/* The pressure ends, and the target does not */
		if (i < 300)
			machine_second(m);
		else
			machine_step(m);
		KUNIT_EXPECT_EQ(test, m->out.eligible, 0);
		KUNIT_EXPECT_FALSE(test, m->out.walk);
		KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_FULL);
		m->state.since_full = 0;
	}
	KUNIT_EXPECT_EQ(test, m->walks, 0);
	m->in.free_bytes = U64_MAX;
	machine_second(m);
	KUNIT_EXPECT_EQ(test, m->walks, 1);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
}

/* Under pressure the reason is steady, whether or not something is asked for */
static void demand_test_reason(struct kunit *test)
{
	struct machine *m = machine_cold(test, 20);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
	m->in.budget = 0;
	for (i = 0; i < 60; i++) {
		m->in.asked = i % 3 ? 0 : 100;
		machine_second(m);
		KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_NO_BUDGET);
	}
	m->in.budget = U64_MAX;
	m->walk.pages[10] = 0;
	for (i = 0; i < 60; i++) {
		machine_second(m);
		if (i >= 10)
			KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_HOT);
	}
}

/* Before the kernel kills a task the oldest pages leave, and no page is too young */
static void demand_test_rescue(struct kunit *test)
{
	struct machine *m = machine_make(test);

	m->walk.pages[0] = 300;
	m->walk.pages[2] = 100;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
	m->in.rescue = 50;
	machine_step(m);
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_EQ(test, m->out.pages, 50);
	KUNIT_EXPECT_EQ(test, m->out.min_age, zram_tier_class_age(2));
	m->in.rescue = 1000;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 400);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 0);

	/* Nothing can be written: the reason is known, and no walk is worth its time */
	m->in.budget = 0;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	KUNIT_EXPECT_FALSE(test, m->out.walk);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_NO_BUDGET);
	m->in.rescue = 0;
	m->in.budget = U64_MAX;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
}

/* Pages that are read again after a rescue are no regret, and a minute later they are */
static void demand_test_rescued(struct kunit *test)
{
	struct machine *m = machine_make(test);
	unsigned int i;

	m->in.rescue = 50;
	machine_step(m);
	m->in.rescue = 0;
	for (i = 0; i < 70; i++) {
		m->in.written = 100;
		m->in.reads_disk[2] = 100;
		machine_step(m);
		if (i < 58)
			KUNIT_EXPECT_EQ(test, m->out.regret, 0);
	}
	KUNIT_EXPECT_GT(test, m->out.regret, 20);
}

/* The pages that leave for a pool of @pool bytes with objects of @objects bytes */
static u64 demand_excess(struct machine *m, u64 pool, u64 objects)
{
	m->in.pool_bytes = pool;
	m->in.object_bytes = objects;
	machine_step(m);
	return m->out.pages;
}

static void demand_test_pool_target(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);

	m->config.pool_target = 1000000;
	m->in.pool_pages = 500;
	m->in.walk = &m->walk;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 1000000), 0);
	/* Above the target: down to 90 % of it, in objects of 2001 bytes */
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 1000500), 100500 / 2001 + 1);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 1 << 9);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 900001), 1);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 900000), 0);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 950000), 0);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
	/* Another target does not go on with the old one's work */
	KUNIT_EXPECT_GT(test, demand_excess(m, 2000000, 1000500), 0);
	m->config.pool_target = 1100000;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 1000500), 0);
	m->config.pool_target = 0;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 1000500), 0);
	m->config.pool_target = 1;
	KUNIT_EXPECT_GT(test, demand_excess(m, 2000000, 1000500), 0);
	/* Pages of a few seconds are protected from it too */
	m->config.pool_target = 1000000;
	m->walk.pages[10] = 0;
	m->walk.pages[2] = 40000;
	m->in.walk = &m->walk;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 2000000, 1000500), 0);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_HOT);
}

/* A target of 90 % of mem_limit, which bounds memory; objects are what can leave */
static void demand_test_mem_limit(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);

	m->in.limit_bytes = 1000000;
	m->in.pool_pages = 500;
	m->in.walk = &m->walk;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 900000, 899000), 0);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 900001, 850000), (850000 - 810000) / 1700 + 1);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 900001, 810001), 1);
	/* Memory is not free yet, but as soon as the pool is compacted */
	KUNIT_EXPECT_EQ(test, demand_excess(m, 900001, 810000), 0);
	/* The lower target counts */
	m->config.pool_target = 2000000;
	KUNIT_EXPECT_GT(test, demand_excess(m, 900001, 850000), 0);
	m->config.pool_target = 800000;
	KUNIT_EXPECT_EQ(test, demand_excess(m, 800001, 800000), 0);
	KUNIT_EXPECT_EQ(test, demand_excess(m, 800001, 800001), 80001 / 1600 + 1);
}

/* The pool takes the memory it had until it is compacted: no more leaves than has to */
static void demand_test_compaction(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);
	u64 granted = 0;
	int i;

	m->config.pool_target = 70000000;
	m->in.object_bytes = m->in.pool_bytes;
	m->in.elapsed_ms = 250;
	m->in.walk = &m->walk;
	for (i = 0; i < 8; i++) {
		machine_step(m);
		m->in.written = m->out.pages;
		m->in.pool_pages -= m->out.pages;
		m->in.object_bytes -= 1600 * m->out.pages;
		granted += m->out.pages;
	}
	KUNIT_EXPECT_EQ(test, granted, (80000000 - 63000000) / 1600 + 1);
}

static void demand_test_idle_age(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);

	/* Nothing was read or stored for long */
	m->state.since_access = U32_MAX;
	machine_step(m);
	KUNIT_EXPECT_FALSE(test, m->out.walk);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 0);
	m->config.idle_age = 3000;
	/* Nothing tells that a budget has filled: the next step looks */
	m->in.elapsed_ms = 0;
	m->in.budget = 0;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 60000);
	m->in.budget = U64_MAX;
	m->in.elapsed_ms = 45000;
	machine_step(m);
	KUNIT_EXPECT_FALSE(test, m->out.walk);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 60000 - 45000 - 5000);
	m->in.elapsed_ms = m->out.wait_ms;
	machine_step(m);
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	/* If the walk is interrupted, there will be another one */
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 1000);
	/* An eighth of the age, from 4 s to 60 s */
	m->config.idle_age = 80;
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 10000);
	m->config.idle_age = 8;
	machine_step(m);
	KUNIT_EXPECT_TRUE(test, m->out.walk);
	machine_walk(m);
	KUNIT_EXPECT_EQ(test, m->out.wait_ms, 4000);
	m->config.idle_age = 3000;
	m->walk.idle = 7;
	m->in.walk = &m->walk;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 3000);
	KUNIT_EXPECT_EQ(test, m->out.bytes, U64_MAX);
	/* Other pages of the class stay */
	KUNIT_EXPECT_EQ(test, m->out.pages, 7);
	m->in.written = 6;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 3000);
	KUNIT_EXPECT_EQ(test, m->out.pages, 1);
	m->in.budget = PAGE_SIZE - 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	KUNIT_EXPECT_EQ(test, m->out.min_age, U32_MAX);
	KUNIT_EXPECT_EQ(test, m->out.bytes, 0);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_NO_BUDGET);
	m->in.budget = U64_MAX;
	m->in.written = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_IDLE);
}

/* idle_age, pool_target and pressure want the oldest pages: the largest demand holds */
static void demand_test_demands(struct kunit *test)
{
	struct machine *m = machine_cold(test, 0);

	m->walk.pages[12] = 1000;
	m->walk.idle = 600;
	m->config.idle_age = 3000;
	while (!m->out.eligible)
		machine_second(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 600);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 3000);
	m->in.elapsed_ms = 0;
	m->in.asked = 599;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 600);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 3000);
	m->in.asked = 2;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 601);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 1 << 11);
	m->config.pool_target = m->in.object_bytes - 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 5001);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 1 << 9);
	/* However much is asked for, no younger page than there is counts */
	m->config.pool_target = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 41000);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 1 << 9);
	/* Pages that the brake protects are no reason to look for some */
	m->config = (struct zram_tier_config){ .idle_age = 10 };
	m->walk = (struct zram_tier_walk){ .pages[5] = 100, .idle = 100 };
	m->in.walk = &m->walk;
	m->state.brake.margin = 1;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 0);
	m->state.brake.margin = ZRAM_TIER_MARGIN_MAX;
	machine_step(m);
	KUNIT_EXPECT_EQ(test, m->out.pages, 100);
	KUNIT_EXPECT_EQ(test, m->out.min_age, 10);
}

/* Each halving of the margin doubles the age that the user's demand needs, to 64 s */
static void demand_test_brake_user(struct kunit *test)
{
	struct machine *m = machine_make(test);
	unsigned int i, k, halvings, target;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		m->walk.pages[k] = 10;
	m->walk.idle = 230;
	m->in.elapsed_ms = 0;
	/* One byte is too much for pool_target; idle_age wants all pages */
	for (target = 0; target < 2; target++) {
		m->config.pool_target = target;
		m->config.idle_age = !target;
		for (i = 0; i <= 8; i++) {
			m->state.brake.margin = ZRAM_TIER_MARGIN_MAX >> i;
			m->in.walk = &m->walk;
			machine_step(m);
			halvings = min(i, 4U);
			KUNIT_EXPECT_EQ(test, m->out.min_age, 4U << halvings);
			KUNIT_EXPECT_EQ(test, m->out.pages, 10 * (21 - halvings));
		}
	}
}

/* Pages that come back at once do not stop what mem_limit asks for: old pages leave */
static void demand_test_limit_after_regret(struct kunit *test)
{
	struct machine *m = machine_cold(test, 60);
	unsigned int i;

	m->walk.pages[8] = 40000;
	m->in.limit_bytes = 64 << 20;
	m->in.written = 100000;
	m->in.reads_disk[5] = 100000;
	machine_second(m);
	for (i = 0; i < 60; i++) {
		machine_second(m);
		KUNIT_EXPECT_EQ(test, m->out.reason, ZRAM_TIER_WORKING);
	}
	KUNIT_EXPECT_LT(test, m->state.brake.margin, ZRAM_TIER_MARGIN_MAX / 16);
}

static struct kunit_case demand_test_cases[] = {
	KUNIT_CASE(demand_test_budget),
	KUNIT_CASE(demand_test_trickle),
	KUNIT_CASE(demand_test_small_budget),
	KUNIT_CASE(demand_test_no_space),
	KUNIT_CASE(demand_test_reason),
	KUNIT_CASE(demand_test_rescue),
	KUNIT_CASE(demand_test_rescued),
	KUNIT_CASE(demand_test_pool_target),
	KUNIT_CASE(demand_test_mem_limit),
	KUNIT_CASE(demand_test_compaction),
	KUNIT_CASE(demand_test_idle_age),
	KUNIT_CASE(demand_test_demands),
	KUNIT_CASE(demand_test_brake_user),
	KUNIT_CASE(demand_test_limit_after_regret),
	{}
};

static struct kunit_suite demand_test_suite = {
	.name = "zram_tier_demand",
	.test_cases = demand_test_cases,
};

kunit_test_suite(demand_test_suite);
