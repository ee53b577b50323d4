// SPDX-License-Identifier: GPL-2.0
/*
 * Whole pages: writes pages to their slots, and reads pages that are in memory. bio.c
 * and swap.c share this path.
 *
 * A batch of pages takes one stream. One critical section installs the pages of a
 * write. For a read, one section pins the objects and one unpins them. The functions
 * process a page by itself if it does not fit into a batch.
 */

#include <linux/build_bug.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "comp.h"
#include "kc_set.h"
#include "kc_stage.h"
#include "kcompressd.h"
#include "obj.h"
#include "pages.h"
#include "rb_sync.h"
#include "read.h"
#include "slot.h"
#include "slot_pin.h"
#include "spill.h"
#include "table.h"
#include "tier_count.h"
#include "trace.h"
#include "write.h"
#include "zram.h"

/* The slots of a batch lie in one group */
static_assert(ZRAM_SLOT_GROUP % ZRAM_PAGES_BATCH == 0);

/* Must a page be read by itself? @flags may come from a peek without the lock */
static bool pages_is_special(u32 flags, u32 prio)
{
	if (flags & (ZRAM_WB | ZRAM_PIN))
		return true;
	return zram_slot_compressed(flags) && (flags & ZRAM_PRIO) != prio;
}

/*
 * Reduce @nr to the leading pages that can be read in a batch. Reads the flags without
 * the lock, so they are a guess. Returns the flags of the first page that takes a
 * stream, or 0.
 */
static u32 pages_peek(struct zram *zram, unsigned long index, unsigned int *nr)
{
	u32 flags, first = 0;
	unsigned int i;

	for (i = 0; i < *nr; i++) {
		flags = zram_slot_peek(&zram->slots.slot[index + i]);
		if (pages_is_special(flags, (first ?: flags) & ZRAM_PRIO))
			break;
		if (!first && zram_slot_compressed(flags))
			first = flags;
	}
	*nr = i;
	return first;
}

/* Pin the objects of leading slots in one section. Returns the number of slots */
static unsigned int pages_pin(struct zram *zram, unsigned long index,
			      struct zram_slot *slots, unsigned int nr,
			      u32 prio)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	u32 now = ktime_get_boottime_seconds();
	struct zram_kc_stage *stage;
	unsigned int i;

	spin_lock(lock);
	for (i = 0; i < nr; i++) {
		if (pages_is_special(zram->slots.slot[index + i].flags, prio))
			break;
		/* Pins an object in memory, because no other reader has pinned it */
		slots[i] = zram_slot_pin(zram, index + i);
		stage = zram_slot_stage(&slots[i]);
		if (stage)
			zram_kc_stage_hold(stage);
		if (zram_slot_stored(&slots[i])) {
			zram_tier_count_read(zram, index + i, &slots[i], now);
			zram_slot_touch_at(zram, index + i, now);
		}
	}
	spin_unlock(lock);
	return i;
}

/*
 * Release the stream before cond_resched(): the next task on this CPU may need it. On a
 * preemptible kernel that task may run earlier, and then takes the stream of another CPU.
 */
static struct zram_comp_stream *pages_resched(struct zram_comp_stream *strm,
					      struct zram_comp *comp)
{
	if (!need_resched())
		return strm;
	if (strm)
		zram_comp_stream_put(strm);
	cond_resched();
	return strm ? zram_comp_stream_get(comp, ZRAM_DECOMPRESS) : NULL;
}

/*
 * Read leading pages of a batch. @flags and @nr are from pages_peek(). Sets @done to the
 * number of pages read before the first error.
 */
static noinline_for_stack int
pages_read_batch(struct zram *zram, unsigned long index, struct page **pages,
		 unsigned int nr, u32 flags, unsigned int *done)
{
	struct zram_comp *comp = zram_comp_of(zram, flags);
	struct zram_slot slots[ZRAM_PAGES_BATCH];
	struct zram_comp_stream *strm = NULL;
	struct zram_tier_time time = {};
	unsigned int i;
	int err, ret = 0;
	void *dst;

	if (flags)
		strm = zram_comp_stream_get(comp, ZRAM_DECOMPRESS);
	nr = pages_pin(zram, index, slots, nr,
		       strm ? flags & ZRAM_PRIO : ~ZRAM_PRIO);
	*done = nr;
	if (strm)
		time = zram_tier_count_begin(zram, ZRAM_TIER_READ);
	for (i = 0; i < nr; i++) {
		dst = kmap_local_page(pages[i]);
		err = zram_read_expand_pinned(zram, index + i, &slots[i], strm,
					      dst);
		kunmap_local(dst);
		flush_dcache_page(pages[i]);
		trace_zram_read(zram, index + i, slots[i].flags, err);
		if (err && !ret) {
			ret = err;
			*done = i;
		}
		if (i + 1 < nr)
			strm = pages_resched(strm, comp);
	}
	zram_tier_count_end(zram, ZRAM_TIER_READ, &time, slots, *done);
	if (strm)
		zram_comp_stream_put(strm);
	zram_slot_unpin_range(zram, index, slots, nr);
	return ret;
}

/* Not inline: a read of one page does not pay for this stack frame */
static noinline_for_stack int
pages_read_all(struct zram *zram, unsigned long index, struct page **pages,
	       unsigned int nr, unsigned int *done, struct zram_slot *wb)
{
	unsigned int part, read;
	u32 flags;
	int ret = 0;

	for (*done = 0; *done < nr && !ret; *done += read) {
		part = zram_pages_batch(index + *done, nr - *done);
		flags = pages_peek(zram, index + *done, &part);
		read = 0;
		if (part > 1)
			ret = pages_read_batch(zram, index + *done,
					       pages + *done, part, flags,
					       &read);
		if (ret || read)
			continue;
		ret = zram_read_page(zram, index + *done, pages[*done], wb);
		read = !ret;
		cond_resched();
	}
	return ret;
}

/**
 * zram_pages_read() - read pages that are in memory
 * @zram: a device that is set up
 * @index: slot of the first page
 * @pages: filled with the content
 * @nr: number of pages
 * @done: set to the number of pages read. Even if 0 is returned it may be less than
 *	@nr, because another task has changed a slot. Then call again for the others
 * @wb: as for zram_read_page(), for the page after the last read
 *
 * Context: May sleep; does no I/O.
 * Return: 0; %ZRAM_READ_BACKING or the decompressor's error for the page after
 *	the last read.
 */
int zram_pages_read(struct zram *zram, unsigned long index,
		    struct page **pages, unsigned int nr, unsigned int *done,
		    struct zram_slot *wb)
{
	int ret;

	/* A page on the backing device has no batch before it */
	if (nr > 1 && !(zram_slot_peek(&zram->slots.slot[index]) & ZRAM_WB))
		return pages_read_all(zram, index, pages, nr, done, wb);
	ret = zram_read_page(zram, index, pages[0], wb);
	*done = !ret;
	return ret;
}

/**
 * zram_pages_read_wait() - read a page, and wait for the backing device if needed
 * @zram: a device that is set up
 * @index: slot to read
 * @page: filled with the content
 *
 * Context: May sleep.
 * Return: 0, the decompressor's error, or the backing device's.
 */
int zram_pages_read_wait(struct zram *zram, unsigned long index,
			 struct page *page)
{
	struct zram_slot wb;
	int ret = zram_read_page(zram, index, page, &wb);

	return ret == ZRAM_READ_BACKING ?
		zram_rb_sync(zram, &wb, index, page) : ret;
}

/*
 * Refuse the page without compressing it, because its object most likely does not fit?
 * Only for swap, which keeps the page in memory and writes it again later. A file
 * system loses a page that it cannot write, so the driver tries each of its writes.
 * While pages can be spilled the driver tries each write too: a page that fits into memory
 * needs no I/O.
 */
static bool pages_is_refused(struct zram *zram, unsigned long index,
			     unsigned int how)
{
	u32 flags = zram_slot_peek(&zram->slots.slot[index]);

	return (how & ZRAM_PAGES_SWAP) &&
		!(flags & (ZRAM_SIZE_MASK | ZRAM_SAME)) &&
		zram_obj_is_full(&zram->pool) && !zram_spill_has_space(zram);
}

/* @size: bytes that zram_write_batch() could not allocate; 0 if unknown */
static int pages_make_object(struct zram *zram, struct zram_slot *slot,
			     struct page *page, unsigned int size)
{
	struct zram_tier_time time = zram_tier_count_begin(zram, ZRAM_TIER_STORE);
	int err = zram_write_object(zram, slot, page, page_to_nid(page), false,
				    size);

	zram_tier_count_end(zram, ZRAM_TIER_STORE, &time, slot, !err);
	return err;
}

static int pages_store(struct zram *zram, unsigned long index,
		       struct page *page, unsigned int how, u32 expected,
		       unsigned int size)
{
	struct zram_slot slot = { .flags = ZRAM_SAME };
	int err = 0;

	if (!zram_write_same_filled(page, &slot.handle))
		err = pages_is_refused(zram, index, how) ? -ENOSPC :
			pages_make_object(zram, &slot, page, size);
	trace_zram_write(zram, index, err ? 0 : slot.flags, err);
	if (err)
		return err;
	if (!zram_slot_replace(zram, index, &slot, expected))
		err = -EAGAIN;
	zram_slot_release(zram, &slot);
	return err;
}

/*
 * The page that pages_store() has failed to store with @err: compress staged pages, which
 * count as full pages towards mem_limit, and try again; then spill the page. Swap writes
 * pages again and again at mem_limit. If each write retried all deferred pages, most CPU
 * time would go into compressing pages whose object cannot be allocated.
 */
static noinline_for_stack int
pages_write_short(struct zram *zram, unsigned long index, struct page *page,
		  unsigned int how, u32 expected, unsigned int size, int err)
{
	int spilled;

	if (err == -ENOSPC && zram_obj_staged(&zram->pool)) {
		zram_obj_short(&zram->pool, 1);
		/* Does not wait for pages that threads compress: up to 32 do not count */
		zram_kc_flush(zram, how & ZRAM_PAGES_SWAP ? ZRAM_KC_QUEUED :
			      ZRAM_KC_ALL);
		err = pages_store(zram, index, page, how, expected, size);
		zram_obj_short(&zram->pool, -1);
		if (err != -ENOSPC && err != -ENOMEM)
			return err;
	}
	spilled = zram_spill_write(zram, index, page, expected);
	return !spilled || spilled == -EAGAIN ? spilled : err;
}

/* Store a page in memory, or spill it if memory has no space */
static int pages_write_now(struct zram *zram, unsigned long index,
			   struct page *page, unsigned int how, u32 expected,
			   unsigned int size)
{
	int err = pages_store(zram, index, page, how, expected, size);

	if (unlikely(err == -ENOSPC || err == -ENOMEM))
		return pages_write_short(zram, index, page, how, expected, size,
					 err);
	return err;
}

/**
 * zram_pages_write_if() - write a page, unless its slot has changed
 * @zram: a device that is set up
 * @index: slot to store it in
 * @page: the page
 * @how: enum zram_pages_how; %ZRAM_PAGES_LATER is ignored
 * @expected: flags that must be set in the slot when the page is installed
 *
 * On failure the slot keeps its old content.
 *
 * Context: May sleep; waits for I/O of the backing device if the page is spilled.
 * Return: 0, -EAGAIN when the slot is not as expected, -ENOMEM, or -ENOSPC when
 *	mem_limit is reached. After -ENOMEM and -ENOSPC the page was not spilled either.
 */
int zram_pages_write_if(struct zram *zram, unsigned long index,
			struct page *page, unsigned int how, u32 expected)
{
	int err = pages_write_now(zram, index, page, how, expected, 0);

	if (!err)
		zram_tier_count_stores(zram, 1);
	return err;
}

static int pages_write_one(struct zram *zram, unsigned long index,
			   struct page *page, unsigned int how,
			   unsigned int size)
{
	if ((how & ZRAM_PAGES_LATER) && zram_kcompressd_write(zram, index, page))
		return 0;
	return pages_write_now(zram, index, page, how, 0, size);
}

/*
 * Write the leading pages of a batch that need not wait for memory. One section installs
 * them. Returns their number. Sets @size to the bytes that zram_write_batch() could not
 * allocate for the next page.
 */
static noinline_for_stack unsigned int
pages_write_batch(struct zram *zram, unsigned long index, struct page **pages,
		  unsigned int nr, unsigned int *size)
{
	struct zram_tier_time time = zram_tier_count_begin(zram, ZRAM_TIER_STORE);
	struct zram_slot slots[ZRAM_PAGES_BATCH];
	unsigned int i;

	nr = zram_write_batch(zram, slots, pages, nr, size);
	zram_tier_count_end(zram, ZRAM_TIER_STORE, &time, slots, nr);
	for (i = 0; i < nr; i++)
		trace_zram_write(zram, index + i, slots[i].flags, 0);
	if (nr)
		zram_slot_replace_range(zram, index, slots, nr);
	for (i = 0; i < nr; i++)
		zram_slot_release(zram, &slots[i]);
	return nr;
}

/* Not inline, for the same reason as pages_read_all() */
static noinline_for_stack int
pages_write_all(struct zram *zram, unsigned long index, struct page **pages,
		unsigned int nr, unsigned int how, unsigned int *done)
{
	unsigned int part, written, size;
	unsigned long at;
	int err = 0;

	for (*done = 0; *done < nr && !err; *done += written) {
		at = index + *done;
		part = how & ZRAM_PAGES_LATER ? 1 : zram_pages_batch(at, nr - *done);
		size = 0;
		written = 0;
		/* At mem_limit, free the old content of each page before writing the next */
		if (part > 1 && !zram_obj_was_refused(&zram->pool))
			written = pages_write_batch(zram, at, pages + *done,
						    part, &size);
		if (written < part) {
			err = pages_write_one(zram, at + written,
					      pages[*done + written], how,
					      size);
			written += !err;
		}
		cond_resched();
	}
	return err;
}

/**
 * zram_pages_write() - write pages
 * @zram: a device that is set up
 * @index: slot of the first page
 * @pages: the pages
 * @nr: number of pages
 * @how: enum zram_pages_how
 * @done: set to the number of pages written
 *
 * Slots of pages that were not written keep their old content.
 *
 * Context: May sleep; waits for I/O of the backing device if pages are spilled.
 * Return: 0; for the page after the last written, -ENOMEM, or -ENOSPC when
 *	mem_limit is reached. After an error that page was not spilled either.
 */
int zram_pages_write(struct zram *zram, unsigned long index,
		     struct page **pages, unsigned int nr, unsigned int how,
		     unsigned int *done)
{
	int err;

	if (nr > 1) {
		err = pages_write_all(zram, index, pages, nr, how, done);
	} else {
		err = pages_write_one(zram, index, pages[0], how, 0);
		*done = !err;
	}
	zram_tier_count_stores(zram, *done);
	return err;
}
