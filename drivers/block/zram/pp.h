/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PP_H_
#define _ZRAM_PP_H_

#include <linux/types.h>

struct zram;

/**
 * struct zram_pp_run - what all parts of a post-processing run know of it
 * @zram: the device
 * @stop: called between pages; returns 0 to continue, or the error that ends
 *	the run; -EAGAIN if only its slice is over
 * @to_begin: the run has not processed a page yet
 */
struct zram_pp_run {
	struct zram *zram;
	int (*stop)(const struct zram_pp_run *run);
	bool to_begin;
};

/**
 * struct zram_pp_filter - which slots a run processes
 * @idle: slots marked idle only
 * @must: state flags a slot has to have, all of them
 * @must_not: state flags it may not have, any of them
 * @min_size: slots with an object of this size or more only, bytes
 * @below_prio: slots compressed by a lower priority only; 0 for any
 * @since: slots last accessed in this second or later only, in seconds since boot
 * @before: slots last accessed before this second only, in seconds since boot; 0 for any
 */
struct zram_pp_filter {
	bool idle;
	u32 must;
	u32 must_not;
	u32 min_size;
	unsigned int below_prio;
	u32 since;
	u32 before;
};

/* Those that users name; any takes all that is in memory */
extern const struct zram_pp_filter zram_pp_any;
extern const struct zram_pp_filter zram_pp_idle;
extern const struct zram_pp_filter zram_pp_huge;
extern const struct zram_pp_filter zram_pp_huge_idle;
extern const struct zram_pp_filter zram_pp_incompressible;

void zram_pp_mark_idle(struct zram *zram, u32 cutoff);
int zram_pp_stop(const struct zram_pp_run *run);
int zram_pp_task_stop(const struct zram_pp_run *run);
bool zram_pp_match(const struct zram *zram, const struct zram_pp_filter *filter,
		   unsigned long index);

#endif
