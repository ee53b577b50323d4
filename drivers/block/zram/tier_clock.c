// SPDX-License-Identifier: GPL-2.0
/*
 * Awake time. Slots record their last access in seconds since boot, which include the
 * sleeps of the machine. The ages of tiering are awake seconds, because a night's suspend
 * makes no page colder.
 *
 * The clock remembers the last sleeps, and those of the earlier ones that ages need most.
 * All devices share one clock.
 */

#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "tier_clock.h"

/* Readers may hold slot locks, and are never interrupts */
static DEFINE_SEQLOCK(tier_clock_lock);
static struct zram_tier_clock tier_clock;	/* tier_clock_lock */
/* The end of the last sleep: pages accessed after it need no conversion */
static u32 tier_clock_last;			/* READ_ONCE, WRITE_ONCE */

/* Seconds that the machine had been awake at the end of a sleep */
static u32 tier_clock_awake_at_end(const struct zram_tier_sleep *sleep)
{
	return sleep->end - sleep->slept;
}

/*
 * Seconds that the machine had been awake at second @at since boot. Awake time stands
 * still in a sleep. The start of a sleep follows from its end and its length.
 */
static u32 tier_clock_awake(const struct zram_tier_clock *clock, u32 at)
{
	const struct zram_tier_sleep *sleeps = clock->sleeps;
	unsigned int i = clock->nr;
	u32 awake;

	while (i && sleeps[i - 1].end > at)
		i--;
	awake = at - (i ? sleeps[i - 1].slept : 0);
	return i == clock->nr ? awake :
		min(awake, tier_clock_awake_at_end(&sleeps[i]));
}

/*
 * Drop a sleep. Ages of pages that were accessed between its neighbours become uncertain
 * by the awake time from the end of one neighbour to that of the other. The clock drops
 * the sleep for which that is the least part of these ages, so it knows late sleeps well
 * and early ones roughly. The part is less than half: 64 sleeps divide 32 bits of seconds
 * such that some age is less than twice the second next one.
 */
static void tier_clock_drop(struct zram_tier_clock *clock, u32 awake)
{
	struct zram_tier_sleep *sleeps = clock->sleeps;
	u64 time, age, least_time = 1, least_age = 0;
	unsigned int i, least = 0;
	u32 from = 0, to;

	for (i = 0; i < clock->nr; i++) {
		to = i + 1 < clock->nr ?
		     tier_clock_awake_at_end(&sleeps[i + 1]) : awake;
		time = to - from;
		age = awake - from + 1ULL;
		if (time * least_age < least_time * age) {
			least_time = time;
			least_age = age;
			least = i;
		}
		from = tier_clock_awake_at_end(&sleeps[i]);
	}
	clock->nr--;
	memmove(sleeps + least, sleeps + least + 1,
		(clock->nr - least) * sizeof(*sleeps));
}

/**
 * zram_tier_clock_add() - add a sleep that is over
 * @clock: the clock
 * @now: seconds since boot
 * @slept: seconds slept since boot
 *
 * A full clock drops a sleep, and counts its seconds as part of the next one. Then pages
 * that were accessed in between may seem younger than they are, by less than half, and
 * never older.
 *
 * Context: The caller serialises changes of @clock.
 * Return: false if there was no sleep of a second since the last one.
 */
bool zram_tier_clock_add(struct zram_tier_clock *clock, u32 now, u32 slept)
{
	const struct zram_tier_sleep *last = clock->nr ?
		&clock->sleeps[clock->nr - 1] : NULL;
	u32 awake = last ? tier_clock_awake_at_end(last) : 0;

	if (now < awake)
		return false;
	/* Both lack parts of seconds, which must not make awake time go back */
	slept = min(slept, now - awake);
	if (slept <= (last ? last->slept : 0))
		return false;
	if (clock->nr == ZRAM_TIER_SLEEPS)
		tier_clock_drop(clock, now - slept);
	clock->sleeps[clock->nr++] = (struct zram_tier_sleep){
		.end = now,
		.slept = slept,
	};
	return true;
}

/**
 * zram_tier_clock_age_by() - zram_tier_clock_age() by a given clock
 * @clock: the clock
 * @ac_time: seconds since boot
 * @now: seconds since boot
 *
 * Return: awake seconds from @ac_time to @now, 0 if @ac_time is later.
 */
u32 zram_tier_clock_age_by(const struct zram_tier_clock *clock, u32 ac_time,
			   u32 now)
{
	return ac_time < now ? tier_clock_awake(clock, now) -
			       tier_clock_awake(clock, ac_time) : 0;
}

/**
 * zram_tier_clock_before_by() - zram_tier_clock_before() by a given clock
 * @clock: the clock
 * @age: awake seconds
 * @now: seconds since boot
 *
 * Return: seconds since boot, see zram_tier_clock_before().
 */
u32 zram_tier_clock_before_by(const struct zram_tier_clock *clock, u32 age,
			      u32 now)
{
	u32 at, awake = tier_clock_awake(clock, now);
	unsigned int i = clock->nr;

	if (awake < age)
		return 0;
	awake -= age;
	while (i && tier_clock_awake_at_end(&clock->sleeps[i - 1]) > awake)
		i--;
	/* The last second at which the machine had been awake for @awake seconds */
	at = awake + (i ? clock->sleeps[i - 1].slept : 0);
	return at < U32_MAX ? at + 1 : U32_MAX;
}

/**
 * zram_tier_clock_age() - find the awake time between two moments
 * @ac_time: the last access of a slot, seconds since boot
 * @now: ktime_get_boottime_seconds()
 *
 * Context: Any but interrupts.
 * Return: awake seconds from @ac_time to @now, 0 if @ac_time is later.
 */
u32 zram_tier_clock_age(u32 ac_time, u32 now)
{
	unsigned int seq;
	u32 age;

	if (ac_time >= READ_ONCE(tier_clock_last))
		return now - min(ac_time, now);
	do {
		seq = read_seqbegin(&tier_clock_lock);
		age = zram_tier_clock_age_by(&tier_clock, ac_time, now);
	} while (read_seqretry(&tier_clock_lock, seq));
	return age;
}

/**
 * zram_tier_clock_before() - find the access times of pages of an age
 * @age: awake seconds
 * @now: ktime_get_boottime_seconds()
 *
 * Context: Any but interrupts.
 * Return: the latest second since boot such that all pages accessed before it are of
 *	@age or older; 0 if the machine has not been awake for that long.
 */
u32 zram_tier_clock_before(u32 age, u32 now)
{
	unsigned int seq;
	u32 before;

	do {
		seq = read_seqbegin(&tier_clock_lock);
		before = zram_tier_clock_before_by(&tier_clock, age, now);
	} while (read_seqretry(&tier_clock_lock, seq));
	return before;
}

/**
 * zram_tier_clock_resume() - note that the machine has slept, if it has
 *
 * The notifier of power management calls this after a resume or a thaw. A new device calls
 * it, so that sleeps before its first page age no page.
 *
 * Context: Any but interrupts.
 */
void zram_tier_clock_resume(void)
{
	s64 slept = ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
	u32 now;

	write_seqlock(&tier_clock_lock);
	now = ktime_get_boottime_seconds();
	if (zram_tier_clock_add(&tier_clock, now, div_s64(slept, NSEC_PER_SEC)))
		WRITE_ONCE(tier_clock_last, now);
	write_sequnlock(&tier_clock_lock);
}
