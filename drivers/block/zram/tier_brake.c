// SPDX-License-Identifier: GPL-2.0
/*
 * The brake of tiering: if too many of the pages written are read again soon, fewer
 * leave.
 *
 * The sum of reads that wait covers 32 s, and that of pages written 64 s. So a read counts
 * twice in the regret. The sum of reads decays sooner, too. So the regret of a burst of
 * writes and reads, of any size, ends within two minutes.
 */

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "tier_brake.h"
#include "tier_num.h"

#define WAITS_MEMORY	32
#define WRITTEN_MEMORY	64
#define WAITS_WEIGHT	(WRITTEN_MEMORY / WAITS_MEMORY)

/* Least number of seconds between two cuts: the first one has to take effect */
#define CUT_EVERY	2

/**
 * zram_tier_brake_init() - no read has waited
 * @brake: set up
 */
void zram_tier_brake_init(struct zram_tier_brake *brake)
{
	*brake = (struct zram_tier_brake){
		.margin = ZRAM_TIER_MARGIN_MAX,
		.since_cut = U32_MAX,
	};
}

/**
 * zram_tier_brake_count() - add reads that waited, and pages written
 * @brake: the brake
 * @waits: reads that waited, of pages whose read is a regret
 * @written: pages written whose read would be a regret
 */
void zram_tier_brake_count(struct zram_tier_brake *brake, u64 waits, u64 written)
{
	brake->waits = zram_tier_add(brake->waits, zram_tier_q8(waits));
	brake->written = zram_tier_add(brake->written, zram_tier_q8(written));
}

static bool tier_brake_pulls(const struct zram_tier_brake *brake,
			     const struct zram_tier_brake_tuning *tuning, u32 target)
{
	u64 most = zram_tier_mul(div_u64(brake->written, 100), target);

	most = zram_tier_add(most, zram_tier_q8(WAITS_WEIGHT * tuning->slack));
	return zram_tier_mul(brake->waits, WAITS_WEIGHT) > most;
}

/**
 * zram_tier_brake_second() - a second has passed
 * @brake: the brake
 * @tuning: constants
 * @target: reads that may wait, percent of the pages written
 *
 * Return: true if the margin was cut.
 */
bool zram_tier_brake_second(struct zram_tier_brake *brake,
			    const struct zram_tier_brake_tuning *tuning, u32 target)
{
	bool pulls = tier_brake_pulls(brake, tuning, target), cut;

	brake->since_cut = zram_tier_tick(brake->since_cut);
	cut = pulls && brake->since_cut >= CUT_EVERY;
	if (cut) {
		brake->margin = max(brake->margin >> tuning->shift, 1U);
		brake->since_cut = 0;
	} else if (!pulls) {
		brake->margin += max(brake->margin / tuning->recover, 1U);
		brake->margin = min(brake->margin, ZRAM_TIER_MARGIN_MAX);
	}
	brake->waits = zram_tier_decay(brake->waits, WAITS_MEMORY);
	brake->written = zram_tier_decay(brake->written, WRITTEN_MEMORY);
	return cut;
}

/**
 * zram_tier_brake_regret() - the number that the target bounds
 * @brake: the brake
 *
 * Return: reads that waited, percent of the pages written.
 */
u32 zram_tier_brake_regret(const struct zram_tier_brake *brake)
{
	u64 percent = div64_u64(zram_tier_mul(brake->waits, 100 * WAITS_WEIGHT),
				max(brake->written, 1ULL));

	return min_t(u64, percent, U32_MAX);
}

/**
 * zram_tier_brake_halvings() - how much the margin was cut
 * @brake: the brake
 *
 * Return: how often it was halved, from 0 to 8.
 */
unsigned int zram_tier_brake_halvings(const struct zram_tier_brake *brake)
{
	return fls(ZRAM_TIER_MARGIN_MAX) - fls(brake->margin);
}
