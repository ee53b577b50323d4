// SPDX-License-Identifier: GPL-2.0
/*
 * pagecost: the processor time of a page that a block device reads, writes or discards.
 *
 * A module for User Mode Linux, where a system call of a program costs more than most
 * pages do: the task that loads the module submits the bios itself. It asks the host
 * for the processor time of the thread that runs this CPU, so neither waiting nor other
 * load of the host counts.
 *
 *   insmod pagecost.ko dev=/dev/zram0 op=write kib=4 pages=16384 rounds=5
 *   cat /sys/module/pagecost/parameters/ns	ns for each page: the median of the rounds
 *
 * A write writes the content that the device has. Each round takes the same bios in the
 * same order; with random=1 the order is scattered.
 */

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define COST_BIO_PAGES		32	/* of a bio, at most */
#define COST_ROUNDS		64

/* Of the host, which is x86_64 Linux, too */
#define COST_CLOCK_GETTIME	228
#define COST_CLOCK_THREAD	3

static char *dev = "/dev/zram0";
module_param(dev, charp, 0444);
static char *op = "read";
module_param(op, charp, 0444);
static unsigned int kib = 4;
module_param(kib, uint, 0444);
static unsigned int pages = 16384;
module_param(pages, uint, 0444);
static unsigned int rounds = 5;
module_param(rounds, uint, 0444);
static bool random;
module_param(random, bool, 0444);
static unsigned int ns;
module_param(ns, uint, 0444);

static u64 cost_now(void)
{
	struct {
		s64 sec;
		s64 nsec;
	} now = {};
	long ret;

	asm volatile("syscall" : "=a" (ret)
		     : "a" (COST_CLOCK_GETTIME), "D" (COST_CLOCK_THREAD), "S" (&now)
		     : "rcx", "r11", "memory");
	return ret ? 0 : now.sec * NSEC_PER_SEC + now.nsec;
}

/* The bio whose turn it is; an odd factor reaches each of 2^n bios once */
static unsigned int cost_place(unsigned int i, unsigned int nr)
{
	return random ? i * 2654435761U & (nr - 1) : i;
}

/* Who waits for a bio, and for what */
struct cost_wait {
	struct task_struct *task;
	struct completion later;
	bool done;
};

/* Most bios complete before submit_bio() returns: then spare the locks of a completion */
static void cost_end(struct bio *bio)
{
	struct cost_wait *wait = bio->bi_private;

	if (in_task() && current == wait->task)
		wait->done = true;
	else
		complete(&wait->later);
}

static int cost_bio(struct block_device *bdev, blk_opf_t opf, struct page **buf,
		    unsigned int first, unsigned int nr)
{
	struct cost_wait wait = { .task = current };
	struct bio_vec vecs[COST_BIO_PAGES];
	struct bio bio;
	unsigned int i;
	int err;

	bio_init(&bio, bdev, vecs, opf == REQ_OP_DISCARD ? 0 : nr, opf | REQ_SYNC);
	bio.bi_iter.bi_sector = (sector_t)first << PAGE_SECTORS_SHIFT;
	if (opf == REQ_OP_DISCARD)
		bio.bi_iter.bi_size = nr << PAGE_SHIFT;
	for (i = 0; i < nr && opf != REQ_OP_DISCARD; i++)
		__bio_add_page(&bio, buf[first + i], PAGE_SIZE, 0);
	init_completion(&wait.later);
	bio.bi_private = &wait;
	bio.bi_end_io = cost_end;
	submit_bio(&bio);
	if (!wait.done)
		wait_for_completion_io(&wait.later);
	err = blk_status_to_errno(bio.bi_status);
	bio_uninit(&bio);
	return err;
}

static int cost_all(struct block_device *bdev, blk_opf_t opf, struct page **buf)
{
	unsigned int each = kib >> (PAGE_SHIFT - 10), nr = pages / each, i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = cost_bio(bdev, opf, buf, cost_place(i, nr) * each, each);
	return err;
}

static int cost_compare(const void *a, const void *b)
{
	return *(const u64 *)a < *(const u64 *)b ? -1 : 1;
}

/*
 * Time the rounds. Before a round of writes to empty slots all slots are discarded, and
 * before one of discards all are written. In the end the device has its content.
 */
static int cost_rounds(struct block_device *bdev, struct page **buf)
{
	bool discard = !strcmp(op, "discard"), fill = !strcmp(op, "fill");
	blk_opf_t opf = discard ? REQ_OP_DISCARD :
		strcmp(op, "read") ? REQ_OP_WRITE : REQ_OP_READ;
	u64 took[COST_ROUNDS];
	unsigned int i;
	int err = 0;

	for (i = 0; i < rounds && !err; i++) {
		if (discard)
			err = cost_all(bdev, REQ_OP_WRITE, buf);
		else if (fill)
			err = cost_all(bdev, REQ_OP_DISCARD, buf);
		if (err)
			break;
		took[i] = cost_now();
		err = cost_all(bdev, opf, buf);
		took[i] = cost_now() - took[i];
	}
	if (!err && discard)
		err = cost_all(bdev, REQ_OP_WRITE, buf);
	if (err)
		return err;
	sort(took, rounds, sizeof(took[0]), cost_compare, NULL);
	ns = div_u64(took[rounds / 2], pages);
	return 0;
}

static void cost_free(struct page **buf)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		if (buf[i])
			__free_page(buf[i]);
	vfree(buf);
}

static struct page **cost_alloc(void)
{
	struct page **buf = vcalloc(pages, sizeof(*buf));
	unsigned int i;

	if (!buf)
		return NULL;
	for (i = 0; i < pages; i++) {
		buf[i] = alloc_page(GFP_KERNEL);
		if (!buf[i]) {
			cost_free(buf);
			return NULL;
		}
	}
	return buf;
}

static int cost_run(struct block_device *bdev)
{
	struct page **buf = cost_alloc();
	int err;

	if (!buf)
		return -ENOMEM;
	/* What the device has; it also warms up */
	err = cost_all(bdev, REQ_OP_READ, buf);
	if (!err) {
		/* The time is that of one CPU */
		migrate_disable();
		err = cost_rounds(bdev, buf);
		migrate_enable();
	}
	cost_free(buf);
	return err;
}

static int __init cost_init(void)
{
	unsigned int each = kib >> (PAGE_SHIFT - 10);
	struct file *file;
	int err;

	if (!each || each > COST_BIO_PAGES || !rounds || rounds > COST_ROUNDS ||
	    pages % each || !is_power_of_2(pages / each))
		return -EINVAL;
	file = bdev_file_open_by_path(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, NULL, NULL);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = cost_run(file_bdev(file));
	bdev_fput(file);
	return err;
}

static void __exit cost_exit(void)
{
}

module_init(cost_init);
module_exit(cost_exit);
MODULE_DESCRIPTION("processor time of a page of a block device");
MODULE_LICENSE("GPL");
