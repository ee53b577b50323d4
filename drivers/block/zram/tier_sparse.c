// SPDX-License-Identifier: GPL-2.0
/*
 * Sparse blocks of a full backing device: their objects go back to memory as they are, with
 * their last access time. Old objects soon leave again, packed with others. An object that
 * was read lately stays in memory.
 *
 * Packed objects share blocks, and a block is in use until the last of its objects is freed.
 * The block map counts references of blocks and does not know slots. So the thread passes
 * over the slot table. It brings an object back if the object is alone on its blocks and
 * fills less than half of them. So on average less is written than becomes free. Blocks
 * with two or more objects left stay in use, however small these are.
 *
 * An object takes memory until it has left again. So a call brings back few objects, and
 * none that mem_limit forbids.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "obj.h"
#include "pp.h"
#include "rb_unpack.h"
#include "slot.h"
#include "table.h"
#include "tier_budget.h"
#include "tier_sparse.h"
#include "zram.h"

/* The backing device counts as full below this many free blocks */
#define SHORT		(64 * ZRAM_BLOCKS_PER_PAGE)
/* Most objects that a call brings back */
#define OBJECTS		256
/* An object that fills less than half of its blocks lies on three at most */
#define MOST_BLOCKS	4
/* A pass ends after this many failed reads */
#define MAX_FAILED	16
/* Seconds after a pass that brought nothing back until the next pass */
#define REST		60
/* The next pass begins earlier if this many pages were freed and no read has failed */
#define FREED		256
/* Slots between two looks at whether the run has to stop */
#define SLOTS		256
/* Does not repeat reclaim, because reclaim may wait for the thread to make space */
#define SPARSE_GFP	(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN)

/**
 * struct tier_sparse_run - a call of zram_tier_sparse()
 * @pp: the run; pp_lock is held
 * @buf: a buffer of MOST_BLOCKS blocks
 */
struct tier_sparse_run {
	const struct zram_pp_run *pp;
	void *buf;
};

/* If the blocks of a slot are sparse, copy the slot and take references, else return false */
static bool tier_sparse_take(struct zram *zram, unsigned long index,
			     struct zram_slot *slot)
{
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	unsigned int nr;
	bool ok = false;
	u64 first;

	if (!(zram_slot_peek(&zram->slots.slot[index]) & ZRAM_WB))
		return false;
	spin_lock(lock);
	*slot = zram->slots.slot[index];
	/* zram_slot_publish_if() takes a handle of 0 as any handle */
	if (zram_slot_packed(slot) && slot->handle) {
		nr = zram_slot_blocks(slot, &first);
		ok = nr <= MOST_BLOCKS &&
		     zram_slot_packed_size(zram_slot_size(slot)) <
		     nr * ZRAM_BLOCK_SIZE / 2 &&
		     zram_bd_map_get_sole(zram->backing.map, first, nr);
	}
	spin_unlock(lock);
	return ok;
}

static int tier_sparse_read(const struct tier_sparse_run *run, u64 first,
			    unsigned int nr)
{
	struct zram *zram = run->pp->zram;
	struct bio_vec bvec;
	struct bio bio;
	int err;

	bio_init(&bio, zram->backing.bdev, &bvec, 1, REQ_OP_READ);
	bio.bi_iter.bi_sector = first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	__bio_add_page(&bio, virt_to_page(run->buf), nr * ZRAM_BLOCK_SIZE,
		       offset_in_page(run->buf));
	err = submit_bio_wait(&bio);
	bio_uninit(&bio);
	zram_stats_add(&zram->stats, ZRAM_STAT_BD_READS, nr);
	return err;
}

/*
 * Bring an object back. The caller holds references of its blocks, so the same location in
 * the slot means the same content. Returns 0, -ESTALE if the slot has changed, -ENOSPC at
 * mem_limit, -ENOMEM, or -EIO if the blocks cannot be read or the checksum is wrong.
 */
static int tier_sparse_restore(const struct tier_sparse_run *run,
			       unsigned long index, const struct zram_slot *old)
{
	const struct zram_slot expected = { .handle = old->handle, .flags = ZRAM_WB };
	const u32 kept = ~(ZRAM_WB | ZRAM_PP | ZRAM_PIN | ZRAM_SIZE_MASK);
	struct zram_slot slot = { .flags = zram_slot_size(old) };
	struct zram *zram = run->pp->zram;
	void *object = run->buf + zram_slot_block_offset(old);
	unsigned int nr;
	u64 first;
	bool ok;
	int err;

	nr = zram_slot_blocks(old, &first);
	if (tier_sparse_read(run, first, nr))
		return -EIO;
	/* The blocks stay in use: the device may return the right data later */
	if (!zram_rb_unpack_is_intact(zram, object, index, old))
		return -EIO;
	err = zram_obj_alloc_back(&zram->pool, slot.flags, GFP_NOIO | __GFP_NORETRY,
				  &slot.handle);
	if (err)
		return err;
	zram_obj_store(&zram->pool, slot.handle, object, slot.flags);
	ok = zram_slot_publish_if(zram, index, &slot, &expected, kept);
	/* Frees the blocks of the old location; or the object, if it was not installed */
	zram_slot_release(zram, &slot);
	return ok ? 0 : -ESTALE;
}

/* Returns 0 after trying an object; -ENOENT if the slot has none to try; -ENOSPC, -ENOMEM */
static int tier_sparse_slot(const struct tier_sparse_run *run,
			    struct zram_tier_sparse *sparse, u32 *nr)
{
	struct zram *zram = run->pp->zram;
	struct zram_slot slot;
	int err;

	if (!tier_sparse_take(zram, sparse->next, &slot))
		return -ENOENT;
	err = tier_sparse_restore(run, sparse->next, &slot);
	/* Drops the references */
	zram_slot_release(zram, &slot);
	if (err == -ENOSPC || err == -ENOMEM)
		return err;
	*nr += !err;
	sparse->failed += err == -EIO;
	return 0;
}

/* pp_lock is held. Returns true if the pass has ended, false if it continues later */
static bool tier_sparse_pass(const struct tier_sparse_run *run,
			     struct zram_tier_sparse *sparse, u32 *nr)
{
	unsigned long end = run->pp->zram->slots.nr;
	unsigned int slots = 0;
	int err = 0;

	while (sparse->next < end && sparse->failed < MAX_FAILED) {
		if (*nr >= OBJECTS)
			return false;
		if ((!err || !(slots++ % SLOTS)) && zram_pp_stop(run->pp))
			return false;
		err = tier_sparse_slot(run, sparse, nr);
		if (err == -ENOSPC || err == -ENOMEM)
			return true;
		sparse->next++;
		cond_resched();
	}
	return true;
}

/**
 * zram_tier_sparse_is_due() - is zram_tier_sparse() to be called?
 * @zram: a device whose pages cannot leave because the backing device has no space
 * @sparse: the pass
 * @now: awake time, ms
 *
 * Context: The thread.
 * Return: true if the backing device is full, and the budgets suffice for the objects to
 *	leave again. After a pass that brought nothing back, false for a minute, unless pages
 *	on the backing device are freed.
 */
bool zram_tier_sparse_is_due(struct zram *zram,
			     const struct zram_tier_sparse *sparse, u64 now)
{
	if (zram_bd_map_free(zram->backing.map) >= SHORT ||
	    zram_bd_budget_bound(zram) < SHORT ||
	    zram_tier_budget_left(zram, false) < (u64)SHORT << ZRAM_BLOCK_SHIFT)
		return false;
	return now >= sparse->due ||
	       zram_stats_read(&zram->stats, ZRAM_STAT_BD_PAGES) + FREED <= sparse->stored;
}

static void tier_sparse_end(struct zram *zram, struct zram_tier_sparse *sparse,
			    u64 now)
{
	sparse->stored = sparse->failed ? 0 :
		zram_stats_read(&zram->stats, ZRAM_STAT_BD_PAGES);
	sparse->due = sparse->found ? now : now + REST * MSEC_PER_SEC;
	if (sparse->next >= zram->slots.nr)
		sparse->next = 0;
	sparse->found = 0;
	sparse->failed = 0;
}

/**
 * zram_tier_sparse() - bring back the objects of sparse blocks to memory
 * @pp: the run
 * @sparse: the pass, which is due
 * @now: awake time, ms
 *
 * Context: The thread. May sleep; waits for I/O. pp_lock is held.
 * Return: number of objects brought back.
 */
u32 zram_tier_sparse(const struct zram_pp_run *pp, struct zram_tier_sparse *sparse,
		     u64 now)
{
	struct tier_sparse_run run = { .pp = pp };
	bool over = false;
	u32 nr = 0;

	run.buf = kmalloc(MOST_BLOCKS * ZRAM_BLOCK_SIZE, SPARSE_GFP);
	if (run.buf)
		over = tier_sparse_pass(&run, sparse, &nr);
	kfree(run.buf);
	sparse->found += nr;
	if (over)
		tier_sparse_end(pp->zram, sparse, now);
	return nr;
}
