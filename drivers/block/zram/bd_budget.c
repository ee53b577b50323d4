// SPDX-License-Identifier: GPL-2.0
/*
 * The budget: how much may be written to the backing device.
 */

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>

#include "bd_budget.h"
#include "bd_map.h"
#include "zram.h"

/**
 * zram_bd_budget_init() - prepare the budget of a new device
 * @zram: the device
 *
 * Context: The device is not visible yet.
 */
void zram_bd_budget_init(struct zram *zram)
{
	spin_lock_init(&zram->wb.budget.lock);
}

/**
 * zram_bd_budget_set() - say how much may be written from now on
 * @zram: the device
 * @blocks: in blocks of 4 KiB
 *
 * Context: Any but interrupts.
 */
void zram_bd_budget_set(struct zram *zram, u64 blocks)
{
	struct zram_bd_budget *budget = &zram->wb.budget;

	spin_lock(&budget->lock);
	budget->left = blocks;
	WRITE_ONCE(budget->epoch, budget->epoch + 1);
	spin_unlock(&budget->lock);
}

/**
 * zram_bd_budget_enable() - say whether the limit counts
 * @zram: the device
 * @on: whether it does
 *
 * Context: Any but interrupts.
 */
void zram_bd_budget_enable(struct zram *zram, bool on)
{
	struct zram_bd_budget *budget = &zram->wb.budget;

	spin_lock(&budget->lock);
	WRITE_ONCE(budget->limited, on);
	spin_unlock(&budget->lock);
}

/**
 * zram_bd_budget_left() - tell how much may be written
 * @zram: the device
 *
 * Context: Any but interrupts.
 * Return: blocks of 4 KiB, whether the limit counts or not.
 */
u64 zram_bd_budget_left(struct zram *zram)
{
	struct zram_bd_budget *budget = &zram->wb.budget;
	u64 left;

	spin_lock(&budget->lock);
	left = budget->left;
	spin_unlock(&budget->lock);
	return left;
}

/**
 * zram_bd_budget_bound() - tell what the limit allows to be written
 * @zram: the device
 *
 * Context: Any but interrupts.
 * Return: blocks of 4 KiB; U64_MAX while the limit does not count.
 */
u64 zram_bd_budget_bound(struct zram *zram)
{
	struct zram_bd_budget *budget = &zram->wb.budget;
	u64 bound;

	spin_lock(&budget->lock);
	bound = budget->limited ? budget->left : U64_MAX;
	spin_unlock(&budget->lock);
	return bound;
}

/**
 * zram_bd_budget_room() - tell how much can be written as things are
 * @zram: a device with a backing device
 *
 * Context: Any but interrupts. config_lock is held.
 * Return: blocks of 4 KiB that are free and within the limit.
 */
u64 zram_bd_budget_room(struct zram *zram)
{
	return min(zram_bd_map_free(zram->backing.map), zram_bd_budget_bound(zram));
}

/**
 * zram_bd_budget_charge() - take from what may be written
 * @zram: the device
 * @want: in blocks of 4 KiB
 * @epoch: where to put what zram_bd_budget_refund() wants to know
 *
 * Takes no lock while the limit is not enabled. A limit that another task enables
 * meanwhile may count only from the next call on.
 *
 * Context: Any but interrupts.
 * Return: blocks granted, less than @want where the limit is near.
 */
unsigned int zram_bd_budget_charge(struct zram *zram, unsigned int want,
				   u32 *epoch)
{
	struct zram_bd_budget *budget = &zram->wb.budget;

	/* Nothing is charged, so nothing may be refunded */
	*epoch = READ_ONCE(budget->epoch) - 1;
	if (!READ_ONCE(budget->limited))
		return want;
	spin_lock(&budget->lock);
	if (budget->limited) {
		*epoch = budget->epoch;
		want = min_t(u64, want, budget->left);
		budget->left -= want;
	}
	spin_unlock(&budget->lock);
	return want;
}

/**
 * zram_bd_budget_refund() - refund blocks that were charged and not written
 * @zram: the device
 * @blocks: how much
 * @epoch: from zram_bd_budget_charge(); if the limit was set anew since then,
 *	nothing is refunded
 *
 * Context: Any but interrupts.
 */
void zram_bd_budget_refund(struct zram *zram, unsigned int blocks, u32 epoch)
{
	struct zram_bd_budget *budget = &zram->wb.budget;

	if (!blocks || epoch != READ_ONCE(budget->epoch))
		return;
	spin_lock(&budget->lock);
	if (epoch == budget->epoch)
		budget->left += blocks;
	spin_unlock(&budget->lock);
}
