// SPDX-License-Identifier: GPL-2.0
/*
 * Who moves pages: the driver's policy, those of other systems as far as they can be
 * modelled, and an oracle.
 */

#include <string.h>

#include "tiersim.h"

static void policy_walk(struct sim *sim, struct zram_tier_walk *walk)
{
	u32 i, k;

	memset(walk, 0, sizeof(*walk));
	sim->walks++;
	for (i = 0; i < sim->trace->pages; i++) {
		const struct page *page = &sim->page[i];

		if (page->where != POOL && page->where != DISK)
			continue;
		k = sim_class(sim, i);
		if (page->where == DISK) {
			walk->on_disk[k]++;
			continue;
		}
		walk->pages[k]++;
		walk->idle += sim->opt->idle_age &&
			sim_age_ms(sim, i) / 1000 >= sim->opt->idle_age;
	}
}

static void policy_move(struct sim *sim, u64 min_age_ms, u64 pages, u64 bytes)
{
	u64 written = sim->written;
	u32 i, before;

	for (i = sim->pool.tail; i != NEVER && pages; i = before, pages--) {
		before = sim->page[i].prev;
		if (sim_age_ms(sim, i) < min_age_ms)
			return;
		if (sim->written - written + 4096 > bytes || !sim_move(sim, i))
			return;
	}
}

/* The driver's */
static void policy_ours(struct sim *sim, const struct policy *policy)
{
	const struct options *opt = sim->opt;
	const struct zram_tier_config config = {
		.idle_age = opt->idle_age,
		.pool_target = opt->pool_target,
		.regret_target = opt->regret_target,
	};
	struct zram_tier_input in = {
		.elapsed_ms = policy->every_ms,
		.wait_us = sim->wait_us,
		.disk_us = sim->opt->probe ? sim->opt->disk_us : 0,
		.written = sim->moved_before,
		.asked = (sim->asked_q16 >> 16) * opt->asked / 100,
		.ram_pages = sim->most_ram,
		.pool_bytes = sim->pool_bytes + sim->pool_bytes / 20,
		.object_bytes = sim->pool_bytes,
		.pool_pages = sim->pool.nr,
		.budget = zram_tier_bucket_left(&sim->bucket, false),
		.free_bytes = U64_MAX,
		.pool_ns = opt->read_ns + 2 * opt->write_ns,
	};
	struct zram_tier_output out;
	struct zram_tier_walk walk;

	sim->asked_q16 &= 0xffff;
	memcpy(in.reads, sim->reads, sizeof(in.reads));
	memcpy(in.reads_disk, sim->reads_disk, sizeof(in.reads_disk));
	zram_tier_policy_step(&opt->tuning, &config, &in, &sim->state, &out);
	if (out.walk) {
		policy_walk(sim, &walk);
		in = (struct zram_tier_input){
			.ram_pages = in.ram_pages,
			.pool_bytes = in.pool_bytes,
			.object_bytes = in.object_bytes,
			.pool_pages = in.pool_pages,
			.budget = in.budget,
			.free_bytes = in.free_bytes,
			.pool_ns = in.pool_ns,
			.disk_us = in.disk_us,
			.walk = &walk,
		};
		zram_tier_policy_step(&opt->tuning, &config, &in, &sim->state,
				      &out);
	}
	sim->eligible = out.eligible;
	policy_move(sim, out.min_age * 1000ULL, out.pages, out.bytes);
	sim->moved_before = sim->moved;
}

/* A timer that writes all pages of a fixed age */
static void policy_timer(struct sim *sim, const struct policy *policy)
{
	policy_move(sim, policy->arg * 1000, UINT64_MAX, UINT64_MAX);
}

/* All pages are marked idle once, when the device is empty; a timer writes the marked */
static void policy_mark_once(struct sim *sim, const struct policy *policy)
{
	u32 i, before;

	for (i = sim->pool.tail; i != NEVER; i = before) {
		before = sim->page[i].prev;
		if (!sim->page[i].out_ms && !sim_move(sim, i))
			return;
	}
}

/* The age falls from @arg to a tenth of it as memory fills, as a daemon of Android does */
static void policy_shrinking_age(struct sim *sim, const struct policy *policy)
{
	u64 all = (u64)sim->most_ram * 4096;
	u64 pool = min(sim->pool_bytes, all);
	u32 age = policy->arg - policy->arg * 9 * pool / all / 10;

	policy_move(sim, age * 1000, UINT64_MAX, UINT64_MAX);
}

/* zswap: as much of the LRU as reclaim scans, twice; swap-ins from disk protect pages */
static void policy_zswap(struct sim *sim, const struct policy *policy)
{
	u64 asked = sim->asked_q16 >> 16, count = sim->pool.nr;

	sim->asked_q16 &= 0xffff;
	policy_move(sim, 0, asked, UINT64_MAX);
	if (sim->zswap_protected > count / 4)
		sim->zswap_protected /= 2;
	count -= min(count, sim->zswap_protected);
	sim->eligible = count * 256 / sim->trace->ratio_q8 * 2;
}

/*
 * Knows the future: while memory is short it moves the pages that the program is not
 * going to use for @arg seconds.
 */
static void policy_oracle(struct sim *sim, const struct policy *policy)
{
	const struct trace *trace = sim->trace;
	u32 i, before, now = trace->at_ms[sim->event];
	u64 faults = 0, k;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		faults += sim->reads[k];
	if (!faults || !sim->reclaimed)
		return;
	for (i = sim->pool.tail; i != NEVER; i = before) {
		u32 event = sim->page[i].event;

		before = sim->page[i].prev;
		if (event != NEVER &&
		    trace->at_ms[event] - now < policy->arg * 1000)
			continue;
		if (!sim_move(sim, i))
			return;
	}
}

const struct policy policies[] = {
	{ "none", 250 },
	{ "ours", 250, false, policy_ours },
	{ "timer-10", 10000, false, policy_timer, 10 },
	{ "timer-60", 30000, false, policy_timer, 60 },
	{ "timer-60-whole", 30000, true, policy_timer, 60 },
	{ "timer-600", 30000, false, policy_timer, 600 },
	{ "mark-once", 60000, true, policy_mark_once },
	{ "shrinking-age", 60000, true, policy_shrinking_age, 600 },
	{ "zswap", 250, true, policy_zswap },
	{ "oracle-10", 250, false, policy_oracle, 10 },
	{ "oracle-30", 250, false, policy_oracle, 30 },
	{ "oracle-120", 250, false, policy_oracle, 120 },
	{ "oracle-never", 250, false, policy_oracle, 1000000 },
	{ }
};
