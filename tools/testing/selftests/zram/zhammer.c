// SPDX-License-Identifier: GPL-2.0
/*
 * zhammer: threads that bother a device from the outside, for a time.
 *
 *   zhammer [-t MS] [-p MS] [-F] WHAT...
 *     r:FILE		read the file over and over
 *     a:DIR		read every regular file of the directory
 *     o:FILE		open and close; what is read is thrown away
 *     w:FILE=A,B,...	write the values in turn
 *     -t	how long (default 2000)
 *     -p	pause between two rounds of a thread (default 0)
 *     -F	allocations of the threads may fail (fault.h)
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "fault.h"

#define MAX_ERRNO 134

struct job {
	char kind;
	const char *name;	/* as given */
	char *path;
	char *values[16];
	int nr_values;
	unsigned long rounds, errors[MAX_ERRNO];
	double max_ms;
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

static void read_one(struct job *j, const char *path)
{
	double start = now_ms();
	char buf[4096];
	int err = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	account(j, start, err);
}

static void read_dir(struct job *j)
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
		    (st.st_mode & 0400))
			read_one(j, path);
	}
	closedir(d);
}

static void write_one(struct job *j)
{
	const char *v = j->values[j->rounds % j->nr_values];
	double start = now_ms();
	int err = 0, fd = open(j->path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, v, strlen(v)) < 0)
		err = errno;
	if (fd >= 0)
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
			read_dir(j);
		else if (j->kind == 'w')
			write_one(j);
		else
			read_one(j, j->path);
		if (pause_ms)
			usleep(pause_ms * 1000);
	}
	return NULL;
}

static void parse_job(struct job *j, const char *arg)
{
	char *p, *v;

	j->kind = arg[0];
	j->name = arg;
	if (!strchr("raow", arg[0]) || arg[1] != ':')
		exit(3);
	j->path = strdup(arg + 2);
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

int main(int argc, char **argv)
{
	struct job *jobs = calloc(argc, sizeof(*jobs));
	int c, ms = 2000, n = 0;

	while ((c = getopt(argc, argv, "t:p:F")) != -1) {
		if (c == 't')
			ms = atoi(optarg);
		else if (c == 'p')
			pause_ms = atoi(optarg);
		else if (c == 'F')
			faults = 1;
		else
			return 3;
	}
	for (; optind < argc; optind++)
		parse_job(&jobs[n++], argv[optind]);
	for (int i = 0; i < n; i++)
		pthread_create(&jobs[i].thread, NULL, run, &jobs[i]);
	usleep(ms * 1000);
	stop = 1;
	for (int i = 0; i < n; i++) {
		pthread_join(jobs[i].thread, NULL);
		print_job(&jobs[i]);
	}
	return 0;
}
