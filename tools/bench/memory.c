// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "util.h"

u64 memory_counter(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	u64 value, found = 0;
	char key[64];

	if (!file)
		err(2, "/proc/vmstat");
	while (fscanf(file, "%63s %llu", key, &value) == 2)
		if (!strcmp(key, name))
			found = value;
	fclose(file);
	return found;
}

void *memory_map(u64 bytes)
{
	void *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED)
		err(2, "mmap of %llu bytes", bytes);
	madvise(mem, bytes, MADV_NOHUGEPAGE);
	return mem;
}

void *memory_map_folios(u64 bytes, u64 folio)
{
	char *mem = memory_map(bytes + folio);

	if (folio == DATA_PAGE)
		return mem;
	mem += -(size_t)mem % folio;
	if (madvise(mem, bytes, MADV_HUGEPAGE))
		err(2, "MADV_HUGEPAGE");
	return mem;
}

void memory_pagemap(const void *mem, u64 nr, u64 *entry)
{
	size_t bytes = nr * sizeof(*entry);
	off_t at = (size_t)mem / DATA_PAGE * sizeof(*entry);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	ssize_t got;

	for (char *to = (char *)entry; bytes; bytes -= got, to += got, at += got) {
		got = pread(fd, to, bytes, at);
		if (got <= 0)
			err(2, "/proc/self/pagemap");
	}
	close(fd);
}

u64 memory_page_out(void *mem, u64 nr, u64 *entry)
{
	u64 left = nr;

	/* Those in the lists of other CPUs are not found at once */
	for (int i = 0; left && i < 20; i++) {
		if (i)
			usleep(20000);
		if (madvise(mem, nr * DATA_PAGE, MADV_PAGEOUT))
			err(2, "MADV_PAGEOUT");
		memory_pagemap(mem, nr, entry);
		left = 0;
		for (u64 p = 0; p < nr; p++)
			left += !(entry[p] & MEMORY_SWAPPED);
	}
	return left;
}

static void *locked;
static u64 locked_bytes;

void memory_lock_all_but(u64 leave_mib)
{
	u64 free = memory_counter("nr_free_pages") * 4096;
	u64 leave = leave_mib << 20;

	if (free <= leave)
		return;
	locked_bytes = free - leave;
	locked = memory_map(locked_bytes);
	if (mlock(locked, locked_bytes))
		err(2, "mlock of %llu MiB", locked_bytes >> 20);
}

void memory_unlock(void)
{
	if (locked)
		munmap(locked, locked_bytes);
	locked = NULL;
}
