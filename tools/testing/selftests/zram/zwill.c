// SPDX-License-Identifier: GPL-2.0
/*
 * zwill: swap in with readahead, many pages a request, and verify.
 *
 *   zwill [-m MIB] [-p PAGES] [-k KIND] [-r] [-n] FILE
 *     -m	memory (default 16)
 *     -p	memory in pages
 *     -k	kind of the pages (default cycle)
 *     -r	before it reads, rewrite every third page and push it out again
 *     -n	without readahead: touch one page after the other
 *
 * Fills memory, pushes it out with MADV_PAGEOUT, creates FILE and waits till it is
 * gone. Then it asks for all pages at once with MADV_WILLNEED, touches each, and
 * prints "ok=N bad=N bus=N": right, wrong, and ended by SIGBUS.
 * Exit status 0: it is for the caller to judge; 3 no memory.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "pattern.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static sigjmp_buf no_page;

static void on_sigbus(int sig)
{
	(void)sig;
	siglongjmp(no_page, 1);
}

static void wait_for_removal(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		perror(file);
		exit(3);
	}
	close(fd);
	while (!access(file, F_OK))
		usleep(10000);
}

/* Generation of a page after the rewrites */
static uint32_t gen_of(uint64_t i, int rewritten)
{
	return rewritten && zp_whole(i) % 3 == 0 ? 2 : 1;
}

static void rewrite(char *mem, uint64_t pages, int kind)
{
	for (uint64_t i = 0; i < pages; i++)
		if (gen_of(i, 1) == 2)
			zp_make(mem + i * ZP_PAGE, i, 2, 1, kind);
	madvise(mem, pages * ZP_PAGE, MADV_PAGEOUT);
}

static void verify(const char *mem, uint64_t pages, int kind, int rewritten)
{
	/* Changed after sigsetjmp() */
	static uint64_t i, n[3];
	static char want[ZP_PAGE];
	uint32_t gen;

	for (i = 0; i < pages; i++) {
		const char *page = mem + i * ZP_PAGE;

		if (sigsetjmp(no_page, 1)) {
			n[2]++;
			continue;
		}
		gen = gen_of(i, rewritten);
		zp_make(want, i, gen, 1, kind);
		if (!memcmp(page, want, ZP_PAGE))
			n[0]++;
		else if (n[1]++ < 4)
			zp_report("zwill", i, gen, page, want);
	}
	printf("ok=%lu bad=%lu bus=%lu\n", (unsigned long)n[0],
	       (unsigned long)n[1], (unsigned long)n[2]);
}

int main(int argc, char **argv)
{
	struct sigaction bus = { .sa_handler = on_sigbus };
	int opt, kind = ZP_CYCLE, again = 0, readahead = 1;
	uint64_t pages = 16 * 256;
	char *mem;

	while ((opt = getopt(argc, argv, "m:p:k:rn")) != -1) {
		switch (opt) {
		case 'm':
			pages = strtoull(optarg, NULL, 0) * 256;
			break;
		case 'p':
			pages = strtoull(optarg, NULL, 0);
			break;
		case 'k':
			kind = zp_kind_parse(optarg);
			break;
		case 'r':
			again = 1;
			break;
		case 'n':
			readahead = 0;
			break;
		default:
			return 3;
		}
	}
	if (optind + 1 != argc || kind < 0)
		return 3;
	mem = mmap(NULL, pages * ZP_PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED) {
		perror("mmap");
		return 3;
	}
	madvise(mem, pages * ZP_PAGE, MADV_NOHUGEPAGE);
	sigaction(SIGBUS, &bus, NULL);
	for (uint64_t i = 0; i < pages; i++)
		zp_make(mem + i * ZP_PAGE, i, 1, 1, kind);
	madvise(mem, pages * ZP_PAGE, MADV_PAGEOUT);
	wait_for_removal(argv[optind]);
	if (again)
		rewrite(mem, pages, kind);
	if (readahead)
		madvise(mem, pages * ZP_PAGE, MADV_WILLNEED);
	verify(mem, pages, kind, again);
	return 0;
}
