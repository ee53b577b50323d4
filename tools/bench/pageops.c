// SPDX-License-Identifier: GPL-2.0
/*
 * pageops: what an operation of a page takes, in ns of the guest's clock. Where QEMU
 * counts instructions (ZT_ACCEL=icount), an instruction takes 1 ns.
 *
 *   pageops memory CLASS SEED MIB DEVICE	pages in memory; all of DEVICE is discarded
 *   pageops disk CLASS SEED MIB DEVICE		pages on the backing device; likewise
 *   pageops swap CLASS SEED MIB		swap-out, swap-in and free of swap slots
 *   pageops store ATTRIBUTE TEXT PAGES		a write to an attribute, for each of PAGES
 *
 * Direct I/O of one thread. The figures include the system calls, and are those of the
 * second of two rounds. Exit status 1: wrong data, or a call that failed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "data.h"
#include "memory.h"
#include "util.h"

#define ROUNDS	2
#define KIB	1024

enum op { READ, WRITE, DISCARD };

struct load {
	int class;
	u64 seed;
	u64 bytes;
	int fd;
	char *content;	/* what the device has */
	char *copy;	/* what was read */
	bool last;	/* the round whose figures count */
};

static void *populated(u64 bytes)
{
	char *mem = memory_map(bytes);

	memset(mem, 1, bytes);
	return mem;
}

static void transfer(const struct load *load, enum op op, u64 at, u64 bytes)
{
	u64 range[2] = { at, bytes };
	bool good = false;

	switch (op) {
	case READ:
		good = pread(load->fd, load->copy + at, bytes, at) == (ssize_t)bytes;
		break;
	case WRITE:
		good = pwrite(load->fd, load->content + at, bytes, at) ==
			(ssize_t)bytes;
		break;
	case DISCARD:
		good = !ioctl(load->fd, BLKDISCARD, range);
		break;
	}
	if (!good)
		err(1, "operation %d of %llu bytes at %llu", op, bytes, at);
}

/* All of the device in parts of @kib; an odd factor reaches each of 2^n parts once */
static void all(const struct load *load, const char *name, enum op op, u64 kib,
		bool random)
{
	u64 part = kib * KIB, nr = load->bytes / part;
	u64 start = now_ns();

	for (u64 i = 0; i < nr; i++)
		transfer(load, op, (random ? i * 2654435761U & (nr - 1) : i) * part,
			 part);
	if (load->last && name)
		printf("%lluk_%s_ns %.1f\n", kib, name,
		       (double)(now_ns() - start) * DATA_PAGE / load->bytes);
}

static void compare(const struct load *load)
{
	if (memcmp(load->copy, load->content, load->bytes))
		errx(1, "wrong data");
}

static void memory_round(const struct load *load)
{
	static const u64 sizes[] = { 4, 64, 128, 4096 };

	all(load, "overwrite", WRITE, 4, false);
	all(load, "overwrite", WRITE, 128, false);
	all(load, "read", READ, 4, false);
	all(load, "read_random", READ, 4, true);
	all(load, "read", READ, 128, false);
	compare(load);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		all(load, "discard", DISCARD, sizes[i], false);
		all(load, "discard_empty", DISCARD, sizes[i], false);
		if (!i) {
			all(load, "read_empty", READ, 4, false);
			all(load, "read_empty", READ, 128, false);
		}
		all(load, i < 2 ? "fill" : NULL, WRITE, i ? 128 : 4, false);
	}
	all(load, "discard_random", DISCARD, 4, true);
	all(load, NULL, WRITE, 128, false);
}

static void disk_round(const struct load *load)
{
	all(load, "readback", READ, 128, false);
	all(load, "readback", READ, 4, false);
	all(load, "readback_random", READ, 4, true);
	compare(load);
	if (load->last)
		all(load, "discard", DISCARD, 4096, false);
}

/* Swap out all pages; returns how many that were */
static u64 swap_out(const struct load *load, char *mem, u64 *entry)
{
	u64 nr = load->bytes / DATA_PAGE, out = 0;

	if (madvise(mem, load->bytes, MADV_PAGEOUT))
		err(1, "MADV_PAGEOUT");
	memory_pagemap(mem, nr, entry);
	for (u64 p = 0; p < nr; p++)
		out += !!(entry[p] & MEMORY_SWAPPED);
	if (out < nr * 9 / 10)
		errx(1, "%llu of %llu pages were swapped out", out, nr);
	return out;
}

static void swap_show(const struct load *load, const char *name, u64 start, u64 pages)
{
	if (load->last)
		printf("%s_ns %.1f\n", name, (double)(now_ns() - start) / pages);
}

static void swap_round(const struct load *load)
{
	u64 nr = load->bytes / DATA_PAGE, start, out;
	u64 *entry = populated(nr * sizeof(*entry));
	char *mem = memory_map(load->bytes);

	data_pages(load->class, load->seed, 0, mem, load->bytes);
	start = now_ns();
	if (madvise(mem, load->bytes, MADV_PAGEOUT))
		err(1, "MADV_PAGEOUT");
	swap_show(load, "swapout", start, nr);
	out = swap_out(load, mem, entry);
	start = now_ns();
	for (u64 p = 0; p < nr; p++)
		(void)__atomic_load_n(mem + p * DATA_PAGE, __ATOMIC_RELAXED);
	swap_show(load, "swapin", start, out);
	if (memcmp(mem, load->content, load->bytes))
		errx(1, "wrong data");
	out = swap_out(load, mem, entry);
	start = now_ns();
	munmap(mem, load->bytes);
	swap_show(load, "swapfree", start, out);
	munmap(entry, nr * sizeof(*entry));
}

static void store(const char *attribute, const char *text, u64 pages)
{
	int fd = open(attribute, O_WRONLY);
	u64 start = now_ns();

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(1, "%s", attribute);
	printf("store_ns %.1f\n", (double)(now_ns() - start) / pages);
}

int main(int argc, char **argv)
{
	bool swap = argc == 5 && !strcmp(argv[1], "swap");
	struct load load = { .fd = -1 };

	if (argc == 5 && !strcmp(argv[1], "store")) {
		store(argv[2], argv[3], parse_number(argv[4]));
		return 0;
	}
	if (!swap && argc != 6)
		errx(2, "usage: pageops memory|disk|swap CLASS SEED MIB [DEVICE]");
	load.class = data_class(argv[2]);
	if (load.class < 0)
		errx(2, "no class %s", argv[2]);
	load.seed = parse_number(argv[3]);
	load.bytes = parse_number(argv[4]) << 20;
	load.content = populated(load.bytes);
	load.copy = populated(load.bytes);
	data_pages(load.class, load.seed, 0, load.content, load.bytes);
	if (!swap) {
		load.fd = open(argv[5], O_RDWR | O_DIRECT);
		if (load.fd < 0)
			err(2, "%s", argv[5]);
	}
	if (!strcmp(argv[1], "memory"))
		all(&load, NULL, WRITE, 128, false);
	for (int i = 0; i < ROUNDS; i++) {
		load.last = i == ROUNDS - 1;
		if (swap)
			swap_round(&load);
		else if (!strcmp(argv[1], "memory"))
			memory_round(&load);
		else
			disk_round(&load);
	}
	return 0;
}
