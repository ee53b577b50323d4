/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_ASK_H_
#define _ZRAM_TIER_ASK_H_

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct task_struct;

/**
 * struct zram_tier_asks - threads that are asked together
 * @lock: a spinlock; zram_tier_ask.wake is called with it
 * @every: the task waits for all threads, whose nice values do not change
 * @threads: list of the threads
 * @answers: the task that asks waits there
 * @awaited: answers that it still waits for
 * @freed: sum of the answers to the last question, pages
 */
struct zram_tier_asks {
	spinlock_t lock;		/* see above */
	bool every;			/* I */
	struct list_head threads;	/* lock */
	wait_queue_head_t answers;	/* S */
	unsigned int awaited;		/* lock; A */
	unsigned long freed;		/* lock */
};

/**
 * struct zram_tier_ask - a thread that can free memory
 * @wake: called to ask the thread, with a spinlock held; wakes the thread
 * @asks: the threads that are asked together with this one
 * @thread: the thread
 * @node: in the list of these threads
 * @asked: the thread has not answered
 * @awaited: a task waits for the answer
 * @missed: tasks in a row that have waited for it in vain
 */
struct zram_tier_ask {
	void (*wake)(struct zram_tier_ask *ask);	/* I */
	struct zram_tier_asks *asks;		/* the thread */
	struct task_struct *thread;		/* asks->lock */
	struct list_head node;			/* asks->lock */
	bool asked;				/* asks->lock; A */
	bool awaited;				/* asks->lock */
	unsigned int missed;			/* asks->lock */
};

void zram_tier_ask_init(struct zram_tier_asks *asks, bool every);
void zram_tier_ask_begin(struct zram_tier_ask *ask, struct zram_tier_asks *asks);
void zram_tier_ask_end(struct zram_tier_ask *ask);
bool zram_tier_ask_pending(const struct zram_tier_ask *ask);
void zram_tier_ask_answer(struct zram_tier_ask *ask, unsigned long freed);
unsigned long zram_tier_ask_all(struct zram_tier_asks *asks, unsigned long timeout);

#endif
