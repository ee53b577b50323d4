/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_ALLOC_H_
#define _ZRAM_RB_ALLOC_H_

#include <linux/bio.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct completion;
struct zram;
struct zram_rb_object;

/*
 * For neighbours: use only free memory. The allocation does not even wake kswapd.
 */
#define ZRAM_RB_WINDOW_GFP	(__GFP_NOMEMALLOC | __GFP_NOWARN)

/*
 * Reads that can be in flight at a time without any free memory, of each kind. A
 * device with a backing device keeps about 13 KiB for each, with 4 KiB pages.
 */
#define ZRAM_RB_RESERVE		16

/* Most objects of the reader in one read; neighbours are not among them */
#define ZRAM_RB_MAX_OBJECTS	64U

/**
 * struct zram_rb_group - the reads for one bio, or for one task that waits
 * @zram: the device
 * @parent: the bio that is completed after the last read, or NULL
 * @done: completed after the last read if there is no @parent
 * @start: when @parent arrived, jiffies
 * @since: when the group began, ktime_get_ns(), if it counts in @in_flight of the pool;
 *	else 0
 * @pending: reads in flight, and one reference of the submitter; unused if the group is part
 *	of its only read
 * @status: the error of a read that failed
 */
struct zram_rb_group {
	struct zram *zram;
	struct bio *parent;
	struct completion *done;
	unsigned long start;
	u64 since;
	refcount_t pending;
	blk_status_t status;
};

/**
 * struct zram_rb_packed - one read of consecutive blocks
 * @work: decompression
 * @group: the group of the read
 * @own: memory for @group, used if this is the only read of the group
 * @first: first block
 * @nr: number of blocks
 * @nr_own: number of blocks, from @first on, without those that only neighbours need
 * @base: position on the backing device of the first byte that is read
 * @bytes: number of bytes that are read
 * @nr_pages: number of pages allocated, the bv_page of the first @bvecs
 * @max_pages: number of @bvecs
 * @nr_objects: number of objects
 * @own_objects: number of objects that the reader has asked for; neighbours follow them
 * @max_objects: size of @objects
 * @window: the window, see zram_rb_window_begin(); 0: no read stream has this read
 * @tick: identifies the read, if @window is not 0
 * @reserved: from the mempool
 * @repeated: the blocks are being read for the second time
 * @opf: operation and flags of @bio
 * @objects: the objects in the blocks; stored after @bvecs
 * @bio: the I/O
 * @bvecs: the pages of @bio
 */
struct zram_rb_packed {
	struct work_struct work;
	struct zram_rb_group *group;
	struct zram_rb_group own;
	u64 first;
	unsigned int nr;
	unsigned int nr_own;
	unsigned int bytes;
	u64 base;
	unsigned int nr_pages;
	unsigned int max_pages;
	unsigned int nr_objects;
	unsigned int own_objects;
	unsigned int max_objects;
	unsigned int window;
	u32 tick;
	bool reserved;
	bool repeated;
	blk_opf_t opf;
	struct zram_rb_object *objects;
	struct bio bio;
	struct bio_vec bvecs[];
};

/**
 * struct zram_rb_memory - memory of the packed reads of a device
 * @reserve: reads of one object each, for tasks that find no free memory
 * @kept: for each CPU a read of one object that has ended, or NULL; this_cpu_xchg()
 */
struct zram_rb_memory {
	mempool_t reserve;
	struct zram_rb_packed * __percpu *kept;
};

/**
 * zram_rb_alloc_gfp() - how the mempools of packed reads and of groups allocate
 * @gfp: as the mempool is asked
 *
 * While a mempool is empty it tries the allocator for each reader that waits, and again each
 * time an element comes back. Direct reclaim may not swap here, and would scan a full memory
 * in vain. Only the set-up of a mempool may reclaim; readers wait for an element.
 *
 * Return: @gfp, without direct reclaim if the task may not start I/O.
 */
static inline gfp_t zram_rb_alloc_gfp(gfp_t gfp)
{
	return gfp & __GFP_IO ? gfp : gfp & ~__GFP_DIRECT_RECLAIM;
}

int zram_rb_alloc_init(struct zram_rb_memory *memory);
void zram_rb_alloc_exit(struct zram_rb_memory *memory);
struct zram_rb_packed *zram_rb_alloc(unsigned int objects, unsigned int window,
				     unsigned int nr, gfp_t gfp);
struct zram_rb_packed *zram_rb_alloc_one(struct zram_rb_memory *memory,
					 unsigned int nr, gfp_t gfp);
bool zram_rb_alloc_grow(struct zram_rb_packed *packed, unsigned int nr, gfp_t gfp);
void zram_rb_alloc_free(struct zram_rb_packed *packed, struct zram_rb_memory *memory);

#endif
