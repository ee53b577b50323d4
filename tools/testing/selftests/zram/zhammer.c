// SPDX-License-Identifier: GPL-2.0
/*
 * zhammer: threads that bother a device from the outside, for a time.
 *
 *   zhammer [-t MS] [-p MS] [-s SEED] [-F] WHAT...
 *     r:FILE		read the file over and over
 *     a:DIR		read every regular file of the directory
 *     o:FILE		open and close; what is read is thrown away
 *     w:FILE=A,B,...	write the values in turn
 *     x:DIR		write nonsense to every file that can be written (needs -s)
 *     -t	how long (default 2000)
 *     -p	pause between two rounds of a thread (default 0)
 *     -s	values in random order, and pauses of up to twice as long; the
 *		same ones for the same SEED
 *     -F	allocations of the threads may fail (fault.h); those of open() do not
 *		count
 *
 * Prints for each: WHAT, rounds, the longest single call in ms, and how many
 * ended with which error ("w:/sys/...=all n=200 max_ms=3 EBUSY=7").
 * Exit status 0: it is for the caller to judge.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "fault.h"
#include "pattern.h"

#define MAX_ERRNO 134

struct job {
	char kind;
	const char *name;	/* as given */
	char *path;
	char *values[16];
	int nr_values;
	unsigned long rounds, errors[MAX_ERRNO];
	double max_ms;
	uint64_t rnd;		/* 0: everything in turn */
	pthread_t thread;
};

static volatile int stop;
static int pause_ms, faults;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void account(struct job *j, double start, int err)
{
	double ms = now_ms() - start;

	if (ms > j->max_ms)
		j->max_ms = ms;
	if (err)
		j->errors[err < MAX_ERRNO ? err : 0]++;
	j->rounds++;
}

/* Returns the file, or -1 after taking account of an error. */
static int open_file(struct job *j, const char *path, int flags)
{
	double start = now_ms();
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 && !(faults && errno == ENOMEM))
		account(j, start, errno);
	return fd;
}

static void read_one(struct job *j, const char *path)
{
	double start = now_ms();
	char buf[4096];
	int err = 0, fd = open_file(j, path, O_RDONLY);

	if (fd < 0)
		return;
	if (read(fd, buf, sizeof(buf)) < 0)
		err = errno;
	close(fd);
	account(j, start, err);
}

/* Words that mean something, in wrong places, and any bytes; returns the length */
static size_t nonsense(uint64_t *rnd, char *buf, size_t max)
{
	static const char * const words[] = {
		"idle", "huge", "huge_idle", "all", "type=", "page_index=",
		"page_indexes=", "algo=", "priority=", "threshold=", "level=",
		"max_pages=", "dict=", "lzo-rle", "zstd", "off", "kswapd", "-",
		"=", " ", "\n", "\"", "0", "1", "4096", "65535", "4294967296",
		"18446744073709551615", "99999999999999999999", "0x10", "4G",
		"/dev/zram0", "/dev/null", "/", ".",
	};
	size_t len = 0, pieces = zp_next(rnd) % 12;

	while (pieces--) {
		const char *word = words[zp_next(rnd) % (sizeof(words) /
							 sizeof(words[0]))];

		if (zp_next(rnd) % 4)
			len += snprintf(buf + len, max - len, "%s", word);
		else
			buf[len++] = zp_next(rnd);
	}
	return len;
}

static void write_nonsense(struct job *j, const char *path)
{
	double start = now_ms();
	char buf[512];
	int err = 0, fd = open_file(j, path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, buf, nonsense(&j->rnd, buf, sizeof(buf))) < 0)
		err = errno;
	close(fd);
	account(j, start, err);
}

/* For each file of a directory whose mode has the bit */
static void each_file(struct job *j, mode_t bit,
		      void (*use)(struct job *, const char *))
{
	DIR *d = opendir(j->path);
	struct dirent *e;
	char path[512];

	if (!d) {
		account(j, now_ms(), errno);
		usleep(1000);
		return;
	}
	while (!stop && (e = readdir(d))) {
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", j->path, e->d_name);
		if (!stat(path, &st) && S_ISREG(st.st_mode) &&
		    (st.st_mode & bit))
			use(j, path);
	}
	closedir(d);
}

static void write_one(struct job *j)
{
	const char *v = j->values[(j->rnd ? zp_next(&j->rnd) : j->rounds) %
				  j->nr_values];
	double start = now_ms();
	int err = 0, fd = open_file(j, j->path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, v, strlen(v)) < 0)
		err = errno;
	close(fd);
	account(j, start, err);
}

static void *run(void *arg)
{
	struct job *j = arg;

	if (faults)
		zt_fault_me();
	while (!stop) {
		if (j->kind == 'a')
			each_file(j, 0400, read_one);
		else if (j->kind == 'x')
			each_file(j, 0200, write_nonsense);
		else if (j->kind == 'w')
			write_one(j);
		else
			read_one(j, j->path);
		if (pause_ms)
			usleep(j->rnd ? (long)(zp_next(&j->rnd) % (pause_ms * 2000)) :
			       pause_ms * 1000);
	}
	return NULL;
}

static void parse_job(struct job *j, const char *arg)
{
	char *p, *v;

	j->kind = arg[0];
	j->name = arg;
	if (!strchr("raowx", arg[0]) || arg[1] != ':')
		exit(3);
	j->path = strdup(arg + 2);
	if (j->kind == 'x' && !j->rnd)
		exit(3);
	if (j->kind != 'w')
		return;
	p = strchr(j->path, '=');
	if (!p)
		exit(3);
	*p++ = 0;
	while ((v = strsep(&p, ",")) && j->nr_values < 16)
		j->values[j->nr_values++] = v;
}

static void print_job(const struct job *j)
{
	printf("%s n=%lu max_ms=%.0f", j->name, j->rounds, j->max_ms);
	for (int e = 0; e < MAX_ERRNO; e++)
		if (j->errors[e])
			printf(" %s=%lu", e ? strerrorname_np(e) : "EOTHER",
			       j->errors[e]);
	putchar('\n');
}

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct job *jobs = calloc(argc, sizeof(*jobs));
	int c, ms = 2000, n = 0, seed = 0;

	while ((c = getopt(argc, argv, "t:p:s:F")) != -1) {
		if (c == 't')
			ms = atoi(optarg);
		else if (c == 'p')
			pause_ms = atoi(optarg);
		else if (c == 's')
			seed = atoi(optarg);
		else if (c == 'F')
			faults = 1;
		else
			return 3;
	}
	for (; optind < argc; optind++) {
		if (seed)
			jobs[n].rnd = zp_mix(seed * 1000ull + n) | 1;
		parse_job(&jobs[n++], argv[optind]);
	}
	signal(SIGTERM, on_term);
	for (int i = 0; i < n; i++)
		pthread_create(&jobs[i].thread, NULL, run, &jobs[i]);
	/* The time is up, or somebody says so (SIGTERM) */
	for (double end = now_ms() + ms; !stop && now_ms() < end;)
		usleep(20000);
	stop = 1;
	for (int i = 0; i < n; i++) {
		pthread_join(jobs[i].thread, NULL);
		print_job(&jobs[i]);
	}
	return 0;
}
