// SPDX-License-Identifier: GPL-2.0
/*
 * zswap: fill anonymous memory with verifiable pages and read them again.
 *
 *   zswap [options]
 *     -m MIB		memory (default 64)
 *     -r ROUNDS	random-order rounds of verify and rewrite (default 2)
 *     -j THREADS -k KIND -s SEED	(default 1, cycle, 1)
 *     -P		MADV_PAGEOUT every chunk after filling, and each round
 *     -H		ask for transparent huge pages
 *     -S		threads verify the same pages at the same time, without rewrites
 *     -F		verify from forked children too (pages shared)
 *     -E		allocations of the threads may fail (fault.h)
 *     -w FILE		after the fill create FILE, then wait till it is gone
 *     -L US		one thread: in each round wait US microseconds before the first
 *			access to a page, and time that access; at the end print
 *			"touched=N avg_us=N p99_us=N max_us=N"
 *
 * Threads of one process make TLB shootdowns, which an emulator is slow at:
 * use several processes for load. The rewrites use a new generation.
 * Prints "verified=N", then "pages=N bad=N"; exit status 0, 1 wrong data, 3 no memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "fault.h"
#include "pattern.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#define CHUNK 256		/* pages */

static char *mem;
static uint32_t *gens;
static uint64_t nr_pages, seed = 1;
static int kind = ZP_CYCLE, threads = 1, rounds = 2, pageout, thp, forked, together;
static int faulty;
static int filling;
static const char *hold;
static atomic_ulong bad, verified;
static uint64_t *touch_ns, touched;	/* -L: time of each first access */
static long touch_us = -1;

static void check(uint64_t i, char *want)
{
	char *page = mem + i * ZP_PAGE;

	zp_make(want, i, gens[i], seed, kind);
	if (memcmp(page, want, ZP_PAGE) && bad++ < 4)
		zp_report("zswap", i, gens[i], page, want);
}

static void write_page(uint64_t i)
{
	zp_make(mem + i * ZP_PAGE, i, ++gens[i], seed, kind);
}

static void push_out(uint64_t from, uint64_t n)
{
	static int warned;

	if (!pageout || !madvise(mem + from * ZP_PAGE, n * ZP_PAGE, MADV_PAGEOUT))
		return;
	if (!warned++)
		printf("zswap: MADV_PAGEOUT: %s\n", strerrorname_np(errno));
}

static void fill(uint64_t lo, uint64_t hi)
{
	if (faulty)
		zt_fault_me();
	for (uint64_t i = lo; i < hi; i++) {
		write_page(i);
		if (i % CHUNK == CHUNK - 1)
			push_out(i + 1 - CHUNK, CHUNK);
	}
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Access a page, which may swap it in, and record the time */
static void touch(uint64_t i)
{
	uint64_t start;

	usleep(touch_us);
	start = now_ns();
	(void)__atomic_load_n(mem + i * ZP_PAGE, __ATOMIC_RELAXED);
	touch_ns[touched++] = now_ns() - start;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void print_touches(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < touched; i++)
		sum += touch_ns[i];
	qsort(touch_ns, touched, sizeof(*touch_ns), by_size);
	printf("touched=%llu avg_us=%.0f p99_us=%.0f max_us=%.0f\n",
	       (unsigned long long)touched,
	       sum / 1e3 / touched, touch_ns[touched * 99 / 100] / 1e3,
	       touch_ns[touched - 1] / 1e3);
}

/* Visits every page of the range once, in a random order of chunks of 16. */
static void verify(uint64_t lo, uint64_t hi, uint64_t *rnd)
{
	static __thread char want[ZP_PAGE] __attribute__((aligned(64)));
	uint64_t n = (hi - lo + 15) / 16, *order = malloc(n * sizeof(*order));

	if (!order)
		exit(3);
	for (uint64_t i = 0; i < n; i++)
		order[i] = lo + i * 16;
	if (faulty)
		zt_fault_me();
	for (uint64_t i = n; i > 1; i--) {
		uint64_t k = zp_next(rnd) % i, t = order[i - 1];

		order[i - 1] = order[k];
		order[k] = t;
	}
	for (uint64_t c = 0; c < n; c++) {
		for (uint64_t i = order[c]; i < order[c] + 16 && i < hi; i++) {
			if (touch_ns)
				touch(i);
			check(i, want);
			verified++;
			if (zp_next(rnd) % 4 == 0 && !together)
				write_page(i);
		}
	}
	free(order);
	/* With -L, do not page out after the last round */
	if (touched < nr_pages * rounds)
		push_out(lo, hi - lo);
}

static void *worker(void *arg)
{
	uint64_t me = (uintptr_t)arg, share = nr_pages / threads;
	uint64_t lo = me * share, hi = lo + share;
	uint64_t rnd = zp_mix(seed * 100 + me) | 1;

	if (me == (uint64_t)threads - 1)
		hi = nr_pages;
	if (together && !filling) {
		lo = 0;
		hi = nr_pages;
		rnd = zp_mix(seed) | 1;
	}
	if (filling)
		fill(lo, hi);
	else
		verify(lo, hi, &rnd);
	return NULL;
}

static void all_threads(void)
{
	pthread_t t[16];

	for (long i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, worker, (void *)i);
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
}

static void wait_for_go(void)
{
	int fd;

	if (!hold)
		return;
	fd = open(hold, O_CREAT | O_WRONLY, 0600);
	close(fd);
	while (!access(hold, F_OK))
		usleep(20000);
}

/* Parent and child read the same swapped pages; both write some (COW). */
static void fork_round(void)
{
	pid_t pid = fork();
	int status = 0;

	all_threads();
	if (!pid)
		_exit(bad ? 1 : 0);
	waitpid(pid, &status, 0);
	if (status) {
		printf("zswap: the child ended with status %#x\n", status);
		bad++;
	}
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "m:r:j:k:s:w:L:PHFSE")) != -1) {
		switch (c) {
		case 'm':
			nr_pages = strtoull(optarg, NULL, 0) * 256;
			break;
		case 'r':
			rounds = atoi(optarg);
			break;
		case 'j':
			threads = atoi(optarg);
			break;
		case 'k':
			kind = zp_kind_parse(optarg);
			break;
		case 's':
			seed = atoi(optarg) & 0xff;
			break;
		case 'w':
			hold = optarg;
			break;
		case 'L':
			touch_us = atol(optarg);
			break;
		case 'P':
			pageout = 1;
			break;
		case 'H':
			thp = 1;
			break;
		case 'F':
			forked = 1;
			break;
		case 'S':
			together = 1;
			break;
		case 'E':
			faulty = 1;
			break;
		default:
			exit(3);
		}
	}
	if (kind < 0 || threads < 1 || threads > 16 ||
	    (touch_us >= 0 && threads > 1))
		exit(3);
}

int main(int argc, char **argv)
{
	nr_pages = 64 * 256;
	parse(argc, argv);
	mem = mmap(NULL, nr_pages * ZP_PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	gens = calloc(nr_pages, sizeof(*gens));
	if (mem == MAP_FAILED || !gens) {
		perror("zswap");
		return 3;
	}
	if (touch_us >= 0)
		touch_ns = calloc(nr_pages * rounds, sizeof(*touch_ns));
	madvise(mem, nr_pages * ZP_PAGE, thp ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	filling = 1;
	all_threads();
	filling = 0;
	wait_for_go();
	for (int r = 0; r < rounds; r++)
		all_threads();
	if (forked)
		fork_round();
	if (touched)
		print_touches();
	printf("verified=%lu\n", verified);
	printf("pages=%llu bad=%lu\n", (unsigned long long)nr_pages, bad);
	return bad ? 1 : 0;
}
