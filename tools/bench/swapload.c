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

#include "data.h"
#include "memory.h"
#include "util.h"

struct load {
	int class;
	u64 seed;
	u64 pages;
	char *mem;
};

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
	load.mem = memory_map(bytes);
	memory_lock_all_but(parse_number(argv[4]));
	out = memory_counter("pswpout");
	in = memory_counter("pswpin");

	seconds = fill(&load);
	printf("swapfill_s %.3f\nswapfill_mbs %.1f\n", seconds,
	       bytes / 1e6 / seconds);
	seconds = verify(&load, &wrong);
	printf("swapverify_s %.3f\nswapverify_mbs %.1f\n", seconds,
	       bytes / 1e6 / seconds);
	printf("swapped_out %llu\n", memory_counter("pswpout") - out);
	printf("swapped_in %llu\n", memory_counter("pswpin") - in);
	printf("mismatches %llu\n", wrong);
	return wrong ? 1 : 0;
}
