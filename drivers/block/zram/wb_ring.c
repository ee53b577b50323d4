// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of write requests to the backing device.
 *
 * One piece of memory, in which each request takes as many blocks as it needs.
 * Requests are settled in the order in which they were submitted, so the
 * memory in use is contiguous and nothing has to be searched for; a request
 * that completes early waits for older ones. On a fragmented device requests
 * are small and there are many, so about as many blocks are in flight; but not
 * more than MAX_REQUESTS requests, which may have a single block each.
 *
 * One task owns a ring. It shares only the request's completion with the end
 * of the I/O. complete() touches it under the lock that wait_for_completion()
 * takes, so the end of an I/O cannot refer to a request that was waited for.
 */

#include <linux/bio.h>
#include <linux/bits.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/highmem.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "io_wait.h"
#include "table.h"
#include "wb_ring.h"

/* Most requests of a ring, reached if they are small */
#define MAX_REQUESTS	128U

/* Requests of fewer blocks are plugged: so many of them reach the device together */
#define PLUGGED_BLOCKS	16U
#define PLUGGED		16

/**
 * struct zram_wb_ring - requests and their memory
 * @bdev: the device
 * @mem: memory of the blocks
 * @bvecs: one for each block
 * @nr_blocks: number of blocks
 * @nr_verify: number of blocks after these, to read written blocks back into; 0
 *	if the device is trusted
 * @per_request: number of blocks a request may have
 * @limit: number of blocks that may be in flight; no request has more
 * @in_flight: number of blocks of the requests in use
 * @head: the block of the ring that the next request begins with
 * @tail: the block that the oldest one begins with
 * @nr_requests: number of requests
 * @first: the oldest of them that is in use
 * @used: number of them in use, in flight or finished
 * @plug: collects small requests; empty if the owner sleeps or no request is in use
 * @requests: the requests
 *
 * All but the requests in flight belongs to the owner.
 */
struct zram_wb_ring {
	struct block_device *bdev;
	void *mem;
	struct bio_vec *bvecs;
	unsigned int nr_blocks;
	unsigned int nr_verify;
	unsigned int per_request;
	unsigned int limit;
	unsigned int in_flight;
	unsigned int head;
	unsigned int tail;
	unsigned int nr_requests;
	unsigned int first;
	unsigned int used;
	struct blk_plug plug;
	struct zram_wb_request requests[] __counted_by(nr_requests);
};

static void wb_ring_fill_bvecs(struct zram_wb_ring *ring)
{
	unsigned int i;

	for (i = 0; i < ring->nr_blocks + ring->nr_verify; i++) {
		void *block = ring->mem + i * ZRAM_BLOCK_SIZE;

		bvec_set_page(&ring->bvecs[i], vmalloc_to_page(block),
			      ZRAM_BLOCK_SIZE, offset_in_page(block));
	}
}

static struct zram_wb_ring *wb_ring_alloc(unsigned int nr, unsigned int unit,
					  bool verify, gfp_t gfp)
{
	unsigned int nr_requests = min(nr, MAX_REQUESTS);
	struct zram_wb_ring *ring;
	unsigned int all;

	gfp |= __GFP_NOWARN;
	ring = kvzalloc(struct_size(ring, requests, nr_requests), gfp);
	if (!ring)
		return NULL;
	ring->nr_requests = nr_requests;
	ring->nr_blocks = nr;
	ring->limit = nr;
	/* At least two, so that one is filled while the other is in flight */
	ring->per_request = clamp(round_down(nr / 2, unit), unit,
				  max(ZRAM_WB_RING_REQUEST, unit));
	ring->nr_verify = verify ? ring->per_request : 0;
	all = nr + ring->nr_verify;
	ring->bvecs = kvmalloc_array(all, sizeof(*ring->bvecs), gfp);
	ring->mem = __vmalloc((size_t)all * ZRAM_BLOCK_SIZE, gfp);
	if (ring->bvecs && ring->mem)
		return ring;
	zram_wb_ring_destroy(ring);
	return NULL;
}

/**
 * zram_wb_ring_create() - set up a ring
 * @bdev: the device to write to
 * @nr: number of blocks that may be in flight
 * @unit: the least number of them that is of use
 * @verify: have memory for zram_wb_ring_verify(), and read back each block that
 *	zram_wb_ring_retry() writes
 *
 * Memory is what writing is to make, so it takes less where there is little,
 * and tries hard for the least only.
 *
 * Context: May sleep.
 * Return: the ring, or NULL if there is not memory for one unit.
 */
struct zram_wb_ring *zram_wb_ring_create(struct block_device *bdev,
					 unsigned int nr, unsigned int unit,
					 bool verify)
{
	struct zram_wb_ring *ring;

	nr = max(round_down(nr, unit), unit);
	for (;;) {
		ring = wb_ring_alloc(nr, unit, verify, nr > unit ?
				     GFP_KERNEL | __GFP_NORETRY : GFP_KERNEL);
		if (ring)
			break;
		if (nr == unit)
			return NULL;
		nr = max(round_down(nr / 2, unit), unit);
	}
	ring->bdev = bdev;
	wb_ring_fill_bvecs(ring);
	return ring;
}

/**
 * zram_wb_ring_destroy() - undo zram_wb_ring_create()
 * @ring: a ring without requests in use; may be NULL
 *
 * Context: May sleep.
 */
void zram_wb_ring_destroy(struct zram_wb_ring *ring)
{
	if (!ring)
		return;
	vfree(ring->mem);
	kvfree(ring->bvecs);
	kvfree(ring);
}

/**
 * zram_wb_ring_blocks() - the size of a ring
 * @ring: the ring
 *
 * Return: number of blocks that may be in flight.
 */
unsigned int zram_wb_ring_blocks(const struct zram_wb_ring *ring)
{
	return ring->nr_blocks;
}

/**
 * zram_wb_ring_request_blocks() - the size of a request
 * @ring: the ring
 *
 * Return: number of blocks a request may have.
 */
unsigned int zram_wb_ring_request_blocks(const struct zram_wb_ring *ring)
{
	return min(ring->per_request, ring->limit);
}

/**
 * zram_wb_ring_set_limit() - bound the blocks in flight
 * @ring: a ring without requests in use
 * @limit: number of blocks, at least as many as the smallest request of the owner has
 */
void zram_wb_ring_set_limit(struct zram_wb_ring *ring, unsigned int limit)
{
	ring->limit = limit;
}

/* Is there space for a whole request? Then it begins at ring->head */
static bool wb_ring_has_room(struct zram_wb_ring *ring)
{
	if (!ring->used) {
		ring->head = 0;
		ring->tail = 0;
		return true;
	}
	if (ring->used == ring->nr_requests ||
	    ring->in_flight + zram_wb_ring_request_blocks(ring) > ring->limit)
		return false;
	if (ring->head > ring->tail) {
		if (ring->nr_blocks - ring->head >= ring->per_request)
			return true;
		/* The rest at the end is too small for a request */
		if (ring->tail < ring->per_request)
			return false;
		ring->head = 0;
		return true;
	}
	return ring->tail - ring->head >= ring->per_request;
}

static unsigned int wb_ring_memory_block(const struct zram_wb_ring *ring,
					 const struct zram_wb_request *req)
{
	return (req->data - ring->mem) >> ZRAM_BLOCK_SHIFT;
}

/**
 * zram_wb_ring_get() - get a request to fill
 * @ring: the ring
 *
 * If it is not submitted, the next call returns it again.
 *
 * Return: the request; NULL if older ones have to be settled first.
 */
struct zram_wb_request *zram_wb_ring_get(struct zram_wb_ring *ring)
{
	struct zram_wb_request *req;

	if (!wb_ring_has_room(ring))
		return NULL;
	req = &ring->requests[(ring->first + ring->used) % ring->nr_requests];
	/* zram_wb_ring_submit() sets up the rest */
	memset(req, 0, offsetof(struct zram_wb_request, done));
	req->data = ring->mem + ring->head * ZRAM_BLOCK_SIZE;
	return req;
}

static void wb_ring_endio(struct bio *bio)
{
	struct zram_wb_request *req =
		container_of(bio, struct zram_wb_request, bio);

	complete(&req->done);
}

/**
 * zram_wb_ring_submit() - write a request
 * @ring: the ring
 * @req: from zram_wb_ring_get(), with data, first and nr set
 *
 * A small request reaches the device with the next ones, or when the task sleeps.
 *
 * Context: May sleep.
 */
void zram_wb_ring_submit(struct zram_wb_ring *ring, struct zram_wb_request *req)
{
	unsigned int at = wb_ring_memory_block(ring, req);

	flush_kernel_vmap_range(req->data, req->nr * ZRAM_BLOCK_SIZE);
	bio_init(&req->bio, ring->bdev, &ring->bvecs[at], req->nr,
		 REQ_OP_WRITE);
	req->bio.bi_vcnt = req->nr;
	req->bio.bi_iter.bi_size = req->nr * ZRAM_BLOCK_SIZE;
	req->bio.bi_iter.bi_sector =
		req->first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	req->bio.bi_end_io = wb_ring_endio;
	init_completion(&req->done);
	ring->head = at + req->nr;
	ring->used++;
	ring->in_flight += req->nr;
	if (req->nr >= PLUGGED_BLOCKS || (req - ring->requests) % PLUGGED == 0)
		blk_finish_plug(&ring->plug);
	if (req->nr < PLUGGED_BLOCKS)
		blk_start_plug(&ring->plug);
	submit_bio(&req->bio);
}

/* Transfer @nr blocks from or to the memory of the ring at @at, and wait */
static int wb_ring_transfer(struct zram_wb_ring *ring, blk_opf_t op, u64 first,
			    unsigned int at, unsigned int nr)
{
	struct bio bio;
	int err;

	/* Not together with others: an error of theirs would be this one's */
	blk_finish_plug(&ring->plug);
	bio_init(&bio, ring->bdev, &ring->bvecs[at], nr, op);
	bio.bi_vcnt = nr;
	bio.bi_iter.bi_size = nr * ZRAM_BLOCK_SIZE;
	bio.bi_iter.bi_sector = first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	err = submit_bio_wait(&bio);
	bio_uninit(&bio);
	return err;
}

/*
 * Read back what the device has written, @nr blocks from block @i of the request
 * on. Blocks that differ become bad. Returns 0, the error of the read, or -EIO
 * if a block differs.
 */
static int wb_ring_read_back(struct zram_wb_ring *ring,
			     struct zram_wb_request *req, unsigned int i,
			     unsigned int nr)
{
	void *copy = ring->mem + ring->nr_blocks * ZRAM_BLOCK_SIZE;
	void *data = req->data + i * ZRAM_BLOCK_SIZE;
	u64 bad = 0;
	int err;

	if (!ring->nr_verify)
		return 0;
	err = wb_ring_transfer(ring, REQ_OP_READ, req->first + i,
			       ring->nr_blocks, nr);
	invalidate_kernel_vmap_range(copy, nr * ZRAM_BLOCK_SIZE);
	while (nr--)
		if (err || memcmp(data + nr * ZRAM_BLOCK_SIZE,
				  copy + nr * ZRAM_BLOCK_SIZE, ZRAM_BLOCK_SIZE))
			bad |= BIT_ULL(i + nr);
	req->bad |= bad;
	if (!err && bad)
		err = -EIO;
	return err;
}

/**
 * zram_wb_ring_verify() - read back a request that the device reports as written
 * @ring: a ring that verifies
 * @req: from zram_wb_ring_reap(), without bad blocks
 *
 * Context: May sleep; waits for the I/O.
 * Return: true if all blocks were written. Otherwise those that differ are bad;
 *	all, if they cannot be read.
 */
bool zram_wb_ring_verify(struct zram_wb_ring *ring, struct zram_wb_request *req)
{
	req->err = wb_ring_read_back(ring, req, 0, req->nr);
	return !req->err;
}

/**
 * zram_wb_ring_retry() - write one block of a request that failed
 * @ring: the ring
 * @req: from zram_wb_ring_reap()
 * @i: which block
 *
 * The device returns one error for all blocks. A retry of each of them keeps one
 * bad sector from failing its neighbours.
 *
 * Context: May sleep; waits for the I/O.
 * Return: true if the block was written.
 */
bool zram_wb_ring_retry(struct zram_wb_ring *ring, struct zram_wb_request *req,
			unsigned int i)
{
	int err = wb_ring_transfer(ring, REQ_OP_WRITE, req->first + i,
				   wb_ring_memory_block(ring, req) + i, 1);

	req->retries++;
	if (!err) {
		req->bad &= ~BIT_ULL(i);
		err = wb_ring_read_back(ring, req, i, 1);
	}
	if (err)
		req->err = err;
	if (zram_io_is_block_fault(err))
		req->faulty |= BIT_ULL(i);
	return !err;
}

/**
 * zram_wb_ring_probe() - test whether a block can be written
 * @ring: a ring without requests in use
 * @block: a block that no slot uses
 *
 * Context: May sleep; waits for the I/O.
 * Return: true if the block was written.
 */
bool zram_wb_ring_probe(struct zram_wb_ring *ring, u64 block)
{
	struct zram_wb_request *req = zram_wb_ring_get(ring);

	/* Not zero, which a block that was never written reads as */
	memset64(req->data, ~block, ZRAM_BLOCK_SIZE / sizeof(u64));
	flush_kernel_vmap_range(req->data, ZRAM_BLOCK_SIZE);
	req->first = block;
	req->nr = 1;
	req->bad = 1;
	return zram_wb_ring_retry(ring, req, 0);
}

/**
 * zram_wb_ring_reap() - get the oldest request, completed
 * @ring: the ring
 * @wait: wait for it; otherwise only if it has completed already
 *
 * Context: May sleep.
 * Return: the request with its result, to be freed by zram_wb_ring_put(); NULL
 *	if there is none. If it failed, all its blocks count as failed until
 *	zram_wb_ring_retry(). If it did not, zram_wb_ring_verify() checks a device
 *	that is not trusted.
 */
struct zram_wb_request *zram_wb_ring_reap(struct zram_wb_ring *ring, bool wait)
{
	struct zram_wb_request *req = &ring->requests[ring->first];

	if (!ring->used) {
		blk_finish_plug(&ring->plug);
		return NULL;
	}
	/* completion_done() returns true only after complete() has dropped its lock */
	if (!completion_done(&req->done)) {
		if (!wait)
			return NULL;
		/* Not left to the scheduler, which would wake a worker for it */
		blk_finish_plug(&ring->plug);
		zram_io_wait(&req->done);
	}
	req->err = blk_status_to_errno(req->bio.bi_status);
	bio_uninit(&req->bio);
	if (req->err)
		req->bad = GENMASK_ULL(req->nr - 1, 0);
	return req;
}

/**
 * zram_wb_ring_put() - free the request that zram_wb_ring_reap() returned
 * @ring: the ring
 */
void zram_wb_ring_put(struct zram_wb_ring *ring)
{
	ring->in_flight -= ring->requests[ring->first].nr;
	ring->first = (ring->first + 1) % ring->nr_requests;
	ring->used--;
	if (ring->used)
		ring->tail = wb_ring_memory_block(ring,
						  &ring->requests[ring->first]);
}
