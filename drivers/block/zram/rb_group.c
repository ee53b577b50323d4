// SPDX-License-Identifier: GPL-2.0
/*
 * Groups: what counts the reads of a bio that are under way.
 *
 * Groups and reads come from reserves, and in this order: a group is given back
 * by the reads it counts, and a read by the backing device alone, so waiting for
 * either ends. Each device has its own, because the backing device may be, or
 * be made of, another one of ours.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/mempool.h>

#include "rb_group.h"
#include "zram.h"

/**
 * zram_rb_group_alloc() - start to count the reads of a bio
 * @set: the reads of that bio
 *
 * Context: May sleep. Cannot fail: there is a reserve.
 * Return: the group, which counts the submitter.
 */
struct zram_rb_group *zram_rb_group_alloc(struct zram_rb_set *set)
{
	struct zram_rb_group *group;

	group = mempool_alloc(&set->zram->backing.reads->groups, GFP_NOIO);
	group->zram = set->zram;
	group->parent = set->parent;
	group->start = set->start;
	refcount_set(&group->pending, 1);
	return group;
}

/**
 * zram_rb_group_put() - one of the reads for a parent is over
 * @group: the reads for the parent; the last to be over completes it
 * @status: how it ended
 *
 * Context: Any.
 */
void zram_rb_group_put(struct zram_rb_group *group,
		       blk_status_t status)
{
	struct bio *parent = group->parent;

	if (status)
		WRITE_ONCE(parent->bi_status, status);
	if (!refcount_dec_and_test(&group->pending))
		return;
	if (parent->bi_status)
		zram_stats_add(&group->zram->stats, ZRAM_STAT_FAILED_READS, 1);
	bio_end_io_acct(parent, group->start);
	mempool_free(group, &group->zram->backing.reads->groups);
	/* From here on the device may be reset and removed */
	bio_endio(parent);
}
