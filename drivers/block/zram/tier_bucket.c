// SPDX-License-Identifier: GPL-2.0
/*
 * The token bucket of tiering: how many bytes a day may be written.
 *
 * Like tier_policy.c it takes no lock and reads no clock, and is compiled for user
 * space too.
 */

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "tier_bucket.h"

#define DAY_MS	86400000U

/**
 * zram_tier_bucket_fill() - time has passed: bytes become free
 * @bucket: the bucket
 * @ms: since the last call. Time asleep counts, unlike for ages
 *
 * Several calls for parts of a time free exactly as many bytes as one call for all of it.
 */
void zram_tier_bucket_fill(struct zram_tier_bucket *bucket, u64 ms)
{
	u64 bytes, days;
	u32 rest, time;

	if (check_mul_overflow(bucket->daily, div_u64_rem(ms, DAY_MS, &time), &days))
		days = U64_MAX;
	bytes = div_u64_rem(bucket->daily, DAY_MS, &rest) * time;
	bytes += div_u64_rem((u64)rest * time + bucket->part, DAY_MS,
			     &bucket->part);
	if (check_add_overflow(bytes, days, &bytes))
		bytes = U64_MAX;
	bucket->spent -= min(bytes, bucket->spent);
	/* A bucket without bytes spent keeps no part of a byte */
	if (!bucket->spent)
		bucket->part = 0;
}

/**
 * zram_tier_bucket_left() - find how much may be written
 * @bucket: the bucket
 * @spill: include the reserve, for spill or a rescue
 *
 * Return: bytes; %ZRAM_TIER_NO_LIMIT if there is no bound.
 */
u64 zram_tier_bucket_left(const struct zram_tier_bucket *bucket, bool spill)
{
	u64 kept = spill ? 0 : min(bucket->reserve, bucket->daily / 2), used;

	if (bucket->daily == ZRAM_TIER_NO_LIMIT)
		return ZRAM_TIER_NO_LIMIT;
	if (check_add_overflow(bucket->spent, kept, &used) ||
	    used > bucket->daily)
		return 0;
	return bucket->daily - used;
}

/**
 * zram_tier_bucket_charge() - count bytes that were written
 * @bucket: the bucket
 * @bytes: bytes written; may be more than zram_tier_bucket_left()
 */
void zram_tier_bucket_charge(struct zram_tier_bucket *bucket, u64 bytes)
{
	if (check_add_overflow(bucket->spent, bytes, &bucket->spent))
		bucket->spent = U64_MAX;
}
