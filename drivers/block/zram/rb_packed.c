// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of packed objects from the backing device.
 *
 * An object may begin anywhere in a block and continue in the next one. A packed
 * read reads consecutive blocks to pages of the driver. After its completion a
 * worker decompresses the objects to the pages of the reader. Objects of a bio
 * that lie in the same or in consecutive blocks share a read. A read of a single
 * object covers only the logical blocks that the object lies on. References and
 * statistics still count blocks of 4 KiB.
 *
 * The reader may be in reclaim. If it cannot allocate a read without waiting, it
 * takes one for a single object from a mempool. A worker submits that read at
 * once. So a read of the mempool depends on the backing device alone, and tasks
 * that wait for the mempool make progress.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "obj.h"
#include "rb_alloc.h"
#include "rb_group.h"
#include "rb_object.h"
#include "rb_packed.h"
#include "rb_unpack.h"
#include "rb_window.h"
#include "slot.h"
#include "table.h"
#include "trace.h"
#include "zram.h"

/*
 * If this fails, there is a mempool. So the allocation uses no emergency reserves and no
 * direct reclaim. Direct reclaim may not swap here, and would scan a full memory in vain.
 */
#define RB_PACKED_GFP	(GFP_NOWAIT | __GFP_NOMEMALLOC | __GFP_NOWARN)

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
	 * would only wait for compression streams.
	 */
	pool->concurrent_wq = alloc_workqueue("%s_unpack", WQ_MEM_RECLAIM |
					      WQ_HIGHPRI | WQ_UNBOUND,
					      min_t(int, num_possible_cpus(),
						    WQ_MAX_ACTIVE),
					      name);
	if (!pool->concurrent_wq)
		return -ENOMEM;
	if (!zram_rb_alloc_init(&pool->packed))
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
	zram_rb_alloc_exit(&pool->packed);
}

/*
 * Install an object in the slot that it was read for, unless the slot has changed or was
 * read meanwhile. The read holds references of the blocks, so the same location means the
 * same content. The page counts as accessed: otherwise it would leave again at once.
 */
static bool rb_packed_install(struct zram *zram, const struct zram_rb_object *obj,
			      struct zram_slot *new)
{
	const struct zram_slot *now = &zram->slots.slot[obj->index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, obj->index);
	const u32 gone = ZRAM_WB | ZRAM_PP | ZRAM_PIN;
	bool ok;

	spin_lock(lock);
	ok = zram_slot_packed(now) && now->handle == obj->slot.handle &&
	     now->ac_time == obj->slot.ac_time;
	if (ok) {
		*new = zram_slot_publish(zram, obj->index, new->handle,
					 (now->flags & ~gone) | ZRAM_BROUGHT);
		zram_slot_touch(zram, obj->index);
	}
	spin_unlock(lock);
	return ok;
}

/* Bring a neighbour back to memory; false if it stays on the backing device */
static bool rb_packed_restore(const struct zram_rb_packed *packed,
			      const struct zram_rb_object *obj)
{
	struct zram *zram = packed->group->zram;
	unsigned int size = zram_slot_size(&obj->slot);
	struct zram_slot slot = { .flags = size };
	bool ok;

	if (!zram_rb_window_charge(zram, size) ||
	    zram_obj_alloc_back(&zram->pool, size, ZRAM_RB_WINDOW_GFP,
				&slot.handle))
		return false;
	zram_rb_unpack_store(zram, packed, obj, slot.handle);
	ok = rb_packed_install(zram, obj, &slot);
	/* Drops the blocks of the old location; or frees the object if it was not installed */
	zram_slot_release(zram, &slot);
	return ok;
}

/* Bring the neighbours back to memory, or leave them on the backing device */
static void rb_packed_settle(struct zram_rb_packed *packed, bool restore)
{
	struct zram *zram = packed->group->zram;
	unsigned int i, brought = 0;

	if (packed->nr_objects == packed->own_objects)
		return;
	if (restore && !zram_rb_unpack_check(zram, packed)) {
		zram_rb_window_failed(zram);
		restore = false;
	}
	for (i = packed->own_objects; i < packed->nr_objects; i++) {
		brought += restore && rb_packed_restore(packed, &packed->objects[i]);
		zram_slot_release(zram, &packed->objects[i].slot);
		cond_resched();
	}
	zram_rb_window_settle(zram, packed, brought,
			      i - packed->own_objects - brought);
	packed->nr_objects = packed->own_objects;
}

static void rb_packed_endio(struct bio *bio);

/* Extend the read to all of its blocks, beyond the logical blocks of its first object */
static void rb_packed_set_blocks(struct zram_rb_packed *packed)
{
	packed->base = packed->first << ZRAM_BLOCK_SHIFT;
	packed->bytes = packed->nr << ZRAM_BLOCK_SHIFT;
}

static void rb_packed_prepare(struct zram *zram, struct zram_rb_packed *packed)
{
	unsigned int left = packed->bytes, len, i;

	zram_stats_add(&zram->stats, ZRAM_STAT_BD_READS, packed->nr);
	trace_zram_readback(zram, packed->first, packed->nr);
	bio_init(&packed->bio, zram->backing.bdev, packed->bvecs,
		 packed->max_pages, packed->opf);
	packed->bio.bi_iter.bi_sector = packed->base >> SECTOR_SHIFT;
	for (i = 0; left; i++, left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		__bio_add_page(&packed->bio, packed->bvecs[i].bv_page, len, 0);
	}
	packed->bio.bi_end_io = rb_packed_endio;
}

/*
 * Read again, without neighbours: a block of a neighbour may have failed, or the device has
 * returned wrong data, perhaps once. swapoff frees the blocks of a page that it cannot read.
 */
static void rb_packed_repeat(struct zram_rb_packed *packed)
{
	struct zram *zram = packed->group->zram;

	packed->repeated = true;
	if (packed->nr_objects > packed->own_objects) {
		zram_rb_window_failed(zram);
		rb_packed_settle(packed, false);
		packed->nr = packed->nr_own;
		rb_packed_set_blocks(packed);
	}
	bio_uninit(&packed->bio);
	rb_packed_prepare(zram, packed);
	zram_rb_group_defer(zram->backing.reads, &packed->bio);
}

static void rb_packed_work(struct work_struct *work)
{
	struct zram_rb_packed *packed =
		container_of(work, struct zram_rb_packed, work);
	struct zram_rb_group *group = packed->group;
	struct zram_rb_pool *pool = group->zram->backing.reads;
	blk_status_t status = packed->bio.bi_status;
	int err = status ? 0 : zram_rb_unpack(group->zram, packed);
	struct bio *parent = NULL;
	unsigned int i;

	if ((status && packed->nr_objects > packed->own_objects) ||
	    (err == -EBADMSG && !packed->repeated)) {
		rb_packed_repeat(packed);
		return;
	}
	if (status)
		zram_rb_group_report(group, packed->first, packed->nr, status);
	else if (err)
		status = BLK_STS_IOERR;
	for (i = 0; i < packed->own_objects; i++)
		zram_slot_release(group->zram, &packed->objects[i].slot);
	/* If a page that was asked for is wrong, the neighbours may be wrong too: leave them */
	rb_packed_settle(packed, !status);
	atomic_dec(&pool->packed_in_flight);
	bio_uninit(&packed->bio);
	if (group == &packed->own)
		parent = zram_rb_group_end(group, status);
	zram_rb_alloc_free(packed, &pool->packed);
	/* From here on the device may be reset and removed */
	if (parent)
		bio_endio(parent);
	else
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

/* Submit the growing read. @last: it is the last one of the set */
static void rb_packed_send(struct zram_rb_set *set, bool last)
{
	struct zram_rb_packed *packed = set->packed;

	if (!packed)
		return;
	set->packed = NULL;
	packed->own_objects = packed->nr_objects;
	packed->nr_own = packed->nr;
	packed->opf = zram_rb_group_opf(set->parent);
	if (packed->window)
		zram_rb_window_fill(set->zram, packed, last);
	if (packed->nr_objects > 1)
		rb_packed_set_blocks(packed);
	rb_packed_prepare(set->zram, packed);
	atomic_inc(&set->zram->backing.reads->packed_in_flight);
	zram_rb_group_submit(set, &packed->bio);
}

/**
 * zram_rb_packed_submit() - submit the packed read that is growing
 * @set: the set; nothing is done if it has no such read
 *
 * Context: May sleep.
 */
void zram_rb_packed_submit(struct zram_rb_set *set)
{
	rb_packed_send(set, true);
}

/*
 * Make @packed the growing read of the set, for blocks from @first on. If the set has no
 * group, this is its only read, and contains the group.
 */
static void rb_packed_begin(struct zram_rb_set *set,
			    struct zram_rb_packed *packed, u64 first,
			    unsigned int nr)
{
	INIT_WORK(&packed->work, rb_packed_work);
	packed->group = set->group;
	packed->first = first;
	packed->nr = nr;
	packed->nr_objects = 0;
	packed->repeated = false;
	set->packed = packed;
	if (set->group) {
		refcount_inc(&set->group->pending);
		return;
	}
	packed->group = &packed->own;
	zram_rb_group_begin(&packed->own, set->zram, set->parent, set->start);
}

/* Make the read include @nr blocks from @first on; false if it cannot */
static bool rb_packed_extend(struct zram_rb_packed *packed, u64 first,
			     unsigned int nr)
{
	u64 end = first + nr;

	if (!packed || packed->nr_objects == packed->max_objects ||
	    first < packed->first || first > packed->first + packed->nr ||
	    end - packed->first > packed->max_pages * ZRAM_BLOCKS_PER_PAGE ||
	    !zram_rb_alloc_grow(packed, end - packed->first, RB_PACKED_GFP))
		return false;
	packed->nr = max_t(unsigned int, packed->nr, end - packed->first);
	return true;
}

static void rb_packed_append(struct zram_rb_packed *packed,
			     const struct zram_slot *slot, unsigned long index,
			     struct page *page)
{
	packed->objects[packed->nr_objects++] = (struct zram_rb_object){
		.slot = *slot,
		.index = index,
		.page = page,
	};
}

/*
 * Returns the size, and sets @base to the position, of the part of the backing device that a
 * read of the object covers: its logical blocks, or units of DMA alignment if those are larger.
 * Both are at most ZRAM_BLOCK_SIZE when the device is attached. A driver that takes bios
 * directly may raise them while it holds back bios, as device-mapper does when it loads a
 * table. So for such a driver, for which backing.verify is set, the read covers whole blocks.
 */
static unsigned int rb_packed_span(const struct zram *zram,
				   const struct zram_slot *slot, u64 *base)
{
	struct block_device *bdev = zram->backing.bdev;
	unsigned int size = ZRAM_BLOCK_SIZE;

	if (!zram->backing.verify)
		size = max_t(unsigned int, bdev_logical_block_size(bdev),
			     bdev_dma_alignment(bdev) + 1);
	return zram_slot_span(slot, min_t(unsigned int, size, ZRAM_BLOCK_SIZE), base);
}

/* Allocate a read for an object of @nr blocks; NULL if there is no memory */
static struct zram_rb_packed *rb_packed_create(struct zram_rb_set *set,
					       const struct zram_slot *slot,
					       unsigned long index,
					       unsigned int nr)
{
	unsigned int objects = min(zram_rb_set_pages(set), ZRAM_RB_MAX_OBJECTS);
	struct zram_rb_packed *packed = NULL;
	unsigned int bytes, window;
	u32 tick = 0;
	u64 base;

	/* For more objects, rb_packed_extend() and the window allocate the pages of all blocks */
	bytes = rb_packed_span(set->zram, slot, &base);
	if (objects == 1)
		nr = DIV_ROUND_UP(bytes, ZRAM_BLOCK_SIZE);
	window = zram_rb_window_begin(set->zram, slot, index, &tick);
	if (window > 1)
		packed = zram_rb_alloc(objects, window, nr, RB_PACKED_GFP);
	if (!packed) {
		window = min(window, 1U);
		packed = objects == 1 ?
			zram_rb_alloc_one(&set->zram->backing.reads->packed, nr,
					  RB_PACKED_GFP) :
			zram_rb_alloc(objects, 1, nr, RB_PACKED_GFP);
	}
	if (packed) {
		packed->window = window;
		packed->tick = tick;
		packed->base = base;
		packed->bytes = bytes;
	}
	return packed;
}

/**
 * zram_rb_packed_add() - add a packed object to the reads of a set
 * @set: the set; without a group if this is the only page of its bio
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
		/* The next read continues the read stream after this one's last slot */
		if (set->packed && set->packed->window)
			zram_rb_window_advance(set->zram, set->packed);
		packed = rb_packed_create(set, slot, index, nr);
		if (!packed)
			set->deferred = true;
		rb_packed_send(set, false);
		if (!packed)
			return false;
		rb_packed_begin(set, packed, first, nr);
	}
	rb_packed_append(set->packed, slot, index, page);
	return true;
}

/**
 * zram_rb_packed_add_reserved() - read a packed object without any free memory
 * @set: the set, @deferred, and without growing reads; without a group if this is the only
 *	page of its bio
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
	packed = mempool_alloc(&set->zram->backing.reads->packed.reserve, GFP_NOIO);
	packed->reserved = true;
	packed->window = 0;
	packed->bytes = rb_packed_span(set->zram, slot, &packed->base);
	rb_packed_begin(set, packed, first, nr);
	rb_packed_append(packed, slot, index, page);
	zram_rb_packed_submit(set);
}
