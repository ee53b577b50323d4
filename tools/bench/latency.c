// SPDX-License-Identifier: GPL-2.0
/*
 * latency: read over and over until SIGTERM, then tell how long a read took.
 *
 *   latency PREFIX PAUSE_US PATH          an attribute, always from its start
 *   latency PREFIX PAUSE_US PATH FIRST NR 4 KiB O_DIRECT at a random page of
 *                                         the NR pages from page FIRST on
 *
 * PREFIX starts the name of each printed figure.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "util.h"

/* Pause, and tell whether SIGTERM has come. */
static bool is_over(u64 pause_us)
{
	const struct timespec ts = { .tv_nsec = pause_us * 1000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	return sigtimedwait(&set, NULL, &ts) == SIGTERM;
}

static void hold_term(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
	u64 first = 0, nr = 1, pause, start, random = 88172645463325252ULL;
	char *buf = alloc_aligned(4096);
	struct samples s = { 0 };
	int fd;

	hold_term();
	if (argc != 4 && argc != 6)
		errx(2, "usage: latency PREFIX PAUSE_US PATH [FIRST NR]");
	pause = parse_number(argv[2]);
	if (argc == 6) {
		first = parse_number(argv[4]);
		nr = parse_number(argv[5]);
	}
	fd = open(argv[3], O_RDONLY | (argc == 6 ? O_DIRECT : 0));
	if (fd < 0)
		err(1, "%s", argv[3]);
	do {
		u64 page = first + random_next(&random) % nr;

		start = now_ns();
		if (pread(fd, buf, 4096, page * 4096) < 0)
			err(1, "%s", argv[3]);
		samples_add(&s, now_ns() - start);
	} while (!is_over(pause));
	samples_sort(&s);
	printf("%s_reads %zu\n", argv[1], s.nr);
	printf("%s_p50_us %.1f\n", argv[1], samples_us(&s, 50));
	printf("%s_p99_us %.1f\n", argv[1], samples_us(&s, 99));
	printf("%s_max_us %.1f\n", argv[1], samples_us(&s, 100));
	return 0;
}
