// SPDX-License-Identifier: GPL-2.0
/*
 * Post-processing: marking slots idle, telling which slots a run is about, and
 * when it has to end.
 */

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "pp.h"
#include "table.h"
#include "zram.h"

const struct zram_pp_filter zram_pp_any = {};
const struct zram_pp_filter zram_pp_idle = { .idle = true };
const struct zram_pp_filter zram_pp_huge = { .must = ZRAM_HUGE };
const struct zram_pp_filter zram_pp_huge_idle = {
	.idle = true,
	.must = ZRAM_HUGE,
};

const struct zram_pp_filter zram_pp_incompressible = {
	.must = ZRAM_INCOMPRESSIBLE,
};

/* In a group mark the slots last accessed before @cutoff, and no others */
static void pp_mark_group(const struct zram_slots *slots, unsigned long index,
			  u32 cutoff)
{
	struct zram_slot_group *group = zram_slots_group(slots, index);
	const struct zram_slot *slot = &slots->slot[index];
	u64 left, idle = 0;

	/* Marking all needs no access times */
	if (cutoff == U32_MAX)
		idle = group->in_memory;
	else
		for (left = group->in_memory; left; left &= left - 1)
			if (slot[__ffs64(left)].ac_time < cutoff)
				idle |= left & -left;
	WRITE_ONCE(group->idle, idle);
}

/**
 * zram_pp_mark_idle() - mark the slots that were not accessed lately
 * @zram: a device that is set up
 * @cutoff: in seconds since boot: slots last accessed before this are marked,
 *	the marks of others are cleared; U32_MAX marks all
 *
 * Slots that hold no object in memory have nothing to be processed and are
 * left alone.
 *
 * Context: May sleep. config_lock is held. Takes slot locks.
 */
void zram_pp_mark_idle(struct zram *zram, u32 cutoff)
{
	struct zram_slots *slots = &zram->slots;
	unsigned long index;

	for (index = 0; index < slots->nr; index += ZRAM_SLOT_GROUP) {
		spinlock_t *lock = zram_slots_lock(slots, index);

		spin_lock(lock);
		pp_mark_group(slots, index, cutoff);
		spin_unlock(lock);
		cond_resched();
	}
}

/**
 * zram_pp_stop() - is the run to end early
 * @run: the run
 *
 * Return: 0; -EINTR when the device is to be reset or removed; otherwise as the
 *	run's stop condition.
 */
int zram_pp_stop(const struct zram_pp_run *run)
{
	if (READ_ONCE(run->zram->stopping))
		return -EINTR;
	return run->stop ? run->stop(run) : 0;
}

/**
 * zram_pp_task_stop() - stop condition of a run that a task asked for
 * @run: the run
 *
 * The freezer, SIGSTOP and a tracer need the task outside of the kernel, with no
 * lock held; the system call starts over when they are through. So it does after
 * a handler with SA_RESTART. After another handler the caller gets EINTR.
 *
 * A run that starts over selects its pages anew. A timer whose signal arrives before
 * the first page, each time, would keep it from any. So only a fatal signal ends a
 * run before that.
 *
 * Return: 0, or -ERESTARTSYS if a signal is pending.
 */
int zram_pp_task_stop(const struct zram_pp_run *run)
{
	bool stop = run->to_begin ? fatal_signal_pending(current) :
		    signal_pending(current);

	return stop ? -ERESTARTSYS : 0;
}

/**
 * zram_pp_match() - does the filter accept a slot?
 * @zram: the device
 * @filter: the filter of the run
 * @index: the slot
 *
 * Context: Without the slot lock the result is a hint.
 * Return: true if the slot has an object in memory that the filter accepts.
 */
bool zram_pp_match(const struct zram *zram, const struct zram_pp_filter *filter,
		   unsigned long index)
{
	const struct zram_slot *slot = &zram->slots.slot[index];
	u32 flags = zram_slot_peek(slot);
	u32 accessed = READ_ONCE(slot->ac_time);

	if (!(flags & ZRAM_SIZE_MASK) ||
	    (flags & (filter->must_not | ZRAM_WB | ZRAM_STAGED | ZRAM_PP)) ||
	    (flags & filter->must) != filter->must ||
	    (flags & ZRAM_SIZE_MASK) < filter->min_size)
		return false;
	if (accessed < filter->since ||
	    (filter->before && accessed >= filter->before))
		return false;
	if (filter->below_prio && zram_slot_prio(flags) >= filter->below_prio)
		return false;
	return !filter->idle || (READ_ONCE(zram_slots_group(&zram->slots,
							    index)->idle) &
				 zram_slots_bit(index));
}
