// SPDX-License-Identifier: GPL-2.0
/*
 * The machine: RAM with a program's pages in LRU order, a pool of compressed pages in
 * the same memory, and a backing device. Time is that of the program and what it waits
 * for.
 */

#include <stdlib.h>
#include <string.h>

#include "tiersim.h"

#define NS_PER_MS	1000000ULL
#define PAGE		4096U
#define STEP_MS		250U

static void list_add(struct sim *sim, struct list *list, u32 i)
{
	struct page *page = &sim->page[i];

	page->prev = NEVER;
	page->next = list->head;
	if (list->head != NEVER)
		sim->page[list->head].prev = i;
	else
		list->tail = i;
	list->head = i;
	list->nr++;
}

static void list_del(struct sim *sim, struct list *list, u32 i)
{
	struct page *page = &sim->page[i];

	if (page->prev != NEVER)
		sim->page[page->prev].next = page->next;
	else
		list->head = page->next;
	if (page->next != NEVER)
		sim->page[page->next].prev = page->prev;
	else
		list->tail = page->prev;
	list->nr--;
}

u32 sim_age_ms(const struct sim *sim, u32 page)
{
	return sim->now_ns / NS_PER_MS - sim->page[page].out_ms;
}

unsigned int sim_class(const struct sim *sim, u32 page)
{
	return zram_tier_class(sim_age_ms(sim, page) / 1000);
}

static void sim_leave(struct sim *sim, u32 i)
{
	struct page *page = &sim->page[i];

	switch (page->where) {
	case RAM:
		list_del(sim, &sim->ram, i);
		break;
	case POOL:
		list_del(sim, &sim->pool, i);
		sim->pool_bytes -= page->size;
		break;
	case DISK:
		sim->on_disk--;
		break;
	}
	page->where = NOWHERE;
}

/* Objects leave gaps in the pages of the pool: a twentieth */
static u64 sim_used(const struct sim *sim)
{
	return (u64)sim->ram.nr * PAGE + sim->pool_bytes + sim->pool_bytes / 20;
}

static void sim_reclaim(struct sim *sim)
{
	u64 most = (u64)sim->most_ram * PAGE;

	while (sim_used(sim) > most && sim->ram.nr > 1) {
		u32 i = sim->ram.tail;
		struct page *page = &sim->page[i];

		sim_leave(sim, i);
		sim->reclaimed++;
		sim->asked_q16 += (sim->eligible << 16) / sim->ram.nr;
		if (page->file)
			continue;
		page->where = POOL;
		page->out_ms = sim->now_ns / NS_PER_MS;
		sim->pool_bytes += page->size;
		list_add(sim, &sim->pool, i);
		sim->now_ns += sim->opt->write_ns;
		sim->lost_ns += sim->opt->write_ns;
	}
	if (sim_used(sim) > most) {
		fprintf(stderr, "%s: out of memory\n", sim->trace->name);
		exit(1);
	}
}

static void sim_fault(struct sim *sim, u32 i)
{
	struct page *page = &sim->page[i];
	u64 cost = 0;

	if (page->where == POOL) {
		sim->reads[sim_class(sim, i)]++;
		cost = sim->opt->read_ns;
	} else if (page->where == DISK) {
		sim->reads_disk[sim_class(sim, i)]++;
		cost = sim->opt->disk_us * 1000ULL;
		/* Half of a write is before it in the queue */
		if (sim->now_ns < sim->busy_ns)
			cost += cost / 2;
		sim->wait_us += cost / 1000;
		sim->waits++;
		cost += sim->opt->read_ns;
		sim->zswap_protected++;
	}
	sim->now_ns += cost;
	sim->lost_ns += cost;
	sim_leave(sim, i);
	page->where = RAM;
	list_add(sim, &sim->ram, i);
	sim_reclaim(sim);
}

static void sim_event(struct sim *sim, u32 index)
{
	const struct event *event = &sim->trace->events[index];
	u32 i = event->page & EVENT_PAGE;
	struct page *page = &sim->page[i];

	page->event = sim->trace->next[index];
	if (event->page & EVENT_FREE) {
		sim_leave(sim, i);
	} else if (page->where == RAM) {
		list_del(sim, &sim->ram, i);
		list_add(sim, &sim->ram, i);
	} else {
		page->file = event->page & EVENT_FILE;
		sim_fault(sim, i);
	}
}

/* Write a page of the pool; false if the device is busy, or the budget is used up */
bool sim_move(struct sim *sim, u32 i)
{
	struct page *page = &sim->page[i];
	u32 bytes = sim->whole ? PAGE : (page->size + 7) & ~7;
	u64 start = sim->now_ns > sim->busy_ns ? sim->now_ns : sim->busy_ns;

	if (start > sim->now_ns + 250 * NS_PER_MS)
		return false;
	if (zram_tier_bucket_left(&sim->bucket, false) < bytes)
		return false;
	zram_tier_bucket_charge(&sim->bucket, bytes);
	sim->busy_ns = start + bytes * 1000000000ULL /
		(sim->opt->disk_mib << 20);
	sim_leave(sim, i);
	page->where = DISK;
	sim->on_disk++;
	sim->written += bytes;
	sim->moved++;
	return true;
}

static void sim_series(struct sim *sim, FILE *series)
{
	fprintf(series, "%llu %.3f %.3f %.3f %.3f\n",
		(unsigned long long)(sim->now_ns / 1000000000),
		sim->lost_ns / 1e9, sim->written / 1048576.0,
		sim->pool_bytes / 1048576.0, sim->on_disk / 256.0);
}

/* Let all steps happen that are due before the next event */
static void sim_steps(struct sim *sim, const struct policy *policy, FILE *series)
{
	u64 now_ns = sim->now_ns;

	for (; sim->step_ms * NS_PER_MS <= now_ns; sim->step_ms += STEP_MS) {
		sim->now_ns = sim->step_ms * NS_PER_MS;
		sim->disk_page_ms += (u64)sim->on_disk * STEP_MS;
		sim->pool_page_ms += (u64)sim->pool.nr * STEP_MS;
		zram_tier_bucket_fill(&sim->bucket, STEP_MS);
		if (series && !(sim->step_ms % 1000))
			sim_series(sim, series);
		if (!policy->step || sim->step_ms % policy->every_ms)
			continue;
		policy->step(sim, policy);
		memset(sim->reads, 0, sizeof(sim->reads));
		memset(sim->reads_disk, 0, sizeof(sim->reads_disk));
		sim->reclaimed = 0;
		sim->moved = 0;
		sim->wait_us = 0;
	}
	sim->now_ns = now_ns;
}

/* Sizes of the objects: from a quarter to seven quarters of the mean */
static u32 sim_size(const struct trace *trace, u32 i)
{
	u32 mean = PAGE * 256 / trace->ratio_q8;
	u64 hash = (i + 1) * 0x9e3779b97f4a7c15ULL;

	return min(mean / 4 + (u32)(hash >> 40) % (mean * 3 / 2 + 1), PAGE);
}

void sim_run(struct sim *sim, const struct trace *trace,
	     const struct options *opt, const struct policy *policy, FILE *series)
{
	u32 i;

	memset(sim, 0, sizeof(*sim));
	sim->opt = opt;
	sim->trace = trace;
	sim->step_ms = STEP_MS;
	sim->most_ram = opt->ram ? opt->ram : trace->ram;
	sim->whole = policy->whole;
	sim->ram = (struct list){ NEVER, NEVER };
	sim->pool = (struct list){ NEVER, NEVER };
	sim->bucket.daily = opt->daily;
	zram_tier_policy_init(&sim->state);
	sim->page = calloc(trace->pages, sizeof(*sim->page));
	for (i = 0; i < trace->pages; i++)
		sim->page[i] = (struct page){ .event = NEVER,
					      .size = sim_size(trace, i) };
	for (i = 0; i < trace->nr; i++) {
		sim->event = i;
		sim->now_ns += trace->events[i].gap_us * 1000ULL;
		sim_steps(sim, policy, series);
		sim_event(sim, i);
	}
	free(sim->page);
}
