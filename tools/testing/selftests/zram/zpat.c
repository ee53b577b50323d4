// SPDX-License-Identifier: GPL-2.0
/*
 * zpat: fill a block device or file with verifiable pages, and verify them.
 *
 *   zpat fill|verify|discard|zeroout [options] PATH
 *     -o FIRST  -n PAGES	range in 4096-byte pages (default: to the end), as all below
 *     -S STEP			every STEP-th page only
 *     -u			FIRST, PAGES, STEP and what is printed are in the
 *				kernel's pages
 *     -g GEN -s SEED -k KIND	random mixed text same cycle sparse (pattern.h);
 *				generation 0 verifies as zeros
 *     -b PAGES			pages per I/O (default 16)
 *     -j THREADS		the range is split between them
 *     -m BYTES			offset of the buffer from its alignment
 *     -B			buffered instead of O_DIRECT
 *     -H			a buffer of huge pages, which makes large bios
 *     -P			fill from pages that are in the swap cache (needs swap)
 *     -R			page order shuffled (one page per I/O)
 *     -F			allocations of the threads may fail (fault.h)
 *
 * Prints "ok=N bad=N err=N" and the name of the first error, in pages.
 * Exit status: 0 all as wanted, 1 wrong data, 2 I/O errors only, 3 no such pages.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/kernel-page-flags.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "pattern.h"

#define HUGE_PAGE	(2u << 20)

enum op { FILL, VERIFY, DISCARD, ZEROOUT };

static struct {
	enum op op;
	const char *path;
	uint64_t first, pages, step;
	uint32_t gen, seed;
	int kind, threads, flags, shuffle, faults, huge, swapped;
	unsigned int batch, misalign, unit;
} opt = { .unit = 1, .step = 1, .gen = 1, .kind = ZP_MIXED, .threads = 1,
	  .flags = O_DIRECT, .batch = 16 };

static atomic_ulong n_ok, n_bad, n_err;
static atomic_int first_errno;

static void io_failed(unsigned int pages, int err)
{
	int none = 0;

	n_err += pages;
	atomic_compare_exchange_strong(&first_errno, &none, err);
}

static void check(uint64_t index, const char *buf, char *want)
{
	zp_make(want, index, opt.gen, opt.seed, opt.kind);
	if (!memcmp(buf, want, ZP_PAGE)) {
		n_ok++;
		return;
	}
	if (!n_bad++)
		zp_report(opt.path, index, opt.gen, buf, want);
}

static uint64_t read_u64(const char *path, uint64_t index)
{
	int fd = open(path, O_RDONLY);
	uint64_t value = 0;

	if (fd < 0 || pread(fd, &value, sizeof(value), index * sizeof(value)) < 0)
		perror(path);
	close(fd);
	return value;
}

static int in_swap_cache(const char *p)
{
	uint64_t pfn = read_u64("/proc/self/pagemap", (uintptr_t)p / getpagesize());

	pfn &= (1ull << 55) - 1;
	return pfn && read_u64("/proc/kpageflags", pfn) >> KPF_SWAPCACHE & 1;
}

/* Have the pages swapped out, and in again by reading; else the test is void */
static void swap_cache(char *buf, unsigned int n)
{
	volatile char *p = buf;

	madvise(buf, n * ZP_PAGE, MADV_PAGEOUT);
	for (unsigned int i = 0; i < n; i++)
		(void)p[i * ZP_PAGE];
	for (unsigned int i = 0; i < n; i++)
		if (!in_swap_cache(buf + i * ZP_PAGE)) {
			fprintf(stderr, "zpat: the page is not in the swap cache\n");
			exit(3);
		}
}

static ssize_t transfer(int fd, char *buf, uint64_t index, unsigned int n)
{
	uint64_t range[2] = { index * ZP_PAGE, (uint64_t)n * ZP_PAGE };

	switch (opt.op) {
	case FILL:
		for (unsigned int i = 0; i < n; i++)
			zp_make(buf + i * ZP_PAGE, index + i, opt.gen,
				opt.seed, opt.kind);
		if (opt.swapped)
			swap_cache(buf, n);
		return pwrite(fd, buf, range[1], range[0]);
	case VERIFY:
		memset(buf, 0xa5, range[1]);
		return pread(fd, buf, range[1], range[0]);
	case DISCARD:
		return ioctl(fd, BLKDISCARD, range) ? -1 : (ssize_t)range[1];
	case ZEROOUT:
		return ioctl(fd, BLKZEROOUT, range) ? -1 : (ssize_t)range[1];
	}
	return -1;
}

/* One I/O; when several pages fail together, each is tried by itself. */
static void do_io(int fd, char *buf, uint64_t index, unsigned int n)
{
	static __thread char want[ZP_PAGE] __attribute__((aligned(64)));
	ssize_t got = transfer(fd, buf, index, n);

	if (got == (ssize_t)n * ZP_PAGE) {
		for (unsigned int i = 0; i < n; i++) {
			if (opt.op == VERIFY)
				check(index + i, buf + i * ZP_PAGE, want);
			else
				n_ok++;
		}
	} else if (n > 1) {
		for (unsigned int i = 0; i < n; i++)
			do_io(fd, buf, index + i, 1);
	} else {
		io_failed(1, got < 0 ? errno : EIO);
	}
}

static void run_shuffled(int fd, char *buf, uint64_t lo, uint64_t hi)
{
	uint64_t n = (hi - lo) / opt.unit, s = 88172645;
	uint64_t *order = malloc(n * sizeof(*order));

	for (uint64_t i = 0; i < n; i++)
		order[i] = lo + i * opt.unit;
	for (uint64_t i = n; i > 1; i--) {
		uint64_t k = zp_next(&s) % i, t = order[i - 1];

		order[i - 1] = order[k];
		order[k] = t;
	}
	for (uint64_t i = 0; i < n; i++)
		do_io(fd, buf, order[i], opt.unit);
	free(order);
}

static void *worker(void *arg)
{
	uint64_t me = (uintptr_t)arg;
	uint64_t step = opt.step * opt.unit;
	uint64_t share = opt.pages / step / opt.threads * step;
	size_t unit = zp_per_page() * ZP_PAGE;
	uint64_t lo = opt.first + me * share, hi = lo + share, i = lo;
	int fd = open(opt.path, opt.flags | (opt.op == VERIFY ? O_RDONLY : O_RDWR));
	char *buf;

	if (me == (uint64_t)opt.threads - 1)
		hi = opt.first + opt.pages;
	if (fd < 0) {
		io_failed(hi - lo, errno);
		return NULL;
	}
	if (opt.huge)
		unit = HUGE_PAGE;
	buf = aligned_alloc(unit, (opt.batch * ZP_PAGE / unit + 2) * unit);
	if (opt.huge)
		madvise(buf, opt.batch * ZP_PAGE, MADV_HUGEPAGE);
	buf += opt.misalign;
	if (opt.faults)
		zt_fault_me();
	if (opt.shuffle) {
		run_shuffled(fd, buf, lo, hi);
	} else if (opt.step > 1) {
		for (; i < hi; i += step)
			do_io(fd, buf, i, opt.unit);
	} else {
		for (; i < hi; i += opt.batch)
			do_io(fd, buf, i, hi - i < opt.batch ? hi - i : opt.batch);
	}
	if (opt.op != VERIFY && fsync(fd))
		io_failed(1, errno);
	close(fd);
	free(buf - opt.misalign);
	return NULL;
}

static void set_option(int c)
{
	switch (c) {
	case 'o':
		opt.first = strtoull(optarg, NULL, 0);
		break;
	case 'n':
		opt.pages = strtoull(optarg, NULL, 0);
		break;
	case 'S':
		opt.step = strtoull(optarg, NULL, 0);
		break;
	case 'g':
		opt.gen = strtoul(optarg, NULL, 0);
		break;
	case 's':
		opt.seed = strtoul(optarg, NULL, 0);
		break;
	case 'k':
		opt.kind = zp_kind_parse(optarg);
		break;
	case 'b':
		opt.batch = strtoul(optarg, NULL, 0);
		break;
	case 'j':
		opt.threads = atoi(optarg);
		break;
	case 'm':
		opt.misalign = strtoul(optarg, NULL, 0);
		break;
	case 'B':
		opt.flags = 0;
		break;
	case 'P':
		opt.swapped = 1;
		break;
	case 'R':
		opt.shuffle = 1;
		break;
	case 'u':
		opt.unit = zp_per_page();
		break;
	case 'F':
		opt.faults = 1;
		break;
	case 'H':
		opt.huge = 1;
		break;
	default:
		exit(3);
	}
}

static uint64_t pages_of(const char *path)
{
	int fd = open(path, O_RDONLY);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	close(fd);
	return end / ZP_PAGE;
}

static enum op parse_op(const char *name)
{
	static const char * const names[] = {
		"fill", "verify", "discard", "zeroout" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return i;
	fprintf(stderr, "zpat: fill, verify, discard or zeroout?\n");
	exit(3);
}

int main(int argc, char **argv)
{
	pthread_t t[64];
	int c;

	if (argc < 3)
		return 3;
	opt.op = parse_op(argv[1]);
	argc--, argv++;
	while ((c = getopt(argc, argv, "o:n:S:g:s:k:b:j:m:uBPRFH")) != -1)
		set_option(c);
	if (optind != argc - 1 || opt.kind < 0 || !opt.step || !opt.batch ||
	    opt.threads < 1 || opt.threads > 64 || opt.misalign >= ZP_PAGE)
		return 3;
	opt.path = argv[optind];
	opt.first *= opt.unit;
	opt.pages *= opt.unit;
	if (opt.batch < opt.unit)
		opt.batch = opt.unit;
	if (!opt.pages) {
		uint64_t all = pages_of(opt.path);

		if (all <= opt.first) {
			fprintf(stderr, "zpat: %s has no such pages\n", opt.path);
			return 3;
		}
		opt.pages = all - opt.first;
	}
	for (long i = 0; i < opt.threads; i++)
		pthread_create(&t[i], NULL, worker, (void *)i);
	for (int i = 0; i < opt.threads; i++)
		pthread_join(t[i], NULL);
	printf("ok=%lu bad=%lu err=%lu%s%s\n", n_ok / opt.unit,
	       (n_bad + opt.unit - 1) / opt.unit,
	       (n_err + opt.unit - 1) / opt.unit,
	       n_err ? " " : "", n_err ? strerrorname_np(first_errno) : "");
	return n_bad ? 1 : n_err ? 2 : 0;
}
