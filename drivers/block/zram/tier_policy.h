/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_POLICY_H_
#define _ZRAM_TIER_POLICY_H_

#include <linux/types.h>

#include "tier_brake.h"
#include "tier_hazard.h"
#include "tier_wait.h"

/**
 * struct zram_tier_tuning - constants of the policy, chosen by tools/tiersim
 * @gate_us: memory is short while reads of young pages take at least so many us of a second
 * @gate_hold: the gate stays open for so many seconds after that
 * @young_class: pages of this class and older ones are not young
 * @hazard: constants of the age classes
 * @regret_class: a read of this class or an older one is no regret, because the page
 *	was useful where it was for a long time
 * @brake: constants of the brake
 * @disk_us: expected time of a read of the backing device if it was not measured
 * @disk_least_us: least expected time until reads of pages were measured
 */
struct zram_tier_tuning {
	u32 gate_us;
	u32 gate_hold;
	u32 young_class;
	struct zram_tier_hazard_tuning hazard;
	u32 regret_class;
	struct zram_tier_brake_tuning brake;
	u32 disk_us;
	u32 disk_least_us;
};

extern const struct zram_tier_tuning zram_tier_tuning_default;

/**
 * struct zram_tier_config - settings of the user
 * @idle_age: pages of this age in seconds leave without pressure; 0: none do
 * @pool_target: bytes that objects in memory should not exceed; 0: no target
 * @regret_target: reads that may wait for the backing device, percent of the pages
 *	written. Both count up to the age of regret_class only
 */
struct zram_tier_config {
	u32 idle_age;
	u64 pool_target;
	u32 regret_target;
};

/**
 * struct zram_tier_input - events since the last step, and the present state
 * @elapsed_ms: awake time since the last step
 * @reads: reads of pages in memory, by the age class that they had
 * @reads_disk: reads that had to wait for the backing device, by age class
 * @wait_us: sum of the times that these waited, from zram_tier_wait_bound()
 * @stored: pages stored. Only 0 or not matters: a device that stores pages is in use
 * @written: pages that tiering has moved to the backing device
 * @spilled: pages that writers have spilled. Reads of them wait too, so they count as
 *	written. They meet no demand, because they were not in memory
 * @asked: pages that reclaim asks for: of the eligible pages of the last step, the share
 *	that the pages stored are of RAM
 * @rescue: pages to move, whatever their age, so that the kernel kills no task
 * @look: walk the table in this step, whatever the time since the last walk
 * @ram_pages: pages of RAM
 * @pool_bytes: memory of the pool. It falls when the pool is compacted, not when an
 *	object is freed
 * @object_bytes: size of the objects in it
 * @pool_pages: number of the objects
 * @limit_bytes: mem_limit; 0: none
 * @budget: bytes that may be written now
 * @free_bytes: bytes that are free on the backing device
 * @pool_ns: time of a read of a page in memory and two writes. One write stored the
 *	page, the other stores a page in whose place it is read
 * @disk_us: time of a read of the backing device, from tier_probe.c; 0: not measured
 * @walk: result of a walk, or NULL. The step with a walk follows the step that asked for it
 *	at once: @elapsed_ms and all counts are 0
 */
struct zram_tier_input {
	u32 elapsed_ms;
	u64 reads[ZRAM_TIER_CLASSES];
	u64 reads_disk[ZRAM_TIER_CLASSES];
	u64 wait_us;
	u64 stored;
	u64 written;
	u64 spilled;
	u64 asked;
	u64 rescue;
	bool look;
	u64 ram_pages;
	u64 pool_bytes;
	u64 object_bytes;
	u64 pool_pages;
	u64 limit_bytes;
	u64 budget;
	u64 free_bytes;
	u32 pool_ns;
	u32 disk_us;
	const struct zram_tier_walk *walk;
};

/**
 * struct zram_tier_state - what the policy remembers from step to step
 * @hazard: the age classes
 * @brake: the brake
 * @demand: sum of @asked of the input, less the pages written; halved each second
 * @young_us: time that reads of young pages took in the current second
 * @pressure_us: time that they take in a second, average
 * @wait: the time that reads of the backing device take
 * @ms: part of a second that was not counted yet
 * @since_gate: seconds since memory was short, saturates
 * @since_full: seconds since space was too low, saturates
 * @since_rescue: seconds since the last rescue, saturates
 * @since_spill: seconds since a writer has spilled, saturates
 * @since_access: seconds since a page was read or stored, saturates
 * @full: space was too low, and nothing is written until there is more
 * @cut: lowest class that may leave under pressure; %ZRAM_TIER_CLASSES for none
 * @drain_to: the objects, or the memory of the pool, have exceeded a target: pages leave
 *	until the objects take so many bytes; 0: no page has to leave for a target
 *
 * The owner serialises the steps. Nothing else needs a lock.
 */
struct zram_tier_state {
	struct zram_tier_hazard hazard;
	struct zram_tier_brake brake;
	u64 demand;
	u64 young_us;
	u64 pressure_us;
	struct zram_tier_wait wait;
	u32 ms;
	u32 since_gate;
	u32 since_full;
	u32 since_rescue;
	u32 since_spill;
	u32 since_access;
	bool full;
	unsigned int cut;
	u64 drain_to;
};

/**
 * enum zram_tier_reason - why the policy moves pages or not
 * @ZRAM_TIER_IDLE: no demand
 * @ZRAM_TIER_WORKING: pages are to be moved
 * @ZRAM_TIER_HOT: there is demand, and no page is cold enough
 * @ZRAM_TIER_NO_BUDGET: the budget was used up, and is filling
 * @ZRAM_TIER_FULL: the backing device was full, and has few free blocks yet
 */
enum zram_tier_reason {
	ZRAM_TIER_IDLE,
	ZRAM_TIER_WORKING,
	ZRAM_TIER_HOT,
	ZRAM_TIER_NO_BUDGET,
	ZRAM_TIER_FULL,
};

/**
 * struct zram_tier_output - decision until the next step
 * @reason: why pages are moved or not
 * @wait_ms: time until the next step; 0: without end. If it is 0 or above 1000, a page
 *	that is read or stored ends it, and so does a change by the user
 * @gate: memory is short
 * @walk: walk the table, and step again with the result
 * @idle: pages of idle_age, or of the age that the brake asks for, that have not left
 * @pages: move at most so many pages, those of older age classes first
 * @min_age: move no younger page than this, in seconds; %U32_MAX: move none
 * @bytes: write at most so many bytes
 * @eligible: pages that may leave under pressure; reclaim asks for a share of them
 * @protected_age: age in seconds from which pages leave under pressure; U32_MAX: none
 *	does
 * @regret: reads that waited, percent of the pages written, as regret_target counts
 * @disk_us: expected time of a read of the backing device
 * @pool_us: time of a read of the pool and two writes to it, which @disk_us is compared with
 */
struct zram_tier_output {
	enum zram_tier_reason reason;
	u32 wait_ms;
	bool gate;
	bool walk;
	u64 idle;
	u64 pages;
	u32 min_age;
	u64 bytes;
	u64 eligible;
	u32 protected_age;
	u32 regret;
	u32 disk_us;
	u32 pool_us;
};

void zram_tier_policy_init(struct zram_tier_state *state);
void zram_tier_policy_step(const struct zram_tier_tuning *tuning,
			   const struct zram_tier_config *config,
			   const struct zram_tier_input *in,
			   struct zram_tier_state *state,
			   struct zram_tier_output *out);

#endif
