// SPDX-License-Identifier: GPL-2.0
/*
 * The daily budget of a device, and its ledger: a line of text that carries the budget
 * and the totals over a reboot.
 *
 * The bucket fills by boot time, time asleep included: flash wears by calendar day.
 * Calls fill it before they look at it, so it needs no timer.
 */

#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "tier_budget.h"
#include "tier_bucket.h"
#include "tier_dev.h"
#include "tier_num.h"
#include "zram.h"

#define DAY_SECONDS	86400

/* The numbers of a ledger */
enum {
	LEDGER_VERSION,
	LEDGER_TIME,
	LEDGER_SPENT,
	LEDGER_BYTES,
	LEDGER_PAGES,
	LEDGER_PAGES_BACK,
	LEDGER_NR,
};

/* A number of 64 bits, a sign and leading zeroes */
#define LEDGER_DIGITS	31

/* The caller holds budget->lock */
static void budget_fill(struct zram_tier_budget *budget)
{
	u64 now = ktime_to_ms(ktime_get_boottime());

	zram_tier_bucket_fill(&budget->bucket,
			      zram_tier_sub(now, budget->filled_ms));
	budget->filled_ms = now;
}

/**
 * zram_tier_budget_get() - copy the token bucket
 * @zram: the device
 * @bucket: set to the bucket, filled until now
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_get(struct zram *zram, struct zram_tier_bucket *bucket)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget_fill(budget);
	*bucket = budget->bucket;
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_left() - find how much may be written now
 * @zram: the device
 * @reserve: for spill or a rescue, which may use the reserve
 *
 * Context: Any but interrupts.
 * Return: bytes; %ZRAM_TIER_NO_LIMIT if there is no bound.
 */
u64 zram_tier_budget_left(struct zram *zram, bool reserve)
{
	struct zram_tier_bucket bucket;

	zram_tier_budget_get(zram, &bucket);
	return zram_tier_bucket_left(&bucket, reserve);
}

/**
 * zram_tier_budget_charge() - count bytes that were written
 * @zram: the device
 * @bytes: that were written
 *
 * Bytes count once they are written. If a slice charged them before the write, they would
 * become free again while a slow device writes them.
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_charge(struct zram *zram, u64 bytes)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget_fill(budget);
	zram_tier_bucket_charge(&budget->bucket, bytes);
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_moved() - add to the totals of the ledger
 * @zram: the device
 * @pages: moved to the backing device
 * @bytes: written to it for them; charged before
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_moved(struct zram *zram, u64 pages, u64 bytes)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget->pages = zram_tier_add(budget->pages, pages);
	budget->bytes = zram_tier_add(budget->bytes, bytes);
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_read_back() - add to the total of pages read back
 * @zram: the device
 * @pages: read from the backing device since the last call
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_read_back(struct zram *zram, u64 pages)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget->pages_back = zram_tier_add(budget->pages_back, pages);
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_set_daily() - set the bytes of a day
 * @zram: the device
 * @bytes: that tiering may write in a day; %ZRAM_TIER_NO_LIMIT: no bound
 *
 * Bytes written before still count.
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_set_daily(struct zram *zram, u64 bytes)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget_fill(budget);
	budget->bucket.daily = bytes;
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_set_reserve() - set the reserve
 * @zram: the device
 * @bytes: of a day that only spill and rescues may write
 *
 * Context: Any but interrupts.
 */
void zram_tier_budget_set_reserve(struct zram *zram, u64 bytes)
{
	struct zram_tier_budget *budget = &zram->tier->budget;

	spin_lock(&budget->lock);
	budget->bucket.reserve = bytes;
	spin_unlock(&budget->lock);
}

/**
 * zram_tier_budget_show() - write the ledger as text
 * @zram: the device
 * @buf: a page
 *
 * Context: Any but interrupts.
 * Return: length of the text, bytes.
 */
int zram_tier_budget_show(struct zram *zram, char *buf)
{
	struct zram_tier_budget *budget = &zram->tier->budget;
	int len;

	spin_lock(&budget->lock);
	budget_fill(budget);
	len = sysfs_emit(buf, "1 %llu %llu %llu %llu %llu\n",
			 (u64)ktime_get_real_seconds(), budget->bucket.spent,
			 budget->bytes, budget->pages, budget->pages_back);
	spin_unlock(&budget->lock);
	return len;
}

static int budget_parse(const char *text, u64 *field)
{
	char digits[LEDGER_DIGITS + 1];
	unsigned int i;
	size_t len;
	int err;

	for (i = 0; i < LEDGER_NR; i++) {
		text = skip_spaces(text);
		len = strcspn(text, " \t\n");
		if (len > LEDGER_DIGITS)
			return -EINVAL;
		memcpy(digits, text, len);
		digits[len] = '\0';
		err = kstrtou64(digits, 10, &field[i]);
		if (err)
			return err;
		text += len;
	}
	return *skip_spaces(text) ? -EINVAL : 0;
}

/**
 * zram_tier_budget_restore() - add a ledger to the budget and the totals
 * @zram: the device
 * @text: from zram_tier_budget_show(), maybe before a reboot
 *
 * The wall-clock time since the ledger was read makes bytes spent in the ledger free, at
 * most a day's worth. If the clock was set back since then, none become free. The rest adds
 * to the bytes spent since boot, so a ledger never increases the budget left. A ledger that
 * is written twice counts twice.
 *
 * Context: Any but interrupts.
 * Return: 0; -EINVAL if the text is no ledger of this version, or is from more than a
 *	day ahead of the clock; -ERANGE if a number exceeds 64 bits. Errors change
 *	nothing.
 */
int zram_tier_budget_restore(struct zram *zram, const char *text)
{
	struct zram_tier_budget *budget = &zram->tier->budget;
	u64 field[LEDGER_NR], now = ktime_get_real_seconds();
	struct zram_tier_bucket old;
	int err;

	err = budget_parse(text, field);
	if (err)
		return err;
	if (field[LEDGER_VERSION] != 1 ||
	    zram_tier_sub(field[LEDGER_TIME], now) > DAY_SECONDS)
		return -EINVAL;

	spin_lock(&budget->lock);
	budget_fill(budget);
	/* Fill only the bucket of the ledger: bytes spent since boot are younger */
	old = budget->bucket;
	old.spent = field[LEDGER_SPENT];
	zram_tier_bucket_fill(&old, zram_tier_sub(now, field[LEDGER_TIME]) *
			      MSEC_PER_SEC);
	budget->bucket.spent = zram_tier_add(budget->bucket.spent, old.spent);
	budget->bytes = zram_tier_add(budget->bytes, field[LEDGER_BYTES]);
	budget->pages = zram_tier_add(budget->pages, field[LEDGER_PAGES]);
	budget->pages_back = zram_tier_add(budget->pages_back,
					   field[LEDGER_PAGES_BACK]);
	spin_unlock(&budget->lock);
	return 0;
}
