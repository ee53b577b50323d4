/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_THREAD_H_
#define _ZRAM_TIER_THREAD_H_

#include <linux/types.h>

struct zram;

/**
 * struct zram_tier_work_ops - the work of the thread of a device
 * @open: called before the thread starts. Returns the argument of @step and @close, or NULL
 *	if there is no memory
 * @step: called repeatedly by the thread. Returns how long to sleep before the next call, in
 *	ms; 0: without end. A task that reads or stores a page, or a segment of the backing
 *	device that becomes free, ends a sleep of more than a second
 * @close: called by the thread at its end
 */
struct zram_tier_work_ops {
	void *(*open)(struct zram *zram);
	u32 (*step)(void *work);
	void (*close)(void *work);
};

#ifdef CONFIG_ZRAM_TIER
/* tier_step.c */
extern const struct zram_tier_work_ops zram_tier_work_ops;

int zram_tier_enable(struct zram *zram, bool on);
void zram_tier_start(struct zram *zram);
void zram_tier_stop(struct zram *zram);
bool zram_tier_slice_begin(void);
void zram_tier_slice_end(const struct zram *zram);
bool zram_tier_interrupted(const struct zram *zram);
#else
static inline void zram_tier_start(struct zram *zram)
{
}

static inline void zram_tier_stop(struct zram *zram)
{
}
#endif

#endif
