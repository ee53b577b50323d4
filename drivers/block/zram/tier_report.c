// SPDX-License-Identifier: GPL-2.0
/*
 * State and events of the tiering thread for user space: tier/stat, and a uevent when the
 * thread pauses for a reason that an administrator can change.
 */

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/compiler.h>
#include <linux/kobject.h>
#include <linux/time64.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "tier_dev.h"
#include "tier_policy.h"
#include "tier_report.h"
#include "zram.h"

/* Bytes become free steadily, so a budget is used up many times an hour: one event an hour */
#define EVENT_EVERY	(3600 * MSEC_PER_SEC)

static enum zram_tier_activity tier_report_activity(struct zram *zram,
						    enum zram_tier_reason reason,
						    enum zram_tier_activity pause)
{
	switch (reason) {
	case ZRAM_TIER_WORKING:
		return pause;
	case ZRAM_TIER_HOT:
		return ZRAM_TIER_ALL_HOT;
	case ZRAM_TIER_NO_BUDGET:
		return ZRAM_TIER_PAUSED_BUDGET;
	case ZRAM_TIER_FULL:
		if (pause != ZRAM_TIER_MOVING)
			return pause;
		return zram_bd_budget_room(zram) <
			zram_bd_map_free(zram->backing.map) ?
			ZRAM_TIER_PAUSED_LIMIT : ZRAM_TIER_PAUSED_FULL;
	default:
		return ZRAM_TIER_NO_DEMAND;
	}
}

/* An event that comes too early is sent later, if the state lasts until then */
static void tier_report_event(struct zram_tier_report *report, struct zram *zram,
			      enum zram_tier_activity activity, u64 now)
{
	bool budget = activity == ZRAM_TIER_PAUSED_BUDGET;
	char *env[2] = { budget ? "ZRAM_TIER=budget" : "ZRAM_TIER=device" };

	report->told = !budget && activity != ZRAM_TIER_PAUSED_DEVICE;
	if (report->told || now < report->next[budget])
		return;
	report->told = true;
	report->next[budget] = now + EVENT_EVERY;
	kobject_uevent_env(&disk_to_dev(zram->disk)->kobj, KOBJ_CHANGE, env);
}

/**
 * zram_tier_report_step() - report the result of a step
 * @report: of the thread; initially zero
 * @zram: the device
 * @pause: why the thread pauses; %ZRAM_TIER_MOVING if it does not
 * @out: the decision of the policy
 * @now: awake time, ms
 *
 * Context: May sleep. The thread.
 */
void zram_tier_report_step(struct zram_tier_report *report, struct zram *zram,
			   enum zram_tier_activity pause,
			   const struct zram_tier_output *out, u64 now)
{
	enum zram_tier_activity activity =
		tier_report_activity(zram, out->reason, pause);
	struct zram_tier_status *status = &zram->tier->status;

	if (activity != status->activity) {
		WRITE_ONCE(status->activity, activity);
		report->told = false;
	}
	if (!report->told)
		tier_report_event(report, zram, activity, now);
	atomic64_inc(&status->steps);
	WRITE_ONCE(status->regret, out->regret);
	WRITE_ONCE(status->disk_us, out->disk_us);
	WRITE_ONCE(status->pool_us, out->pool_us);
	WRITE_ONCE(status->protected_age, out->protected_age);
	if (out->reason == ZRAM_TIER_WORKING)
		WRITE_ONCE(status->min_age, out->min_age);
}
