// SPDX-License-Identifier: GPL-2.0
/*
 * Spill: a page that memory has no space for goes to the backing device at once.
 *
 * The writer waits for the I/O, so spill is the last resort. It also wakes the thread of
 * tiering, which makes space for the next pages. Spill writes the page whole, not packed,
 * because a part of a block cannot be written without the rest.
 *
 * If writes of the backing device may wait for memory, reclaim must not wait for them. So
 * spill is off by default on such devices, see bd_dev_may_reclaim().
 */

#define pr_fmt(fmt) "zram: " fmt

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sysfs.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "obj.h"
#include "slot.h"
#include "spill.h"
#include "spill_gate.h"
#include "spill_io.h"
#include "spill_try.h"
#include "stats.h"
#include "table.h"
#include "tier_budget.h"
#include "tier_dev.h"
#include "tier_sleep.h"
#include "trace.h"
#include "zram.h"

/* After a page found no budget or no free block, swap does not count on spill for so long */
#define EXHAUSTED	(HZ / 10)
/* Wake the thread at most once in this time, however many pages are spilled */
#define KICK_EVERY	(HZ / 10)
/* Likewise the work that looks at capacity_low */
#define LOOK_EVERY	(HZ / 50)

/**
 * struct spill_page - a page that is being spilled
 * @try: the search for blocks
 * @io: I/O of the backing device
 * @copy: copy of the page
 * @pass: result of zram_spill_gate_enter()
 */
struct spill_page {
	struct zram_spill_try try;
	struct zram_spill_io *io;
	struct page *copy;
	enum zram_spill_pass pass;
};

/**
 * zram_spill_is_on() - is spill switched on?
 * @zram: the device
 *
 * Context: config_lock is held, or the device is open.
 * Return: the user's setting. Without one: true if tiering is enabled, and writes of the
 *	backing device do not wait for memory.
 */
bool zram_spill_is_on(const struct zram *zram)
{
	unsigned int setting = READ_ONCE(zram->tier->spill);

	if (setting == ZRAM_TIER_SPILL_UNSET)
		return READ_ONCE(zram->tier->enabled) && !zram->backing.may_reclaim;
	return setting == ZRAM_TIER_SPILL_ON;
}

/**
 * zram_spill_is_ready() - is spill on, and does the backing device work?
 * @zram: a device that is set up
 *
 * Does not check budgets and free blocks.
 *
 * Context: config_lock is held, or the device is open.
 * Return: true if spill is on, and the backing device is not known to fail.
 */
bool zram_spill_is_ready(const struct zram *zram)
{
	const struct zram_spill_io *io = zram->backing.spill;

	return io && zram_spill_is_on(zram) && zram_spill_gate_is_open(&io->gate);
}

/**
 * zram_spill_has_space() - can a page that memory has no space for probably be spilled?
 * @zram: a device that is set up
 *
 * Context: config_lock is held, or the device is open.
 * Return: false if spill is off, if the backing device is known to fail, or if a page found
 *	no budget or no free block a moment ago.
 */
bool zram_spill_has_space(const struct zram *zram)
{
	const struct zram_spill_io *io = zram->backing.spill;

	if (!zram_spill_is_ready(zram))
		return false;
	return !READ_ONCE(io->exhausted) ||
	       time_after(jiffies, READ_ONCE(io->exhausted_at) + EXHAUSTED);
}

/* Note whether a page found budget and free blocks */
static void spill_set_exhausted(struct zram_spill_io *io, bool exhausted)
{
	if (exhausted)
		WRITE_ONCE(io->exhausted_at, jiffies);
	if (READ_ONCE(io->exhausted) != exhausted)
		WRITE_ONCE(io->exhausted, exhausted);
}

/* Has it been @every jiffies since @last? Then @last becomes now */
static bool spill_is_due(unsigned long *last, unsigned long every)
{
	unsigned long now = jiffies;

	if (now - READ_ONCE(*last) < every)
		return false;
	WRITE_ONCE(*last, now);
	return true;
}

static void spill_kick(struct zram *zram, struct zram_spill_io *io)
{
	if (spill_is_due(&io->kicked, KICK_EVERY))
		zram_tier_kick(zram);
	/* The backing device fills */
	if (spill_is_due(&io->looked, LOOK_EVERY))
		zram_obj_watch(&zram->pool, ULONG_MAX);
}

/* Begins no write if other writers have found that the device fails, or before a suspend */
static int spill_write_try(struct zram_spill_try *try, u64 first)
{
	struct spill_page *page = container_of(try, struct spill_page, try);

	if (zram_tier_asleep() || (page->pass != ZRAM_SPILL_TRIAL &&
				   !zram_spill_gate_is_open(&page->io->gate)))
		return -ECANCELED;
	return zram_spill_io_write(page->io, page->copy, first);
}

static int spill_try(struct spill_page *spill, struct page *page, u64 *first)
{
	int err;

	spill->copy = zram_spill_io_copy(spill->io, page);
	err = zram_spill_try(&spill->try, first);
	zram_spill_io_free(spill->io, spill->copy);
	return err;
}

/* Try within daily_budget, the reserve included */
static int spill_try_in_budget(struct zram *zram, struct spill_page *spill,
			       struct page *page, u64 *first)
{
	struct zram_spill_io *io = spill->io;
	u64 bytes = (u64)atomic_inc_return(&io->in_flight) * PAGE_SIZE;
	int err = -EDQUOT;

	if (zram_tier_budget_left(zram, true) >= bytes)
		err = spill_try(spill, page, first);
	if (!err)
		zram_tier_budget_charge(zram, PAGE_SIZE);
	/* Another writer sees the charge, or still counts this page in in_flight */
	smp_mb__before_atomic();
	atomic_dec(&io->in_flight);
	return err;
}

/* Charge a page to writeback_limit, of which a run may have charged more than it needs */
static bool spill_charge(struct zram *zram, u32 *epoch)
{
	struct zram_bd_map *map = zram->backing.map;
	unsigned long until = zram_bd_map_wait_until();
	unsigned int granted;
	int unclaims;

	do {
		unclaims = zram_bd_map_unclaims(map);
		granted = zram_bd_budget_charge(zram, ZRAM_BLOCKS_PER_PAGE, epoch);
		if (granted == ZRAM_BLOCKS_PER_PAGE)
			return true;
		zram_bd_budget_refund(zram, granted, *epoch);
	} while (zram_bd_map_wait_fill(map, unclaims, until));
	return false;
}

/* Try within writeback_limit and daily_budget */
static int spill_try_in_limit(struct zram *zram, struct spill_page *spill,
			      struct page *page, u64 *first)
{
	u32 epoch;
	int err;

	if (!spill_charge(zram, &epoch))
		return -EDQUOT;
	err = spill_try_in_budget(zram, spill, page, first);
	if (err)
		zram_bd_budget_refund(zram, ZRAM_BLOCKS_PER_PAGE, epoch);
	return err;
}

/* Write a page, and tell the gate. On success the caller gets the references of the blocks */
static int spill_store(struct zram *zram, struct zram_spill_io *io,
		       struct page *page, u64 *first)
{
	struct spill_page spill = {
		.try = {
			.map = zram->backing.map,
			.write = spill_write_try,
		},
		.io = io,
		.pass = zram_spill_gate_enter(&io->gate, get_jiffies_64()),
	};
	int err;

	if (spill.pass == ZRAM_SPILL_REFUSED)
		return -EIO;
	err = spill_try_in_limit(zram, &spill, page, first);
	spill_set_exhausted(io, !spill.try.used && (err == -EDQUOT || err == -ENOSPC));
	if (!err)
		zram_spill_gate_works(&io->gate);
	else if (spill.try.used && err != -ECANCELED)
		zram_spill_gate_fails(&io->gate, spill.pass, err, get_jiffies_64());
	else
		zram_spill_gate_leave(&io->gate, spill.pass);
	if (spill.try.retired)
		pr_warn_ratelimited("%s: %pg: %u blocks cannot be written, they are retired\n",
				    zram->disk->disk_name, io->bdev,
				    spill.try.retired);
	if (err && spill.try.used && err != -ECANCELED)
		pr_err_ratelimited("%s: %pg: a page cannot be written: error %d\n",
				   zram->disk->disk_name, io->bdev, err);
	return err;
}

static int spill_install(struct zram *zram, unsigned long index, u64 first,
			 u32 expected)
{
	struct zram_slot slot = {
		.handle = zram_slot_location(first, 0),
		.flags = PAGE_SIZE | ZRAM_WB,
	};
	bool ok = zram_slot_replace(zram, index, &slot, expected);

	trace_zram_write(zram, index, PAGE_SIZE | ZRAM_WB, 0);
	/* Releases the old content; or the blocks, if the slot was not as expected */
	zram_slot_release(zram, &slot);
	return ok ? 0 : -EAGAIN;
}

/**
 * zram_spill_write() - write a page to the backing device, if spill is on
 * @zram: a device that is set up, and open
 * @index: slot to store it in
 * @page: the page, which memory has no space for
 * @expected: flags that must be set in the slot when the page is installed
 *
 * On failure the slot keeps its old content.
 *
 * Context: May sleep; waits for I/O. May be called from submit_bio.
 * Return: 0; -EAGAIN if the slot is not as expected; -EOPNOTSUPP if spill is off;
 *	otherwise the error of the attempt. The caller then returns -ENOSPC or -ENOMEM, as
 *	without spill.
 */
int zram_spill_write(struct zram *zram, unsigned long index, struct page *page,
		     u32 expected)
{
	struct zram_spill_io *io = zram->backing.spill;
	struct zram_tier_status *status = &zram->tier->status;
	u64 first;
	int err;

	if (!io || !zram_spill_is_on(zram))
		return -EOPNOTSUPP;
	spill_kick(zram, io);
	/* The image of a hibernation would not contain the location of a page written later */
	err = -EBUSY;
	if (zram_tier_io_begin()) {
		err = spill_store(zram, io, page, &first);
		zram_tier_io_end();
	}
	if (err) {
		atomic64_inc(&status->spill_failed);
		return err == -EAGAIN ? -EIO : err;
	}
	zram_stats_add(&zram->stats, ZRAM_STAT_BD_WRITES, ZRAM_BLOCKS_PER_PAGE);
	zram_tier_budget_moved(zram, 1, PAGE_SIZE);
	err = spill_install(zram, index, first, expected);
	if (err)
		return err;
	atomic64_inc(&status->spilled);
	atomic64_inc(&status->spilled_new);
	return 0;
}

/**
 * zram_spill_show() - write the lines of tier/stat about spill
 * @zram: the device
 * @buf: a page
 * @at: offset in @buf, bytes
 *
 * Context: config_lock is held.
 * Return: length of the lines, bytes.
 */
int zram_spill_show(struct zram *zram, char *buf, int at)
{
	const struct zram_tier_status *status = &zram->tier->status;
	const struct zram_spill_io *io = zram->backing.spill;
	const char *state = "off";
	int len;

	if (io && zram_spill_is_on(zram))
		state = zram_spill_gate_is_open(&io->gate) ? "ready" : "failing";
	len = sysfs_emit_at(buf, at, "spill %s\n", state);
	len += sysfs_emit_at(buf, at + len, "spilled %lld\nspill_failed %lld\n",
			     (s64)atomic64_read(&status->spilled),
			     (s64)atomic64_read(&status->spill_failed));
	len += sysfs_emit_at(buf, at + len, "spill_retry_s %u\nspill_error %d\n",
			     io ? READ_ONCE(io->gate.backoff) : 0,
			     io ? READ_ONCE(io->gate.error) : 0);
	return len;
}
