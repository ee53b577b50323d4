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
 * @reserve: bytes of it that only spill may use; at most half of @daily counts, because
 *	otherwise a @daily below it would stop tiering for ever
 * @spent: bytes written that did not become free again yet
 * @part: what is left of the last division, in bytes times ms
 *
 * The bucket keeps the bytes spent and not those left. So @spent can be saved and
 * restored, and a change from one bound to another is no way to write a day's worth
 * twice. While there is no bound, though, all that was spent becomes free within a
 * millisecond: a month without a bound would otherwise be followed by a year without a
 * write.
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
