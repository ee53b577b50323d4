// SPDX-License-Identifier: GPL-2.0
/*
 * swapin: how long a page fault takes that reads a page from swap.
 *
 *   swapin CLASS SEED FOLIO_KIB MIB FAULTS [page|folio SYSFS]
 *
 * Fills MIB of anonymous memory with pages of CLASS, swaps out all of it, and touches
 * FAULTS folios in random order, one page of each; each access is timed. Fails
 * unless each access is a major fault that reads its folio, whole, and no other.
 * Afterwards all pages are verified.
 *
 * With a last word it first has zram write pages to the backing device: every
 * second "page", or all pages of every second "folio". SYSFS is the device's
 * directory. Figures whose names begin with "mem" are those of folios in memory,
 * with "dev" of folios on the backing device, and with "part" of folios of which
 * half is there. The backing device must have been read that often, too.
 *
 * Exit status 1: wrong data, or pages that were not read as they should.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "data.h"
#include "memory.h"
#include "util.h"

#define WARM_UP 256		/* folios touched before those that count */

enum where { MEM, DEV, PART, NR_WHERE };

struct load {
	int class;
	u64 seed;
	u64 per_folio;		/* pages */
	u64 pages;
	u64 faults;
	const char *back;	/* NULL, "page" or "folio" */
	const char *sysfs;
	char *mem;
	u64 *entry;		/* of pagemap */
	u64 *order;		/* folios to touch, WARM_UP more than faults */
};

/* What a kernel counts while folios are touched */
struct counts {
	u64 pswpin;
	u64 majflt;
	u64 bd_reads;
};

/* The first of all folios in random order */
static void make_order(struct load *load)
{
	u64 nr = load->pages / load->per_folio;
	u64 state = 88172645463325252ULL + load->seed;

	if (nr < load->faults + WARM_UP)
		errx(2, "%llu folios are too few", nr);
	load->order = alloc_aligned(nr * sizeof(*load->order));
	for (u64 i = 0; i < nr; i++)
		load->order[i] = i;
	for (u64 i = 0; i < load->faults + WARM_UP; i++) {
		u64 k = i + random_next(&state) % (nr - i);
		u64 folio = load->order[k];

		load->order[k] = load->order[i];
		load->order[i] = folio;
	}
}

static bool is_backed(const struct load *load, u64 page)
{
	if (!load->back)
		return false;
	if (*load->back == 'f')
		page /= load->per_folio;
	return page % 2;
}

static enum where where(const struct load *load, u64 folio)
{
	bool first = is_backed(load, folio * load->per_folio);
	bool last = is_backed(load, (folio + 1) * load->per_folio - 1);

	if (first != last)
		return PART;
	return last ? DEV : MEM;
}

/* A field of bd_stat, from 1 on */
static u64 backing_stat(const struct load *load, int field)
{
	u64 value[3] = { 0 };
	char path[256];
	FILE *file;

	if (!load->back)
		return 0;
	snprintf(path, sizeof(path), "%s/bd_stat", load->sysfs);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu %llu %llu", &value[0], &value[1],
			    &value[2]) != 3)
		err(2, "%s", path);
	fclose(file);
	return value[field - 1];
}

static void write_back(const struct load *load)
{
	u64 nr = 0, had = backing_stat(load, 1);
	char text[64];
	int fd, len;

	snprintf(text, sizeof(text), "%s/writeback", load->sysfs);
	fd = open(text, O_WRONLY);
	if (fd < 0)
		err(2, "%s", text);
	for (u64 p = 0; p < load->pages; p++) {
		if (!is_backed(load, p))
			continue;
		len = snprintf(text, sizeof(text), "page_index=%llu",
			       MEMORY_SLOT(load->entry[p]));
		if (pwrite(fd, text, len, 0) != len)
			err(1, "writeback of %s", text);
		nr++;
	}
	close(fd);
	if (backing_stat(load, 1) - had != nr)
		errx(1, "%llu of %llu pages went to the backing device",
		     backing_stat(load, 1) - had, nr);
}

static u64 touch(const struct load *load, u64 i)
{
	u64 folio = load->order[i];
	const char *page = load->mem + DATA_PAGE *
		(folio * load->per_folio + i % load->per_folio);
	u64 start = now_ns();

	(void)__atomic_load_n(page, __ATOMIC_RELAXED);
	return now_ns() - start;
}

static struct counts look(const struct load *load)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (struct counts) {
		.pswpin = memory_counter("pswpin"),
		.majflt = usage.ru_majflt,
		.bd_reads = backing_stat(load, 2),
	};
}

/* Return whether the faults were those that were asked for */
static bool compare(const struct load *load, struct counts was, struct counts is)
{
	u64 pages = load->faults * load->per_folio, backed = 0;

	for (u64 i = WARM_UP; i < load->faults + WARM_UP; i++)
		for (u64 p = 0; p < load->per_folio; p++)
			backed += is_backed(load, load->order[i] *
					    load->per_folio + p);
	if (is.majflt - was.majflt == load->faults &&
	    is.pswpin - was.pswpin == pages &&
	    is.bd_reads - was.bd_reads == backed)
		return true;
	warnx("%llu accesses made %llu major faults", load->faults,
	      is.majflt - was.majflt);
	warnx("%llu of %llu pages were read, %llu of %llu from the backing device",
	      is.pswpin - was.pswpin, pages, is.bd_reads - was.bd_reads, backed);
	return false;
}

static void print_samples(const char *name, struct samples *s)
{
	if (!s->nr)
		return;
	samples_sort(s);
	printf("%sfaults %zu\n", name, s->nr);
	printf("%savg_ns %.0f\n", name, samples_average_ns(s));
	printf("%sp50_ns %.0f\n", name, samples_ns(s, 50));
	printf("%sp99_ns %.0f\n", name, samples_ns(s, 99));
	printf("%sp999_ns %.0f\n", name, samples_ns(s, 99.9));
}

static bool measure(const struct load *load)
{
	static const char * const names[] = { "mem_", "dev_", "part_" };
	struct samples s[NR_WHERE] = { 0 };
	struct counts was, is;

	for (int w = 0; w < NR_WHERE; w++) {
		s[w].max = load->faults;
		s[w].ns = alloc_aligned(s[w].max * sizeof(*s[w].ns));
		memset(s[w].ns, 0, s[w].max * sizeof(*s[w].ns));
	}
	for (u64 i = 0; i < WARM_UP; i++)
		touch(load, i);
	was = look(load);
	for (u64 i = WARM_UP; i < load->faults + WARM_UP; i++) {
		enum where w = where(load, load->order[i]);

		samples_add(&s[w], touch(load, i));
	}
	is = look(load);
	for (int w = 0; w < NR_WHERE; w++)
		print_samples(load->back ? names[w] : "", &s[w]);
	return compare(load, was, is);
}

static u64 verify(const struct load *load)
{
	char *want = alloc_aligned(DATA_PAGE);
	u64 wrong = 0;

	for (u64 p = 0; p < load->pages; p++) {
		data_page(load->class, load->seed, p, want);
		wrong += !!memcmp(want, load->mem + p * DATA_PAGE, DATA_PAGE);
	}
	printf("mismatches %llu\n", wrong);
	return wrong;
}

int main(int argc, char **argv)
{
	struct load load = { 0 };
	u64 bytes, left;
	bool good;

	if (argc != 6 && argc != 8)
		errx(2, "usage: swapin CLASS SEED FOLIO_KIB MIB FAULTS [page|folio SYSFS]");
	load.class = data_class(argv[1]);
	if (load.class < 0)
		errx(2, "no class %s", argv[1]);
	load.seed = parse_number(argv[2]);
	load.per_folio = parse_number(argv[3]) * 1024 / DATA_PAGE;
	bytes = parse_number(argv[4]) << 20;
	load.pages = bytes / DATA_PAGE;
	load.faults = parse_number(argv[5]);
	load.back = argv[6];
	load.sysfs = argv[6] ? argv[7] : NULL;
	load.mem = memory_map_folios(bytes, load.per_folio * DATA_PAGE);
	load.entry = alloc_aligned(load.pages * sizeof(*load.entry));
	make_order(&load);

	data_pages(load.class, load.seed, 0, load.mem, bytes);
	left = memory_page_out(load.mem, load.pages, load.entry);
	if (left)
		errx(1, "%llu pages stay in memory", left);
	if (load.back)
		write_back(&load);
	good = measure(&load);
	return verify(&load) || !good;
}
