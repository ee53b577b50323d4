// SPDX-License-Identifier: GPL-2.0
/*
 * The policy of tiering: which pages leave memory for the backing device, and when.
 *
 * A pure function of what was observed. It takes no lock, reads no clock and knows no
 * device, so tools/tiersim compiles this file for user space and replays traces.
 *
 * Whether: if tasks read pages again within seconds after the kernel has swapped them out,
 * memory is short. Such reads of young pages take time. While they take more than a small
 * share of it, the gate is open. Reclaim alone does not open the gate, because a file that
 * is read once causes reclaim too. The share is of the time of one CPU, however many there
 * are: one task that waits is enough. A gate that opens too soon costs little, because the
 * hazard decides which pages leave. A gate that opens too late gains nothing.
 *
 * Which: tier_hazard.c finds the age class from which on it pays that pages leave.
 *
 * When to stop: a class that was never on the backing device has no history there.
 * If more reads wait than the user admits, tier_brake.c cuts the margin by which a class
 * has to pay, and the policy drops the demand. The margin recovers within one minute after
 * one cut, and within five after any number of regrets.
 *
 * Before the kernel kills a task, pages of any age may leave, and for mem_limit while writers
 * spill. The user can ask for more than pressure does: idle_age and pool_target need no gate
 * and no hazard. The brake affects them too: each halving of the margin doubles the age that
 * a page needs, up to the age from which on reads are no regret.
 */

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include <asm/page.h>

#include "tier_brake.h"
#include "tier_hazard.h"
#include "tier_num.h"
#include "tier_policy.h"
#include "tier_wait.h"

/* Time between two steps while pages may leave, and otherwise, ms */
#define STEP_BUSY	250U
#define STEP_IDLE	1000U
/* Steps follow each other by STEP_IDLE until no page was read or stored for so many seconds */
#define QUIET		60U
/* Seconds between two walks, at least */
#define WALK_EVERY	4U
/* With space for fewer pages than this, the policy writes nothing */
#define STOP_PAGES	8U
/* until there is space for so many, or for so long: a budget, or a device, may be smaller */
#define RESUME_PAGES	64U
#define RESUME_AFTER	60U
/* Reads are no regret for so many seconds after a rescue */
#define AFTER_RESCUE	60U
/* Writers spill if one has done so in this second or the one before */
#define SPILL_HOLD	1U

const struct zram_tier_tuning zram_tier_tuning_default = {
	.gate_us = 3000,
	.gate_hold = 4,
	.young_class = 6,
	.hazard = {
		.memory = 173,
		.recent = 16,
		.ram_shift = 9,
		.prior_q8 = 256,
		.min_shift = 1,
		.floor = 3,
	},
	.regret_class = 7,
	.brake = {
		.slack = 16,
		.shift = 2,
		.recover = 32,
	},
	.disk_us = 500,
	.disk_least_us = 100,
};

/**
 * zram_tier_policy_init() - begin without history
 * @state: set up
 */
void zram_tier_policy_init(struct zram_tier_state *state)
{
	*state = (struct zram_tier_state){
		.since_gate = U32_MAX,
		.since_full = U32_MAX,
		.since_rescue = U32_MAX,
		.since_spill = U32_MAX,
		.cut = ZRAM_TIER_CLASSES,
	};
	zram_tier_brake_init(&state->brake);
	/* The policy may ask for the first walk at once */
	state->hazard.since_walk = WALK_EVERY;
}

static bool tier_policy_gate(const struct zram_tier_tuning *tuning,
			     const struct zram_tier_state *state)
{
	return state->since_gate <= tuning->gate_hold;
}

/* Expected time of a read of the backing device, us */
static u32 tier_policy_expected(const struct zram_tier_tuning *tuning,
				const struct zram_tier_input *in)
{
	return in->disk_us ? max(in->disk_us, tuning->disk_least_us) : tuning->disk_us;
}

/* Average time, us */
static u64 tier_policy_disk_us(const struct zram_tier_tuning *tuning,
			       const struct zram_tier_input *in,
			       const struct zram_tier_state *state)
{
	return zram_tier_wait_average(&state->wait, tier_policy_expected(tuning, in));
}

/* Add up what happened since the last step */
static void tier_policy_observe(const struct zram_tier_tuning *tuning,
				const struct zram_tier_input *in,
				struct zram_tier_state *state)
{
	u64 young = 0, waits = 0, reads_disk = 0, accesses = in->stored, written;
	unsigned int k;

	for (k = 0; k < ZRAM_TIER_CLASSES; k++) {
		u64 reads = zram_tier_add(in->reads[k], in->reads_disk[k]);

		zram_tier_hazard_read(&state->hazard, k, reads);
		if (k < tuning->young_class)
			young = zram_tier_add(young, in->reads[k]);
		if (k < tuning->regret_class)
			waits = zram_tier_add(waits, in->reads_disk[k]);
		reads_disk = zram_tier_add(reads_disk, in->reads_disk[k]);
		accesses = zram_tier_add(accesses, reads);
	}
	if (accesses)
		state->since_access = 0;
	young = div_u64(zram_tier_mul(young, in->pool_ns), 1000);
	state->young_us = zram_tier_add(state->young_us, young);
	/* Reads of the other pages are no regret, so these pages do not count as written */
	written = zram_tier_hazard_written(&state->hazard, in->written,
					   tuning->regret_class);
	written = zram_tier_add(written, in->spilled);
	state->since_rescue = in->rescue ? 0 : state->since_rescue;
	/* Reads of rescued pages do not show that the hazard is wrong */
	if (state->since_rescue >= AFTER_RESCUE)
		zram_tier_brake_count(&state->brake, waits, written);
	zram_tier_wait_count(&state->wait, tier_policy_expected(tuning, in), reads_disk,
			     in->wait_us);
	state->demand = zram_tier_sub(state->demand, in->written);
}

/* A second has passed, in which reads of young pages took @young_us */
static void tier_policy_second(const struct zram_tier_tuning *tuning,
			       const struct zram_tier_config *config,
			       struct zram_tier_state *state, u64 young_us)
{
	state->since_gate = zram_tier_tick(state->since_gate);
	state->since_full = zram_tier_tick(state->since_full);
	state->since_rescue = zram_tier_tick(state->since_rescue);
	state->since_spill = zram_tier_tick(state->since_spill);
	state->since_access = zram_tier_tick(state->since_access);
	state->pressure_us = state->pressure_us / 2 + young_us / 2;
	if (state->pressure_us >= tuning->gate_us)
		state->since_gate = 0;
	state->demand /= 2;
	if (zram_tier_brake_second(&state->brake, &tuning->brake,
				   config->regret_target))
		state->demand = 0;
	zram_tier_wait_second(&state->wait);
	zram_tier_hazard_second(&state->hazard, &tuning->hazard);
}

/* Count the seconds that have passed; a long time counts as a few time constants */
static void tier_policy_seconds(const struct zram_tier_tuning *tuning,
				const struct zram_tier_config *config,
				const struct zram_tier_input *in,
				struct zram_tier_state *state)
{
	u64 ms = (u64)state->ms + in->elapsed_ms, young_us;
	u32 seconds, rest;

	seconds = div_u64_rem(ms, 1000, &state->ms);
	if (!seconds)
		return;
	/* The rest of a second keeps its share of the time */
	young_us = state->young_us;
	state->young_us = div64_u64(zram_tier_mul(young_us, state->ms), ms);
	young_us = div_u64(young_us - state->young_us, seconds);
	rest = seconds - min(seconds, 8 * tuning->hazard.memory);
	for (seconds -= rest; seconds; seconds--)
		tier_policy_second(tuning, config, state, young_us);
	state->hazard.since_walk += min(rest, U32_MAX - state->hazard.since_walk);
}

/*
 * Find the lowest class that may leave. The result is right only just after a walk: later,
 * reads are counted whose page-seconds only the next walk adds. But a cut of the margin
 * must take effect before the next walk.
 */
static void tier_policy_cut(const struct zram_tier_tuning *tuning,
			    const struct zram_tier_input *in,
			    struct zram_tier_state *state)
{
	const struct zram_tier_price price = {
		.ram_pages = in->ram_pages,
		.pool_ns = in->pool_ns,
		.disk_ns = zram_tier_mul(tier_policy_disk_us(tuning, in, state), 1000),
		.ratio_q8 = zram_tier_hazard_ratio(in->pool_bytes, in->pool_pages),
	};
	unsigned int cut;

	if (in->walk)
		state->cut = 0;
	else if (state->brake.since_cut)
		return;
	cut = zram_tier_hazard_cut(&state->hazard, &tuning->hazard, &price,
				   state->brake.margin);
	state->cut = max(state->cut, cut);
}

/*
 * The lowest class that leaves for idle_age, pool_target or mem_limit. It is regret_class
 * at most, because reads of that class are no regret.
 */
static unsigned int tier_policy_guard(const struct zram_tier_tuning *tuning,
				      const struct zram_tier_state *state)
{
	unsigned int halvings = zram_tier_brake_halvings(&state->brake);

	return max(min(tuning->hazard.floor + halvings, tuning->regret_class),
		   tuning->hazard.floor);
}

/* Pages to write until the objects take @low bytes */
static u64 tier_policy_above(const struct zram_tier_input *in, u64 low)
{
	u64 object = div64_u64(in->object_bytes, max(in->pool_pages, 1ULL));

	if (in->object_bytes <= low)
		return 0;
	return div64_u64(in->object_bytes - low, max(object, 1ULL)) + 1;
}

/*
 * Pages to write until the objects take 90 % of the target. pool_target bounds objects.
 * mem_limit bounds memory, and 90 % of it is a target. But memory becomes free only when
 * the pool is compacted. So memory decides when this begins, and objects when it ends:
 * otherwise more and more pages would leave until then.
 */
static u64 tier_policy_excess(const struct zram_tier_config *config,
			      const struct zram_tier_input *in,
			      struct zram_tier_state *state)
{
	u64 limit = zram_tier_90_percent(in->limit_bytes);
	u64 low = zram_tier_90_percent(min_not_zero(config->pool_target, limit));

	/* The user has set another target */
	if (state->drain_to != low)
		state->drain_to = 0;
	if ((config->pool_target && in->object_bytes > config->pool_target) ||
	    (limit && in->pool_bytes > limit))
		state->drain_to = low;
	if (in->object_bytes <= low)
		state->drain_to = 0;
	return state->drain_to ? tier_policy_above(in, low) : 0;
}

/* Pages of any age that leave for mem_limit, because writers spill younger ones, unpacked */
static u64 tier_policy_spill(const struct zram_tier_input *in,
			     const struct zram_tier_state *state)
{
	u64 limit = zram_tier_90_percent(in->limit_bytes);

	if (state->since_spill > SPILL_HOLD || !limit || in->pool_bytes <= limit)
		return 0;
	return tier_policy_above(in, zram_tier_90_percent(limit));
}

/* Pages of idle_age, or of the age of class @guard if that is higher */
static u64 tier_policy_idle(const struct zram_tier_config *config,
			    const struct zram_tier_state *state,
			    unsigned int guard, u32 *age)
{
	unsigned int last;

	*age = max(config->idle_age, zram_tier_class_age(guard));
	if (*age == config->idle_age)
		return state->hazard.walk.idle;
	return zram_tier_hazard_oldest(&state->hazard, guard, config->idle_age ? U64_MAX : 0,
				       &last);
}

/* All demands take the oldest pages first, so the largest one includes the others */
static void tier_policy_take(struct zram_tier_output *out, u64 pages, u32 min_age)
{
	if (pages <= out->pages)
		return;
	out->pages = pages;
	out->min_age = min_age;
}

static bool tier_policy_demand(const struct zram_tier_tuning *tuning,
			       const struct zram_tier_config *config,
			       const struct zram_tier_input *in, u64 spill,
			       struct zram_tier_state *state,
			       struct zram_tier_output *out)
{
	unsigned int guard = tier_policy_guard(tuning, state), last;
	u64 excess = tier_policy_excess(config, in, state), pages;
	u32 age;

	pages = zram_tier_hazard_oldest(&state->hazard, state->cut, state->demand,
					&last);
	tier_policy_take(out, pages, zram_tier_class_age(last));
	pages = zram_tier_hazard_oldest(&state->hazard, guard, excess, &last);
	tier_policy_take(out, pages, zram_tier_class_age(last));
	pages = zram_tier_hazard_oldest(&state->hazard, 0, spill, &last);
	tier_policy_take(out, pages, zram_tier_class_age(last));
	out->idle = tier_policy_idle(config, state, guard, &age);
	tier_policy_take(out, out->idle, age);
	pages = zram_tier_hazard_oldest(&state->hazard, 0, in->rescue, &last);
	tier_policy_take(out, pages, zram_tier_class_age(last));
	return excess || out->idle || spill || in->rescue;
}

/* Is there space to write? The gap between both bounds avoids many small writes */
static void tier_policy_space(const struct zram_tier_input *in,
			      struct zram_tier_state *state)
{
	u64 bytes = min(in->budget, in->free_bytes);

	if (bytes >= RESUME_PAGES * PAGE_SIZE ||
	    (bytes >= PAGE_SIZE && state->since_full >= RESUME_AFTER)) {
		state->full = false;
	} else if (!state->full && bytes < STOP_PAGES * PAGE_SIZE) {
		state->full = true;
		state->since_full = 0;
	}
}

static void tier_policy_grant(const struct zram_tier_input *in,
			      const struct zram_tier_state *state, bool demand,
			      struct zram_tier_output *out)
{
	out->bytes = min(in->budget, in->free_bytes);
	if (out->pages && !state->full) {
		out->reason = ZRAM_TIER_WORKING;
		return;
	}
	if (!demand)
		out->reason = ZRAM_TIER_IDLE;
	else if (!state->full)
		out->reason = ZRAM_TIER_HOT;
	else if (in->free_bytes <= in->budget)
		out->reason = ZRAM_TIER_FULL;
	else
		out->reason = ZRAM_TIER_NO_BUDGET;
	out->pages = 0;
	out->min_age = U32_MAX;
	out->bytes = 0;
}

/* Seconds between two walks; 0: none */
static u32 tier_policy_walk_every(const struct zram_tier_config *config,
				  const struct zram_tier_state *state, bool gate,
				  bool spill)
{
	/* No walk while nothing can be written: the next walk reconstructs the exposure */
	if (state->full)
		return 0;
	/* Pages that were stored since the last walk are to leave, too */
	if (spill)
		return 1;
	if (gate || state->drain_to)
		return WALK_EVERY;
	return config->idle_age ? clamp(config->idle_age / 8, WALK_EVERY, 60U) : 0;
}

static u32 tier_policy_wait_ms(const struct zram_tier_config *config,
			       const struct zram_tier_state *state,
			       const struct zram_tier_output *out, u32 walk_every)
{
	if (out->gate || out->pages)
		return STEP_BUSY;
	/* Short steps for a while, so that not each access wakes the thread */
	if (out->reason != ZRAM_TIER_IDLE || state->since_access < QUIET)
		return STEP_IDLE;
	/* A budget fills, and a pause ends, without waking anyone */
	if (state->full && config->idle_age)
		return 1000 * RESUME_AFTER;
	walk_every -= min(walk_every, state->hazard.since_walk);
	return out->walk ? STEP_IDLE : 1000 * walk_every;
}

/**
 * zram_tier_policy_step() - decide what to move until the next step
 * @tuning: constants, zram_tier_tuning_default but for a simulator
 * @config: settings of the user
 * @in: events since the last step, and the present state
 * @state: from zram_tier_policy_init() and earlier steps; updated
 * @out: the decision
 *
 * For steps of 0.1 to 1 s while pages are moved or memory is short. Longer steps give right
 * decisions too, but late. After a quiet hour pages leave 12 s after memory becomes short:
 * the policy needs that time to learn the hazard of young pages from walks.
 */
void zram_tier_policy_step(const struct zram_tier_tuning *tuning,
			   const struct zram_tier_config *config,
			   const struct zram_tier_input *in,
			   struct zram_tier_state *state,
			   struct zram_tier_output *out)
{
	unsigned int last;
	bool gate, demand;
	u32 walk_every;
	u64 spill;

	*out = (struct zram_tier_output){};
	tier_policy_observe(tuning, in, state);
	tier_policy_seconds(tuning, config, in, state);
	if (in->spilled)
		state->since_spill = 0;
	if (in->walk)
		zram_tier_hazard_walk(&state->hazard, &tuning->hazard, in->walk);
	tier_policy_cut(tuning, in, state);
	gate = tier_policy_gate(tuning, state);
	tier_policy_space(in, state);
	out->gate = gate;
	out->protected_age = zram_tier_class_age(gate ? state->cut :
						 ZRAM_TIER_CLASSES);
	out->regret = zram_tier_brake_regret(&state->brake);
	out->disk_us = min_t(u64, tier_policy_disk_us(tuning, in, state), U32_MAX);
	out->pool_us = in->pool_ns / 1000;
	if (gate && !state->full)
		out->eligible = zram_tier_hazard_oldest(&state->hazard, state->cut, U64_MAX,
							&last);
	state->demand = gate ? zram_tier_add(state->demand, in->asked) : 0;
	spill = tier_policy_spill(in, state);
	demand = tier_policy_demand(tuning, config, in, spill, state, out);
	/* The next step's in->asked is a share of the eligible pages: 0 if there are none */
	demand |= gate && !out->eligible;
	tier_policy_grant(in, state, demand, out);
	walk_every = tier_policy_walk_every(config, state, gate, spill);
	out->walk = (walk_every && state->hazard.since_walk >= walk_every) ||
		    ((in->rescue || in->look) && !state->full);
	out->wait_ms = tier_policy_wait_ms(config, state, out, walk_every);
}
