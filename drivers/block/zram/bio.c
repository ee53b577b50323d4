// SPDX-License-Identifier: GPL-2.0
/*
 * The block device: splits bios into slots.
 *
 * Segments of a bio need not match slots: a direct I/O buffer is aligned to
 * 512 bytes only, and with pages larger than 4 KiB a transfer may cover part
 * of a slot. The driver reads or writes a segment in place if it is one whole
 * page, and copies all others through a bounce page.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "bio.h"
#include "kcompressd.h"
#include "pages.h"
#include "rb_group.h"
#include "rb_read.h"
#include "read.h"
#include "slot.h"
#include "slot_range.h"
#include "table.h"
#include "zram.h"

/* The part of a bio that lies in one slot */
struct bio_chunk {
	unsigned long index;
	unsigned int offset;
	unsigned int len;
};

static struct bio_chunk bio_next_chunk(const struct bvec_iter *iter)
{
	u64 pos = (u64)iter->bi_sector << SECTOR_SHIFT;
	struct bio_chunk c = {
		.index = pos >> PAGE_SHIFT,
		.offset = pos & ~PAGE_MASK,
	};

	c.len = min_t(unsigned int, PAGE_SIZE - c.offset, iter->bi_size);
	return c;
}

/* Does the rest of the bio begin with a whole page of memory? */
static __always_inline bool bio_has_page(struct bio *bio, struct bvec_iter iter)
{
	return mp_bvec_iter_len(bio->bi_io_vec, iter) >= PAGE_SIZE &&
		!offset_in_page(mp_bvec_iter_offset(bio->bi_io_vec, iter));
}

/* Is the bio one whole slot in one whole page? Most bios of swap are */
static __always_inline bool bio_is_page(struct bio *bio)
{
	return bio->bi_iter.bi_size == PAGE_SIZE &&
		!(bio->bi_iter.bi_sector % PAGE_SECTORS) &&
		bio_has_page(bio, bio->bi_iter);
}

/* The first slot of a bio */
static unsigned long bio_first_slot(const struct bio *bio)
{
	return bio->bi_iter.bi_sector / PAGE_SECTORS;
}

/*
 * Gather the pages of a batch that need no bounce page, and advance @iter over them. If
 * the first page begins at a slot, so do the others.
 */
static unsigned int bio_gather(struct bio *bio, struct bvec_iter *iter,
			       const struct bio_chunk *c, struct page **pages)
{
	unsigned int most, nr = 0;

	if (c->offset)
		return 0;
	most = zram_pages_batch(c->index, ZRAM_PAGES_BATCH);
	while (nr < most && iter->bi_size && bio_has_page(bio, *iter)) {
		pages[nr++] = bio_iter_page(bio, *iter);
		bio_advance_iter_single(bio, iter, PAGE_SIZE);
	}
	return nr;
}

static void bio_copy_to(struct bio *bio, struct bvec_iter iter,
			const char *from, unsigned int len)
{
	struct bio_vec bv;

	for (; len; len -= bv.bv_len, from += bv.bv_len) {
		bv = bio_iter_iovec(bio, iter);
		bv.bv_len = min(bv.bv_len, len);
		memcpy_to_bvec(&bv, from);
		bio_advance_iter_single(bio, &iter, bv.bv_len);
	}
}

static void bio_copy_from(struct bio *bio, struct bvec_iter iter, char *to,
			  unsigned int len)
{
	struct bio_vec bv;

	for (; len; len -= bv.bv_len, to += bv.bv_len) {
		bv = bio_iter_iovec(bio, iter);
		bv.bv_len = min(bv.bv_len, len);
		memcpy_from_bvec(to, &bv);
		bio_advance_iter_single(bio, &iter, bv.bv_len);
	}
}

static int bio_read_bounced(struct zram *zram, struct bio *bio,
			    struct bvec_iter iter, const struct bio_chunk *c)
{
	struct page *page = alloc_page(GFP_NOIO);
	char *mem;
	int err;

	if (!page)
		return -ENOMEM;
	err = zram_pages_read_wait(zram, c->index, page);
	if (!err) {
		mem = kmap_local_page(page);
		bio_copy_to(bio, iter, mem + c->offset, c->len);
		kunmap_local(mem);
	}
	__free_page(page);
	return err;
}

/* Read whole pages; adds pages on the backing device to @set, which reads them later */
static int bio_read_pages(struct zram_rb_set *set, unsigned long index,
			  struct page **pages, unsigned int nr)
{
	unsigned int done, i = 0;
	struct zram_slot wb;
	int ret = 0;

	for (; i < nr && !ret; i += done) {
		ret = zram_pages_read(set->zram, index + i, pages + i, nr - i,
				      &done, &wb);
		if (ret != ZRAM_READ_BACKING)
			continue;
		zram_rb_add(set, &wb, index + i + done, pages[i + done]);
		done++;
		ret = 0;
	}
	return ret;
}

static int bio_read_parts(struct zram_rb_set *set, struct bio *bio)
{
	struct bvec_iter iter = bio->bi_iter;
	struct page *pages[ZRAM_PAGES_BATCH];
	struct bio_chunk c;
	unsigned int nr;
	int err = 0;

	while (iter.bi_size && !err) {
		c = bio_next_chunk(&iter);
		nr = bio_gather(bio, &iter, &c, pages);
		if (nr) {
			err = bio_read_pages(set, c.index, pages, nr);
		} else {
			zram_rb_submit(set);
			err = bio_read_bounced(set->zram, bio, iter, &c);
			bio_advance_iter(bio, &iter, c.len);
		}
		cond_resched();
	}
	return err;
}

/* End a bio that began at @start; an error counts in @failed */
static __always_inline void bio_end(struct zram *zram, struct bio *bio,
				    unsigned long start, int err,
				    enum zram_stat failed)
{
	if (err) {
		zram_stats_add(&zram->stats, failed, 1);
		bio->bi_status = BLK_STS_IOERR;
	}
	bio_end_io_acct(bio, start);
	bio_endio(bio);
}

/* Read a bio that is one page */
static void bio_read_page(struct zram *zram, struct bio *bio)
{
	unsigned long start = bio_start_io_acct(bio);
	unsigned long index = bio_first_slot(bio);
	struct zram_slot wb;
	int ret = zram_read_page(zram, index, bio_page(bio), &wb);

	cond_resched();
	if (ret == ZRAM_READ_BACKING)
		zram_rb_read_one(zram, bio, start, &wb, index);
	else
		bio_end(zram, bio, start, ret, ZRAM_STAT_FAILED_READS);
}

static void bio_read(struct zram *zram, struct bio *whole)
{
	struct bio *bio = zram_rb_split(zram, whole);
	struct zram_rb_set set = {
		.zram = zram,
		.parent = bio,
		.start = bio_start_io_acct(bio),
	};
	int err = bio_read_parts(&set, bio);

	if (set.group)
		zram_rb_finish(&set, err ? BLK_STS_IOERR : BLK_STS_OK);
	else
		bio_end(zram, bio, set.start, err, ZRAM_STAT_FAILED_READS);
}

static unsigned int bio_write_how(const struct bio *bio, bool later)
{
	return (bio->bi_opf & REQ_SWAP ? ZRAM_PAGES_SWAP : 0) |
		(later ? ZRAM_PAGES_LATER : 0);
}

/* Copy the data of a chunk to its bounce page, and write the bounce page */
static int bio_write_from_bounce(struct zram *zram, struct bio *bio,
				 struct bvec_iter iter,
				 const struct bio_chunk *c, struct page *page)
{
	u32 expected = c->len < PAGE_SIZE ? ZRAM_RMW : 0;
	char *mem = kmap_local_page(page);

	bio_copy_from(bio, iter, mem + c->offset, c->len);
	kunmap_local(mem);
	return zram_pages_write_if(zram, c->index, page,
				   bio_write_how(bio, false), expected);
}

/*
 * Write a part of a slot: read the slot, change the part, write the slot. This must not
 * undo a concurrent write. A mutex serialises writers of parts. Writers of whole slots
 * do not take it: this task may hold it while it waits for memory, and reclaim must not
 * wait for this task. They clear RMW instead, and this task then reads the slot again.
 */
static int bio_write_part(struct zram *zram, struct bio *bio,
			  struct bvec_iter iter, const struct bio_chunk *c,
			  struct page *page)
{
	struct mutex *turn = &zram->rmw_locks[c->index % ZRAM_RMW_LOCKS];
	int err;

	mutex_lock(turn);
	do {
		/* Writers of the whole slot may make this start over many times */
		cond_resched();
		zram_slot_mark(zram, c->index, ZRAM_RMW);
		err = zram_pages_read_wait(zram, c->index, page);
		/* The backing device may return any error, also -EAGAIN: do not retry */
		if (err)
			break;
		err = bio_write_from_bounce(zram, bio, iter, c, page);
	} while (err == -EAGAIN);
	mutex_unlock(turn);
	return err;
}

static int bio_write_bounced(struct zram *zram, struct bio *bio,
			     struct bvec_iter iter, const struct bio_chunk *c,
			     unsigned int how)
{
	int nid = page_to_nid(bio_iter_page(bio, iter));
	struct page *page = alloc_pages_node(nid, GFP_NOIO, 0);
	int err;

	if (how & ZRAM_PAGES_LATER)
		zram_stats_add(&zram->stats, ZRAM_STAT_KC_INLINE_PART, 1);
	if (!page)
		return -ENOMEM;
	if (c->len < PAGE_SIZE)
		err = bio_write_part(zram, bio, iter, c, page);
	else
		err = bio_write_from_bounce(zram, bio, iter, c, page);
	__free_page(page);
	return err;
}

static int bio_write_parts(struct zram *zram, struct bio *bio,
			   unsigned int how)
{
	struct bvec_iter iter = bio->bi_iter;
	struct page *pages[ZRAM_PAGES_BATCH];
	unsigned int nr, done;
	struct bio_chunk c;
	int err = 0;

	while (iter.bi_size && !err) {
		c = bio_next_chunk(&iter);
		nr = bio_gather(bio, &iter, &c, pages);
		if (nr) {
			err = zram_pages_write(zram, c.index, pages, nr, how,
					       &done);
		} else {
			err = bio_write_bounced(zram, bio, iter, &c, how);
			bio_advance_iter(bio, &iter, c.len);
		}
		cond_resched();
	}
	return err;
}

static void bio_write(struct zram *zram, struct bio *bio)
{
	bool later = zram_kcompressd_wants(zram, bio->bi_iter.bi_size);
	unsigned int how = bio_write_how(bio, later);
	unsigned long start = bio_start_io_acct(bio);
	struct page *page;
	unsigned int done;
	int err;

	if (bio_is_page(bio)) {
		page = bio_page(bio);
		err = zram_pages_write(zram, bio_first_slot(bio), &page, 1, how,
				       &done);
		cond_resched();
	} else {
		err = bio_write_parts(zram, bio, how);
	}
	bio_end(zram, bio, start, err, ZRAM_STAT_FAILED_WRITES);
}

/*
 * Free whole slots. A discard may skip slots that the range covers in part. The driver
 * offers write-zeroes only if a page is a block, so such a range has no partial slots.
 */
static void bio_discard(struct zram *zram, struct bio *bio)
{
	u64 start = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
	unsigned long index = (start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned long end = (start + bio->bi_iter.bi_size) >> PAGE_SHIFT;

	if (index < end) {
		zram_slot_free_range(zram, index, end - index);
		zram_stats_add(&zram->stats, ZRAM_STAT_NOTIFY_FREE,
			       end - index);
	}
	bio_endio(bio);
}

/* The block layer checks the alignment, but not of bios of stacked drivers */
static bool bio_is_block_aligned(struct bio *bio)
{
	u64 start = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;

	return !((start | bio->bi_iter.bi_size) & (ZRAM_BLOCK_SIZE - 1));
}

/**
 * zram_bio_submit() - read, write or discard
 * @bio: the bio; the block layer has checked that it is within the device
 *
 * Completes the bio before it returns, except for reads of the backing device.
 *
 * Context: May sleep.
 */
void zram_bio_submit(struct bio *bio)
{
	struct zram *zram = bio->bi_bdev->bd_disk->private_data;
	bool aligned = bio_is_block_aligned(bio);

	/*
	 * A task may open the device before another sets it up. The block layer rejects
	 * bios beyond the capacity of 0, but that check does not order the other fields
	 * for this CPU. Pairs with zram_device_init().
	 */
	if (!smp_load_acquire(&zram->nr_pages)) {
		bio_io_error(bio);
		return;
	}

	switch (bio_op(bio)) {
	case REQ_OP_READ:
		if (!aligned)
			break;
		if (bio_is_page(bio))
			bio_read_page(zram, bio);
		else
			bio_read(zram, bio);
		return;
	case REQ_OP_WRITE:
		if (!aligned)
			break;
		bio_write(zram, bio);
		return;
	case REQ_OP_WRITE_ZEROES:
		if (!aligned || ZRAM_BLOCKS_PER_PAGE > 1)
			break;
		bio_discard(zram, bio);
		return;
	case REQ_OP_DISCARD:
		bio_discard(zram, bio);
		return;
	default:
		break;
	}
	bio_io_error(bio);
}

/**
 * zram_bio_free_notify() - empty a slot that swap has freed
 * @bdev: the device
 * @index: the slot
 *
 * Context: Atomic: mm holds locks of swap.
 */
void zram_bio_free_notify(struct block_device *bdev, unsigned long index)
{
	struct zram *zram = bdev->bd_disk->private_data;

	zram_stats_add(&zram->stats, ZRAM_STAT_NOTIFY_FREE, 1);
	zram_slot_free(zram, index);
}

/**
 * zram_bio_open() - admit an opener, unless the device is claimed
 * @disk: the disk
 * @mode: ignored
 *
 * Context: open_mutex is held.
 * Return: 0; -EBUSY while the device is being reset or removed.
 */
int zram_bio_open(struct gendisk *disk, blk_mode_t mode)
{
	struct zram *zram = disk->private_data;

	lockdep_assert_held(&disk->open_mutex);
	return zram->claimed ? -EBUSY : 0;
}
