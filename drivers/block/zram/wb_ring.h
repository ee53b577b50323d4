/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RING_H_
#define _ZRAM_WB_RING_H_

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/types.h>

/* Blocks in one request: larger ones are no faster on any device measured */
#define ZRAM_WB_RING_REQUEST	64U

struct zram_wb_ring;

/**
 * struct zram_wb_request - blocks that are written together
 * @data: their content
 * @first: first block on the device; set by the owner before it is submitted
 * @nr: number of blocks; set by the owner before it is submitted
 * @nr_objects: of use to the owner
 * @charged: of use to the owner
 * @epoch: of use to the owner
 * @bad: a bit for each block that was not written
 * @faulty: a bit for each block that failed by its own fault
 * @retries: I/Os after the first had failed
 * @err: error of a block, 0 if all were written
 * @done: completed by the bio
 * @bio: the bio
 *
 * Belongs to the owner of the ring, but for the time between submission and
 * completion.
 */
struct zram_wb_request {
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

struct zram_wb_ring *zram_wb_ring_create(struct block_device *bdev,
					 unsigned int nr, unsigned int unit,
					 bool verify);
void zram_wb_ring_destroy(struct zram_wb_ring *ring);
unsigned int zram_wb_ring_blocks(const struct zram_wb_ring *ring);
unsigned int zram_wb_ring_request_blocks(const struct zram_wb_ring *ring);
void zram_wb_ring_set_limit(struct zram_wb_ring *ring, unsigned int limit);
struct zram_wb_request *zram_wb_ring_get(struct zram_wb_ring *ring);
void zram_wb_ring_submit(struct zram_wb_ring *ring,
			 struct zram_wb_request *req);
struct zram_wb_request *zram_wb_ring_reap(struct zram_wb_ring *ring, bool wait);
bool zram_wb_ring_verify(struct zram_wb_ring *ring,
			 struct zram_wb_request *req);
bool zram_wb_ring_retry(struct zram_wb_ring *ring, struct zram_wb_request *req,
			unsigned int i);
bool zram_wb_ring_probe(struct zram_wb_ring *ring, u64 block);
void zram_wb_ring_put(struct zram_wb_ring *ring);

#endif
