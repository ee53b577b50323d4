// SPDX-License-Identifier: GPL-2.0
/*
 * Staging: a fixed number of pages that writers copy to and threads compress.
 *
 * A staging page is in a slot and in the queue (kc_queue.c) at the same time,
 * each with a reference, and each reader has one. So none waits for another: a
 * thread skips a page whose slot was overwritten, and a page stays until its
 * last reader has copied it.
 */

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kc_stage.h"

static void kc_stage_free(struct zram_kc_stage *stage)
{
	if (stage->page)
		__free_page(stage->page);
	kfree(stage);
}

/**
 * zram_kc_stage_free_list() - free unused staging pages
 * @stages: the pages, linked by @link
 */
void zram_kc_stage_free_list(struct list_head *stages)
{
	struct zram_kc_stage *stage, *next;

	list_for_each_entry_safe(stage, next, stages, link)
		kc_stage_free(stage);
}

/* Free a pool whose pages are all on its free list, or freed */
static void kc_stage_free_pool(struct zram_kc_stage_pool *pool)
{
	zram_kc_stage_free_list(&pool->free);
	kfree_rcu(pool, rcu);
}

/* Fails instead of invoking the OOM killer: the user may ask for too many */
static bool kc_stage_grow_pool(struct zram_kc_stage_pool *pool, int node)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	struct zram_kc_stage *stage = kzalloc_node(sizeof(*stage), gfp, node);

	if (!stage)
		return false;
	stage->page = alloc_pages_node(node, gfp | __GFP_HIGHMEM, 0);
	if (!stage->page) {
		kfree(stage);
		return false;
	}
	stage->pool = pool;
	list_add(&stage->link, &pool->free);
	return true;
}

/**
 * zram_kc_stage_pool_create() - create a pool
 * @nr: number of pages
 * @node: NUMA node of the pages
 *
 * Context: May sleep.
 * Return: the pool, or NULL if there is no memory.
 */
struct zram_kc_stage_pool *zram_kc_stage_pool_create(unsigned int nr, int node)
{
	struct zram_kc_stage_pool *pool;
	unsigned int i;

	pool = kzalloc_node(sizeof(*pool), GFP_KERNEL, node);
	if (!pool)
		return NULL;
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->free);
	INIT_LIST_HEAD(&pool->queue);
	INIT_LIST_HEAD(&pool->busy);
	INIT_LIST_HEAD(&pool->kept);
	for (i = 0; i < ZRAM_KC_BUCKETS; i++) {
		INIT_LIST_HEAD(&pool->queued_of[i]);
		INIT_LIST_HEAD(&pool->kept_of[i]);
	}
	INIT_LIST_HEAD(&pool->sleepers);
	init_waitqueue_head(&pool->done);
	refcount_set(&pool->refs, 1);
	for (; pool->nr < nr; pool->nr++) {
		if (!kc_stage_grow_pool(pool, node)) {
			kc_stage_free_pool(pool);
			return NULL;
		}
		cond_resched();
	}
	return pool;
}

/**
 * zram_kc_stage_pool_get() - take a reference to a pool found under RCU
 * @pool: the pool
 *
 * Context: rcu_read_lock() is held.
 * Return: false if the last reference was dropped.
 */
bool zram_kc_stage_pool_get(struct zram_kc_stage_pool *pool)
{
	return refcount_inc_not_zero(&pool->refs);
}

/**
 * zram_kc_stage_pool_put() - drop a reference to a pool
 * @pool: the pool; freed with the last reference
 *
 * Context: Any but interrupts.
 */
void zram_kc_stage_pool_put(struct zram_kc_stage_pool *pool)
{
	if (refcount_dec_and_test(&pool->refs))
		kc_stage_free_pool(pool);
}

/**
 * zram_kc_stage_get() - take a free staging page
 * @pool: a pool the caller has a reference to
 *
 * Context: Any but interrupts.
 * Return: the page with one reference, or NULL if all are in use.
 */
struct zram_kc_stage *zram_kc_stage_get(struct zram_kc_stage_pool *pool)
{
	struct zram_kc_stage *stage;

	spin_lock(&pool->lock);
	/* The free list of a closed pool is empty */
	stage = list_first_entry_or_null(&pool->free, struct zram_kc_stage,
					 link);
	if (stage) {
		list_del_init(&stage->link);
		refcount_inc(&pool->refs);
	}
	spin_unlock(&pool->lock);
	if (stage)
		refcount_set(&stage->refs, 1);
	return stage;
}

/**
 * zram_kc_stage_hold() - take another reference
 * @stage: a page with at least one
 */
void zram_kc_stage_hold(struct zram_kc_stage *stage)
{
	refcount_inc(&stage->refs);
}

/**
 * zram_kc_stage_put() - drop a reference
 * @stage: the page; with the last one it is free for the next write, or freed
 *	if the pool is closed
 *
 * Context: Any but interrupts.
 */
void zram_kc_stage_put(struct zram_kc_stage *stage)
{
	struct zram_kc_stage_pool *pool = stage->pool;
	bool closed;

	if (!refcount_dec_and_test(&stage->refs))
		return;
	spin_lock(&pool->lock);
	closed = pool->closed;
	if (!closed)
		list_add(&stage->link, &pool->free);
	spin_unlock(&pool->lock);
	if (closed)
		kc_stage_free(stage);
	zram_kc_stage_pool_put(pool);
}

/**
 * zram_kc_stage_fill() - copy data to a staging page
 * @stage: a page that is in no slot yet
 * @page: what to copy
 */
void zram_kc_stage_fill(struct zram_kc_stage *stage, struct page *page)
{
	memcpy_page(stage->page, 0, page, 0, PAGE_SIZE);
	stage->nid = page_to_nid(page);
}

/**
 * zram_kc_stage_load() - copy data from a staging page
 * @stage: a page the caller has a reference to
 * @dst: PAGE_SIZE bytes
 */
void zram_kc_stage_load(const struct zram_kc_stage *stage, void *dst)
{
	memcpy_from_page(dst, stage->page, 0, PAGE_SIZE);
}
