// SPDX-License-Identifier: GPL-2.0
/*
 * zdio: direct I/O from and to buffers that are not page aligned.
 *
 *   zdio PATH FIRST [UID]
 *
 * As user UID if given. For every 512-byte offset of the buffer and several lengths, and for
 * vectors whose segments split pages, pages from FIRST on are written and
 * compared through aligned reads, then read back and compared, with guard
 * bytes around every buffer. One line per failing case on stdout, and last
 * "refused=N": vectors the block layer did not take (EINVAL; older kernels
 * want every segment to be whole logical blocks).
 * Exit status: 0 all right, 1 wrong data, 2 an I/O failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include "pattern.h"

#define MAX_PAGES	17
#define GUARD_PAGES	2
#define GUARD		0x5c

static int fd, failed, broken, refused;
static uint64_t first;
static uint32_t gen;
static char *aligned, *want, *arena;
static size_t arena_len;

static void wrong(const char *what, size_t off, unsigned int pages,
		  const char *detail)
{
	printf("%s: buffer offset %zu, %u pages: %s\n", what, off, pages,
	       detail);
	failed = 1;
}

static void io_error(const char *what, size_t off, unsigned int pages)
{
	printf("%s: buffer offset %zu, %u pages: %s\n", what, off, pages,
	       strerrorname_np(errno));
	broken = 1;
}

static void make_want(unsigned int pages)
{
	gen++;
	for (unsigned int i = 0; i < pages; i++)
		zp_make(want + i * ZP_PAGE, first + i, gen, 7, ZP_CYCLE);
}

static const char *outside(const char *start, size_t len)
{
	for (const char *p = arena; p < arena + arena_len; p++) {
		if (p == start)
			p += len;
		if (*p != GUARD)
			return p < start ? "bytes before the buffer changed" :
				"bytes after the buffer changed";
	}
	return NULL;
}

static void compare(const char *what, size_t off, unsigned int pages,
		    const char *got)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		if (memcmp(got + i * ZP_PAGE, want + i * ZP_PAGE, ZP_PAGE))
			break;
	if (i == pages)
		return;
	wrong(what, off, pages, "wrong data");
	zp_report(what, first + i, gen, got + i * ZP_PAGE, want + i * ZP_PAGE);
}

static int read_aligned(const char *what, size_t off, unsigned int pages)
{
	size_t len = (size_t)pages * ZP_PAGE;

	memset(aligned, 0xee, len);
	if (pread(fd, aligned, len, first * ZP_PAGE) == (ssize_t)len)
		return 0;
	io_error(what, off, pages);
	return -1;
}

static void try_plain(size_t off, unsigned int pages)
{
	char *buf = arena + GUARD_PAGES * ZP_PAGE + off;
	size_t len = (size_t)pages * ZP_PAGE;
	const char *hit;

	make_want(pages);
	memset(arena, GUARD, arena_len);
	memcpy(buf, want, len);
	if (pwrite(fd, buf, len, first * ZP_PAGE) != (ssize_t)len)
		return io_error("write", off, pages);
	if (read_aligned("read after write", off, pages))
		return;
	compare("write", off, pages, aligned);

	/* The medium must be right even where the write above was not. */
	memcpy(aligned, want, len);
	if (pwrite(fd, aligned, len, first * ZP_PAGE) != (ssize_t)len)
		return io_error("aligned write", off, pages);
	memset(arena, GUARD, arena_len);
	if (pread(fd, buf, len, first * ZP_PAGE) != (ssize_t)len)
		return io_error("read", off, pages);
	compare("read", off, pages, buf);
	hit = outside(buf, len);
	if (hit)
		wrong("read", off, pages, hit);
}

/* Splits @len into segments that repeat @cut, each with 512 bytes between. */
static int make_vec(struct iovec *v, size_t len, const size_t *cut, int cuts)
{
	char *p = arena + GUARD_PAGES * ZP_PAGE;
	int n = 0;

	for (; len; n++) {
		size_t l = cut[n % cuts] < len ? cut[n % cuts] : len;

		v[n].iov_base = p;
		v[n].iov_len = l;
		p += l + ZP_SECTOR;
		len -= l;
	}
	return n;
}

static void copy_vec(const struct iovec *v, int n, char *flat, int to_vec)
{
	for (int i = 0; i < n; flat += v[i++].iov_len) {
		if (to_vec)
			memcpy(v[i].iov_base, flat, v[i].iov_len);
		else
			memcpy(flat, v[i].iov_base, v[i].iov_len);
	}
}

static int gaps_intact(const struct iovec *v, int n)
{
	const char *p = arena;

	for (int i = 0; i <= n; i++) {
		const char *end = i < n ? v[i].iov_base : arena + arena_len;

		for (; p < end; p++)
			if (*p != GUARD)
				return 0;
		if (i < n)
			p += v[i].iov_len;
	}
	return 1;
}

static void try_vec(unsigned int pages, const size_t *cut, int cuts)
{
	size_t len = (size_t)pages * ZP_PAGE;
	struct iovec v[MAX_PAGES * ZP_SECTORS];
	int n = make_vec(v, len, cut, cuts);

	make_want(pages);
	memset(arena, GUARD, arena_len);
	copy_vec(v, n, want, 1);
	errno = 0;
	if (pwritev(fd, v, n, first * ZP_PAGE) != (ssize_t)len) {
		if (errno != EINVAL)
			return io_error("writev", cut[0], pages);
		refused++;
		return;
	}
	if (read_aligned("read after writev", cut[0], pages))
		return;
	compare("writev", cut[0], pages, aligned);

	memcpy(aligned, want, len);
	if (pwrite(fd, aligned, len, first * ZP_PAGE) != (ssize_t)len)
		return io_error("aligned write", cut[0], pages);
	memset(arena, GUARD, arena_len);
	if (preadv(fd, v, n, first * ZP_PAGE) != (ssize_t)len)
		return io_error("readv", cut[0], pages);
	copy_vec(v, n, aligned, 0);
	compare("readv", cut[0], pages, aligned);
	if (!gaps_intact(v, n))
		wrong("readv", cut[0], pages, "bytes between segments changed");
}

int main(int argc, char **argv)
{
	static const unsigned int lens[] = { 1, 2, MAX_PAGES };
	static const size_t cuts[][3] = {
		{ 512, 512, 512 }, { 512, 3584, 512 }, { 1024, 2560, 512 },
		{ 3584, 4096, 512 }, { 2048, 6144, 1536 }, { 7680, 512, 1024 },
		{ 4096, 4096, 4096 }, { 8192, 4096, 12288 },
	};

	if (argc < 3 || (argc > 3 && setuid(atoi(argv[3]))))
		return 3;
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0) {
		perror(argv[1]);
		return 3;
	}
	first = strtoull(argv[2], NULL, 0);
	arena_len = (2 * MAX_PAGES + 2 * GUARD_PAGES + 1) * ZP_PAGE;
	arena = aligned_alloc(ZP_PAGE, arena_len);
	aligned = aligned_alloc(ZP_PAGE, MAX_PAGES * ZP_PAGE);
	want = aligned_alloc(ZP_PAGE, MAX_PAGES * ZP_PAGE);
	for (unsigned int l = 0; l < 3; l++)
		for (size_t off = 0; off < ZP_PAGE; off += ZP_SECTOR)
			try_plain(off, lens[l]);
	for (unsigned int l = 0; l < 3; l++)
		for (unsigned int c = 0; c < 8; c++)
			try_vec(lens[l], cuts[c], 3);
	printf("refused=%d\n", refused);
	return failed ? 1 : broken ? 2 : 0;
}
