/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KC_QUEUE_H_
#define _ZRAM_KC_QUEUE_H_

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;
struct zram;
struct zram_kc_stage;
struct zram_kc_stage_pool;

/**
 * struct zram_kc_sleeper - a thread that waits for pages
 * @link: in the pool's list while asleep; guarded by the pool's lock
 * @task: the thread
 */
struct zram_kc_sleeper {
	struct list_head link;
	struct task_struct *task;
};

bool zram_kc_queue_add(struct zram_kc_stage *stage, bool *woken);
struct zram_kc_stage *zram_kc_queue_take(struct zram_kc_stage_pool *pool);
u64 zram_kc_queue_newest(struct zram_kc_stage_pool *pool);
u64 zram_kc_queue_requeue(struct zram_kc_stage_pool *pool,
			  const struct zram *zram);
struct zram_kc_stage *zram_kc_queue_take_until(struct zram_kc_stage_pool *pool,
					       const struct zram *zram,
					       u64 seq);
void zram_kc_queue_done(struct zram_kc_stage *stage, bool keep);
unsigned int zram_kc_queue_retry(struct zram_kc_stage_pool *pool);
void zram_kc_queue_drop(struct zram_kc_stage_pool *pool,
			const struct zram *zram);
int zram_kc_queue_wait(struct zram_kc_stage_pool *pool, const struct zram *zram,
		       u64 seq);
bool zram_kc_queue_sleep(struct zram_kc_stage_pool *pool,
			 struct zram_kc_sleeper *sleeper);
void zram_kc_queue_close(struct zram_kc_stage_pool *pool);

#endif
