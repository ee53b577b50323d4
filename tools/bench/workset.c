// SPDX-License-Identifier: GPL-2.0
/*
 * workset: work at random on a part of a large memory, then read the rest.
 *
 *   workset CLASS SEED MIB WINDOW_MIB LEAVE_MIB SECONDS MOVE_SECONDS RETURN DISK
 *
 * Locks away all free memory but LEAVE_MIB, fills MIB of anonymous memory with pages
 * of CLASS, and touches random pages of a window of it for SECONDS. A touch reads a
 * page and writes to it. The window begins at the end of the memory and moves by its
 * size towards the beginning each MOVE_SECONDS (0: never). RETURN is "stay", "return":
 * then the pages outside the last window are read, the upper half of them in order, the
 * others at random; or "resume": the locked memory is given back, and PAUSE seconds later
 * all pages outside the window are read in order. In the end each seventh page is
 * compared with what was written.
 *
 * Prints, for each second, touches and the memory of the pool; for each phase, what
 * was read from and written to DISK, a name in /sys/block. Exit status 1 is a
 * mismatch.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "memory.h"
#include "util.h"

/* Latencies in classes of 1/16 of a power of two */
#define BITS		4
#define NR_CLASSES	(64 << BITS)

/* The word of a page that touches change */
#define WORD		511
/* Memory is short at the end too, so that to compare all pages takes minutes */
#define VERIFY_STRIDE	7
/*
 * Seconds until the return. While reads of pages that are younger than 32 s take time,
 * the driver takes memory for short.
 */
#define PAUSE		22
/* ns */
#define SECOND		1000000000ull

struct work {
	int class;
	u64 seed;
	u64 pages, window;	/* in pages */
	u64 seconds, move;
	char *mem;
	const char *disk;
	u64 touches;
	u64 seen[NR_CLASSES];
};

struct disk {
	u64 ios, read, written;	/* bytes, but for the first */
};

static struct disk disk_look(const char *name)
{
	struct disk d = { 0 };
	u64 reads, sectors_read, writes, sectors_written;
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/%s/stat", name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu %*u %llu %*u %llu %*u %llu", &reads,
			    &sectors_read, &writes, &sectors_written) != 4)
		err(2, "%s", path);
	fclose(file);
	d.ios = reads;
	d.read = sectors_read * 512;
	d.written = sectors_written * 512;
	return d;
}

static void disk_print(const char *phase, const char *name, struct disk was)
{
	struct disk is = disk_look(name);

	printf("%s_read_mib %.1f\n", phase, (is.read - was.read) / 1048576.0);
	printf("%s_written_mib %.1f\n", phase,
	       (is.written - was.written) / 1048576.0);
	printf("%s_read_ios %llu\n", phase, is.ios - was.ios);
}

/* The pool of zram or of zswap, in MiB */
static double pool_mib(void)
{
	u64 bytes, kib;
	char line[256];
	double mib = 0;
	FILE *file = fopen("/sys/block/zram0/mm_stat", "r");

	if (file && fscanf(file, "%*u %*u %llu", &bytes) == 1)
		mib += bytes / 1048576.0;
	if (file)
		fclose(file);
	file = fopen("/proc/meminfo", "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Zswap: %llu", &kib) == 1)
			mib += kib / 1024.0;
	if (file)
		fclose(file);
	return mib;
}

static unsigned int class_of(u64 ns)
{
	int shift;

	if (ns < 1 << BITS)
		return ns;
	shift = 63 - __builtin_clzll(ns) - BITS;
	return ((shift + 1) << BITS) + (ns >> shift) - (1 << BITS);
}

/* The upper end of a class, in us */
static double class_us(unsigned int class)
{
	unsigned int shift = class >> BITS;

	if (!shift)
		return class / 1e3;
	return ((u64)((class & ((1 << BITS) - 1)) + (1 << BITS) + 1)
		<< (shift - 1)) / 1e3;
}

static double work_percentile(const struct work *w, double percent)
{
	u64 left = w->touches * (1 - percent / 100);
	unsigned int class = NR_CLASSES - 1;

	for (; class; class--) {
		if (w->seen[class] > left)
			break;
		left -= w->seen[class];
	}
	return class_us(class);
}

static u64 *work_page(const struct work *w, u64 page)
{
	return (u64 *)(w->mem + page * DATA_PAGE);
}

static u64 work_window(const struct work *w, u64 second)
{
	u64 windows = w->pages / w->window;
	u64 moves = w->move ? second / w->move % windows : 0;

	return w->pages - (moves + 1) * w->window;
}

static void work_fill(struct work *w)
{
	for (u64 i = 0; i < w->pages; i++) {
		data_page(w->class, w->seed, i, work_page(w, i));
		work_page(w, i)[WORD] = i;
	}
}

static u64 work_touch(struct work *w)
{
	u64 random = w->seed * 2654435761u + 1, begin = now_ns(), now = begin;
	u64 second = 0, counted = 0, first = work_window(w, 0);

	while (second < w->seconds) {
		volatile u64 *word = work_page(w, first + random_next(&random) % w->window) +
				     WORD;
		u64 start = now;

		*word += 1ull << 32;
		now = now_ns();
		w->seen[class_of(now - start)]++;
		w->touches++;
		while (now - begin >= (second + 1) * SECOND && second < w->seconds) {
			printf("t%03llu_touches %llu\n", second, w->touches - counted);
			printf("t%03llu_pool_mib %.1f\n", second, pool_mib());
			counted = w->touches;
			second++;
			first = work_window(w, second);
			now = now_ns();
		}
	}
	return now - begin;
}

static void return_read(const struct work *w, const char *phase,
			const u64 *order, u64 nr)
{
	struct disk was = disk_look(w->disk);
	struct samples s = { 0 };
	u64 begin = now_ns();

	for (u64 i = 0; i < nr; i++) {
		u64 start = now_ns();

		(void)__atomic_load_n(work_page(w, order[i]), __ATOMIC_RELAXED);
		samples_add(&s, now_ns() - start);
	}
	printf("%s_s %.3f\n", phase, (now_ns() - begin) / 1e9);
	samples_sort(&s);
	printf("%s_p50_us %.1f\n%s_p99_us %.1f\n", phase, samples_us(&s, 50),
	       phase, samples_us(&s, 99));
	disk_print(phase, w->disk, was);
	free(s.ns);
}

/* The pages outside the last window, in order */
static u64 *work_rest(const struct work *w, u64 *nr)
{
	u64 window = work_window(w, w->seconds - 1);
	u64 *order = malloc(w->pages * sizeof(*order));

	if (!order)
		err(2, "%llu pages", w->pages);
	*nr = 0;
	for (u64 i = 0; i < w->pages; i++)
		if (i < window || i >= window + w->window)
			order[(*nr)++] = i;
	return order;
}

/* Half of them in order, half at random */
static void work_return(const struct work *w)
{
	u64 nr, half, random = w->seed + 1;
	u64 *order = work_rest(w, &nr);

	half = nr / 2;
	for (u64 i = half - 1; i > 0; i--) {
		u64 other = random_next(&random) % (i + 1), page = order[i];

		order[i] = order[other];
		order[other] = page;
	}
	return_read(w, "order", order + half, nr - half);
	return_read(w, "random", order, half);
	free(order);
}

/* All of them in order, once memory is not short anymore */
static void work_resume(const struct work *w)
{
	u64 nr;
	u64 *order = work_rest(w, &nr);

	memory_unlock();
	sleep(PAUSE);
	return_read(w, "resume", order, nr);
	free(order);
}

static u64 work_verify(const struct work *w)
{
	u64 *want = alloc_aligned(DATA_PAGE);
	u64 wrong = 0;

	for (u64 i = w->seed % VERIFY_STRIDE; i < w->pages; i += VERIFY_STRIDE) {
		const u64 *page = work_page(w, i);

		data_page(w->class, w->seed, i, want);
		if (memcmp(want, page, WORD * sizeof(*page)) ||
		    (unsigned int)page[WORD] != i)
			wrong++;
	}
	return wrong;
}

int main(int argc, char **argv)
{
	struct work w = { 0 };
	struct disk was;
	u64 spent, wrong;

	if (argc != 10)
		errx(2, "usage: see the head of %s", __FILE__);
	w.class = data_class(argv[1]);
	if (w.class < 0)
		errx(2, "no class %s", argv[1]);
	w.seed = parse_number(argv[2]);
	w.pages = (parse_number(argv[3]) << 20) / DATA_PAGE;
	w.window = (parse_number(argv[4]) << 20) / DATA_PAGE;
	w.seconds = parse_number(argv[6]);
	w.move = parse_number(argv[7]);
	w.disk = argv[9];
	if (!w.window || w.window > w.pages || !w.seconds)
		errx(2, "the window is not in the memory, or there is no time");
	w.mem = memory_map(w.pages * DATA_PAGE);
	memory_lock_all_but(parse_number(argv[5]));

	was = disk_look(w.disk);
	work_fill(&w);
	disk_print("fill", w.disk, was);
	was = disk_look(w.disk);
	spent = work_touch(&w);
	printf("touches_s %.0f\n", w.touches * 1e9 / spent);
	printf("touch_p50_us %.2f\n", work_percentile(&w, 50));
	printf("touch_p99_us %.2f\n", work_percentile(&w, 99));
	printf("touch_p999_us %.2f\n", work_percentile(&w, 99.9));
	printf("pool_mib %.1f\n", pool_mib());
	disk_print("work", w.disk, was);
	if (!strcmp(argv[8], "return"))
		work_return(&w);
	else if (!strcmp(argv[8], "resume"))
		work_resume(&w);
	wrong = work_verify(&w);
	printf("mismatches %llu\n", wrong);
	return wrong ? 1 : 0;
}
