// SPDX-License-Identifier: GPL-2.0
/*
 * touchrate: how fast can memory be asked for before somebody has to wait for it?
 *
 *   touchrate CLASS SEED MIB LEAVE_MIB SECONDS MIB_PER_S
 *
 * Locks away all free memory but LEAVE_MIB and writes pages of CLASS to a ring
 * of MIB of anonymous memory, over and over, MIB_PER_S a second at most (0: as
 * fast as it goes). The ring is larger than what is free, so each page that is
 * written makes another one go to swap. The first turn is not counted.
 *
 * Prints the rate, the latency of writing a page, and what the kernel counted:
 * allocation stalls, pages reclaimed by kswapd and by others, and the CPU time
 * of kswapd and of kcompressd.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data.h"
#include "memory.h"
#include "util.h"

#define FILL		(48ull << 20)	/* bytes a second, in the first turn */
#define NR_PAGES	512	/* different contents */
#define CHUNK		16	/* pages given up, and written, at a time */

struct state {
	u64 stalls, kswapd, direct, kswapd_ms, worker_ms;
};

/* CPU time of the kernel threads whose names begin so, in ms */
static u64 thread_ms(const char *name)
{
	u64 user, system, ticks = 0;
	char path[300], line[512];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		FILE *file;
		char *comm;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		comm = fgets(line, sizeof(line), file);
		fclose(file);
		comm = comm ? strchr(line, '(') : NULL;
		if (!comm || strncmp(comm + 1, name, strlen(name)))
			continue;
		if (sscanf(strrchr(line, ')') + 1,
			   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			   &user, &system) == 2)
			ticks += user + system;
	}
	if (dir)
		closedir(dir);
	return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

static struct state look(void)
{
	static const char * const zones[] = { "dma", "dma32", "normal",
					      "movable" };
	struct state s = { 0 };
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		snprintf(name, sizeof(name), "allocstall_%s", zones[i]);
		s.stalls += memory_counter(name);
	}
	s.kswapd = memory_counter("pgsteal_kswapd");
	s.direct = memory_counter("pgsteal_direct");
	s.kswapd_ms = thread_ms("kswapd");
	s.worker_ms = thread_ms("kcompressd");
	return s;
}

static void wait_until(u64 ns)
{
	u64 now = now_ns();
	struct timespec ts;

	if (now >= ns)
		return;
	ts.tv_sec = (ns - now) / 1000000000ull;
	ts.tv_nsec = (ns - now) % 1000000000ull;
	nanosleep(&ts, NULL);
}

int main(int argc, char **argv)
{
	u64 pages, rate, seconds, begin, i, written = 0;
	char *ring, *content = alloc_aligned(NR_PAGES * DATA_PAGE);
	struct samples lat = { 0 };
	struct state was, is;
	double spent;
	int class;

	if (argc != 7)
		errx(2, "usage: touchrate CLASS SEED MIB LEAVE_MIB SECONDS MIB_PER_S");
	class = data_class(argv[1]);
	if (class < 0)
		errx(2, "no class %s", argv[1]);
	data_pages(class, parse_number(argv[2]), 0, content,
		   NR_PAGES * DATA_PAGE);
	pages = (parse_number(argv[3]) << 20) / DATA_PAGE;
	ring = memory_map(pages * DATA_PAGE);
	memory_lock_all_but(parse_number(argv[4]));
	seconds = parse_number(argv[5]);
	rate = parse_number(argv[6]) << 20;

	begin = now_ns();
	for (i = 0; i < pages; i++) {
		if (i % CHUNK == 0)
			wait_until(begin + i * DATA_PAGE * 1000000000ull / FILL);
		memcpy(ring + i * DATA_PAGE,
		       content + i % NR_PAGES * DATA_PAGE, DATA_PAGE);
	}
	/* kswapd has a moment to get to where it stops */
	wait_until(now_ns() + 300000000);
	was = look();
	begin = now_ns();
	for (i = 0; now_ns() - begin < seconds * 1000000000ull; i++) {
		u64 start;

		if (rate && i % CHUNK == 0)
			wait_until(begin + i * DATA_PAGE * 1000000000ull / rate);
		/* New memory each time: what was there need not be read back */
		if (i % CHUNK == 0)
			madvise(ring + i % pages * DATA_PAGE,
				CHUNK * DATA_PAGE, MADV_DONTNEED);
		start = now_ns();
		memcpy(ring + i % pages * DATA_PAGE,
		       content + i % NR_PAGES * DATA_PAGE, DATA_PAGE);
		samples_add(&lat, now_ns() - start);
		written++;
	}
	spent = (now_ns() - begin) / 1e9;
	is = look();
	samples_sort(&lat);
	printf("mbs %.1f\n", written * DATA_PAGE / 1e6 / spent);
	printf("p50_us %.1f\np99_us %.1f\n", samples_us(&lat, 50),
	       samples_us(&lat, 99));
	printf("allocstall %llu\n", is.stalls - was.stalls);
	printf("kswapd_pages_s %.0f\n", (is.kswapd - was.kswapd) / spent);
	printf("direct_pages_s %.0f\n", (is.direct - was.direct) / spent);
	printf("kswapd_cpu %.2f\n", (is.kswapd_ms - was.kswapd_ms) / 1e3 / spent);
	printf("kcompressd_cpu %.2f\n",
	       (is.worker_ms - was.worker_ms) / 1e3 / spent);
	return 0;
}
