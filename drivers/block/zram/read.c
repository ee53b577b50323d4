// SPDX-License-Identifier: GPL-2.0
/*
 * Slot to page.
 *
 * The stored bytes are copied out under the slot lock and decompressed after
 * it, so the lock is held for a memcpy() at most.
 */

#include <linux/mm.h>
#include <linux/string.h>

#include "blkmap.h"
#include "comp.h"
#include "obj.h"
#include "read.h"
#include "slot.h"
#include "zram_drv.h"

/**
 * zram_read_load() - copy the stored bytes of a slot in memory
 * @zram: the device
 * @slot: the slot
 * @strm: takes the bytes of a compressed object; may be NULL for others
 * @dst: takes the bytes of an uncompressed object, PAGE_SIZE bytes
 *
 * Context: The slot lock is held.
 */
void zram_read_load(struct zram *zram, const struct zram_slot *slot,
		    struct zram_comp_stream *strm, void *dst)
{
	if (zram_slot_in_memory(slot))
		zram_obj_load(&zram->pool, slot->handle,
			      zram_slot_compressed(slot->flags) ?
			      strm->buf : dst, zram_slot_size(slot));
}

/**
 * zram_read_expand() - turn what zram_read_load() copied into a page
 * @slot: a copy of the slot, taken in the same critical section as the bytes
 * @strm: the stream that holds the bytes of a compressed object
 * @dst: the page, PAGE_SIZE bytes; holds the bytes of an uncompressed one
 *
 * Context: May sleep; no slot lock held.
 * Return: 0, or the decompressor's error.
 */
int zram_read_expand(const struct zram_slot *slot,
		     struct zram_comp_stream *strm, void *dst)
{
	if (zram_slot_compressed(slot->flags))
		return zram_comp_decompress(strm, strm->buf,
					    zram_slot_size(slot), dst);
	if (zram_slot_test(slot, ZRAM_SAME))
		memset_l(dst, slot->handle, PAGE_SIZE / sizeof(long));
	else if (!zram_slot_size(slot))
		memset(dst, 0, PAGE_SIZE);
	return 0;
}

/**
 * zram_read_lock() - lock a slot, ready to read it
 * @zram: the device
 * @index: the slot
 *
 * A stream cannot be waited for under a slot lock, and not every slot needs
 * one: guess first, and start over after a wrong guess.
 *
 * Context: May sleep. Returns with the slot lock held.
 * Return: the stream, for zram_comp_stream_put() after the unlock; NULL when
 *	the slot can be read without one.
 */
struct zram_comp_stream *zram_read_lock(struct zram *zram, unsigned long index)
	__acquires(lock)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_comp_stream *strm = NULL;

	if (zram_slot_compressed(zram_slot_peek(slot)))
		strm = zram_comp_stream_get(zram->comp);
	spin_lock(lock);
	while (!strm && zram_slot_compressed(slot->flags)) {
		spin_unlock(lock);
		strm = zram_comp_stream_get(zram->comp);
		spin_lock(lock);
	}
	return strm;
}

/* The blocks of a slot stay what they are while the reader refers to them */
static void hold_blocks(struct zram *zram, const struct zram_slot *slot)
{
	unsigned int nr;
	u64 first;

	if (IS_ENABLED(CONFIG_ZRAM_WRITEBACK) &&
	    zram_slot_test(slot, ZRAM_WB)) {
		nr = zram_slot_blocks(slot, &first);
		zram_blkmap_get(zram->backing.map, first, nr);
	}
}

/**
 * zram_read_page() - read a page
 * @zram: a device that is set up
 * @index: slot to read
 * @dst: the page, PAGE_SIZE bytes, word aligned
 * @wb: filled in when the page is on the backing device; its blocks are then
 *	referenced for the caller, who drops them after having read them
 *
 * Context: May sleep; does no I/O.
 * Return: 0, %ZRAM_READ_BACKING, or the decompressor's error.
 */
int zram_read_page(struct zram *zram, unsigned long index, void *dst,
		   struct zram_slot *wb)
{
	struct zram_slot *mine = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_comp_stream *strm;
	struct zram_slot slot;
	int ret;

	strm = zram_read_lock(zram, index);
	hold_blocks(zram, mine);
	zram_read_load(zram, mine, strm, dst);
	if (zram_slot_stored(mine))
		zram_slot_touch(zram, index);
	slot = *mine;
	spin_unlock(lock);

	if (zram_slot_test(&slot, ZRAM_WB)) {
		*wb = slot;
		ret = ZRAM_READ_BACKING;
	} else {
		ret = zram_read_expand(&slot, strm, dst);
	}
	if (strm)
		zram_comp_stream_put(strm);
	return ret;
}
