/* SPDX-License-Identifier: GPL-2.0 */
/* A policy and its input, for the KUnit tests of it. */
#ifndef _ZRAM_TIER_POLICY_TEST_H_
#define _ZRAM_TIER_POLICY_TEST_H_

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../tier_policy.h"

#define POOL_NS		25000U
/* More reads of young pages in a second than the gate asks for */
#define SHORT		1000

/**
 * struct machine - a policy, and what it is told in each step
 * @tuning: its constants
 * @config: its settings
 * @state: what it remembers
 * @walk: the pages of the device
 * @in: the next input
 * @out: the last output
 * @walks: walks that the policy wanted
 */
struct machine {
	struct zram_tier_tuning tuning;
	struct zram_tier_config config;
	struct zram_tier_state state;
	struct zram_tier_walk walk;
	struct zram_tier_input in;
	struct zram_tier_output out;
	unsigned int walks;
};

static inline struct machine *machine_make(struct kunit *test)
{
	struct machine *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->tuning = zram_tier_tuning_default;
	m->config.regret_target = 20;
	zram_tier_policy_init(&m->state);
	m->in = (struct zram_tier_input){
		.elapsed_ms = 1000,
		.ram_pages = 100000,
		.pool_bytes = 50000 * 1600ULL,
		.object_bytes = 50000 * 1500ULL,
		.pool_pages = 50000,
		.budget = U64_MAX,
		.free_bytes = U64_MAX,
		.pool_ns = POOL_NS,
	};
	return m;
}

/* A step; whatever is asked for and reported holds for this one only */
static inline void machine_step(struct machine *m)
{
	zram_tier_policy_step(&m->tuning, &m->config, &m->in, &m->state, &m->out);
	m->in.walk = NULL;
	m->in.asked = 0;
	m->in.written = 0;
	m->in.spilled = 0;
	memset(m->in.reads, 0, sizeof(m->in.reads));
	memset(m->in.reads_disk, 0, sizeof(m->in.reads_disk));
	m->in.wait_us = 0;
	m->in.stored = 0;
}

/* A walk of the table, right after a step */
static inline void machine_walk(struct machine *m)
{
	u32 elapsed_ms = m->in.elapsed_ms;

	m->in.elapsed_ms = 0;
	m->in.walk = &m->walk;
	machine_step(m);
	m->in.elapsed_ms = elapsed_ms;
	m->walks++;
}

/* A second in which memory is short, with a walk if the policy wants one */
static inline void machine_second(struct machine *m)
{
	m->in.reads[1] += SHORT;
	machine_step(m);
	if (m->out.walk)
		machine_walk(m);
}

/* Young pages that are read again, and many that are not, in class 10 */
static inline struct machine *machine_cold(struct kunit *test, unsigned int seconds)
{
	struct machine *m = machine_make(test);

	m->walk.pages[1] = 5000;
	m->walk.pages[10] = 40000;
	while (seconds--)
		machine_second(m);
	return m;
}

/* The seconds until pages leave, in a machine where memory is short; -1: not in an hour */
static inline int machine_first_pages(struct machine *m)
{
	int i;

	for (i = 0; i < 3600; i++) {
		m->in.asked = 500;
		machine_second(m);
		if (m->out.pages)
			return i;
	}
	return -1;
}

#endif
