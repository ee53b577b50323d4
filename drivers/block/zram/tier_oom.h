/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_OOM_H_
#define _ZRAM_TIER_OOM_H_

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;

/**
 * struct zram_tier_oom - a thread that can move pages instead of a task being killed
 * @ask: called when it is to do so, with a spinlock held; wakes it
 * @thread: the thread
 * @node: in the list of these threads
 * @asked: the thread is to move pages, and has not answered
 * @awaited: a task waits for the answer
 * @missed: tasks that have waited for it in vain
 */
struct zram_tier_oom {
	void (*ask)(struct zram_tier_oom *oom);	/* I */
	struct task_struct *thread;		/* tier_oom_lock */
	struct list_head node;			/* tier_oom_lock */
	bool asked;				/* tier_oom_lock; A */
	bool awaited;				/* tier_oom_lock */
	unsigned int missed;			/* tier_oom_lock */
};

#ifdef CONFIG_ZRAM_TIER
void zram_tier_oom_begin(struct zram_tier_oom *oom);
void zram_tier_oom_end(struct zram_tier_oom *oom);
bool zram_tier_oom_asked(const struct zram_tier_oom *oom);
void zram_tier_oom_answer(struct zram_tier_oom *oom, unsigned long freed);
int zram_tier_oom_init(void);
void zram_tier_oom_exit(void);
#else
static inline int zram_tier_oom_init(void)
{
	return 0;
}

static inline void zram_tier_oom_exit(void)
{
}
#endif

#endif
