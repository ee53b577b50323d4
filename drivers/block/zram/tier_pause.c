// SPDX-License-Identifier: GPL-2.0
/*
 * When the thread of tiering tries again, after a slice that could not write.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/time64.h>

#include "tier_budget.h"
#include "tier_pause.h"
#include "zram.h"

/* Time until a retry: for a full device; for memory, a budget or slow reads, ms */
#define RETRY_FULL	10000
#define RETRY_SOON	1000
/* Time until the thread tries a device that fails again, seconds; doubles each time */
#define RETRY_DEVICE	1
#define RETRY_DEVICE_MAX 300

/**
 * zram_tier_pause_is_on() - is it too early to move pages?
 * @pause: the pause
 * @now: awake time, ms
 *
 * Return: true if so.
 */
bool zram_tier_pause_is_on(const struct zram_tier_pause *pause, u64 now)
{
	return pause->why != ZRAM_TIER_MOVING && now < pause->until;
}

/**
 * zram_tier_pause_end() - end a pause, because nothing keeps pages from leaving
 * @pause: the pause
 */
void zram_tier_pause_end(struct zram_tier_pause *pause)
{
	pause->why = ZRAM_TIER_MOVING;
	pause->backoff = 0;
}

/**
 * zram_tier_pause_cut() - try now, because the kernel is about to kill a task
 * @pause: the pause
 *
 * The thread tries a device that has failed as well: the error may have been transient.
 */
void zram_tier_pause_cut(struct zram_tier_pause *pause)
{
	pause->until = 0;
}

static void tier_pause_set(struct zram_tier_pause *pause, enum zram_tier_activity why,
			   u64 until)
{
	pause->why = why;
	pause->until = until;
}

static void tier_pause_device(struct zram_tier_pause *pause, struct zram *zram, int err,
			      u64 now)
{
	WRITE_ONCE(zram->tier->status.last_error, err);
	pause->backoff = clamp(pause->backoff * 2, RETRY_DEVICE, RETRY_DEVICE_MAX);
	tier_pause_set(pause, ZRAM_TIER_PAUSED_DEVICE,
		       now + pause->backoff * MSEC_PER_SEC);
}

static void tier_pause_begin(struct zram_tier_pause *pause, struct zram *zram, int err,
			     u64 now)
{
	switch (err) {
	case -EDQUOT:
		tier_pause_set(pause, zram_tier_budget_left(zram, false) < PAGE_SIZE ?
			       ZRAM_TIER_PAUSED_BUDGET : ZRAM_TIER_PAUSED_LIMIT,
			       now + RETRY_SOON);
		break;
	case -ENOSPC:
		tier_pause_set(pause, ZRAM_TIER_PAUSED_FULL, now + RETRY_FULL);
		break;
	case -ENOMEM:
		tier_pause_set(pause, ZRAM_TIER_PAUSED_MEMORY, now + RETRY_SOON);
		break;
	case -ECANCELED:
		tier_pause_set(pause, ZRAM_TIER_PAUSED_LATENCY, now + RETRY_SOON);
		break;
	default:
		tier_pause_device(pause, zram, err, now);
	}
}

/**
 * zram_tier_pause_result() - begin or end a pause, by the result of a slice
 * @pause: the pause
 * @zram: the device
 * @err: what zram_tier_slice_run() has returned
 * @pages: pages that it moved
 * @now: awake time at its end, ms
 *
 * Return: true if the next slice is to look at all pages again: after the last one, and after
 *	an error of the device, since there may be no other pages than those that stayed.
 */
bool zram_tier_pause_result(struct zram_tier_pause *pause, struct zram *zram, int err,
			    u64 pages, u64 now)
{
	switch (err) {
	case 0:
	case -ENOENT:
		if (pages || !pause->backoff)
			zram_tier_pause_end(pause);
		else
			/* Without a page, it does not show that the device works again */
			pause->why = ZRAM_TIER_PAUSED_DEVICE;
		return err == -ENOENT;
	case -EAGAIN:
	case -EINTR:
		if (pages)
			zram_tier_pause_end(pause);
		return false;
	default:
		tier_pause_begin(pause, zram, err, now);
		return pause->why == ZRAM_TIER_PAUSED_DEVICE;
	}
}
