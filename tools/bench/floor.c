// SPDX-License-Identifier: GPL-2.0
/*
 * floor: what the device itself needs for the same bytes, written in one
 * sequence of 1 MiB O_DIRECT writes with nothing else in the way.
 *
 *   floor MIB PATH                        prints floor_s
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "data.h"
#include "util.h"

#define CHUNK (1024 * 1024)

int main(int argc, char **argv)
{
	char *buf = alloc_aligned(CHUNK);
	u64 mib, start;
	int fd;

	if (argc != 3)
		errx(2, "usage: floor MIB PATH");
	mib = parse_number(argv[1]);
	fd = open(argv[2], O_WRONLY | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[2]);
	data_pages(data_class("incompressible"), 1, 0, buf, CHUNK);
	start = now_ns();
	for (u64 i = 0; i < mib; i++)
		if (pwrite(fd, buf, CHUNK, i * CHUNK) != CHUNK)
			err(1, "%s at MiB %llu", argv[2], i);
	printf("floor_s %.6f\n", (now_ns() - start) / 1e9);
	return 0;
}
