// SPDX-License-Identifier: GPL-2.0
/*
 * timed: write a value to an attribute with one write(2) and tell what it cost.
 *
 *   timed ATTRIBUTE VALUE [DISK]
 *
 * Prints the seconds, the processor time of the caller (sys_s) and of the
 * whole machine in kernel mode (allsys_s), context switches of the caller and,
 * with DISK (vda, nvme0n1), the I/Os and sectors that disk did meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util.h"

struct cost {
	u64 ns;
	u64 allsys;
	struct rusage usage;
	u64 read_ios, read_sectors, write_ios, write_sectors;
};

/* Kernel, interrupt and soft interrupt time of all processors, in ticks. */
static u64 machine_sys(void)
{
	u64 sys = 0, irq = 0, softirq = 0;
	FILE *file = fopen("/proc/stat", "r");

	if (!file)
		err(2, "/proc/stat");
	if (fscanf(file, "cpu %*u %*u %llu %*u %*u %llu %llu",
		   &sys, &irq, &softirq) != 3)
		errx(2, "/proc/stat: unknown form");
	fclose(file);
	return sys + irq + softirq;
}

static void disk_sample(const char *disk, struct cost *cost)
{
	char path[80];
	FILE *file;

	if (!disk)
		return;
	snprintf(path, sizeof(path), "/sys/block/%s/stat", disk);
	file = fopen(path, "r");
	if (!file)
		err(2, "%s", path);
	if (fscanf(file, "%llu %*u %llu %*u %llu %*u %llu",
		   &cost->read_ios, &cost->read_sectors,
		   &cost->write_ios, &cost->write_sectors) != 4)
		errx(2, "%s: unknown form", path);
	fclose(file);
}

static double seconds(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

static void report(const struct cost *a, const struct cost *b, int disk)
{
	printf("seconds %.6f\n", (b->ns - a->ns) / 1e9);
	printf("sys_s %.4f\n", seconds(b->usage.ru_stime) -
	       seconds(a->usage.ru_stime));
	printf("allsys_s %.2f\n", (double)(b->allsys - a->allsys) /
	       sysconf(_SC_CLK_TCK));
	printf("switches %ld\n", b->usage.ru_nvcsw + b->usage.ru_nivcsw -
	       a->usage.ru_nvcsw - a->usage.ru_nivcsw);
	if (!disk)
		return;
	printf("write_ios %llu\n", b->write_ios - a->write_ios);
	printf("write_sectors %llu\n",
	       b->write_sectors - a->write_sectors);
	printf("read_ios %llu\n", b->read_ios - a->read_ios);
	printf("read_sectors %llu\n", b->read_sectors - a->read_sectors);
}

int main(int argc, char **argv)
{
	struct cost before = { 0 }, after = { 0 };
	const char *disk = argc == 4 ? argv[3] : NULL;
	int fd, error = 0;

	if (argc != 3 && argc != 4)
		errx(2, "usage: timed ATTRIBUTE VALUE [DISK]");
	fd = open(argv[1], O_WRONLY);
	if (fd < 0)
		err(1, "%s", argv[1]);
	disk_sample(disk, &before);
	before.allsys = machine_sys();
	getrusage(RUSAGE_SELF, &before.usage);
	before.ns = now_ns();
	if (write(fd, argv[2], strlen(argv[2])) < 0)
		error = errno;
	after.ns = now_ns();
	getrusage(RUSAGE_SELF, &after.usage);
	after.allsys = machine_sys();
	disk_sample(disk, &after);
	report(&before, &after, !!disk);
	if (error)
		errx(1, "%s < %s: %s", argv[1], argv[2], strerror(error));
	return 0;
}
