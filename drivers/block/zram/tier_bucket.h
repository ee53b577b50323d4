/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_BUCKET_H_
#define _ZRAM_TIER_BUCKET_H_

#include <linux/types.h>

/* A daily budget without a bound */
#define ZRAM_TIER_NO_LIMIT	U64_MAX

/**
 * struct zram_tier_bucket - a token bucket that holds the bytes of a day
 * @daily: bytes that become free in a day, and the most that may be written at once;
 *	%ZRAM_TIER_NO_LIMIT: no bound
 * @reserve: bytes of @daily that only spill and rescues may use; at most half of @daily
 *	counts, because otherwise a @daily below @reserve would stop tiering for ever
 * @spent: bytes written that did not become free again yet
 * @part: remainder of the last division, in bytes times ms
 *
 * The bucket keeps the bytes spent and not those left. So a ledger can save and restore
 * @spent, and a user who changes the bound cannot write a day's worth twice. But while
 * there is no bound, all bytes spent become free within a millisecond. Otherwise a year
 * without a write could follow a month without a bound.
 *
 * The owner serialises the calls.
 */
struct zram_tier_bucket {
	u64 daily;
	u64 reserve;
	u64 spent;
	u32 part;
};

void zram_tier_bucket_fill(struct zram_tier_bucket *bucket, u64 ms);
u64 zram_tier_bucket_left(const struct zram_tier_bucket *bucket, bool spill);
void zram_tier_bucket_charge(struct zram_tier_bucket *bucket, u64 bytes);

#endif
