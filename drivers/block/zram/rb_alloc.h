/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_ALLOC_H_
#define _ZRAM_RB_ALLOC_H_

#include <linux/bio.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct zram_rb_group;
struct zram_rb_object;

/*
 * Neighbours take memory only where some is free: not even kswapd is woken for them.
 */
#define ZRAM_RB_WINDOW_GFP	(__GFP_NOMEMALLOC | __GFP_NOWARN)

/* Objects in one read that the reader has asked for */
#define ZRAM_RB_MAX_OBJECTS	64U

/**
 * struct zram_rb_packed - one read of consecutive blocks
 * @work: decompression
 * @group: the group it belongs to
 * @first: first block
 * @nr: number of blocks
 * @nr_own: of them, those of the reader's objects
 * @nr_pages: number of pages allocated, the bv_page of the first @bvecs
 * @max_pages: number of @bvecs
 * @nr_objects: number of objects
 * @own_objects: of them, those that the reader has asked for, which come first
 * @max_objects: number of objects there is space for
 * @window: pages that the read may bring back, the one read included; 0: nothing follows
 *	the reads of the device
 * @tick: identifies it among the reads of its stream, if there is a window
 * @reserved: from the mempool
 * @opf: operation and flags of @bio
 * @objects: the objects in the blocks; behind @bvecs
 * @bio: the I/O
 * @bvecs: its pages
 */
struct zram_rb_packed {
	struct work_struct work;
	struct zram_rb_group *group;
	u64 first;
	unsigned int nr;
	unsigned int nr_own;
	unsigned int nr_pages;
	unsigned int max_pages;
	unsigned int nr_objects;
	unsigned int own_objects;
	unsigned int max_objects;
	unsigned int window;
	u32 tick;
	bool reserved;
	blk_opf_t opf;
	struct zram_rb_object *objects;
	struct bio bio;
	struct bio_vec bvecs[];
};

int zram_rb_alloc_init(mempool_t *reserve, int nr);
struct zram_rb_packed *zram_rb_alloc(unsigned int objects, unsigned int window,
				     unsigned int nr, gfp_t gfp);
bool zram_rb_alloc_grow(struct zram_rb_packed *packed, unsigned int nr, gfp_t gfp);
void zram_rb_alloc_free(struct zram_rb_packed *packed, mempool_t *reserve);

#endif
