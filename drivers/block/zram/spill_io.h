/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SPILL_IO_H_
#define _ZRAM_SPILL_IO_H_

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mempool.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "spill_gate.h"

struct block_device;
struct page;
struct zram_backing;

/**
 * struct zram_spill_io - I/O of spill to a backing device
 * @bdev: the backing device
 * @verify: it may report a block as written that it did not write, so spill reads it back
 * @pages: mempool for copies of the pages in flight; with @verify, two pages for each
 * @wq: workqueue of @submit
 * @submit: submits the requests in @queue
 * @lock: guards @queue
 * @queue: requests to be submitted
 * @gate: closed while the device fails
 * @in_flight: pages that are checked against the budget or written, and not charged yet
 * @exhausted: the last page found no budget or no free block
 * @exhausted_at: when a page last did, jiffies
 * @kicked: when spill last woke the thread of tiering, jiffies
 * @looked: when it last had the capacity looked at, jiffies
 */
struct zram_spill_io {
	struct block_device *bdev;	/* constant */
	bool verify;			/* constant */
	mempool_t pages;
	struct workqueue_struct *wq;	/* constant */
	struct work_struct submit;
	spinlock_t lock;		/* see above */
	struct list_head queue;		/* lock */
	struct zram_spill_gate gate;	/* S */
	atomic_t in_flight;
	bool exhausted;			/* A */
	unsigned long exhausted_at;	/* A */
	unsigned long kicked;		/* A */
	unsigned long looked;		/* A */
};

#ifdef CONFIG_ZRAM_TIER
struct zram_spill_io *zram_spill_io_create(const struct zram_backing *backing,
					   const char *name);
void zram_spill_io_destroy(struct zram_spill_io *io);
struct page *zram_spill_io_copy(struct zram_spill_io *io, struct page *page);
void zram_spill_io_free(struct zram_spill_io *io, struct page *copy);
int zram_spill_io_write(struct zram_spill_io *io, struct page *copy, u64 first);
#else
static inline struct zram_spill_io *
zram_spill_io_create(const struct zram_backing *backing, const char *name)
{
	return NULL;
}

static inline void zram_spill_io_destroy(struct zram_spill_io *io)
{
}
#endif

#endif
