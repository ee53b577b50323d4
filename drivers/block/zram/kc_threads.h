/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KC_THREADS_H_
#define _ZRAM_KC_THREADS_H_

#include <linux/atomic.h>
#include <linux/types.h>

#include "kc_stage.h"

struct task_struct;
struct zram;
struct zram_kc_node;

/**
 * struct zram_kc_thread - one thread
 * @task: the thread; constant
 * @node: its node; constant
 * @done: pages it has taken from the queue; atomic
 */
struct zram_kc_thread {
	struct task_struct *task;
	struct zram_kc_node *node;
	atomic_long_t done;
};

/**
 * struct zram_kc_node - the threads of a NUMA node
 * @pool: staging pages and queue; constant
 * @nr: number of threads; constant
 * @thread: the threads
 */
struct zram_kc_node {
	struct zram_kc_stage_pool *pool;
	unsigned int nr;
	struct zram_kc_thread thread[] __counted_by(nr);
};

bool zram_kc_store(struct zram_kc_stage *stage);
bool zram_kc_store_finish(struct zram_kc_stage *stage);
int zram_kc_store_queued(struct zram_kc_stage_pool *pool, struct zram *zram,
			 enum zram_kc_flush how);

struct zram_kc_node *zram_kc_node_create(int id, unsigned int first,
					 unsigned int nr,
					 unsigned int pages);
void zram_kc_node_drain(struct zram_kc_node *node);
void zram_kc_node_free(struct zram_kc_node *node);

#endif
