/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_GROUP_H_
#define _ZRAM_RB_GROUP_H_

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct workqueue_struct;
struct zram;
struct zram_rb_packed;
struct zram_rb_read;

/**
 * struct zram_rb_pool - what the reads of a device are made of
 * @groups: groups, with a reserve
 * @bios: reads of whole pages, with a reserve
 * @splits: parts of large bios, with a reserve
 * @wq: where waiting for a read is done, and decompression
 * @concurrent_wq: where decompression is done of more than one read at a time
 * @unpacking: number of reads of packed objects under way
 * @spare_lock: guards @spare
 * @spare: for one packed object, when there is no memory
 */
struct zram_rb_pool {
	mempool_t groups;
	struct bio_set bios;
	struct bio_set splits;
	struct workqueue_struct *wq;
	struct workqueue_struct *concurrent_wq;
	atomic_t unpacking;
	struct mutex spare_lock;	/* see above */
	struct zram_rb_packed *spare;
};

/**
 * struct zram_rb_group - the reads for one parent
 * @zram: the device
 * @parent: the bio they are for
 * @start: when it came in
 * @pending: reads not yet completed, and one for the submitter
 */
struct zram_rb_group {
	struct zram *zram;
	struct bio *parent;
	unsigned long start;
	refcount_t pending;
};

/**
 * struct zram_rb_set - what one bio reads from the backing device
 * @zram: the device
 * @parent: the bio
 * @start: when the bio came in, for I/O accounting
 * @group: keeps count of the reads; NULL before the first
 * @tail: the read of whole pages that is being put together, not submitted yet
 * @packed: likewise, of packed objects
 *
 * Belongs to the submitter alone, on its stack.
 */
struct zram_rb_set {
	struct zram *zram;
	struct bio *parent;
	unsigned long start;
	struct zram_rb_group *group;
	struct zram_rb_read *tail;
	struct zram_rb_packed *packed;
};

struct zram_rb_group *zram_rb_group_alloc(struct zram_rb_set *set);
void zram_rb_group_put(struct zram_rb_group *group, blk_status_t status);

#endif
