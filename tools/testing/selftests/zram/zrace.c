// SPDX-License-Identifier: GPL-2.0
/*
 * zrace: threads write, read, discard and zero the same pages at random.
 *
 *   zrace [options] PATH
 *     -o FIRST -n PAGES	the pages fought over (default 64 from 0)
 *     -j THREADS -t MS		(default 4 threads, 3000 ms)
 *     -m WEIGHTS		of write,read,discard,zeroout (default 4,4,1,1)
 *     -b PAGES			longest I/O (default 4)
 *     -p US			pause of each thread after each I/O (default none)
 *     -s SEED
 *     -e			I/O errors are counted, not fatal
 *     -w FILE		create FILE when the time is up, and read everything for the
 *			last time when it is gone; errors are fatal then
 *     -F			allocations of the threads may fail (fault.h)
 *
 * Every write and discard of a page takes the next generation of that page.
 * A write that met no other modification of its page makes all older
 * generations stale once it is done. A reader may therefore see only its own
 * page, untorn, of a generation between the newest stale one and the newest
 * issued one, or zeros if a discard is in that range.
 *
 * Prints counts; exit status 0, 1 wrong data, 2 I/O errors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "fault.h"
#include "pattern.h"

#define MAX_BATCH	64

struct page {
	pthread_mutex_t lock;	/* the fields below; never held over I/O */
	uint32_t next;		/* newest generation issued */
	uint32_t floor;		/* generations below are stale */
	uint32_t discard;	/* newest generation that is a discard */
	uint32_t writers;	/* modifications in flight */
};

enum op { WRITE, READ, DISCARD, ZEROOUT, OPS };

static struct page *pages;
static uint64_t first, nr_pages = 64;
static unsigned int weight[OPS] = { 4, 4, 1, 1 }, batch = 4, seed = 1, pause_us;
static int tolerate, faults;
static const char *path, *hold;
static atomic_ulong done[OPS], verified, errors, bad;
static atomic_int stop;

static void begin(uint64_t at, uint32_t *gen, char *alone, int discard)
{
	struct page *p = &pages[at];

	pthread_mutex_lock(&p->lock);
	*gen = ++p->next;
	*alone = !p->writers++;
	if (discard)
		p->discard = *gen;
	pthread_mutex_unlock(&p->lock);
}

static void end(uint64_t at, uint32_t gen, char alone, int failed)
{
	struct page *p = &pages[at];

	pthread_mutex_lock(&p->lock);
	p->writers--;
	if (alone && !failed && gen > p->floor)
		p->floor = gen;
	pthread_mutex_unlock(&p->lock);
}

static void complain(uint64_t index, const char *buf, const char *want,
		     const char *why, const struct page *p, uint32_t floor)
{
	char name[96];
	int s = want ? zp_differs(buf, want) : 0;

	if (bad++ > 4)
		return;
	if (s < 0)
		s = 0;
	printf("zrace: index %llu: %s (floor %u, issued %u, discard %u): sector %d holds %s\n",
	       (unsigned long long)index, why, floor, p->next, p->discard, s,
	       zp_identify(buf + s * ZP_SECTOR, name, sizeof(name)));
}

static void judge(uint64_t at, const char *buf, char *want, uint32_t floor)
{
	struct page now, *p = &pages[at];
	uint64_t index = first + at;
	int64_t gen = zp_generation(buf, index);

	verified++;
	pthread_mutex_lock(&p->lock);
	now = *p;
	pthread_mutex_unlock(&p->lock);
	if (gen < 0)
		return complain(index, buf, NULL, "foreign", &now, floor);
	zp_make(want, index, gen, seed, ZP_CYCLE);
	if (memcmp(buf, want, ZP_PAGE))
		complain(index, buf, want, "torn", &now, floor);
	else if (gen == 0 && floor && now.discard < floor)
		complain(index, buf, NULL, "lost", &now, floor);
	else if (gen && (gen < floor || gen > now.next))
		complain(index, buf, NULL, "stale", &now, floor);
}

static int do_read(int fd, uint64_t at, unsigned int n, char *buf)
{
	static __thread char want[ZP_PAGE] __attribute__((aligned(64)));
	uint32_t floor[MAX_BATCH];
	size_t len = (size_t)n * ZP_PAGE;

	for (unsigned int i = 0; i < n; i++) {
		pthread_mutex_lock(&pages[at + i].lock);
		floor[i] = pages[at + i].floor;
		pthread_mutex_unlock(&pages[at + i].lock);
	}
	memset(buf, 0xa5, len);
	if (pread(fd, buf, len, (first + at) * ZP_PAGE) != (ssize_t)len)
		return -1;
	for (unsigned int i = 0; i < n; i++)
		judge(at + i, buf + i * ZP_PAGE, want, floor[i]);
	return 0;
}

static int do_modify(int fd, enum op op, uint64_t at, unsigned int n, char *buf)
{
	uint64_t range[2] = { (first + at) * ZP_PAGE, (uint64_t)n * ZP_PAGE };
	uint32_t gen[MAX_BATCH];
	char alone[MAX_BATCH];
	int ret;

	for (unsigned int i = 0; i < n; i++) {
		begin(at + i, &gen[i], &alone[i], op != WRITE);
		if (op == WRITE)
			zp_make(buf + i * ZP_PAGE, first + at + i, gen[i], seed,
				ZP_CYCLE);
	}
	if (op == WRITE)
		ret = pwrite(fd, buf, range[1], range[0]) ==
			(ssize_t)range[1] ? 0 : -1;
	else
		ret = ioctl(fd, op == DISCARD ? BLKDISCARD : BLKZEROOUT, range);
	for (unsigned int i = 0; i < n; i++)
		end(at + i, gen[i], alone[i], ret);
	return ret;
}

static enum op pick(uint64_t *rnd)
{
	unsigned int total = 0, n;

	for (int i = 0; i < OPS; i++)
		total += weight[i];
	n = zp_next(rnd) % total;
	for (int i = 0; i < OPS; i++) {
		if (n < weight[i])
			return i;
		n -= weight[i];
	}
	return READ;
}

/* A discard of part of one of the kernel's pages says nothing about it. */
static int whole_pages(uint64_t *at, unsigned int *n)
{
	unsigned int unit = zp_per_page(), len = (*n + unit - 1) / unit * unit;
	uint64_t start = *at - *at % unit;

	if (first % unit || len > MAX_BATCH || nr_pages - start < len)
		return 0;
	*at = start;
	*n = len;
	return 1;
}

static void *worker(void *arg)
{
	uint64_t rnd = zp_mix(seed * 1000 + (uintptr_t)arg) | 1;
	int fd = open(path, O_RDWR | O_DIRECT);
	char *buf = aligned_alloc(ZP_PAGE, (size_t)batch * ZP_PAGE);

	if (fd < 0) {
		perror(path);
		exit(3);
	}
	if (faults)
		zt_fault_me();
	while (!stop) {
		unsigned int n = 1 + zp_next(&rnd) % batch;
		uint64_t at = zp_next(&rnd) % (nr_pages - n + 1);
		enum op op = pick(&rnd);
		int ret;

		if (op == DISCARD && !whole_pages(&at, &n))
			op = WRITE;
		ret = op == READ ? do_read(fd, at, n, buf) :
			do_modify(fd, op, at, n, buf);

		if (!ret)
			done[op]++;
		else if (!errors++ && !tolerate)
			printf("zrace: %s\n", strerrorname_np(errno));
		if (pause_us)
			usleep(pause_us);
	}
	close(fd);
	free(buf);
	return NULL;
}

/* Generation 0 is zeros: the range starts so. */
static void clear_range(void)
{
	char *buf = aligned_alloc(ZP_PAGE, ZP_PAGE);
	int fd = open(path, O_RDWR | O_DIRECT);

	memset(buf, 0, ZP_PAGE);
	for (uint64_t i = 0; i < nr_pages; i++) {
		if (pwrite(fd, buf, ZP_PAGE, (first + i) * ZP_PAGE) == ZP_PAGE)
			continue;
		perror(path);
		exit(3);
	}
	close(fd);
	free(buf);
}

static void final_check(void)
{
	int fd = open(path, O_RDWR | O_DIRECT);
	char *buf = aligned_alloc(ZP_PAGE, ZP_PAGE);

	for (uint64_t i = 0; i < nr_pages; i++)
		if (do_read(fd, i, 1, buf))
			errors++;
	free(buf);
	close(fd);
}

static void parse(int argc, char **argv, int *threads, int *ms)
{
	int c;

	while ((c = getopt(argc, argv, "o:n:j:t:m:b:p:s:w:eF")) != -1) {
		switch (c) {
		case 'o':
			first = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			nr_pages = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			*threads = atoi(optarg);
			break;
		case 't':
			*ms = atoi(optarg);
			break;
		case 'b':
			batch = atoi(optarg);
			break;
		case 'p':
			pause_us = atoi(optarg);
			break;
		case 's':
			seed = atoi(optarg) & 0xff;
			break;
		case 'w':
			hold = optarg;
			break;
		case 'e':
			tolerate = 1;
			break;
		case 'F':
			faults = 1;
			break;
		case 'm':
			if (sscanf(optarg, "%u,%u,%u,%u", &weight[0],
				   &weight[1], &weight[2], &weight[3]) == 4)
				break;
			/* fallthrough */
		default:
			exit(3);
		}
	}
	if (optind != argc - 1 || !batch || batch > MAX_BATCH ||
	    batch > nr_pages || *threads < 1 || *threads > 64)
		exit(3);
	path = argv[optind];
}

int main(int argc, char **argv)
{
	unsigned long before = 0;
	int threads = 4, ms = 3000;
	struct timespec ts;
	pthread_t t[64];

	parse(argc, argv, &threads, &ms);
	pages = calloc(nr_pages, sizeof(*pages));
	for (uint64_t i = 0; i < nr_pages; i++)
		pthread_mutex_init(&pages[i].lock, NULL);
	clear_range();
	for (long i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, worker, (void *)i);
	ts.tv_sec = ms / 1000;
	ts.tv_nsec = ms % 1000 * 1000000l;
	nanosleep(&ts, NULL);
	stop = 1;
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	if (hold) {
		close(open(hold, O_CREAT | O_WRONLY, 0600));
		while (!access(hold, F_OK))
			usleep(10000);
	}
	/* Nothing stands in the way of the last reads. */
	if (hold || tolerate)
		before = errors;
	final_check();
	printf("writes=%lu reads=%lu discards=%lu zeroouts=%lu verified=%lu bad=%lu err=%lu\n",
	       done[WRITE], done[READ], done[DISCARD], done[ZEROOUT], verified,
	       bad, errors);
	return bad ? 1 : errors > before ? 2 : 0;
}
