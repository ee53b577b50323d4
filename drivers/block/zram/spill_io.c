// SPDX-License-Identifier: GPL-2.0
/*
 * The I/O of spill: writes one page to the backing device, and waits.
 *
 * The writer is inside submit_bio(), and the block layer holds back bios that it submits
 * there. So a worker submits the bio. The worker also initialises the bio, so the bio belongs
 * to no cgroup. Otherwise the worker, which submits for all writers, would wait for a cgroup
 * whose I/O is throttled.
 *
 * Attaching the backing device allocates what the I/O needs. A writer that finds no
 * memory takes a copy from the mempool, or waits for one. That wait depends on the backing
 * device alone. The driver writes a copy because the page may be a buffer of user space,
 * which can change during the I/O. Then checksums of the disk would not match, nor would the
 * blocks that are read back.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bd_map.h"
#include "io_wait.h"
#include "spill_io.h"
#include "table.h"
#include "zram.h"

/* Copies in the mempool: this many pages can be in flight without free memory */
#define RESERVE		8

/**
 * struct spill_io_request - a request: I/O of one page
 * @link: link in the queue
 * @page: the page
 * @first: first block
 * @op: operation and flags
 * @bdev: the backing device
 * @done: completed at the end of the I/O; this is the last access to the request
 * @bio: the bio
 * @bvec: bvec of @bio
 */
struct spill_io_request {
	struct list_head link;
	struct page *page;
	u64 first;
	blk_opf_t op;
	struct block_device *bdev;
	struct completion done;
	struct bio bio;
	struct bio_vec bvec;
};

static void spill_io_end(struct bio *bio)
{
	complete(&container_of(bio, struct spill_io_request, bio)->done);
}

static void spill_io_submit(struct spill_io_request *req)
{
	struct bio *bio = &req->bio;

	bio_init(bio, req->bdev, &req->bvec, 1, req->op);
	__bio_add_page(bio, req->page, PAGE_SIZE, 0);
	bio->bi_iter.bi_sector = req->first << (ZRAM_BLOCK_SHIFT - SECTOR_SHIFT);
	bio->bi_end_io = spill_io_end;
	submit_bio(bio);
}

static void spill_io_work(struct work_struct *work)
{
	struct zram_spill_io *io = container_of(work, struct zram_spill_io, submit);
	struct spill_io_request *req;

	for (;;) {
		spin_lock(&io->lock);
		req = list_first_entry_or_null(&io->queue, struct spill_io_request,
					       link);
		if (req)
			list_del(&req->link);
		spin_unlock(&io->lock);
		if (!req)
			return;
		spill_io_submit(req);
	}
}

static int spill_io_transfer(struct zram_spill_io *io, blk_opf_t op,
			     struct page *page, u64 first)
{
	struct spill_io_request req = {
		.page = page,
		.first = first,
		.op = op | REQ_SYNC | REQ_IDLE,
		.bdev = io->bdev,
		.done = COMPLETION_INITIALIZER_ONSTACK(req.done),
	};
	int err;

	spin_lock(&io->lock);
	list_add_tail(&req.link, &io->queue);
	spin_unlock(&io->lock);
	queue_work(io->wq, &io->submit);
	zram_io_wait(&req.done);
	err = blk_status_to_errno(req.bio.bi_status);
	bio_uninit(&req.bio);
	return err;
}

static bool spill_io_is_same(struct page *a, struct page *b)
{
	const void *x = kmap_local_page(a), *y = kmap_local_page(b);
	bool same = !memcmp(x, y, PAGE_SIZE);

	kunmap_local(y);
	kunmap_local(x);
	return same;
}

/**
 * zram_spill_io_create() - allocate what spill needs for a backing device
 * @backing: the backing device
 * @name: name of the zram device
 *
 * Context: May sleep.
 * Return: the structure, or an ERR_PTR.
 */
struct zram_spill_io *zram_spill_io_create(const struct zram_backing *backing,
					   const char *name)
{
	struct zram_spill_io *io = kzalloc_obj(*io);

	if (!io)
		return ERR_PTR(-ENOMEM);
	io->bdev = backing->bdev;
	io->verify = backing->verify;
	spin_lock_init(&io->lock);
	INIT_LIST_HEAD(&io->queue);
	INIT_WORK(&io->submit, spill_io_work);
	zram_spill_gate_init(&io->gate);
	io->wq = alloc_workqueue("%s_spill", WQ_MEM_RECLAIM | WQ_HIGHPRI |
				 WQ_PERCPU, 0, name);
	if (!io->wq)
		goto err_free;
	if (mempool_init_page_pool(&io->pages, RESERVE, io->verify ? 1 : 0))
		goto err_destroy;
	zram_bd_map_prepare(backing->map);
	return io;

err_destroy:
	destroy_workqueue(io->wq);
err_free:
	kfree(io);
	return ERR_PTR(-ENOMEM);
}

/**
 * zram_spill_io_destroy() - undo zram_spill_io_create()
 * @io: from zram_spill_io_create(), without I/O in flight; or NULL
 *
 * Context: May sleep.
 */
void zram_spill_io_destroy(struct zram_spill_io *io)
{
	if (!io)
		return;
	/* The worker may still return from the submission of the last I/O */
	destroy_workqueue(io->wq);
	mempool_exit(&io->pages);
	kfree(io);
}

/**
 * zram_spill_io_copy() - copy a page that is to be written
 * @io: from zram_spill_io_create()
 * @page: the page
 *
 * Context: May sleep until another copy is freed, so the task must not have another copy.
 * Return: the copy, to be freed by zram_spill_io_free().
 */
struct page *zram_spill_io_copy(struct zram_spill_io *io, struct page *page)
{
	/* Cannot fail: it is a mempool, and the task may wait */
	struct page *copy = mempool_alloc(&io->pages, GFP_NOIO);

	/* Not copy_highpage(): on arm64 it copies tags too, and warns if the copy has tags */
	memcpy_page(copy, 0, page, 0, PAGE_SIZE);
	return copy;
}

/**
 * zram_spill_io_free() - free a copy
 * @io: from zram_spill_io_create()
 * @copy: from zram_spill_io_copy()
 */
void zram_spill_io_free(struct zram_spill_io *io, struct page *copy)
{
	mempool_free(copy, &io->pages);
}

/**
 * zram_spill_io_write() - write a copy, and wait
 * @io: from zram_spill_io_create()
 * @copy: from zram_spill_io_copy()
 * @first: first block. The caller has a reference on each block of the page
 *
 * If the device may report a write that it did not make, reads the page back.
 *
 * Context: May sleep; waits for I/O. May be called from submit_bio.
 * Return: 0; the error of the device; -EIO if the page that was read back differs.
 */
int zram_spill_io_write(struct zram_spill_io *io, struct page *copy, u64 first)
{
	int err = spill_io_transfer(io, REQ_OP_WRITE, copy, first);

	if (err || !io->verify)
		return err;
	err = spill_io_transfer(io, REQ_OP_READ, copy + 1, first);
	if (err)
		return err;
	return spill_io_is_same(copy, copy + 1) ? 0 : -EIO;
}
