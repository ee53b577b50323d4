// SPDX-License-Identifier: GPL-2.0
/*
 * The thread set of kcompressd: creating and replacing it, and finding it.
 *
 * Only writing a module parameter creates threads. A change creates a new set
 * of threads and staging pages and replaces the old set, or fails and changes
 * nothing.
 */

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/topology.h>

#include "kc_set.h"
#include "kc_queue.h"
#include "kc_stage.h"
#include "kc_threads.h"
#include "zram.h"

/* Threads of a node, and staging pages for each of them */
#define MAX_THREADS	64
#define MAX_QUEUE_SIZE	65536
/* The lists of a node's pages are walked under a spinlock */
#define MAX_PAGES	65536
/* Pages of all nodes that are allowed without looking at available memory */
#define FEW_PAGES	1024
/* Where zram_kc_show() begins no more lines but the last; a line is shorter than 96 */
#define SHOW_END	(PAGE_SIZE - 192)

/**
 * struct kc_set - a thread set
 * @any: a node with threads, for writers on a node without
 * @node: by number of the node, NULL for nodes without CPUs
 */
struct kc_set {
	struct zram_kc_node *any;
	struct zram_kc_node *node[MAX_NUMNODES];
};

/* Replaced under the mutex; read under RCU or the mutex */
static DEFINE_MUTEX(kc_set_lock);
static struct kc_set __rcu *kc_set_now;
/* The set that is being replaced, until it has no pages left */
static struct kc_set __rcu *kc_set_old;
/* Guarded by the mutex as well */
static unsigned int nr_kcompressd;
static unsigned int queue_size = 256;
static bool kc_set_ready;

static void kc_set_drain(struct kc_set *set)
{
	int id;

	for (id = 0; id < MAX_NUMNODES; id++)
		if (set->node[id])
			zram_kc_node_drain(set->node[id]);
}

static void kc_set_free(struct kc_set *set)
{
	int id;

	for (id = 0; id < MAX_NUMNODES; id++)
		if (set->node[id])
			zram_kc_node_free(set->node[id]);
	kfree(set);
}

/*
 * Refuse staging pages above half of the available memory: allocating them
 * could cause the shortage they are meant to relieve, and invoke the OOM
 * killer. Up to FEW_PAGES pages are always allowed.
 */
static bool kc_set_affordable(unsigned int pages)
{
	return pages <= FEW_PAGES || pages <= si_mem_available() / 2;
}

/* Create the thread set for these parameters: NULL for none, or an ERR_PTR */
static struct kc_set *kc_set_create(unsigned int nr, unsigned int pages)
{
	struct kc_set *set;
	struct zram_kc_node *node;
	unsigned int first = 0;
	int id;

	if (!nr)
		return NULL;
	if (!kc_set_affordable(nr * pages * num_node_state(N_CPU)))
		return ERR_PTR(-ENOMEM);
	set = kzalloc_obj(*set);
	if (!set)
		return ERR_PTR(-ENOMEM);
	for_each_node_state(id, N_CPU) {
		node = zram_kc_node_create(id, first, nr, pages);
		if (IS_ERR(node)) {
			kc_set_drain(set);
			kc_set_free(set);
			return ERR_CAST(node);
		}
		set->node[id] = node;
		set->any = node;
		first += nr;
	}
	return set;
}

/* Replace the thread set; on failure the old one continues */
static int kc_set_configure(unsigned int nr, unsigned int pages)
{
	struct kc_set *new, *old;

	lockdep_assert_held(&kc_set_lock);

	if (nr * pages > MAX_PAGES)
		return -EINVAL;
	new = kc_set_create(nr, pages);
	if (IS_ERR(new))
		return PTR_ERR(new);
	old = rcu_dereference_protected(kc_set_now,
					lockdep_is_held(&kc_set_lock));
	rcu_assign_pointer(kc_set_old, old);
	rcu_assign_pointer(kc_set_now, new);
	if (old) {
		/* After this no writer takes a page from it */
		synchronize_rcu();
		kc_set_drain(old);
		RCU_INIT_POINTER(kc_set_old, NULL);
		synchronize_rcu();
		kc_set_free(old);
	}
	return 0;
}

static int kc_set_parameter(const char *val, const struct kernel_param *kp,
			    unsigned int least, unsigned int most)
{
	unsigned int *which = kp->arg, old, new;
	int err = kstrtouint(val, 0, &new);

	if (err)
		return err;
	if (new < least || new > most)
		return -EINVAL;
	err = mutex_lock_killable(&kc_set_lock);
	if (err)
		return err;
	old = *which;
	*which = new;
	/* Parameters at load take effect in zram_kc_init() */
	if (kc_set_ready && new != old)
		err = kc_set_configure(nr_kcompressd, queue_size);
	if (err)
		*which = old;
	mutex_unlock(&kc_set_lock);
	return err;
}

static int kc_set_nr_kcompressd(const char *val, const struct kernel_param *kp)
{
	return kc_set_parameter(val, kp, 0, MAX_THREADS);
}

static int kc_set_queue_size(const char *val, const struct kernel_param *kp)
{
	return kc_set_parameter(val, kp, 1, MAX_QUEUE_SIZE);
}

static const struct kernel_param_ops nr_kcompressd_ops = {
	.set = kc_set_nr_kcompressd,
	.get = param_get_uint,
};
module_param_cb(nr_kcompressd, &nr_kcompressd_ops, &nr_kcompressd, 0644);
MODULE_PARM_DESC(nr_kcompressd,
		 "Threads per NUMA node that compress what others write, 0 for none (0)");

static const struct kernel_param_ops queue_size_ops = {
	.set = kc_set_queue_size,
	.get = param_get_uint,
};
module_param_cb(queue_size_per_kcompressd, &queue_size_ops, &queue_size, 0644);
MODULE_PARM_DESC(queue_size_per_kcompressd,
		 "Pages that may wait to be compressed, for each thread (256)");

/**
 * zram_kc_any() - are there threads?
 *
 * Return: true if there are; may change at once.
 */
bool zram_kc_any(void)
{
	return rcu_access_pointer(kc_set_now);
}

/**
 * zram_kc_get_stage() - take a staging page of the nearest node
 *
 * Context: Any but interrupts.
 * Return: the page with one reference, or NULL if all are in use.
 */
struct zram_kc_stage *zram_kc_get_stage(void)
{
	struct zram_kc_stage *stage = NULL;
	struct zram_kc_node *node;
	struct kc_set *set;

	rcu_read_lock();
	set = rcu_dereference(kc_set_now);
	node = set ? set->node[numa_node_id()] : NULL;
	if (set && !node)
		node = set->any;
	if (node)
		stage = zram_kc_stage_get(node->pool);
	rcu_read_unlock();
	return stage;
}

/* Reference the pool of a node; NULL if there is none */
static struct zram_kc_stage_pool *kc_set_get_pool(struct kc_set __rcu **from,
						  int id)
{
	struct zram_kc_stage_pool *pool = NULL;
	struct kc_set *set;

	rcu_read_lock();
	set = rcu_dereference(*from);
	if (set && set->node[id] && zram_kc_stage_pool_get(set->node[id]->pool))
		pool = set->node[id]->pool;
	rcu_read_unlock();
	return pool;
}

static int kc_set_flush(struct kc_set __rcu **from, struct zram *zram,
			enum zram_kc_flush how)
{
	struct zram_kc_stage_pool *pool;
	int id, err = 0;

	for (id = 0; id < MAX_NUMNODES && !err; id++) {
		pool = kc_set_get_pool(from, id);
		if (!pool)
			continue;
		err = zram_kc_store_queued(pool, zram, how);
		zram_kc_stage_pool_put(pool);
	}
	return err;
}

/**
 * zram_kc_flush() - compress staged pages of a device
 * @zram: the device
 * @how: which of them
 *
 * Pages whose object cannot be allocated stay staged. With %ZRAM_KC_WAIT, stops compressing
 * after a signal, or when the device is to be reset or removed.
 *
 * Context: May sleep.
 * Return: 0, or -EINTR if it was interrupted.
 */
int zram_kc_flush(struct zram *zram, enum zram_kc_flush how)
{
	int err;

	if (!zram_obj_staged(&zram->pool))
		return 0;
	err = kc_set_flush(&kc_set_now, zram, how);
	/* The set that is being replaced may still have pages */
	if (!err)
		err = kc_set_flush(&kc_set_old, zram, how);
	return err;
}

/**
 * zram_kc_drop() - drop the queued pages of a device
 * @zram: a device without writers, whose content is being discarded
 *
 * Context: May sleep. Afterwards no thread refers to the device.
 */
void zram_kc_drop(struct zram *zram)
{
	struct kc_set *set;
	int id;

	/* The mutex excludes a set that is being replaced */
	mutex_lock(&kc_set_lock);
	set = rcu_dereference_protected(kc_set_now,
					lockdep_is_held(&kc_set_lock));
	for (id = 0; set && id < MAX_NUMNODES; id++)
		if (set->node[id])
			zram_kc_queue_drop(set->node[id]->pool, zram);
	mutex_unlock(&kc_set_lock);
}

static int kc_set_show_node(char *buf, int at, const struct zram_kc_node *node,
			    int id)
{
	unsigned long done = 0;
	unsigned int i;

	for (i = 0; i < node->nr; i++)
		done += atomic_long_read(&node->thread[i].done);
	return sysfs_emit_at(buf, at, "node%d %u %u %u %u %lu\n", id,
			     READ_ONCE(node->pool->depth),
			     READ_ONCE(node->pool->max_depth), node->pool->nr,
			     node->nr, done);
}

static int kc_set_show(const struct kc_set *set, char *buf, int at)
{
	unsigned int i, left = 0;
	int id;

	for (id = 0; id < MAX_NUMNODES; id++)
		if (set->node[id] && at < SHOW_END)
			at += kc_set_show_node(buf, at, set->node[id], id);
		else if (set->node[id])
			left++;
	for (id = 0; id < MAX_NUMNODES; id++)
		for (i = 0; set->node[id] && i < set->node[id]->nr; i++) {
			const struct zram_kc_thread *thread =
				&set->node[id]->thread[i];

			if (at < SHOW_END)
				at += sysfs_emit_at(buf, at, "%s %lu\n",
						    thread->task->comm,
						    atomic_long_read(&thread->done));
			else
				left++;
		}
	if (left)
		at += sysfs_emit_at(buf, at, "lines_left_out %u\n", left);
	return at;
}

/**
 * zram_kc_show() - print a line for each node with threads, and one for each thread
 * @buf: a sysfs buffer
 * @at: where to go on in it
 *
 * If they do not fit, the last line tells how many are missing.
 *
 * Return: where others may go on.
 */
int zram_kc_show(char *buf, int at)
{
	const struct kc_set *set;

	rcu_read_lock();
	set = rcu_dereference(kc_set_now);
	if (set)
		at = kc_set_show(set, buf, at);
	rcu_read_unlock();
	return at;
}

/**
 * zram_kc_init() - create the thread set of the module's parameters
 *
 * Context: May sleep.
 * Return: 0, -EINVAL for more pages than there may be, -ENOMEM, or -EINTR.
 */
int zram_kc_init(void)
{
	int err;

	mutex_lock(&kc_set_lock);
	err = kc_set_configure(nr_kcompressd, queue_size);
	kc_set_ready = !err;
	mutex_unlock(&kc_set_lock);
	return err;
}

/**
 * zram_kc_exit() - end the threads
 *
 * Context: May sleep. There is no device left.
 */
void zram_kc_exit(void)
{
	mutex_lock(&kc_set_lock);
	kc_set_ready = false;
	kc_set_configure(0, queue_size);
	mutex_unlock(&kc_set_lock);
}
