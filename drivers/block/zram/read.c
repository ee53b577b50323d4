// SPDX-License-Identifier: GPL-2.0
/*
 * Slot to page.
 *
 * A reader pins the object under the slot lock and decompresses it after the
 * unlock, from where it is. So it holds the lock for a few instructions only.
 * If another reader has pinned the object, it copies the bytes under the lock.
 */

#include <linux/blkdev.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "bd_map.h"
#include "comp.h"
#include "kc_stage.h"
#include "obj.h"
#include "pp.h"
#include "read.h"
#include "slot.h"
#include "slot_pin.h"
#include "table.h"
#include "tier_count.h"
#include "trace.h"
#include "zram.h"

/*
 * Pin or copy the content of a slot, under the slot lock. The buffer of @strm takes a copy
 * of a compressed object, @dst that of an uncompressed one. Unless the page is on the
 * backing device, the caller calls read_expand() after the unlock.
 */
static __always_inline struct zram_slot read_load(struct zram *zram,
						  unsigned long index,
						  struct zram_comp_stream *strm,
						  void *dst)
{
	struct zram_slot slot = zram_slot_pin(zram, index);
	struct zram_kc_stage *stage = zram_slot_stage(&slot);

	if (stage)
		zram_kc_stage_hold(stage);
	if (zram_slot_in_memory(&slot) && !zram_slot_test(&slot, ZRAM_PIN))
		zram_obj_load(&zram->pool, slot.handle,
			      zram_slot_compressed(slot.flags) ?
			      strm->buf : dst, zram_slot_size(&slot));
	return slot;
}

/* Fill @dst from the bytes at @src; a huge page may be in @dst already */
static __always_inline int read_fill(const struct zram_slot *slot,
				     struct zram_comp_stream *strm,
				     const void *src, void *dst)
{
	if (zram_slot_compressed(slot->flags))
		return zram_comp_decompress(strm, src, zram_slot_size(slot),
					    dst);
	if (zram_slot_test(slot, ZRAM_SAME))
		memset_l(dst, slot->handle, PAGE_SIZE / sizeof(long));
	else if (!zram_slot_size(slot))
		memset(dst, 0, PAGE_SIZE);
	else if (src != dst)
		memcpy(dst, src, PAGE_SIZE);
	return 0;
}

/* zram_read_expand_pinned(), inline for the same reason */
static __always_inline int read_expand_pinned(struct zram *zram,
					      unsigned long index,
					      const struct zram_slot *slot,
					      struct zram_comp_stream *strm,
					      void *dst)
{
	void *buf = zram_slot_compressed(slot->flags) ? strm->buf : dst;
	bool pinned = zram_slot_test(slot, ZRAM_PIN);
	unsigned int size = zram_slot_size(slot);
	struct zram_kc_stage *stage = zram_slot_stage(slot);
	const void *src = buf;
	int err;

	if (stage) {
		zram_kc_stage_load(stage, dst);
		zram_kc_stage_put(stage);
		return 0;
	}
	if (pinned)
		src = zram_obj_map(&zram->pool, slot->handle, buf, size);
	err = read_fill(slot, strm, src, dst);
	if (pinned)
		zram_obj_unmap(&zram->pool, slot->handle, src, size);
	if (unlikely(err))
		zram_comps_report(&zram->comps, disk_to_dev(zram->disk), index,
				  slot->flags, err);
	return err;
}

/**
 * zram_read_expand_pinned() - make a page of a slot that zram_slot_pin() returned
 * @zram: the device
 * @index: the slot
 * @slot: the copy: an object that is pinned, a staging page of which the caller holds a
 *	reference, or a page without memory. Drops the reference; the caller unpins
 * @strm: a stream if @slot is compressed
 * @dst: the page
 *
 * Context: May sleep; no slot lock held.
 * Return: 0, or the decompressor's error.
 */
int zram_read_expand_pinned(struct zram *zram, unsigned long index,
			    const struct zram_slot *slot,
			    struct zram_comp_stream *strm, void *dst)
{
	return read_expand_pinned(zram, index, slot, strm, dst);
}

/* Decompress the content that read_load() returned, and unpin the object */
static __always_inline int read_expand(struct zram *zram, unsigned long index,
				       const struct zram_slot *slot,
				       struct zram_comp_stream *strm, void *dst)
{
	int err = read_expand_pinned(zram, index, slot, strm, dst);

	if (zram_slot_test(slot, ZRAM_PIN))
		zram_slot_unpin(zram, index, slot);
	return err;
}

/*
 * Lock a slot and take the stream that reading it needs, NULL if it needs none.
 *
 * A task has to take the stream before the slot lock, because it may wait for the
 * stream. The flags tell which stream it needs, if any. So read the flags without the
 * lock as a guess, and start over if the guess was wrong.
 */
static __always_inline struct zram_comp_stream *read_lock_slot(struct zram *zram,
							       unsigned long index)
	__acquires(lock)
{
	struct zram_slot *slot = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_comp_stream *strm = NULL;
	u32 guess;

	for (;;) {
		guess = zram_slot_peek(slot);
		if (zram_slot_compressed(guess))
			strm = zram_comp_stream_get(zram_comp_of(zram, guess),
						    ZRAM_DECOMPRESS);
		spin_lock(lock);
		if (!zram_slot_compressed(slot->flags) ||
		    (strm && !((slot->flags ^ guess) & ZRAM_PRIO)))
			return strm;
		spin_unlock(lock);
		if (strm)
			zram_comp_stream_put(strm);
		strm = NULL;
	}
}

/**
 * zram_read_claim() - set PP on a slot and read its page, for a run
 * @zram: the device
 * @index: the slot
 * @filter: the filter of the run
 * @dst: the page, PAGE_SIZE bytes, word aligned
 * @slot: filled in with the slot before PP was set; empty if the filter does not
 *	accept the slot
 *
 * Sets PP in the critical section that copies or pins the content.
 *
 * Context: May sleep. pp_lock is held. Takes a slot lock and a stream.
 * Return: 0, or the decompressor's error; then PP is clear.
 */
int zram_read_claim(struct zram *zram, unsigned long index,
		    const struct zram_pp_filter *filter, void *dst,
		    struct zram_slot *slot)
{
	struct zram_slot *mine = &zram->slots.slot[index];
	struct zram_comp_stream *strm = read_lock_slot(zram, index);
	int err = 0;

	*slot = (struct zram_slot){};
	if (zram_pp_match(zram, filter, index)) {
		*slot = read_load(zram, index, strm, dst);
		zram_slot_set_flags(mine, mine->flags | ZRAM_PP);
	}
	spin_unlock(zram_slots_lock(&zram->slots, index));

	if (zram_slot_stored(slot))
		err = read_expand(zram, index, slot, strm, dst);
	if (strm)
		zram_comp_stream_put(strm);
	if (err)
		zram_slot_unmark(zram, index, ZRAM_PP, 0);
	return err;
}

/* Reference the blocks of a slot, so that no other slot gets them during the read */
static void read_hold_blocks(struct zram *zram, const struct zram_slot *slot)
{
	unsigned int nr;
	u64 first;

	if (zram_slot_test(slot, ZRAM_WB)) {
		nr = zram_slot_blocks(slot, &first);
		zram_bd_map_get(zram->backing.map, first, nr);
	}
}

/**
 * zram_read_page() - read a page
 * @zram: a device that is set up
 * @index: slot to read
 * @page: filled with the content
 * @wb: set to a copy of the slot if the page is on the backing device. The caller
 *	then gets references on the blocks, for zram_rb_add(). NULL if the caller
 *	does not read such a page; then it gets no references
 *
 * Context: May sleep; does no I/O.
 * Return: 0, %ZRAM_READ_BACKING, or the decompressor's error.
 */
int zram_read_page(struct zram *zram, unsigned long index, struct page *page,
		   struct zram_slot *wb)
{
	struct zram_slot *mine = &zram->slots.slot[index];
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_comp_stream *strm;
	struct zram_tier_time time;
	struct zram_slot slot;
	void *dst;
	u32 now;
	int ret;

	if (!wb && (zram_slot_peek(mine) & ZRAM_WB))
		return ZRAM_READ_BACKING;
	dst = kmap_local_page(page);
	strm = read_lock_slot(zram, index);
	if (wb)
		read_hold_blocks(zram, mine);
	slot = read_load(zram, index, strm, dst);
	if (zram_slot_stored(&slot)) {
		now = ktime_get_boottime_seconds();
		zram_tier_count_read(zram, index, &slot, now);
		zram_slot_touch_at(zram, index, now);
	}
	spin_unlock(lock);

	if (zram_slot_test(&slot, ZRAM_WB)) {
		if (wb)
			*wb = slot;
		ret = ZRAM_READ_BACKING;
	} else {
		time = zram_tier_count_begin(zram, ZRAM_TIER_READ);
		ret = read_expand(zram, index, &slot, strm, dst);
		zram_tier_count_end(zram, ZRAM_TIER_READ, &time, &slot, !ret);
	}
	if (strm)
		zram_comp_stream_put(strm);
	kunmap_local(dst);
	flush_dcache_page(page);
	trace_zram_read(zram, index, slot.flags, min(ret, 0));
	return ret;
}
