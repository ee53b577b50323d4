// SPDX-License-Identifier: GPL-2.0
/*
 * zcycle: devices come and go while others look at them.
 *
 *   zcycle [-n ROUNDS] [-j WORKERS] [-l LOOKERS] [-s DISKSIZE] [-a ALGORITHM]
 *
 * A round: read hot_add, set disksize, (two of three times) write pages and
 * verify them, (every other time) reset and check initstate, hot_remove.
 * Lookers open the device nodes and read all attributes of zram0..zram15
 * meanwhile. EBUSY from reset and hot_remove is the lookers' doing and tried
 * again; every other error, and wrong data, ends the program.
 * Prints "rounds=N busy=N opens=N reads=N"; exit status 0 or 1.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pattern.h"

#define CONTROL "/sys/class/zram-control/"

static atomic_long todo = 1000;
static atomic_ulong rounds, busy, opens, reads;
static atomic_int stop, failed;
static const char *disksize = "8M", *algorithm;

static void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	failed = 1;
}

static int store(const char *path, const char *val)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, val, strlen(val)) < 0)
		err = errno;
	close(fd);
	return err;
}

static int store_patiently(const char *path, const char *val)
{
	for (int i = 0; i < 20000; i++) {
		int err = store(path, val);

		if (err != EBUSY)
			return err;
		busy++;
		usleep(500);
	}
	return EBUSY;
}

static int read_text(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, buf, len - 1);
	close(fd);
	if (n < 0)
		return errno;
	buf[n] = 0;
	return 0;
}

static int use_device(const char *dev, uint32_t gen)
{
	char *buf = aligned_alloc(ZP_PAGE, 16 * ZP_PAGE);
	char want[ZP_PAGE];
	int fd = -1, err = 0;

	for (int i = 0; i < 20000 && fd < 0; i++) {
		fd = open(dev, O_RDWR | O_DIRECT | O_CLOEXEC);
		if (fd < 0)
			usleep(1000);	/* devtmpfs makes the node later */
	}
	if (fd < 0) {
		free(buf);
		return errno;
	}
	for (int i = 0; i < 16; i++)
		zp_make(buf + i * ZP_PAGE, i, gen, 3, ZP_CYCLE);
	if (pwrite(fd, buf, 16 * ZP_PAGE, 0) != 16 * ZP_PAGE ||
	    pread(fd, buf, 16 * ZP_PAGE, 0) != 16 * ZP_PAGE)
		err = errno ? errno : EIO;
	for (int i = 0; i < 16 && !err; i++) {
		zp_make(want, i, gen, 3, ZP_CYCLE);
		if (memcmp(buf + i * ZP_PAGE, want, ZP_PAGE)) {
			zp_report(dev, i, gen, buf + i * ZP_PAGE, want);
			err = EILSEQ;
		}
	}
	close(fd);
	free(buf);
	return err;
}

static int one_round(long nr)
{
	char path[128], sys[64], dev[32], text[64], id[16];
	int err = read_text(CONTROL "hot_add", id, sizeof(id));

	if (err)
		return fail("hot_add: %s\n", strerrorname_np(err)), -1;
	id[strcspn(id, "\n")] = 0;
	snprintf(sys, sizeof(sys), "/sys/block/zram%s", id);
	snprintf(dev, sizeof(dev), "/dev/zram%s", id);
	if (algorithm) {
		snprintf(path, sizeof(path), "%s/comp_algorithm", sys);
		err = store(path, algorithm);
		if (err)
			return fail("%s: %s\n", path, strerrorname_np(err)), -1;
	}
	snprintf(path, sizeof(path), "%s/disksize", sys);
	err = store(path, disksize);
	if (err)
		return fail("%s: %s\n", path, strerrorname_np(err)), -1;
	err = nr % 3 ? use_device(dev, nr + 1) : 0;
	if (err)
		return fail("%s: %s\n", dev, strerrorname_np(err)), -1;
	if (nr % 2) {
		snprintf(path, sizeof(path), "%s/reset", sys);
		err = store_patiently(path, "1");
		if (err)
			return fail("%s: %s\n", path, strerrorname_np(err)), -1;
		snprintf(path, sizeof(path), "%s/initstate", sys);
		if (read_text(path, text, sizeof(text)) || text[0] != '0')
			return fail("%s is not 0 after reset\n", path), -1;
	}
	err = store_patiently(CONTROL "hot_remove", id);
	if (err)
		return fail("hot_remove %s: %s\n", id, strerrorname_np(err)), -1;
	rounds++;
	return 0;
}

static void *worker(void *arg)
{
	long nr;

	(void)arg;
	while (!failed && (nr = --todo) >= 0)
		if (one_round(nr))
			break;
	return NULL;
}

static void look_at(const char *dir)
{
	DIR *d = opendir(dir);
	char path[400], text[4096];
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode) ||
		    !(st.st_mode & 0400))
			continue;
		if (!read_text(path, text, sizeof(text)))
			reads++;
	}
	closedir(d);
}

static void *looker(void *arg)
{
	uint64_t rnd = zp_mix((uintptr_t)arg) | 1;
	char path[64], page[512];

	while (!stop) {
		unsigned int id = zp_next(&rnd) % 16;
		int fd;

		snprintf(path, sizeof(path), "/dev/zram%u", id);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			opens++;
			if (read(fd, page, sizeof(page)) > 0)
				reads++;
			close(fd);
		}
		snprintf(path, sizeof(path), "/sys/block/zram%u", id);
		look_at(path);
		usleep(2000);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int c, workers = 4, lookers = 2;
	pthread_t w[16], l[16];

	while ((c = getopt(argc, argv, "n:j:l:s:a:")) != -1) {
		switch (c) {
		case 'n':
			todo = atol(optarg);
			break;
		case 'j':
			workers = atoi(optarg);
			break;
		case 'l':
			lookers = atoi(optarg);
			break;
		case 's':
			disksize = optarg;
			break;
		case 'a':
			algorithm = optarg;
			break;
		default:
			return 3;
		}
	}
	if (workers < 1 || workers > 15 || lookers < 0 || lookers > 16)
		return 3;
	for (long i = 0; i < lookers; i++)
		pthread_create(&l[i], NULL, looker, (void *)(i + 1));
	for (long i = 0; i < workers; i++)
		pthread_create(&w[i], NULL, worker, NULL);
	for (int i = 0; i < workers; i++)
		pthread_join(w[i], NULL);
	stop = 1;
	for (int i = 0; i < lookers; i++)
		pthread_join(l[i], NULL);
	printf("rounds=%lu busy=%lu opens=%lu reads=%lu\n", rounds, busy, opens,
	       reads);
	return failed ? 1 : 0;
}
