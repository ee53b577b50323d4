/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_PACK_H_
#define _ZRAM_WB_PACK_H_

#include <linux/types.h>

#include "table.h"
#include "wb_ring.h"

struct zram;
struct zram_pp_walk;

/**
 * struct zram_wb_pack_object - an object in a request
 * @index: its slot
 * @offset: where it begins in the request
 * @size: its size, without the checksum
 */
struct zram_wb_pack_object {
	unsigned long index;
	u32 offset;
	u32 size;
};

/**
 * struct zram_wb_pack - content of the requests of a run
 * @zram: the device
 * @walk: the walk through the candidates
 * @packed: objects are packed; otherwise pages are written whole
 * @objects: ring of the objects in requests that are not settled
 * @mask: size of the ring, less one
 * @head: number of objects ever added
 * @tail: number of objects ever removed
 * @fill: bytes in the request that is being filled
 * @marked: slots whose pages are copied behind the packed objects. The first packed object
 *	takes a block, so they are fewer than blocks
 * @nr_marked: number of these slots; 0 outside of zram_wb_pack_fill()
 * @misfit: the request was closed because the next object did not fit
 * @err: error of the last page that could not be read
 *
 * Belongs to the task of the run.
 */
struct zram_wb_pack {
	struct zram *zram;
	struct zram_pp_walk *walk;
	bool packed;
	struct zram_wb_pack_object *objects;
	unsigned int mask;
	unsigned int head;
	unsigned int tail;
	unsigned int fill;
	unsigned long marked[ZRAM_WB_RING_REQUEST];
	unsigned int nr_marked;
	bool misfit;
	int err;
};

int zram_wb_pack_init(struct zram_wb_pack *pack, struct zram *zram,
		      struct zram_pp_walk *walk, unsigned int blocks,
		      bool packed);
void zram_wb_pack_free(struct zram_wb_pack *pack);
bool zram_wb_pack_has_room(const struct zram_wb_pack *pack);
void zram_wb_pack_pop(struct zram_wb_pack *pack, unsigned int nr);
int zram_wb_pack_fill(struct zram_wb_pack *pack, struct zram_wb_request *req,
		      unsigned int room);

/**
 * zram_wb_pack_peek() - an object of the oldest request
 * @pack: the requests' content
 * @i: which of the request's objects
 *
 * Return: the object; valid until zram_wb_pack_pop().
 */
static inline const struct zram_wb_pack_object *
zram_wb_pack_peek(const struct zram_wb_pack *pack, unsigned int i)
{
	return &pack->objects[(pack->tail + i) & pack->mask];
}

/**
 * zram_wb_pack_slot() - make the slot that an object has on the backing device
 * @req: the request
 * @obj: an object of it
 *
 * Return: the location of the object, its size and ZRAM_WB.
 */
static inline struct zram_slot
zram_wb_pack_slot(const struct zram_wb_request *req,
		  const struct zram_wb_pack_object *obj)
{
	return (struct zram_slot){
		.handle = zram_slot_location(req->first, obj->offset),
		.flags = obj->size | ZRAM_WB,
	};
}

#endif
