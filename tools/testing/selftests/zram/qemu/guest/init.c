// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of the test guest.
 *
 * Mounts what the tests expect, runs /guest/session.sh, ships /results and
 * writes the verdict to a port. It is a static program and not a script because
 * PID 1 must outlive an out-of-memory kill, a shell that fails and a test that
 * takes the whole session down: as long as the kernel runs, somebody is left to
 * write "VERDICT fail".
 *
 * The kernel passes unknown "name=value" words of its command line to us as
 * environment: zt_verdict= is the port, zt_results= the one for /results, and
 * zt_mode=probe makes the guest say that it lives and stop. With zt_poweroff= it is
 * switched off then, and not reset.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CONSOLE		"/dev/console"
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct mount_point {
	const char *source;
	const char *target;
	const char *type;
	const char *options;
};

static const struct mount_point mount_points[] = {
	{ "proc", "/proc", "proc", "" },
	{ "sysfs", "/sys", "sysfs", "" },
	{ "devtmpfs", "/dev", "devtmpfs", "" },
	{ "tmpfs", "/tmp", "tmpfs", "mode=1777" },
	{ "tmpfs", "/dev/shm", "tmpfs", "mode=1777" },
	{ "debugfs", "/sys/kernel/debug", "debugfs", "" },
	{ "tracefs", "/sys/kernel/tracing", "tracefs", "" },
};

/* A file system the kernel does not have is for the test that wants it. */
static void mount_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mount_points); i++) {
		const struct mount_point *mp = &mount_points[i];

		mkdir(mp->target, 0755);
		mount(mp->source, mp->target, mp->type, 0, mp->options);
	}
}

static void use_console(void)
{
	int fd = open(CONSOLE, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Raw, so that the host sees the bytes written and no carriage returns. */
static int open_port(const char *path)
{
	struct termios tio;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return fd;
	if (!tcgetattr(fd, &tio)) {
		cfmakeraw(&tio);
		cfsetspeed(&tio, B115200);
		tcsetattr(fd, TCSANOW, &tio);
	}
	return fd;
}

static void report(int port, const char *line)
{
	if (write(port, line, strlen(line)) < 0)
		perror("init: verdict port");
}

/* Run a program, reaping orphans meanwhile. Returns its wait status. */
static int run(const char *program)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		setsid();
		execl(program, program, (char *)NULL);
		perror(program);
		_exit(127);
	}
	if (pid < 0)
		return -1;
	for (;;) {
		pid_t done = wait(&status);

		if (done == pid)
			return status;
		if (done < 0 && errno != EINTR)
			return -1;
	}
}

/*
 * The emulator runs with -no-reboot, so a reset ends it. Unlike power-off a
 * reset needs no ACPI in the kernel. User Mode Linux starts again after a reset.
 */
static void stop(int port)
{
	/* No sync: nothing on the disks is kept, and one may hang. */
	if (port >= 0)
		tcdrain(port);
	reboot(getenv("zt_poweroff") ? RB_POWER_OFF : RB_AUTOBOOT);
	for (;;)
		pause();
}

int main(void)
{
	const char *mode = getenv("zt_mode"), *verdict = getenv("zt_verdict");
	int port, status;

	if (getpid() != 1) {
		fprintf(stderr, "this is the init of a test guest\n");
		return 1;
	}
	mount_all();
	use_console();
	reboot(RB_DISABLE_CAD);
	setenv("PATH", "/usr/sbin:/usr/bin", 1);
	setenv("HOME", "/", 1);

	port = verdict ? open_port(verdict) : -1;
	if (port < 0)
		perror("init: zt_verdict=");
	report(port, "# init started\n");
	if (mode && !strcmp(mode, "probe"))
		stop(port);

	status = run("/guest/session.sh");
	if (run("/guest/ship.sh")) {
		report(port, "# results could not be sent\n");
		status = -1;
	}
	report(port, status ? "VERDICT fail\n" : "VERDICT pass\n");
	stop(port);
}
