// SPDX-License-Identifier: GPL-2.0
/*
 * swapload: fill more memory than there is and verify every page of it.
 *
 *   swapload CLASS SEED MIB LEAVE_MIB
 *
 * Locks away all free memory but LEAVE_MIB, fills MIB of anonymous memory with
 * the pages of CLASS, then reads them back in order and checks each. The
 * throughputs are those of the whole fill and of the whole verification, the
 * making of the data included; the latencies are those of the first touch of
 * each page while verifying. Exit status 1 is a mismatch.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "data.h"
#include "util.h"

struct load {
	int class;
	u64 seed;
	u64 pages;
	char *mem;
};

static u64 vm_counter(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	char key[64];
	u64 value;

	if (!file)
		err(2, "/proc/vmstat");
	while (fscanf(file, "%63s %llu", key, &value) == 2) {
		if (strcmp(key, name))
			continue;
		fclose(file);
		return value;
	}
	errx(2, "/proc/vmstat has no %s", name);
}

static void *map(u64 bytes)
{
	void *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED)
		err(2, "mmap of %llu bytes", bytes);
	madvise(mem, bytes, MADV_NOHUGEPAGE);
	return mem;
}

/* Free memory goes away in locked pages, so that the load has to swap. */
static void lock_all_but(u64 leave_mib)
{
	u64 free = vm_counter("nr_free_pages") * 4096;
	u64 leave = leave_mib << 20;

	if (free <= leave)
		return;
	if (mlock(map(free - leave), free - leave))
		err(2, "mlock of %llu MiB", (free - leave) >> 20);
}

static double fill(const struct load *load)
{
	u64 start = now_ns();

	for (u64 i = 0; i < load->pages; i++)
		data_page(load->class, load->seed, i,
			  load->mem + i * DATA_PAGE);
	return (now_ns() - start) / 1e9;
}

static double verify(const struct load *load, u64 *wrong)
{
	char *want = alloc_aligned(DATA_PAGE);
	struct samples s = { 0 };
	u64 begin = now_ns(), spent;

	for (u64 i = 0; i < load->pages; i++) {
		const char *page = load->mem + i * DATA_PAGE;
		u64 start = now_ns();

		(void)__atomic_load_n(page, __ATOMIC_RELAXED);
		samples_add(&s, now_ns() - start);
		data_page(load->class, load->seed, i, want);
		if (memcmp(want, page, DATA_PAGE)) {
			if (!(*wrong)++)
				warnx("wrong data in page %llu", i);
		}
	}
	spent = now_ns() - begin;
	samples_sort(&s);
	printf("touch_p50_us %.1f\n", samples_us(&s, 50));
	printf("touch_p99_us %.1f\n", samples_us(&s, 99));
	return spent / 1e9;
}

int main(int argc, char **argv)
{
	u64 out, in, bytes, wrong = 0;
	struct load load;
	double seconds;

	if (argc != 5)
		errx(2, "usage: swapload CLASS SEED MIB LEAVE_MIB");
	load.class = data_class(argv[1]);
	if (load.class < 0)
		errx(2, "no class %s", argv[1]);
	load.seed = parse_number(argv[2]);
	bytes = parse_number(argv[3]) << 20;
	load.pages = bytes / DATA_PAGE;
	load.mem = map(bytes);
	lock_all_but(parse_number(argv[4]));
	out = vm_counter("pswpout");
	in = vm_counter("pswpin");

	seconds = fill(&load);
	printf("swapfill_s %.3f\nswapfill_mbs %.1f\n", seconds,
	       bytes / 1e6 / seconds);
	seconds = verify(&load, &wrong);
	printf("swapverify_s %.3f\nswapverify_mbs %.1f\n", seconds,
	       bytes / 1e6 / seconds);
	printf("swapped_out %llu\n", vm_counter("pswpout") - out);
	printf("swapped_in %llu\n", vm_counter("pswpin") - in);
	printf("mismatches %llu\n", wrong);
	return wrong ? 1 : 0;
}
