/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TIERSIM_H
#define TIERSIM_H

#include <stdio.h>

#include "shim.h"
#include "tier_bucket.h"
#include "tier_policy.h"

#define NEVER	UINT32_MAX

/* What an event does to its page, in the upper bits of its number */
#define EVENT_FREE	0x80000000u
#define EVENT_FILE	0x40000000u
#define EVENT_PAGE	0x3fffffffu

/**
 * struct event - the program touches a page, or frees it
 * @page: number of the page, and EVENT_ flags
 * @gap_us: the program computes for so long before
 */
struct event {
	u32 page;
	u32 gap_us;
};

/**
 * struct trace - what a program does
 * @name: its name
 * @events: the events
 * @next: index of the next event of the same page, NEVER if there is none
 * @at_ms: time of the program at each event
 * @nr: number of events
 * @room: number of events that fit
 * @pages: number of pages
 * @ram: pages of memory for the program and the pool
 * @ratio_q8: pages whose objects take the memory of one, in 1/256
 */
struct trace {
	const char *name;
	struct event *events;
	u32 *next;
	u32 *at_ms;
	u32 nr;
	u32 room;
	u32 pages;
	u32 ram;
	u32 ratio_q8;
};

/* A trace that is built in, and one from a file */
bool trace_make(struct trace *trace, const char *name, u64 seed);
bool trace_load(struct trace *trace, const char *file);
void trace_finish(struct trace *trace);
void trace_free(struct trace *trace);
u64 trace_random(u64 *seed);

/**
 * struct options - what the machine is like
 * @ram: pages of memory; 0: as the trace says
 * @disk_us: time of a read of the backing device
 * @probe: the driver has measured it in the beginning
 * @disk_mib: MiB that it writes in a second
 * @read_ns: time of a read from the pool
 * @write_ns: time of a write to it
 * @daily: budget, bytes a day
 * @idle_age: of the driver's policy
 * @pool_target: of the driver's policy, bytes
 * @regret_target: of the driver's policy, percent
 * @asked: pages that the driver's policy is asked for, percent of the reclaimed share
 *	of what it reports
 * @tuning: of the driver's policy
 */
struct options {
	u32 ram;
	u32 disk_us;
	bool probe;
	u32 disk_mib;
	u32 read_ns;
	u32 write_ns;
	u64 daily;
	u32 idle_age;
	u64 pool_target;
	u32 regret_target;
	u32 asked;
	struct zram_tier_tuning tuning;
};

enum where { NOWHERE, RAM, POOL, DISK };

/**
 * struct page - a page of the program
 * @prev: towards the most recently used, of the same list
 * @next: towards the least recently used
 * @event: index of the next event of it
 * @out_ms: when it was swapped out
 * @size: of its object, bytes
 * @where: where it is
 * @file: it can be read again from a file
 */
struct page {
	u32 prev, next;
	u32 event;
	u32 out_ms;
	u16 size;
	u8 where;
	bool file;
};

struct list {
	u32 head, tail, nr;
};

/**
 * struct sim - one machine
 * @opt: what it is like
 * @trace: what it runs
 * @most_ram: pages of memory
 * @event: index of the current event
 * @page: its pages
 * @ram: pages in RAM, most recently used first
 * @pool: pages in the pool, last swapped out first
 * @pool_bytes: their size
 * @on_disk: pages on the backing device
 * @now_ns: the time
 * @step_ms: the time of the next step
 * @busy_ns: when the backing device has written all
 * @reads: reads from the pool by age class, since the last step
 * @reads_disk: reads from the backing device by age class, likewise
 * @reclaimed: pages reclaimed since the last step
 * @wait_us: time waited for the backing device, since the last step
 * @moved: pages moved, since the last step
 * @moved_before: pages moved in the step before
 * @whole: pages are written whole, not as objects
 * @lost_ns: result: time lost to faults
 * @written: result: bytes written
 * @waits: result: reads that waited
 * @walks: result: walks of the table
 * @disk_page_ms: result: page-ms on the backing device
 * @pool_page_ms: result: page-ms in the pool
 * @bucket: the budget
 * @state: of the driver's policy
 * @asked_q16: pages that the shrinker was asked for, in 1/65536
 * @eligible: pages that it reports
 * @zswap_protected: pages that the zswap-like shrinker protects
 */
struct sim {
	const struct options *opt;
	const struct trace *trace;
	u32 most_ram;
	u32 event;
	struct page *page;
	struct list ram, pool;
	u64 pool_bytes;
	u32 on_disk;
	u64 now_ns, step_ms, busy_ns;
	u64 reads[ZRAM_TIER_CLASSES], reads_disk[ZRAM_TIER_CLASSES];
	u32 reclaimed;
	u64 wait_us;
	u32 moved, moved_before;
	bool whole;
	u64 lost_ns, written, waits, walks;
	u64 disk_page_ms, pool_page_ms;
	struct zram_tier_bucket bucket;
	struct zram_tier_state state;
	u64 asked_q16, eligible;
	u64 zswap_protected;
};

/**
 * struct policy - who moves pages
 * @name: its name
 * @every_ms: how often it steps
 * @whole: it writes pages whole
 * @step: moves pages
 * @arg: for @step
 */
struct policy {
	const char *name;
	u32 every_ms;
	bool whole;
	void (*step)(struct sim *sim, const struct policy *policy);
	u32 arg;
};

extern const struct policy policies[];

void sim_run(struct sim *sim, const struct trace *trace,
	     const struct options *opt, const struct policy *policy, FILE *series);
bool sim_move(struct sim *sim, u32 page);
u32 sim_age_ms(const struct sim *sim, u32 page);
unsigned int sim_class(const struct sim *sim, u32 page);

#endif
