// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of packed objects from the backing device.
 *
 * An object may begin anywhere in a block and continue in the next one. A packed
 * read reads consecutive blocks to pages of the driver. After its completion a
 * worker decompresses the objects to the pages of the reader. Objects of a bio
 * that lie in the same or in consecutive blocks share a read.
 *
 * The reader may be in reclaim. If it cannot allocate a read without waiting, it
 * takes one for a single object from a mempool. A worker submits that read at
 * once. So a read of the mempool depends on the backing device alone, and tasks
 * that wait for the mempool make progress.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "bd_map.h"
#include "comp.h"
#include "rb_group.h"
#include "rb_packed.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/* Blocks in one read: 128 KiB, or the blocks that one object may lie on */
#define MAX_PAGES	(PAGE_SHIFT < 16 ? SZ_128K / PAGE_SIZE : 2)
#define MAX_BLOCKS	(MAX_PAGES * ZRAM_BLOCKS_PER_PAGE)
/* Blocks that an object may lie on */
#define MAX_SPAN	(ZRAM_BLOCKS_PER_PAGE + 1)
/* Objects in one read */
#define MAX_OBJECTS	64U

/*
 * There is a mempool, so neither the emergency reserves of the kernel nor direct reclaim,
 * which may not swap here and looks at all pages of a full memory in vain.
 */
#define RB_PACKED_GFP	(GFP_NOWAIT | __GFP_NOMEMALLOC | __GFP_NOWARN)

/* An object, with references of its own on its blocks, and where it goes */
struct rb_packed_object {
	struct zram_slot slot;
	unsigned long index;
	struct page *page;
};

/**
 * struct zram_rb_packed - one read of consecutive blocks
 * @work: decompression
 * @group: the group it belongs to
 * @first: first block
 * @nr: number of blocks
 * @nr_pages: number of pages allocated, the bv_page of the first @bvecs
 * @max_pages: number of @bvecs
 * @nr_objects: number of objects
 * @max_objects: number of objects there is space for
 * @reserved: from the mempool
 * @objects: the objects in the blocks; behind @bvecs
 * @bio: the I/O
 * @bvecs: its pages
 */
struct zram_rb_packed {
	struct work_struct work;
	struct zram_rb_group *group;
	u64 first;
	unsigned int nr;
	unsigned int nr_pages;
	unsigned int max_pages;
	unsigned int nr_objects;
	unsigned int max_objects;
	bool reserved;
	struct rb_packed_object *objects;
	struct bio bio;
	struct bio_vec bvecs[];
};

/* Allocate pages for @nr blocks; false if there is no memory */
static bool rb_packed_grow(struct zram_rb_packed *packed, unsigned int nr,
			   gfp_t gfp)
{
	struct page *page;

	while (packed->nr_pages * ZRAM_BLOCKS_PER_PAGE < nr) {
		page = alloc_page(gfp);
		if (!page)
			return false;
		packed->bvecs[packed->nr_pages++].bv_page = page;
	}
	return true;
}

static void rb_packed_destroy(struct zram_rb_packed *packed)
{
	while (packed->nr_pages)
		__free_page(packed->bvecs[--packed->nr_pages].bv_page);
	kfree(packed);
}

/* A read of up to @objects objects, with pages for @nr blocks; or NULL */
static struct zram_rb_packed *rb_packed_alloc(unsigned int objects,
					      unsigned int nr, gfp_t gfp)
{
	unsigned int blocks = min(objects * MAX_SPAN, (unsigned int)MAX_BLOCKS);
	unsigned int pages = DIV_ROUND_UP(blocks, ZRAM_BLOCKS_PER_PAGE);
	struct zram_rb_packed *packed;

	packed = kzalloc(struct_size(packed, bvecs, pages) +
			 objects * sizeof(*packed->objects), gfp);
	if (!packed)
		return NULL;
	packed->max_pages = pages;
	packed->max_objects = objects;
	packed->objects = (void *)&packed->bvecs[pages];
	if (rb_packed_grow(packed, nr, gfp))
		return packed;
	rb_packed_destroy(packed);
	return NULL;
}

static void *rb_packed_mempool_alloc(gfp_t gfp, void *data)
{
	return rb_packed_alloc(1, MAX_SPAN, gfp);
}

static void rb_packed_mempool_free(void *element, void *data)
{
	rb_packed_destroy(element);
}

/**
 * zram_rb_packed_init() - set up packed reads
 * @pool: the pool
 * @name: name of the device
 *
 * Return: 0 or -ENOMEM.
 */
int zram_rb_packed_init(struct zram_rb_pool *pool, const char *name)
{
	/*
	 * Waking a CPU takes longer than decompressing a page, so the CPU that
	 * completes a read which is alone decompresses it. Concurrent reads go
	 * to an unbound workqueue, whose CPUs are awake. More workers than CPUs
	 * would only wait for streams.
	 */
	pool->concurrent_wq = alloc_workqueue("%s_unpack", WQ_MEM_RECLAIM |
					      WQ_HIGHPRI | WQ_UNBOUND,
					      min_t(int, num_possible_cpus(),
						    WQ_MAX_ACTIVE),
					      name);
	if (!pool->concurrent_wq)
		return -ENOMEM;
	if (!mempool_init(&pool->packed, ZRAM_RB_RESERVE,
			  rb_packed_mempool_alloc, rb_packed_mempool_free,
			  NULL))
		return 0;
	destroy_workqueue(pool->concurrent_wq);
	return -ENOMEM;
}

/**
 * zram_rb_packed_exit() - undo zram_rb_packed_init()
 * @pool: a pool without reads in flight
 */
void zram_rb_packed_exit(struct zram_rb_pool *pool)
{
	destroy_workqueue(pool->concurrent_wq);
	mempool_exit(&pool->packed);
}

/* Copy an object, which may lie in two pages, to @to */
static void rb_packed_gather(const struct zram_rb_packed *packed,
			     const struct zram_slot *slot, char *to)
{
	unsigned int len, at, size = zram_slot_size(slot);
	u64 first;

	zram_slot_blocks(slot, &first);
	at = ((first - packed->first) << ZRAM_BLOCK_SHIFT) +
	     zram_slot_block_offset(slot);
	for (; size; size -= len, at += len, to += len) {
		len = min_t(unsigned int, size, PAGE_SIZE - offset_in_page(at));
		memcpy_from_page(to, packed->bvecs[at >> PAGE_SHIFT].bv_page,
				 offset_in_page(at), len);
	}
}

static void rb_packed_report(const struct zram_rb_packed *packed,
			     const struct rb_packed_object *obj, int err)
{
	struct zram *zram = packed->group->zram;
	u64 first;

	zram_slot_blocks(&obj->slot, &first);
	dev_err_ratelimited(disk_to_dev(zram->disk),
			    "slot %lu: cannot decompress %u bytes of %s from block %llu: error %d\n",
			    obj->index, zram_slot_size(&obj->slot),
			    zram_comps_name(&zram->comps,
					    zram_slot_prio(obj->slot.flags)),
			    first, err);
}

static int rb_packed_expand(const struct zram_rb_packed *packed,
			    const struct rb_packed_object *obj)
{
	struct zram *zram = packed->group->zram;
	const struct zram_slot *slot = &obj->slot;
	struct zram_comp *comp = zram_comp_of(zram, slot->flags);
	struct zram_comp_stream *strm = zram_comp_stream_get(comp,
							     ZRAM_DECOMPRESS);
	void *dst = kmap_local_page(obj->page);
	int err;

	rb_packed_gather(packed, slot, strm->buf);
	err = zram_comp_decompress(strm, strm->buf, zram_slot_size(slot), dst);
	kunmap_local(dst);
	zram_comp_stream_put(strm);
	flush_dcache_page(obj->page);
	if (err)
		rb_packed_report(packed, obj, err);
	return err;
}

static void rb_packed_free(struct zram_rb_pool *pool,
			   struct zram_rb_packed *packed)
{
	if (packed->reserved)
		mempool_free(packed, &pool->packed);
	else
		rb_packed_destroy(packed);
}

static void rb_packed_work(struct work_struct *work)
{
	struct zram_rb_packed *packed =
		container_of(work, struct zram_rb_packed, work);
	struct zram_rb_group *group = packed->group;
	struct zram_backing *backing = &group->zram->backing;
	blk_status_t status = packed->bio.bi_status;
	unsigned int i, nr;
	u64 first;

	if (status)
		zram_rb_group_report(group, packed->first, packed->nr, status);
	for (i = 0; i < packed->nr_objects; i++) {
		struct rb_packed_object *obj = &packed->objects[i];

		if (!status && rb_packed_expand(packed, obj))
			status = BLK_STS_IOERR;
		nr = zram_slot_blocks(&obj->slot, &first);
		zram_bd_map_put(backing->map, first, nr);
	}
	atomic_dec(&backing->reads->packed_in_flight);
	bio_uninit(&packed->bio);
	rb_packed_free(backing->reads, packed);
	zram_rb_group_put(group, status);
}

static void rb_packed_endio(struct bio *bio)
{
	struct zram_rb_packed *packed =
		container_of(bio, struct zram_rb_packed, bio);
	struct zram_rb_pool *pool = packed->group->zram->backing.reads;

	if (atomic_read(&pool->packed_in_flight) > 1)
		queue_work(pool->concurrent_wq, &packed->work);
	else
		queue_work(pool->wq, &packed->work);
}

/**
 * zram_rb_packed_submit() - submit the packed read that is growing
 * @set: the set; nothing is done if it has no such read
 *
 * Context: May sleep.
 */
void zram_rb_packed_submit(struct zram_rb_set *set)
{
	struct zram_rb_packed *packed = set->packed;
	unsigned int left, len, i;

	if (!packed)
		return;
	set->packed = NULL;
	zram_stats_add(&set->zram->stats, ZRAM_STAT_BD_READS, packed->nr);
	trace_zram_readback(set->zram, packed->first, packed->nr);
	bio_init(&packed->bio, set->zram->backing.bdev, packed->bvecs,
		 packed->max_pages, zram_rb_group_opf(set));
	packed->bio.bi_iter.bi_sector =
		packed->first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	left = packed->nr << ZRAM_BLOCK_SHIFT;
	for (i = 0; left; i++, left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		__bio_add_page(&packed->bio, packed->bvecs[i].bv_page, len, 0);
	}
	packed->bio.bi_end_io = rb_packed_endio;
	atomic_inc(&set->zram->backing.reads->packed_in_flight);
	zram_rb_group_submit(set, &packed->bio);
}

/* Make @packed the growing read of the set, for blocks from @first on */
static void rb_packed_begin(struct zram_rb_set *set,
			    struct zram_rb_packed *packed, u64 first,
			    unsigned int nr)
{
	INIT_WORK(&packed->work, rb_packed_work);
	packed->group = set->group;
	packed->first = first;
	packed->nr = nr;
	packed->nr_objects = 0;
	refcount_inc(&set->group->pending);
	set->packed = packed;
}

/* Make the read include @nr blocks from @first on; false if it cannot */
static bool rb_packed_extend(struct zram_rb_packed *packed, u64 first,
			     unsigned int nr)
{
	u64 end = first + nr;

	if (!packed || packed->nr_objects == packed->max_objects ||
	    first < packed->first || first > packed->first + packed->nr ||
	    end - packed->first > packed->max_pages * ZRAM_BLOCKS_PER_PAGE ||
	    !rb_packed_grow(packed, end - packed->first, RB_PACKED_GFP))
		return false;
	packed->nr = max_t(unsigned int, packed->nr, end - packed->first);
	return true;
}

static void rb_packed_append(struct zram_rb_packed *packed,
			     const struct zram_slot *slot, unsigned long index,
			     struct page *page)
{
	packed->objects[packed->nr_objects++] = (struct rb_packed_object){
		.slot = *slot,
		.index = index,
		.page = page,
	};
}

/**
 * zram_rb_packed_add() - add a packed object to the reads of a set
 * @set: the set, with a group
 * @slot: copy of the slot; the reads take over its block references
 * @index: the slot's number
 * @page: the page to decompress it to
 *
 * Context: May sleep, but waits neither for I/O nor for a reserve.
 * Return: false if there is no memory. Then a worker submits the packed read before,
 *	and the set is @deferred, because the task is going to wait.
 */
bool zram_rb_packed_add(struct zram_rb_set *set, const struct zram_slot *slot,
			unsigned long index, struct page *page)
{
	struct zram_rb_packed *packed;
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(slot, &first);
	if (!rb_packed_extend(set->packed, first, nr)) {
		packed = rb_packed_alloc(min(zram_rb_set_pages(set),
					     MAX_OBJECTS), nr, RB_PACKED_GFP);
		if (!packed)
			set->deferred = true;
		zram_rb_packed_submit(set);
		if (!packed)
			return false;
		rb_packed_begin(set, packed, first, nr);
	}
	rb_packed_append(set->packed, slot, index, page);
	return true;
}

/**
 * zram_rb_packed_add_reserved() - read a packed object without any free memory
 * @set: the set, with a group, @deferred, and without growing reads
 * @slot: copy of the slot; the read takes over its block references
 * @index: the slot's number
 * @page: the page to decompress it to
 *
 * A worker submits the read before this returns or soon after.
 *
 * Context: Sleeps until one of the %ZRAM_RB_RESERVE reads is free.
 */
void zram_rb_packed_add_reserved(struct zram_rb_set *set,
				 const struct zram_slot *slot,
				 unsigned long index, struct page *page)
{
	struct zram_rb_packed *packed;
	unsigned int nr;
	u64 first;

	nr = zram_slot_blocks(slot, &first);
	/* Cannot fail: a mempool, and the task may wait */
	packed = mempool_alloc(&set->zram->backing.reads->packed, GFP_NOIO);
	packed->reserved = true;
	rb_packed_begin(set, packed, first, nr);
	rb_packed_append(packed, slot, index, page);
	zram_rb_packed_submit(set);
}
