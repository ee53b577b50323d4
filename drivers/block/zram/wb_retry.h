/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RETRY_H_
#define _ZRAM_WB_RETRY_H_

#include <linux/types.h>

struct block_device;
struct zram_bd_map;
struct zram_pp_run;
struct zram_wb_request;
struct zram_wb_ring;

/* Suspected blocks of a run; more are free at once */
#define ZRAM_WB_RETRY_MAX	32

/**
 * struct zram_wb_retry - blocks of a run that could not be written
 * @pp: the run
 * @ring: its requests
 * @name: of the zram device
 * @bdev: the backing device
 * @verify: reads back a request that the device reports as written; false if it
 *	failed. NULL if the device is trusted
 * @rewrite: writes one block of a request again; false if it failed
 * @probe: writes a block that no slot uses; false if it failed
 * @failures: what failed lately; a write that does not fail lowers it
 * @failing: time spent in writes and checks that failed, jiffies
 * @reported: the log tells of the failure
 * @suspected: blocks that the retry could not write; each has the run's reference
 * @nr: number of them
 * @elsewhere: no block of a request could be written, so the next one lies elsewhere
 * @failed: the first block of that request
 *
 * Belongs to the task of the run.
 */
struct zram_wb_retry {
	const struct zram_pp_run *pp;
	struct zram_wb_ring *ring;
	const char *name;
	struct block_device *bdev;
	bool (*verify)(struct zram_wb_retry *retry,
		       struct zram_wb_request *req);
	bool (*rewrite)(struct zram_wb_retry *retry,
			struct zram_wb_request *req, unsigned int i);
	bool (*probe)(struct zram_wb_retry *retry, u64 block);
	unsigned int failures;
	unsigned long failing;
	bool reported;
	u64 suspected[ZRAM_WB_RETRY_MAX];
	unsigned int nr;
	bool elsewhere;
	u64 failed;
};

void zram_wb_retry_init(struct zram_wb_retry *retry,
			const struct zram_pp_run *pp,
			struct zram_wb_ring *ring);
void zram_wb_retry_begin(struct zram_wb_retry *retry, struct zram_bd_map *map);
void zram_wb_retry_request(struct zram_wb_retry *retry,
			   struct zram_wb_request *req);
int zram_wb_retry_reserve(struct zram_wb_retry *retry, struct zram_bd_map *map,
			  unsigned int want, unsigned int unit, u64 *first);
bool zram_wb_retry_gave_up(const struct zram_wb_retry *retry);
void zram_wb_retry_settle(struct zram_wb_retry *retry, struct zram_bd_map *map,
			  const struct zram_wb_request *req, u64 taken);
void zram_wb_retry_end(struct zram_wb_retry *retry, struct zram_bd_map *map);

#endif
