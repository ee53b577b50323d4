// SPDX-License-Identifier: GPL-2.0
/*
 * Traces: synthetic ones, each from a seed, and recorded ones.
 *
 * A page is 4 KiB. The machine is small, 48 MiB, so that a run takes a second. The
 * program touches a page, for which it computes 50 us, and so on.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiersim.h"

#define RAM_PAGES	12288
#define TOUCH_US	50
#define PER_SECOND	(1000000 / TOUCH_US)

u64 trace_random(u64 *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dULL >> 16;
}

static void trace_add(struct trace *trace, u32 page, u32 gap_us)
{
	u32 number = page & EVENT_PAGE;

	if (trace->nr == trace->room) {
		trace->room = trace->room ? 2 * trace->room : 1 << 20;
		trace->events = realloc(trace->events, trace->room *
					sizeof(*trace->events));
		if (!trace->events) {
			perror("trace");
			exit(1);
		}
	}
	trace->events[trace->nr++] = (struct event){ page, gap_us };
	if (number >= trace->pages)
		trace->pages = number + 1;
}

static void touch(struct trace *trace, u32 page)
{
	trace_add(trace, page, TOUCH_US);
}

static void pause_s(struct trace *trace, u32 seconds)
{
	trace->events[trace->nr - 1].gap_us += seconds * 1000000;
}

/* Touch pages in order */
static void sweep(struct trace *trace, u32 first, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		touch(trace, first + i);
}

static void release(struct trace *trace, u32 first, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		trace_add(trace, (first + i) | EVENT_FREE, 0);
}

/* Touch pages at random, all alike, for some seconds of the program */
static void uniform(struct trace *trace, u64 *seed, u32 first, u32 nr, u32 seconds)
{
	u32 i;

	for (i = 0; i < seconds * PER_SECOND; i++)
		touch(trace, first + trace_random(seed) % nr);
}

/* The same, but the nth is touched in proportion to 1/n; neighbours differ */
static void zipf(struct trace *trace, u64 *seed, u32 first, u32 nr, u32 seconds)
{
	u32 i, rank;

	for (i = 0; i < seconds * PER_SECOND; i++) {
		rank = exp(log(nr) * (trace_random(seed) % 1000003) / 1000003.0);
		touch(trace, first + (u64)rank * 7919 % nr);
	}
}

/* 67 MiB are written once, then 27 MiB are worked on; a fifth of the 67 comes back */
static void make_cold_tail(struct trace *trace, u64 *seed)
{
	sweep(trace, 0, 17000);
	uniform(trace, seed, 17000, 7000, 240);
	sweep(trace, 0, 3400);
	uniform(trace, seed, 17000, 7000, 60);
}

/* The same with a program that computes for 2 us only: nearly all it does is wait */
static void make_stalled(struct trace *trace, u64 *seed)
{
	u32 i;

	sweep(trace, 0, 17000);
	for (i = 0; i < 5 * 1000 * 1000; i++)
		trace_add(trace, 17000 + trace_random(seed) % 7000, 2);
}

/* A hot set of 27 MiB moves by a third of itself every 20 s, through 94 MiB */
static void make_shift(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 16; i++)
		uniform(trace, seed, i * 2300 % 17000, 7000, 20);
}

/* Pages larger than memory, all alike */
static void make_thrash(struct trace *trace, u64 *seed)
{
	uniform(trace, seed, 0, 21000, 240);
}

static void make_zipf(struct trace *trace, u64 *seed)
{
	zipf(trace, seed, 0, 25000, 300);
}

/* A steady set; every minute another takes 35 MiB for ten seconds and frees it */
static void make_bursts(struct trace *trace, u64 *seed)
{
	u32 i;

	sweep(trace, 40000, 6000);
	for (i = 0; i < 6; i++) {
		uniform(trace, seed, 0, 6000, 50);
		sweep(trace, 10000, 9000);
		uniform(trace, seed, 10000, 9000, 10);
		release(trace, 10000, 9000);
	}
}

/* A start touches 78 MiB once; then little happens; then a program needs memory */
static void make_boot(struct trace *trace, u64 *seed)
{
	u32 i;

	sweep(trace, 0, 20000);
	for (i = 0; i < 600; i++) {
		uniform(trace, seed, 0, 1500, 1);
		pause_s(trace, 2);
	}
	uniform(trace, seed, 30000, 8000, 120);
	sweep(trace, 2000, 3000);
}

/* A file of 1.2 GB is read once, beside a working set that fits */
static void make_scan(struct trace *trace, u64 *seed)
{
	u32 i, file = 100000;

	sweep(trace, 50000, 6000);
	for (i = 0; i < 300; i++) {
		uniform(trace, seed, 0, 6000, 1);
		while (++file % 1000)
			trace_add(trace, file | EVENT_FILE, TOUCH_US);
	}
	sweep(trace, 50000, 6000);
}

/* Two programs of 35 MiB by turns, 100 s each */
static void make_phase(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 5; i++)
		uniform(trace, seed, i % 2 * 12000, 9000, 100);
}

/* Mail, work, lunch, work, browsing; the night is sleep; the next day is the same */
static void make_day(struct trace *trace, u64 *seed)
{
	u32 day, i;

	for (day = 0; day < 2; day++) {
		zipf(trace, seed, 0, 6000, 40);
		for (i = 0; i < 3; i++) {
			zipf(trace, seed, 10000, 12000, 60);
			zipf(trace, seed, 0, 6000, 5);
		}
		pause_s(trace, 1800);
		zipf(trace, seed, 10000, 12000, 60);
		zipf(trace, seed, 24000, 8000, 60);
		pause_s(trace, 3600);
	}
}

/* Six programs; the user turns to another now and then, to the first ones more often */
static void make_desktop(struct trace *trace, u64 *seed)
{
	u32 i, app;

	for (i = 0; i < 5; i++)
		sweep(trace, i * 5000, 4500);
	for (i = 0; i < 24; i++) {
		app = trace_random(seed) % 6;
		app = min(app, (u32)(trace_random(seed) % 6));
		zipf(trace, seed, app % 5 * 5000, 4500, 5 + trace_random(seed) % 20);
	}
}

/* Four programs sleep for two minutes each, then touch all their pages in order */
static void make_sleepers(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 16; i++) {
		sweep(trace, 8000 + i % 4 * 4000, 4000);
		uniform(trace, seed, 0, 5000, 30);
	}
}

/* The worst case of an LRU: pages larger than memory, in order, over and over */
static void make_loop(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 300; i++)
		sweep(trace, 0, 16000);
	trace_random(seed);
}

/* A log grows by 200 KiB a second, beside a working set; nothing reads it again */
static void make_write_once(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 300; i++) {
		uniform(trace, seed, 0, 7000, 1);
		sweep(trace, 10000 + i * 50, 50);
	}
}

/*
 * A compiler: a short program for each file, which frees all at its end, beside pages
 * that the build tool keeps; then one that needs more than memory has
 */
static void make_compile(struct trace *trace, u64 *seed)
{
	u32 i, size;

	sweep(trace, 30000, 5000);
	for (i = 0; i < 60; i++) {
		size = 2000 + trace_random(seed) % 7000;
		sweep(trace, 0, size);
		zipf(trace, seed, 0, size, 3);
		release(trace, 0, size);
		zipf(trace, seed, 30000, 5000, 1);
	}
	sweep(trace, 0, 14000);
	zipf(trace, seed, 0, 14000, 40);
}

/* A database: some rows often, others seldom; a report reads all of it now and then */
static void make_database(struct trace *trace, u64 *seed)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		zipf(trace, seed, 0, 20000, 60);
		pause_s(trace, 30);
		zipf(trace, seed, 0, 20000, 20);
		sweep(trace, 0, 20000);
	}
}

/* Twelve tabs; mostly the last ones are looked at; at times one is closed, and opened */
static void make_browser(struct trace *trace, u64 *seed)
{
	u32 i, tab, tabs[12];

	for (i = 0; i < 12; i++) {
		tabs[i] = i;
		sweep(trace, i * 2200, 2000);
	}
	for (i = 0; i < 60; i++) {
		u32 at = exp(log(12.0) * (trace_random(seed) % 1000) / 1000);

		at = min(at - (at > 0), 11U);
		tab = tabs[at];
		memmove(tabs + 1, tabs, at * sizeof(*tabs));
		tabs[0] = tab;
		if (!(trace_random(seed) % 8)) {
			release(trace, tab * 2200, 2000);
			sweep(trace, tab * 2200, 2000);
		}
		zipf(trace, seed, tab * 2200, 2000, 4 + trace_random(seed) % 8);
		pause_s(trace, trace_random(seed) % 20);
	}
}

/* A program leaks 100 KiB a second, and half of the rest is used less and less */
static void make_leak(struct trace *trace, u64 *seed)
{
	u32 i;

	sweep(trace, 0, 9000);
	for (i = 0; i < 400; i++) {
		uniform(trace, seed, 0, 9000 - 4000 * i / 400, 1);
		sweep(trace, 10000 + i * 25, 25);
	}
	sweep(trace, 0, 9000);
}

static const struct {
	const char *name;
	void (*make)(struct trace *trace, u64 *seed);
} makers[] = {
	{ "cold-tail", make_cold_tail },
	{ "stalled", make_stalled },
	{ "shift", make_shift },
	{ "thrash", make_thrash },
	{ "zipf", make_zipf },
	{ "bursts", make_bursts },
	{ "boot", make_boot },
	{ "scan", make_scan },
	{ "phase", make_phase },
	{ "day", make_day },
	{ "desktop", make_desktop },
	{ "sleepers", make_sleepers },
	{ "loop", make_loop },
	{ "write-once", make_write_once },
	{ "compile", make_compile },
	{ "database", make_database },
	{ "browser", make_browser },
	{ "leak", make_leak },
};

/* Find for each event the next one of its page, and its time */
void trace_finish(struct trace *trace)
{
	u32 *last = malloc(trace->pages * sizeof(*last));
	u64 us = 0;
	u32 i;

	trace->next = malloc(trace->nr * sizeof(*trace->next));
	trace->at_ms = malloc(trace->nr * sizeof(*trace->at_ms));
	if (!last || !trace->next || !trace->at_ms) {
		perror("trace");
		exit(1);
	}
	for (i = 0; i < trace->nr; i++) {
		us += trace->events[i].gap_us;
		trace->at_ms[i] = us / 1000;
	}
	memset(last, 0xff, trace->pages * sizeof(*last));
	for (i = trace->nr; i-- > 0;) {
		u32 page = trace->events[i].page & EVENT_PAGE;

		trace->next[i] = last[page];
		last[page] = i;
	}
	free(last);
}

bool trace_make(struct trace *trace, const char *name, u64 seed)
{
	u32 i;

	seed = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		if (strcmp(makers[i].name, name))
			continue;
		*trace = (struct trace){ .name = makers[i].name, .ram = RAM_PAGES,
					 .ratio_q8 = 640 };
		makers[i].make(trace, &seed);
		trace_finish(trace);
		return true;
	}
	return false;
}

/*
 * A recorded trace: "tiersim 1 RAM RATIO", in pages and percent; then a line for
 * each event: microseconds since the last, the page, and "f" if it is freed.
 */
bool trace_load(struct trace *trace, const char *name)
{
	FILE *file = fopen(name, "r");
	u32 ram, ratio, gap, page;
	char line[80], flag;
	bool ok = false;
	int n;

	if (!file)
		return false;
	*trace = (struct trace){ .name = name };
	if (fgets(line, sizeof(line), file) &&
	    sscanf(line, "tiersim 1 %u %u", &ram, &ratio) == 2 && ram &&
	    ratio >= 100 && ratio <= 6400) {
		trace->ram = ram;
		trace->ratio_q8 = ratio * 256 / 100;
		ok = true;
	}
	while (ok && fgets(line, sizeof(line), file)) {
		flag = ' ';
		n = sscanf(line, "%u %u %c", &gap, &page, &flag);
		ok = n >= 2 && page < EVENT_PAGE && (n == 2 || flag == 'f');
		if (ok)
			trace_add(trace, page | (flag == 'f' ? EVENT_FREE : 0), gap);
	}
	fclose(file);
	if (!ok || !trace->nr)
		return false;
	trace_finish(trace);
	return true;
}

void trace_free(struct trace *trace)
{
	free(trace->events);
	free(trace->next);
	free(trace->at_ms);
}
