// SPDX-License-Identifier: GPL-2.0
/*
 * swapout: how fast memory is swapped out.
 *
 *   swapout CLASS SEED FOLIO_KIB MIB [CGROUP]
 *
 * Fills MIB of anonymous memory with pages of CLASS and swaps them out by
 * MADV_PAGEOUT; with CGROUP, the directory of the cgroup it is in, three quarters
 * of them by memory.reclaim. Prints the pages that went out and their number a
 * second, and the pages that reclaim of the cgroup scanned and freed. Reads all pages
 * and verifies them. Exit status 1: wrong data, or a tenth of the pages stayed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "memory.h"
#include "util.h"

/* A counter of the cgroup's memory.stat */
static u64 group_counter(const char *group, const char *name)
{
	u64 value, found = 0;
	char path[256], key[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/memory.stat", group);
	file = fopen(path, "r");
	if (!file)
		err(2, "%s", path);
	while (fscanf(file, "%63s %llu", key, &value) == 2)
		if (!strcmp(key, name))
			found = value;
	fclose(file);
	return found;
}

static void group_reclaim(const char *group, u64 bytes)
{
	char path[256], text[32];
	int len = snprintf(text, sizeof(text), "%llu", bytes);
	int fd;

	snprintf(path, sizeof(path), "%s/memory.reclaim", group);
	fd = open(path, O_WRONLY);
	/* EAGAIN: fewer than asked for, which the caller counts */
	if (fd < 0 || (write(fd, text, len) != len && errno != EAGAIN))
		err(2, "%s", path);
	close(fd);
}

static void page_out(char *mem, u64 bytes)
{
	if (madvise(mem, bytes, MADV_PAGEOUT))
		err(2, "MADV_PAGEOUT");
}

/* Swap out @bytes, and return how many pages that were */
static u64 measure(char *mem, u64 bytes, const char *group)
{
	u64 out = memory_counter("pswpout"), scanned = 0, freed = 0, start;
	double seconds;

	if (group) {
		scanned = group_counter(group, "pgscan");
		freed = group_counter(group, "pgsteal");
	}
	start = now_ns();
	if (group)
		group_reclaim(group, bytes);
	else
		page_out(mem, bytes);
	seconds = (now_ns() - start) / 1e9;
	out = memory_counter("pswpout") - out;
	printf("out_pages %llu\n", out);
	printf("out_pages_s %.0f\n", out / seconds);
	if (group) {
		printf("pgscan %llu\n", group_counter(group, "pgscan") - scanned);
		printf("pgsteal %llu\n", group_counter(group, "pgsteal") - freed);
	}
	return out;
}

int main(int argc, char **argv)
{
	u64 seed, folio, bytes, wanted, out, wrong = 0;
	char *mem, *want = alloc_aligned(DATA_PAGE);
	int class;

	if (argc != 5 && argc != 6)
		errx(2, "usage: swapout CLASS SEED FOLIO_KIB MIB [CGROUP]");
	class = data_class(argv[1]);
	if (class < 0)
		errx(2, "no class %s", argv[1]);
	seed = parse_number(argv[2]);
	folio = parse_number(argv[3]) * 1024;
	bytes = parse_number(argv[4]) << 20;
	mem = memory_map_folios(bytes, folio);
	data_pages(class, seed, 0, mem, bytes);
	wanted = argv[5] ? bytes / 4 * 3 : bytes;
	out = measure(mem, wanted, argv[5]);

	for (u64 p = 0; p < bytes / DATA_PAGE; p++) {
		data_page(class, seed, p, want);
		wrong += !!memcmp(want, mem + p * DATA_PAGE, DATA_PAGE);
	}
	printf("mismatches %llu\n", wrong);
	if (out < wanted / DATA_PAGE * 9 / 10)
		errx(1, "%llu of %llu pages were swapped out", out,
		     wanted / DATA_PAGE);
	return !!wrong;
}
