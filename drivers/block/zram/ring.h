/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RING_H_
#define _ZRAM_RING_H_

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/types.h>

/* Blocks in one request: larger ones are no faster on any device measured */
#define ZRAM_RING_REQUEST	64U

struct zram_ring;

/**
 * struct zram_ring_request - blocks that are written together
 * @data: their content
 * @first: first block on the device; set by the owner before it is submitted
 * @nr: number of blocks; likewise
 * @nr_objects: of use to the owner
 * @charged: of use to the owner
 * @epoch: of use to the owner
 * @bad: a bit for each block, set when it was not written
 * @faulty: likewise, set when that was for a reason that lies in the block
 * @retries: I/Os it took after the first had failed
 * @err: why a block could not be written, 0 if all were
 * @done: completed with the I/O
 * @bio: the I/O
 *
 * Belongs to the owner of the ring, but for the time between submission and
 * completion.
 */
struct zram_ring_request {
	void *data;
	u64 first;
	unsigned int nr;
	unsigned int nr_objects;
	unsigned int charged;
	u32 epoch;
	u64 bad;
	u64 faulty;
	unsigned int retries;
	int err;
	struct completion done;
	struct bio bio;
};

struct zram_ring *zram_ring_create(struct block_device *bdev, unsigned int nr,
				   unsigned int unit);
void zram_ring_destroy(struct zram_ring *ring);
unsigned int zram_ring_blocks(const struct zram_ring *ring);
unsigned int zram_ring_request_blocks(const struct zram_ring *ring);
struct zram_ring_request *zram_ring_get(struct zram_ring *ring);
void zram_ring_submit(struct zram_ring *ring, struct zram_ring_request *req);
struct zram_ring_request *zram_ring_reap(struct zram_ring *ring, bool wait);
bool zram_ring_retry(struct zram_ring *ring, struct zram_ring_request *req,
		     unsigned int i);
void zram_ring_put(struct zram_ring *ring);

#endif
