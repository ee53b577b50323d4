// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

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

void memory_lock_all_but(u64 leave_mib)
{
	u64 free = memory_counter("nr_free_pages") * 4096;
	u64 leave = leave_mib << 20;

	if (free <= leave)
		return;
	if (mlock(memory_map(free - leave), free - leave))
		err(2, "mlock of %llu MiB", (free - leave) >> 20);
}
