// SPDX-License-Identifier: GPL-2.0
/*
 * content: write generated pages to a device or file, verify them later.
 *
 *   content fill   CLASS SEED MIB PATH    prints fill_s, and ratio on a zram
 *   content verify CLASS SEED MIB PATH    prints verify_s, mismatches
 *   content sizes  CLASS SEED PAGES PATH  compressed sizes on a zram
 *
 * Times are those of the system calls alone, not of making the data. Exit
 * status 1 is a mismatch or a failed transfer, 2 a wrong call.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "data.h"
#include "util.h"

#define CHUNK (1024 * 1024)

struct job {
	int class;
	u64 seed;
	u64 bytes;
	const char *path;
	int fd;
};

/* The second column of mm_stat, or 0 where the target is not a zram. */
static u64 compressed_bytes(int fd)
{
	char path[64];
	u64 bytes = 0;
	struct stat st;
	FILE *file;

	if (fstat(fd, &st) || !S_ISBLK(st.st_mode))
		return 0;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/mm_stat",
		 major(st.st_rdev), minor(st.st_rdev));
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*u %llu", &bytes) != 1)
		bytes = 0;
	fclose(file);
	return bytes;
}

static void transfer(const struct job *job, bool write, void *buf,
		     size_t bytes, u64 at)
{
	ssize_t done;

	if (write)
		done = pwrite(job->fd, buf, bytes, at);
	else
		done = pread(job->fd, buf, bytes, at);
	if (done < 0)
		err(1, "%s at %llu", job->path, at);
	if ((size_t)done != bytes)
		errx(1, "%s at %llu: too few bytes", job->path, at);
}

static size_t chunk_bytes(const struct job *job, u64 at)
{
	return job->bytes - at < CHUNK ? job->bytes - at : CHUNK;
}

static int fill(const struct job *job)
{
	char *buf = alloc_aligned(CHUNK);
	u64 spent = 0, before = compressed_bytes(job->fd), after;

	for (u64 at = 0; at < job->bytes; at += CHUNK) {
		size_t bytes = chunk_bytes(job, at);
		u64 start;

		data_pages(job->class, job->seed, at / DATA_PAGE, buf, bytes);
		start = now_ns();
		transfer(job, true, buf, bytes, at);
		spent += now_ns() - start;
	}
	after = compressed_bytes(job->fd);
	printf("fill_s %.4f\n", spent / 1e9);
	printf("fill_mbs %.1f\n", job->bytes * 1e3 / spent);
	if (after > before)
		printf("ratio %.3f\n", (double)job->bytes / (after - before));
	return 0;
}

static u64 count_wrong(const char *got, const char *want, size_t bytes,
		       u64 first)
{
	u64 wrong = 0;

	if (!memcmp(got, want, bytes))
		return 0;
	for (size_t at = 0; at < bytes; at += DATA_PAGE) {
		if (!memcmp(got + at, want + at, DATA_PAGE))
			continue;
		if (!wrong++)
			warnx("wrong data in page %llu",
			      first + at / DATA_PAGE);
	}
	return wrong;
}

static int verify(const struct job *job)
{
	char *got = alloc_aligned(CHUNK), *want = alloc_aligned(CHUNK);
	u64 spent = 0, wrong = 0;

	for (u64 at = 0; at < job->bytes; at += CHUNK) {
		size_t bytes = chunk_bytes(job, at);
		u64 first = at / DATA_PAGE, start;

		memset(got, 0x5a, bytes);
		start = now_ns();
		transfer(job, false, got, bytes, at);
		spent += now_ns() - start;
		data_pages(job->class, job->seed, first, want, bytes);
		wrong += count_wrong(got, want, bytes, first);
	}
	printf("verify_s %.4f\n", spent / 1e9);
	printf("verify_mbs %.1f\n", job->bytes * 1e3 / spent);
	printf("mismatches %llu\n", wrong);
	return wrong ? 1 : 0;
}

static int sizes(const struct job *job)
{
	static const unsigned int percent[] = { 0, 5, 25, 50, 75, 95, 100 };
	char *page = alloc_aligned(DATA_PAGE);
	struct samples s = { 0 };

	for (u64 at = 0; at < job->bytes; at += DATA_PAGE) {
		u64 before = compressed_bytes(job->fd);

		data_page(job->class, job->seed, at / DATA_PAGE, page);
		transfer(job, true, page, DATA_PAGE, at);
		samples_add(&s, compressed_bytes(job->fd) - before);
	}
	samples_sort(&s);
	for (size_t i = 0; i < ARRAY_SIZE(percent); i++)
		printf("size_p%u %.0f\n", percent[i],
		       samples_us(&s, percent[i]) * 1e3);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const struct job *job);
	u64 unit;
	int flags;
} modes[] = {
	{ "fill", fill, CHUNK, O_WRONLY | O_DIRECT },
	{ "verify", verify, CHUNK, O_RDONLY | O_DIRECT },
	{ "sizes", sizes, DATA_PAGE, O_WRONLY | O_DIRECT },
};

int main(int argc, char **argv)
{
	struct job job;

	if (argc != 6)
		errx(2, "usage: content fill|verify|sizes CLASS SEED N PATH");
	job.class = data_class(argv[2]);
	if (job.class < 0)
		errx(2, "no class %s", argv[2]);
	job.seed = parse_number(argv[3]);
	job.path = argv[5];
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name))
			continue;
		job.bytes = parse_number(argv[4]) * modes[i].unit;
		job.fd = open(job.path, modes[i].flags);
		if (job.fd < 0)
			err(1, "%s", job.path);
		return modes[i].run(&job);
	}
	errx(2, "no mode %s", argv[1]);
}
