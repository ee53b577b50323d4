// SPDX-License-Identifier: GPL-2.0
/*
 * ztry: one open, one write or read, and the name of what came back.
 *
 *   ztry FILE VALUE	write VALUE (no newline added): prints 0 or an errno
 *			name; a short write prints SHORT
 *   ztry -n FILE N	write N times the letter 'a'
 *   ztry -r FILE	read: prints 0 or an errno name
 *   ztry -o FILE	open read-write and close
 *   ztry -e FILE	the same with O_EXCL: has nobody claimed the disk?
 *   ztry -t FILE VALUE	as the first, then the time taken in ms
 *   ztry -h FILE	open read-only and hold until killed
 *   ztry -x FILE	open read-write O_EXCL and hold until killed
 *   ztry -d LOOP 0|1	direct I/O of a loop device off or on
 *   ztry -s FILE VALUE	as the first, with handlers: SIGUSR1 restarts the write,
 *			SIGUSR2 interrupts it
 *   ztry -p FILE VALUE	as the first, with a signal every 2 ms that restarts the write
 *   ztry -i FILE VALUE MS	interrupt the write by a signal without SA_RESTART after MS,
 *			then write again without signals: prints the result of that
 *   ztry -j FILE VALUE MS	the same, but the handler has SA_RESTART and leaves the
 *			first write by siglongjmp()
 *   ztry -w FILE MS OTHER	read FILE, then wait for at most MS until the kernel
 *			notifies its pollers: prints 0 or TIMEOUT, then the first line
 *			of OTHER
 *
 * A shell's echo hides the error number; these tests are about it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *name(int err)
{
	return err ? strerrorname_np(err) : "0";
}

static const char *try_write(const char *file, const char *val, size_t len)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return name(errno);
	n = write(fd, val, len);
	if (n < 0)
		return name(errno);
	return (size_t)n == len ? "0" : "SHORT";
}

static const char *try_read(const char *file)
{
	char buf[4096];
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
		return name(errno);
	return "0";
}

static const char *try_open(const char *file, int flags)
{
	return open(file, O_RDWR | O_CLOEXEC | flags) < 0 ? name(errno) : "0";
}

static const char *direct_io(const char *loop, unsigned long on)
{
	int fd = open(loop, O_RDWR | O_CLOEXEC);

	return fd < 0 || ioctl(fd, LOOP_SET_DIRECT_IO, on) ? name(errno) : "0";
}

static void nothing(int sig)
{
	(void)sig;
}

static const char *try_handling(const char *file, const char *val)
{
	struct sigaction sa = { .sa_handler = nothing };

	sigaction(SIGUSR2, &sa, NULL);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &sa, NULL);
	return try_write(file, val, strlen(val));
}

/* A signal every MS */
static const char *try_periodic(const char *file, const char *val, int flags,
				unsigned int ms)
{
	struct sigaction sa = { .sa_handler = nothing, .sa_flags = flags };
	struct itimerval timer = {
		.it_value.tv_usec = ms * 1000,
		.it_interval.tv_usec = ms * 1000,
	};
	const char *r;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	r = try_write(file, val, strlen(val));
	timer = (struct itimerval){};
	setitimer(ITIMER_REAL, &timer, NULL);
	return r;
}

static const char *try_again(const char *file, const char *val, unsigned int ms)
{
	const char *r = try_periodic(file, val, 0, ms);

	return strcmp(r, "EINTR") ? "not interrupted" :
		try_write(file, val, strlen(val));
}

static sigjmp_buf before_write;

static void jump(int sig)
{
	siglongjmp(before_write, sig);
}

/* From another place of the stack */
static __attribute__((noinline)) const char *try_deeper(const char *file, const char *val)
{
	volatile char deeper[4096] = "";
	const char *r = try_write(file, val, strlen(val));

	return deeper[0] ? NULL : r;
}

static const char *try_jump(const char *file, const char *val, unsigned int ms)
{
	struct sigaction sa = { .sa_handler = jump, .sa_flags = SA_RESTART };
	struct itimerval timer = { .it_value.tv_usec = ms * 1000 };

	sigaction(SIGALRM, &sa, NULL);
	if (sigsetjmp(before_write, 1))
		return try_deeper(file, val);
	setitimer(ITIMER_REAL, &timer, NULL);
	try_write(file, val, strlen(val));
	return "not interrupted";
}

static const char *first_line(const char *file)
{
	static char line[4096];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (n < 0)
		return name(errno);
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static const char *try_wait(const char *file, int ms)
{
	struct pollfd pfd = { .events = POLLPRI };
	char buf[4096];
	int n;

	pfd.fd = open(file, O_RDONLY | O_CLOEXEC);
	if (pfd.fd < 0 || read(pfd.fd, buf, sizeof(buf)) < 0)
		return name(errno);
	n = poll(&pfd, 1, ms);
	return n < 0 ? name(errno) : n ? "0" : "TIMEOUT";
}

static int hold(const char *file, int flags)
{
	if (open(file, flags) < 0) {
		puts(name(errno));
		return 1;
	}
	puts("open");
	fflush(stdout);
	for (;;)
		pause();
}

static const char *try_long(const char *file, size_t len)
{
	char *buf = malloc(len);

	memset(buf, 'a', len);
	return try_write(file, buf, len);
}

int main(int argc, char **argv)
{
	struct timespec a, b;
	const char *r;

	if (argc == 3 && !strcmp(argv[1], "-r")) {
		puts(try_read(argv[2]));
	} else if (argc == 3 && !strcmp(argv[1], "-o")) {
		puts(try_open(argv[2], 0));
	} else if (argc == 3 && !strcmp(argv[1], "-e")) {
		puts(try_open(argv[2], O_EXCL));
	} else if (argc == 3 && !strcmp(argv[1], "-h")) {
		return hold(argv[2], O_RDONLY);
	} else if (argc == 3 && !strcmp(argv[1], "-x")) {
		return hold(argv[2], O_RDWR | O_EXCL);
	} else if (argc == 4 && !strcmp(argv[1], "-n")) {
		puts(try_long(argv[2], strtoul(argv[3], NULL, 0)));
	} else if (argc == 4 && !strcmp(argv[1], "-d")) {
		puts(direct_io(argv[2], strtoul(argv[3], NULL, 0)));
	} else if (argc == 4 && !strcmp(argv[1], "-s")) {
		puts(try_handling(argv[2], argv[3]));
	} else if (argc == 4 && !strcmp(argv[1], "-p")) {
		puts(try_periodic(argv[2], argv[3], SA_RESTART, 2));
	} else if (argc == 5 && !strcmp(argv[1], "-i")) {
		puts(try_again(argv[2], argv[3], atoi(argv[4])));
	} else if (argc == 5 && !strcmp(argv[1], "-j")) {
		puts(try_jump(argv[2], argv[3], atoi(argv[4])));
	} else if (argc == 5 && !strcmp(argv[1], "-w")) {
		r = try_wait(argv[2], atoi(argv[3]));
		printf("%s %s\n", r, first_line(argv[4]));
	} else if (argc == 4 && !strcmp(argv[1], "-t")) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		r = try_write(argv[2], argv[3], strlen(argv[3]));
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%s %ld\n", r, (b.tv_sec - a.tv_sec) * 1000 +
		       (b.tv_nsec - a.tv_nsec) / 1000000);
	} else if (argc == 3) {
		puts(try_write(argv[1], argv[2], strlen(argv[2])));
	} else {
		fprintf(stderr,
			"usage: ztry [-tnspd] FILE VALUE | -[ij] FILE VALUE MS | -w FILE MS OTHER | -[roehx] FILE\n");
		return 2;
	}
	return 0;
}
