// SPDX-License-Identifier: GPL-2.0
/*
 * Filling the requests of a writeback run.
 *
 * A page is written whole, or packed: as the object in memory, followed by a
 * checksum. Packed objects follow each other, aligned to the unit of locations,
 * across blocks; whole pages begin at a block. Gaps and the tail are zeroed.
 *
 * Among packed objects, a whole page would leave the rest of the block before it
 * unused. So it is only marked then, and copied behind the packed objects at the end.
 *
 * A ring like that of the requests records which object is where until the
 * request is settled.
 */

#include <linux/align.h>
#include <linux/bits.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "checksum.h"
#include "obj.h"
#include "pp_walk.h"
#include "read.h"
#include "table.h"
#include "wb_pack.h"
#include "wb_ring.h"
#include "zram.h"

/* Objects that can be recorded for each block in flight */
#define OBJECTS_PER_BLOCK	16

/**
 * zram_wb_pack_init() - prepare to fill requests
 * @pack: set up
 * @zram: the device
 * @walk: the way through the candidates
 * @blocks: blocks that may be in flight
 * @packed: whether to pack objects
 *
 * Like zram_wb_ring_create() it takes less memory where there is little.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zram_wb_pack_init(struct zram_wb_pack *pack, struct zram *zram,
		      struct zram_pp_walk *walk, unsigned int blocks,
		      bool packed)
{
	unsigned int nr = roundup_pow_of_two(blocks * OBJECTS_PER_BLOCK);
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;

	*pack = (struct zram_wb_pack){
		.zram = zram,
		.walk = walk,
		.packed = packed,
	};
	for (; nr > OBJECTS_PER_BLOCK; nr /= 2) {
		pack->objects = kvmalloc_objs(*pack->objects, nr,
					      gfp | __GFP_NORETRY);
		if (pack->objects)
			break;
	}
	if (!pack->objects)
		pack->objects = kvmalloc_objs(*pack->objects, nr, gfp);
	pack->mask = nr - 1;
	return pack->objects ? 0 : -ENOMEM;
}

/**
 * zram_wb_pack_free() - undo zram_wb_pack_init()
 * @pack: what was prepared, or zeroed memory
 *
 * Context: May sleep.
 */
void zram_wb_pack_free(struct zram_wb_pack *pack)
{
	kvfree(pack->objects);
}

/**
 * zram_wb_pack_has_room() - is there space to record another object?
 * @pack: the requests' content
 *
 * Return: false if older requests have to be settled first.
 */
bool zram_wb_pack_has_room(const struct zram_wb_pack *pack)
{
	return pack->head + pack->nr_marked - pack->tail <= pack->mask;
}

/**
 * zram_wb_pack_pop() - forget the oldest request
 * @pack: the requests' content
 * @nr: number of its objects
 */
void zram_wb_pack_pop(struct zram_wb_pack *pack, unsigned int nr)
{
	pack->tail += nr;
}

/*
 * Offset of the next object. Whole pages begin at a block, because they are
 * read directly to their destination.
 */
static unsigned int wb_pack_place(const struct zram_wb_pack *pack,
				  unsigned int size)
{
	return ALIGN(pack->fill, size < PAGE_SIZE ? BIT(ZRAM_LOC_SHIFT) :
		     ZRAM_BLOCK_SIZE);
}

/* Is there space for an object of @size bytes beside the pages that are marked? */
static bool wb_pack_fits(const struct zram_wb_pack *pack, unsigned int size,
			 unsigned int room)
{
	unsigned int end = wb_pack_place(pack, size) + zram_slot_packed_size(size);

	return ALIGN(end, ZRAM_BLOCK_SIZE) + pack->nr_marked * PAGE_SIZE <= room;
}

/*
 * Is an object of @size bytes copied last? It is if it would leave a part of the last block
 * unused, or if other pages are marked: whole pages stay in the order of the table, for reads.
 */
static bool wb_pack_defers(const struct zram_wb_pack *pack, unsigned int size)
{
	return size == PAGE_SIZE &&
	       (pack->nr_marked || !IS_ALIGNED(pack->fill, ZRAM_BLOCK_SIZE));
}

/*
 * Copy the object of the current slot if it is still a candidate, or only mark the
 * slot. Returns its size in bytes, 0 if it is not a candidate, -ENOBUFS if it does not
 * fit.
 */
static int wb_pack_load_object(struct zram_wb_pack *pack,
			       struct zram_wb_request *req, unsigned int room)
{
	struct zram *zram = pack->zram;
	unsigned long index = pack->walk->index;
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	int size = 0;

	spin_lock(lock);
	if (zram_pp_walk_match(pack->walk)) {
		size = zram_slot_size(slot);
		if (!wb_pack_fits(pack, size, room)) {
			size = -ENOBUFS;
		} else {
			if (!wb_pack_defers(pack, size))
				zram_obj_load(&zram->pool, slot->handle,
					      req->data + wb_pack_place(pack, size),
					      size);
			zram_slot_set_flags(slot, slot->flags | ZRAM_PP);
		}
	}
	spin_unlock(lock);
	return size;
}

/*
 * Decompress the page of the current slot if it is still a candidate. Returns
 * PAGE_SIZE, 0 if it is not a candidate, -ENOBUFS if it does not fit, or the
 * decompressor's error.
 */
static int wb_pack_load_page(struct zram_wb_pack *pack,
			     struct zram_wb_request *req, unsigned int room)
{
	unsigned int at = wb_pack_place(pack, PAGE_SIZE);
	struct zram_slot slot;
	int err;

	if (at + PAGE_SIZE > room)
		return -ENOBUFS;
	err = zram_read_claim(pack->zram, pack->walk->index,
			      zram_pp_walk_filter(pack->walk), req->data + at,
			      &slot);
	if (err)
		return err;
	return zram_slot_stored(&slot) ? PAGE_SIZE : 0;
}

/* Extend the request to @end bytes, of which the last @size are content */
static void wb_pack_grow(struct zram_wb_pack *pack, struct zram_wb_request *req,
			 unsigned int end, unsigned int size)
{
	/* Zero the gap, so that no other memory reaches the backing device */
	memset(req->data + pack->fill, 0, end - size - pack->fill);
	pack->fill = end;
}

/* Write the checksum of a packed object. The request has a copy of it, so this takes no lock */
static void wb_pack_seal(struct zram_wb_request *req,
			 const struct zram_wb_pack_object *obj)
{
	const struct zram_slot slot = zram_wb_pack_slot(req, obj);

	zram_checksum_write(req->data + obj->offset, obj->index, &slot);
}

/* Record an object that has been copied to its place */
static void wb_pack_add(struct zram_wb_pack *pack, struct zram_wb_request *req,
			unsigned long index, unsigned int size)
{
	struct zram_wb_pack_object *obj = &pack->objects[pack->head++ & pack->mask];
	unsigned int stored = zram_slot_packed_size(size);

	obj->index = index;
	obj->offset = wb_pack_place(pack, size);
	obj->size = size;
	req->nr_objects++;
	if (size < PAGE_SIZE)
		wb_pack_seal(req, obj);
	wb_pack_grow(pack, req, obj->offset + stored, stored);
}

/*
 * Copy a page that is marked; returns false if it has changed since. If PP is still set, the
 * content is the one that was marked: a whole page in memory.
 */
static bool wb_pack_load_marked(const struct zram_wb_pack *pack,
				struct zram_wb_request *req, unsigned long index)
{
	struct zram *zram = pack->zram;
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	bool same;

	spin_lock(lock);
	same = zram_slot_test(slot, ZRAM_PP);
	if (same)
		zram_obj_load(&zram->pool, slot->handle,
			      req->data + wb_pack_place(pack, PAGE_SIZE), PAGE_SIZE);
	spin_unlock(lock);
	return same;
}

/* Add the pages that are marked to the request */
static void wb_pack_add_marked(struct zram_wb_pack *pack, struct zram_wb_request *req)
{
	unsigned int i;

	for (i = 0; i < pack->nr_marked; i++) {
		if (wb_pack_load_marked(pack, req, pack->marked[i]))
			wb_pack_add(pack, req, pack->marked[i], PAGE_SIZE);
		cond_resched();
	}
	pack->nr_marked = 0;
}

/* Copy or mark the current slot; returns what the function of the kind of copy does */
static int wb_pack_load(struct zram_wb_pack *pack, struct zram_wb_request *req,
			unsigned int room)
{
	unsigned long index = pack->walk->index;
	int size;

	if (pack->packed)
		size = wb_pack_load_object(pack, req, room);
	else
		size = wb_pack_load_page(pack, req, room);
	if (size <= 0)
		return size;
	if (wb_pack_defers(pack, size))
		pack->marked[pack->nr_marked++] = index;
	else
		wb_pack_add(pack, req, index, size);
	return size;
}

/* Is there certainly no space for another object? A packed one has an unknown size */
static bool wb_pack_is_full(const struct zram_wb_pack *pack, unsigned int room)
{
	return !zram_wb_pack_has_room(pack) ||
	       (!pack->packed && pack->fill + PAGE_SIZE > room);
}

/**
 * zram_wb_pack_fill() - fill a request
 * @pack: the requests' content, see zram_wb_pack_has_room(); its walk is at a candidate
 * @req: the request
 * @room: bytes of the reserved blocks: for whole pages a page or more, for packed
 *	objects a block or more
 *
 * Sets the number of blocks of the request. It is 0 if the next object does
 * not fit in @room, or if none of the candidates still had content.
 *
 * Context: May sleep. Takes slot locks and a stream.
 * Return: 0; -ENOENT if there is no further candidate; or as zram_pp_stop().
 */
int zram_wb_pack_fill(struct zram_wb_pack *pack, struct zram_wb_request *req,
		      unsigned int room)
{
	int size, err = 0;

	pack->fill = 0;
	pack->misfit = false;
	do {
		size = wb_pack_load(pack, req, room);
		pack->misfit = size == -ENOBUFS;
		if (pack->misfit)
			break;
		if (size < 0)
			pack->err = size;
		zram_pp_walk_advance(pack->walk);
		cond_resched();
		if (wb_pack_is_full(pack, room))
			break;
		err = zram_pp_walk_next(pack->walk);
	} while (!err && !zram_pp_walk_goes_back(pack->walk));
	wb_pack_add_marked(pack, req);
	wb_pack_grow(pack, req, ALIGN(pack->fill, ZRAM_BLOCK_SIZE), 0);
	req->nr = pack->fill >> ZRAM_BLOCK_SHIFT;
	return err;
}
