// SPDX-License-Identifier: GPL-2.0
/*
 * runtest NUMBER NAME SECONDS COMMAND [ARGUMENT]...
 *
 * Runs one test in its own session and turns it into one KTAP result with the
 * test's own output indented below it. The result is "ok" only if the command
 * exits 0, prints no "not ok" and runs as many cases as it planned; exit
 * status 4 is a skip. After SECONDS (0: never) the whole process group is
 * killed. Output goes to the console and to the port $zt_verdict; a silent test
 * gets a line now and then, so that the host can tell slow from dead.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KSFT_SKIP	4
#define HEARTBEAT	10	/* seconds */
#define GRACE		5	/* seconds between SIGTERM and SIGKILL */

struct test {
	const char *number;
	const char *name;
	int limit;		/* seconds, 0 for none */
	pid_t pid;
	int pipe;
	double started;
	double last_line;
	char line[4096];
	size_t length;
	char skip_reason[256];
	int planned;		/* cases, -1 while there is no plan */
	int seen;
	int failed;
	char complaint[256];	/* of the shell, the first one */
	bool timed_out;
	bool stuck;
};

static int port = -1;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void put(const char *text, size_t length)
{
	/* A port that fails leaves no verdict; the host notices that. */
	if (port >= 0 && write(port, text, length) < 0)
		port = -1;
	if (write(STDOUT_FILENO, text, length) < 0)
		return;
}

static void say(const char *format, ...)
{
	char text[sizeof(((struct test *)0)->line) + 64];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text))
		length = sizeof(text) - 1;
	put(text, length);
}

/* A directive is "# SKIP" behind a result or plan; its text is the reason. */
static void note_skip(struct test *test, const char *line)
{
	const char *reason = strstr(line, "# SKIP");

	if (!reason)
		reason = strstr(line, "SKIP:");
	if (!reason)
		return;
	reason = strchr(reason, 'P') + 1;
	reason += strspn(reason, ": ");
	snprintf(test->skip_reason, sizeof(test->skip_reason), "%s", reason);
}

/*
 * "./test_x.sh: line 7: can't open ...": a step that did not run, in a script that
 * goes on all the same. A number behind it is that of a job which was killed.
 */
static bool is_complaint(const char *line)
{
	const char *place = strstr(line, ".sh: line ");
	char next;

	return place && sscanf(place, ".sh: line %*d: %c", &next) == 1 &&
	       !isdigit((unsigned char)next);
}

static void note_line(struct test *test, const char *line)
{
	int planned;

	if (!test->complaint[0] && is_complaint(line))
		snprintf(test->complaint, sizeof(test->complaint), "%.255s",
			 line);
	if (!strncmp(line, "not ok ", 7)) {
		test->seen++;
		test->failed++;
	} else if (!strncmp(line, "ok ", 3)) {
		test->seen++;
	} else if (sscanf(line, "1..%d", &planned) == 1) {
		test->planned = planned;
	}
	note_skip(test, line);
}

static void flush_line(struct test *test)
{
	test->line[test->length] = '\0';
	note_line(test, test->line);
	say("  %s\n", test->line);
	test->length = 0;
	test->last_line = now();
}

static void take_output(struct test *test, const char *data, ssize_t length)
{
	ssize_t i;

	for (i = 0; i < length; i++) {
		if (data[i] == '\n') {
			flush_line(test);
			continue;
		}
		if (data[i] == '\r')
			continue;
		test->line[test->length++] = data[i];
		if (test->length == sizeof(test->line) - 1)
			flush_line(test);
	}
}

/* Returns false once there is nothing to read for the time given. */
static bool read_some(struct test *test, int milliseconds)
{
	struct pollfd pfd = { .fd = test->pipe, .events = POLLIN };
	char data[4096];
	ssize_t length;

	if (test->pipe < 0) {
		poll(NULL, 0, milliseconds);
		return false;
	}
	if (poll(&pfd, 1, milliseconds) <= 0)
		return false;
	length = read(test->pipe, data, sizeof(data));
	if (length <= 0) {
		close(test->pipe);
		test->pipe = -1;
		return false;
	}
	take_output(test, data, length);
	return true;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* Where does everybody run or wait? The answer goes to the console log. */
static void ask_where(void)
{
	static const char * const questions[] = { "l", "w", "m" };

	for (int i = 0; i < 3; i++)
		write_file("/proc/sysrq-trigger", questions[i]);
}

static void start(struct test *test, char **command)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC)) {
		perror("pipe");
		exit(1);
	}
	test->started = now();
	test->last_line = test->started;
	test->pid = fork();
	if (!test->pid) {
		setsid();
		/* The session is protected from the OOM killer, tests not. */
		write_file("/proc/self/oom_score_adj", "0");
		dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	close(fds[1]);
	test->pipe = fds[0];
}

static bool reaped(struct test *test, int *status)
{
	return waitpid(test->pid, status, WNOHANG) == test->pid;
}

/* Returns false if the test outlives SIGKILL: it hangs in the kernel. */
static bool kill_test(struct test *test, int *status)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	double end;
	int i;

	ask_where();
	for (i = 0; i < 2; i++) {
		kill(-test->pid, signals[i]);
		for (end = now() + GRACE; now() < end;) {
			read_some(test, 100);
			if (reaped(test, status))
				return true;
		}
	}
	return false;
}

/* Returns the wait status, or -1 if the test could not be ended. */
static int watch(struct test *test)
{
	double silent, spent;
	int status;

	while (!reaped(test, &status)) {
		if (read_some(test, 200))
			continue;
		spent = now() - test->started;
		silent = now() - test->last_line;
		if (test->limit && spent > test->limit) {
			test->timed_out = true;
			test->stuck = !kill_test(test, &status);
			return test->stuck ? -1 : status;
		}
		if (silent > HEARTBEAT) {
			say("# %s: %.0f s\n", test->name, spent);
			test->last_line = now();
		}
	}
	return status;
}

/*
 * Nothing a test started goes on after it. What does not even heed SIGKILL
 * hangs in the kernel: a failure, whatever the test itself says.
 */
static void end_group(struct test *test)
{
	double end = now() + GRACE;

	while (!kill(-test->pid, SIGKILL)) {
		if (now() > end) {
			ask_where();
			test->stuck = true;
			return;
		}
		poll(NULL, 0, 20);
	}
}

static int fail(const struct test *test, const char *why, int detail)
{
	say("# %s: %s (%d)\n", test->name, why, detail);
	say("not ok %s - %s\n", test->number, test->name);
	return 1;
}

static int result(const struct test *test, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	say("# %s took %.1f s\n", test->name, now() - test->started);
	if (test->stuck)
		return fail(test, "hangs in the kernel, see the console log, s",
			    now() - test->started);
	if (test->timed_out)
		return fail(test, "timed out, seconds", test->limit);
	if (WIFSIGNALED(status))
		return fail(test, "killed by signal", WTERMSIG(status));
	if (code && code != KSFT_SKIP)
		return fail(test, "exit status", code);
	if (test->failed)
		return fail(test, "exits with success, cases failed",
			    test->failed);
	if (test->complaint[0]) {
		say("# %s\n", test->complaint);
		return fail(test, "the shell complains about it, exit status",
			    code);
	}
	if (code == KSFT_SKIP) {
		say("ok %s - %s # SKIP %s\n", test->number, test->name,
		    test->skip_reason[0] ? test->skip_reason : "no reason");
		return 0;
	}
	if (test->planned >= 0 && test->planned != test->seen)
		return fail(test, "did not run all cases of its plan",
			    test->seen);
	say("ok %s - %s\n", test->number, test->name);
	return 0;
}

int main(int argc, char **argv)
{
	struct test test = { .planned = -1 };
	int status;

	if (argc < 5) {
		fprintf(stderr, "usage: runtest NUMBER NAME SECONDS COMMAND...\n");
		return 2;
	}
	test.number = argv[1];
	test.name = argv[2];
	test.limit = atoi(argv[3]);
	port = open(getenv("zt_verdict") ?: "/dev/null",
		    O_WRONLY | O_NOCTTY | O_CLOEXEC);

	say("# running %s %s\n", test.number, test.name);
	start(&test, argv + 4);
	status = watch(&test);
	/* What the test left in the pipe; not what daemons add later. */
	while (read_some(&test, 0))
		;
	if (test.length)
		flush_line(&test);
	end_group(&test);
	return result(&test, status);
}
