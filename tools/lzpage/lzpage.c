// SPDX-License-Identifier: GPL-2.0
/*
 * How well and how fast lzpage compresses the pages of files, beside the compressors
 * of the kernel.
 *
 * Each page is timed by itself, and what counts for it is the least of the rounds,
 * between two of which are all other pages. So other load does not count, and a page
 * that takes longer than others shows up.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "codecs.h"

/* zram stores a page whole that does not become smaller than this */
#define HUGE_SIZE	3264U
/* More than the caches of a core hold */
#define COLD_BYTES	(8U << 20)
/* Pages of a file that are measured with cold caches */
#define COLD_PAGES	200U

/* A page: bytes it becomes; the least ns to compress and to decompress it */
struct page {
	unsigned int len;
	float ns[2];
	float cold[2];
};

/* The pages of a file */
struct set {
	const char *name;
	const u8 *data;
	u8 *packed;
	struct page *page;
	unsigned long pages;
};

static unsigned int rounds = 7;
static bool cold, cheap;
static float clock_ns = 1e9;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* What two looks at the clock take */
static void calibrate(void)
{
	double start, t;
	int i;

	for (i = 0; i < 10000; i++) {
		start = now();
		t = now() - start;
		if (t < clock_ns)
			clock_ns = t;
	}
}

static void least(float *best, double ns)
{
	ns -= clock_ns;
	if (!*best || ns < *best)
		*best = ns > 1 ? ns : 1;
}

static void *memory(size_t size)
{
	void *mem = aligned_alloc(PAGE, (size / PAGE + 1) * PAGE);

	if (!mem)
		err(1, NULL);
	memset(mem, 0, size);
	return mem;
}

static void read_pages(const char *name, struct set *s)
{
	FILE *file = fopen(name, "rb");
	const char *base = strrchr(name, '/');
	u8 *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END))
		err(1, "%s", name);
	size = ftell(file);
	if (size < PAGE)
		errx(1, "%s: no pages", name);
	s->name = base ? base + 1 : name;
	s->pages = size / PAGE;
	rewind(file);
	data = memory(s->pages * PAGE);
	if (fread(data, PAGE, s->pages, file) != s->pages)
		err(1, "%s", name);
	fclose(file);
	s->data = data;
	s->packed = memory(s->pages * MOST);
	s->page = memory(s->pages * sizeof(*s->page));
}

/* Put other data into the caches */
static void chill(void)
{
	static u8 *other;
	unsigned int i;

	if (!other)
		other = memory(COLD_BYTES);
	for (i = 0; i < COLD_BYTES; i += 64)
		((volatile u8 *)other)[i]++;
}

/* Every page comes out as it went in, or the program ends */
static void check(const struct codec *c, const struct set *s)
{
	static u8 back[PAGE];
	unsigned long i;

	for (i = 0; i < s->pages; i++) {
		memset(back, ~s->data[i * PAGE], PAGE);
		if (c->decompress(s->packed + i * MOST, s->page[i].len, back) != PAGE ||
		    memcmp(back, s->data + i * PAGE, PAGE))
			errx(1, "%s: %s: page %lu is not the same", s->name, c->name, i);
	}
}

static void measure_cold(const struct codec *c, struct set *s)
{
	unsigned long step = s->pages / COLD_PAGES + 1, i;
	static u8 back[PAGE], packed[MOST];
	double start;

	for (i = 0; i < s->pages; i += step) {
		struct page *p = &s->page[i];

		chill();
		start = now();
		c->compress(c->level, s->data + i * PAGE, packed);
		least(&p->cold[0], now() - start);
		chill();
		start = now();
		c->decompress(s->packed + i * MOST, p->len, back);
		least(&p->cold[1], now() - start);
	}
}

static void measure(const struct codec *c, struct set *s)
{
	static u8 back[PAGE];
	double start;
	unsigned long i;
	unsigned int r;

	memset(s->page, 0, s->pages * sizeof(*s->page));
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < s->pages; i++) {
			start = now();
			s->page[i].len = c->compress(c->level, s->data + i * PAGE,
						     s->packed + i * MOST);
			least(&s->page[i].ns[0], now() - start);
		}
		if (!r)
			check(c, s);
		for (i = 0; i < s->pages; i++) {
			start = now();
			c->decompress(s->packed + i * MOST, s->page[i].len, back);
			least(&s->page[i].ns[1], now() - start);
		}
		if (cold)
			measure_cold(c, s);
	}
}

static int order(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Print the mean, of which sums are added up, and of all pages p99 and the worst */
static void print(const char *what, const char *codec, const struct page *page,
		  unsigned long pages)
{
	double bytes = 0, ns[2] = {}, cold_ns[2] = {};
	unsigned long huge = 0, nr_cold = 0, i;
	float *sorted = memory(pages * sizeof(*sorted));
	int k;

	for (i = 0; i < pages; i++) {
		bytes += page[i].len < HUGE_SIZE ? page[i].len : PAGE;
		huge += page[i].len >= HUGE_SIZE;
		nr_cold += page[i].cold[0] > 0;
		for (k = 0; k < 2; k++) {
			ns[k] += page[i].ns[k];
			cold_ns[k] += page[i].cold[k];
		}
	}
	printf("%-14s %-9s %5.0f %5.1f", what, codec, bytes / pages,
	       100.0 * huge / pages);
	for (k = 0; k < 2; k++) {
		for (i = 0; i < pages; i++)
			sorted[i] = page[i].ns[k];
		qsort(sorted, pages, sizeof(*sorted), order);
		printf(" %6.0f %6.0f %6.0f", ns[k] / pages, sorted[pages * 99 / 100],
		       sorted[pages - 1]);
		if (cold)
			printf(" %6.0f", cold_ns[k] / nr_cold);
	}
	putchar('\n');
	free(sorted);
}

/* Sizes only, and no times: what a table of codes is judged by */
static void compress_all(const struct codec *c, struct set *s)
{
	unsigned long i;

	for (i = 0; i < s->pages; i++)
		s->page[i].len = c->compress(c->level, s->data + i * PAGE,
					     s->packed + i * MOST);
	check(c, s);
}

static void run(const struct codec *c, struct set *sets, int nr)
{
	struct page *all = NULL;
	unsigned long pages = 0;
	int i;

	if (c->init(c->level))
		errx(1, "%s: no memory", c->name);
	for (i = 0; i < nr; i++) {
		if (cheap)
			compress_all(c, &sets[i]);
		else
			measure(c, &sets[i]);
		print(sets[i].name, c->name, sets[i].page, sets[i].pages);
		all = realloc(all, (pages + sets[i].pages) * sizeof(*all));
		if (!all)
			err(1, NULL);
		memcpy(all + pages, sets[i].page, sets[i].pages * sizeof(*all));
		pages += sets[i].pages;
	}
	print("all", c->name, all, pages);
	free(all);
}

/* -c: cold caches as well; -s: sizes only; -o: this compressor, with each level or this one */
static void wrong_use(void)
{
	errx(2, "usage: lzpage [-r ROUNDS] [-c] [-s] [-o CODEC] FILE...");
}

/* Is @only the name of the codec, or what precedes its level? */
static bool is_wanted(const struct codec *c, const char *only)
{
	size_t len = strlen(only);

	return !strncmp(c->name, only, len) && (!len || strchr(" ", c->name[len]));
}

int main(int argc, char **argv)
{
	const char *only = "";
	struct set *sets;
	int opt, nr, i, k;

	while ((opt = getopt(argc, argv, "r:cso:")) != -1) {
		if (opt == 'r' && atoi(optarg) > 0)
			rounds = atoi(optarg);
		else if (opt == 'c')
			cold = true;
		else if (opt == 's')
			cheap = true;
		else if (opt == 'o')
			only = optarg;
		else
			wrong_use();
	}
	nr = argc - optind;
	if (nr < 1)
		wrong_use();
	calibrate();
	sets = memory(nr * sizeof(*sets));
	for (i = 0; i < nr; i++)
		read_pages(argv[optind + i], &sets[i]);
	printf("%-14s %-9s %5s %5s", "file", "", "bytes", "huge%");
	for (k = 0; k < 2; k++)
		printf(" %6s %6s %6s%s", k ? "d ns" : "c ns", "p99", "worst",
		       cold ? "   cold" : "");
	putchar('\n');
	for (k = 0; k < NR_CODECS; k++)
		if (is_wanted(&codecs[k], only))
			run(&codecs[k], sets, nr);
	return 0;
}
