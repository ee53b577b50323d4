// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of a NUMA node: they take staged pages from the queue of their pool
 * and compress them.
 */

#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "kc_queue.h"
#include "kc_stage.h"
#include "kc_store.h"
#include "kc_threads.h"

/*
 * A thread that finds the queue empty looks again after a while, this many
 * times, before it goes to sleep: those who queue pages need not wake it for
 * each of them. It does not where a timer takes longer than that.
 */
#define LINGER_NS	(50 * NSEC_PER_USEC)
#define LINGERS		4

static void kc_threads_linger(void)
{
	ktime_t timeout = ns_to_ktime(LINGER_NS);

	set_current_state(TASK_IDLE);
	schedule_hrtimeout_range(&timeout, LINGER_NS, HRTIMER_MODE_REL);
}

static int kc_threads_run(void *data)
{
	struct zram_kc_thread *me = data;
	struct zram_kc_stage_pool *pool = me->node->pool;
	unsigned int most = hrtimer_resolution > LINGER_NS ? 0 : LINGERS;
	struct zram_kc_sleeper sleeper;
	unsigned int lingers = 0;
	bool open = true;

	INIT_LIST_HEAD(&sleeper.link);
	while (open) {
		if (zram_kc_store_finish(zram_kc_queue_take(pool))) {
			atomic_long_inc(&me->done);
			lingers = 0;
			cond_resched();
		} else if (lingers++ < most) {
			kc_threads_linger();
		} else {
			open = zram_kc_queue_sleep(pool, &sleeper);
			lingers = 0;
		}
	}

	/* The rest is for whoever closed the pool, and now stops us */
	set_current_state(TASK_IDLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_IDLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/**
 * zram_kc_node_drain() - end the threads, and do what they had left
 * @node: threads from whose pool nobody takes pages any more
 *
 * What is queued is compressed, as far as there is memory. Pages that are in slots
 * stay there.
 *
 * Context: May sleep.
 */
void zram_kc_node_drain(struct zram_kc_node *node)
{
	struct zram_kc_stage_pool *pool = node->pool;
	unsigned int i;

	zram_kc_queue_close(pool);
	for (i = 0; i < node->nr; i++)
		if (node->thread[i].task)
			kthread_stop(node->thread[i].task);
	zram_kc_queue_retry(pool);
	/* As the pool is closed, one that cannot be stored is not kept */
	while (zram_kc_store_finish(zram_kc_queue_take(pool)))
		cond_resched();
}

/**
 * zram_kc_node_free() - free what is left of the threads
 * @node: threads that are drained and that nobody finds any more
 *
 * Context: Any.
 */
void zram_kc_node_free(struct zram_kc_node *node)
{
	zram_kc_stage_pool_put(node->pool);
	kfree(node);
}

/**
 * zram_kc_node_create() - make the threads of a node, and their pool
 * @id: number of the node
 * @first: number of the first thread
 * @nr: number of threads
 * @pages: staging pages for each of them
 *
 * Context: May sleep.
 * Return: the threads, or an ERR_PTR.
 */
struct zram_kc_node *zram_kc_node_create(int id, unsigned int first,
					 unsigned int nr,
					 unsigned int pages)
{
	struct zram_kc_node *node;
	struct task_struct *task;
	unsigned int i;

	node = kzalloc_node(struct_size(node, thread, nr), GFP_KERNEL, id);
	if (!node)
		return ERR_PTR(-ENOMEM);
	node->nr = nr;
	node->pool = zram_kc_stage_pool_create(nr * pages, id);
	if (!node->pool) {
		kfree(node);
		return ERR_PTR(-ENOMEM);
	}
	for (i = 0; i < nr; i++) {
		node->thread[i].node = node;
		task = kthread_create_on_node(kc_threads_run, &node->thread[i],
					      id, "kcompressd/%u", first + i);
		if (IS_ERR(task)) {
			zram_kc_node_drain(node);
			zram_kc_node_free(node);
			return ERR_CAST(task);
		}
		node->thread[i].task = task;
		wake_up_process(task);
	}
	return node;
}
