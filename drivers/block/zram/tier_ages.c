// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of tiering through the slot table: how many pages there are of each age.
 *
 * The walk takes no lock and changes nothing. Slots may change while it looks at them,
 * and the sums then include their old or their new state. The policy wants classes of
 * powers of two, so this is exact enough.
 */

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "table.h"
#include "tier_ages.h"
#include "tier_clock.h"
#include "tier_hazard.h"
#include "zram.h"

/* Slots between two tests whether the walk has to end: about a millisecond */
#define PART		65536UL

/**
 * struct tier_ages_walk - a walk
 * @slots: the slot table
 * @ages: the result
 * @before: slots accessed before @before[k], seconds since boot, are of class k or above
 * @idle_before: slots accessed before this, seconds since boot, are idle
 * @now: seconds since boot
 */
struct tier_ages_walk {
	const struct zram_slots *slots;
	struct zram_tier_ages *ages;
	u32 before[ZRAM_TIER_CLASSES];
	u32 idle_before;
	u32 now;
};

/*
 * The class of a slot. The time since the last access includes sleeps, so it is an upper
 * bound of the age. It is the age, unless the machine has slept since.
 */
static unsigned int tier_ages_class(const struct tier_ages_walk *walk, u32 ac_time)
{
	unsigned int class = zram_tier_class(walk->now - min(ac_time, walk->now));

	while (class && ac_time >= walk->before[class])
		class--;
	return class;
}

/* Like zram_pp_match() with zram_pp_any, but inline */
static bool tier_ages_is_candidate(u32 flags)
{
	const struct zram_slot slot = { .flags = flags };

	return zram_slot_in_memory(&slot) && !(flags & ZRAM_PP);
}

static void tier_ages_count(const struct tier_ages_walk *walk, unsigned long index)
{
	const struct zram_slot *slot = &walk->slots->slot[index];
	u32 flags = zram_slot_peek(slot), ac_time = READ_ONCE(slot->ac_time);
	struct zram_tier_ages *ages = walk->ages;
	bool candidate = tier_ages_is_candidate(flags);
	unsigned int class;

	if (!candidate && !(flags & ZRAM_WB))
		return;
	/* Few branches, because the processor cannot predict which of both a slot is */
	class = tier_ages_class(walk, ac_time);
	(candidate ? ages->walk.pages : ages->walk.on_disk)[class]++;
	ages->bytes[class] += candidate ? flags & ZRAM_SIZE_MASK : 0;
	ages->walk.idle += candidate & (ac_time < walk->idle_before);
}

static void tier_ages_group(const struct tier_ages_walk *walk, unsigned long index)
{
	const struct zram_slot_group *group = zram_slots_group(walk->slots, index);
	unsigned long nr = min(walk->slots->nr - index, ZRAM_SLOT_GROUP);
	u64 left = READ_ONCE(group->in_memory);

	/* Other stored slots are on the backing device or same-filled: look at all slots */
	if (READ_ONCE(group->nr_stored) > hweight64(left))
		left = GENMASK_ULL(nr - 1, 0);
	for (; left; left &= left - 1)
		tier_ages_count(walk, index + __ffs64(left));
}

/**
 * zram_tier_ages_walk() - count the pages of a device by age
 * @zram: a device that is set up, and stays so
 * @now: ktime_get_boottime_seconds()
 * @idle_age: tier/idle_age, awake seconds; 0 if there is none
 * @ages: the result
 * @stop: tells whether to end early; called every 65536 slots
 *
 * Context: May sleep.
 * Return: 0; -EINTR if @stop returned true. Then @ages is incomplete.
 */
int zram_tier_ages_walk(struct zram *zram, u32 now, u32 idle_age,
			struct zram_tier_ages *ages,
			bool (*stop)(const struct zram *zram))
{
	struct tier_ages_walk walk = {
		.slots = &zram->slots,
		.ages = ages,
		.idle_before = idle_age ? zram_tier_clock_before(idle_age, now) : 0,
		.now = now,
	};
	unsigned long index;
	unsigned int k;

	*ages = (struct zram_tier_ages){};
	for (k = 0; k < ZRAM_TIER_CLASSES; k++)
		walk.before[k] = zram_tier_clock_before(zram_tier_class_age(k),
							now);
	for (index = 0; index < zram->slots.nr; index += ZRAM_SLOT_GROUP) {
		if (!(index % PART)) {
			if (stop(zram))
				return -EINTR;
			cond_resched();
		}
		tier_ages_group(&walk, index);
	}
	return 0;
}
