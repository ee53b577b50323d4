// SPDX-License-Identifier: GPL-2.0
/*
 * How well and how fast lzpage compresses the pages of files, beside lz4, lzo and
 * zstd from their libraries. lzpage is compiled from the driver's files.
 */

#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "user.h"
#include "lzpage.h"
#include "lzpage_tables.h"

#define PAGE	4096U
#define MOST	(2 * PAGE)
/* zram stores a page whole that does not become smaller than this */
#define HUGE_SIZE	3264U

/* A compressor: both functions return the bytes that they have made */
struct codec {
	const char *name;
	int (*init)(int level);
	unsigned int (*compress)(int level, const u8 *src, u8 *dst);
	unsigned int (*decompress)(const u8 *src, unsigned int len, u8 *dst);
	int level;
};

/* The best of the rounds, and sums over the pages */
struct figures {
	double compress_ns;
	double decompress_ns;
	unsigned long bytes;
	unsigned long huge;
	unsigned long pages;
};

static struct lzpage_encode_work encode_work;
static struct lzpage_decode_work decode_work;

static int lzpage_init(int level)
{
	zram_lzpage_tables_init();
	return 0;
}

static unsigned int lzpage_compress(int level, const u8 *src, u8 *dst)
{
	return zram_lzpage_compress(src, PAGE, dst, level, &encode_work);
}

static unsigned int lzpage_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	return zram_lzpage_decompress(src, len, dst, PAGE, &decode_work) ?
		0 : PAGE;
}

/* Looks a function of a library up; NULL if it is not there */
static void *library(const char *file, const char *symbol)
{
	void *lib = dlopen(file, RTLD_NOW);

	return lib ? dlsym(lib, symbol) : NULL;
}

static int (*lz4_c)(const char *src, char *dst, int len, int most);
static int (*lz4_d)(const char *src, char *dst, int len, int most);

static int lz4_init(int level)
{
	lz4_c = library("liblz4.so.1", "LZ4_compress_default");
	lz4_d = library("liblz4.so.1", "LZ4_decompress_safe");
	return lz4_c && lz4_d ? 0 : -1;
}

static unsigned int lz4_compress(int level, const u8 *src, u8 *dst)
{
	return lz4_c((const char *)src, (char *)dst, PAGE, MOST);
}

static unsigned int lz4_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	return lz4_d((const char *)src, (char *)dst, len, PAGE);
}

static int (*lzo_c)(const u8 *src, size_t len, u8 *dst, size_t *made, void *mem);
static int (*lzo_d)(const u8 *src, size_t len, u8 *dst, size_t *made, void *mem);

static int lzo_init(int level)
{
	lzo_c = library("liblzo2.so.2", "lzo1x_1_compress");
	lzo_d = library("liblzo2.so.2", "lzo1x_decompress_safe");
	return lzo_c && lzo_d ? 0 : -1;
}

static unsigned int lzo_compress(int level, const u8 *src, u8 *dst)
{
	static void *mem[16384];
	size_t made = 0;

	return lzo_c(src, PAGE, dst, &made, mem) ? 0 : made;
}

static unsigned int lzo_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	size_t made = PAGE;

	return lzo_d(src, len, dst, &made, NULL) ? 0 : made;
}

static size_t (*zstd_c)(void *ctx, void *dst, size_t most, const void *src,
			size_t len, int level);
static size_t (*zstd_d)(void *ctx, void *dst, size_t most, const void *src,
			size_t len);
static void *zstd_cctx, *zstd_dctx;

typedef void *make_context(void);

static int zstd_init(int level)
{
	make_context *cctx = library("libzstd.so.1", "ZSTD_createCCtx");
	make_context *dctx = library("libzstd.so.1", "ZSTD_createDCtx");

	zstd_c = library("libzstd.so.1", "ZSTD_compressCCtx");
	zstd_d = library("libzstd.so.1", "ZSTD_decompressDCtx");
	if (!cctx || !dctx || !zstd_c || !zstd_d)
		return -1;
	zstd_cctx = cctx();
	zstd_dctx = dctx();
	return zstd_cctx && zstd_dctx ? 0 : -1;
}

static unsigned int zstd_compress(int level, const u8 *src, u8 *dst)
{
	return zstd_c(zstd_cctx, dst, MOST, src, PAGE, level);
}

static unsigned int zstd_decompress(const u8 *src, unsigned int len, u8 *dst)
{
	return zstd_d(zstd_dctx, dst, PAGE, src, len);
}

static const struct codec codecs[] = {
	{ "lz4", lz4_init, lz4_compress, lz4_decompress },
	{ "lzo", lzo_init, lzo_compress, lzo_decompress },
	{ "zstd 1", zstd_init, zstd_compress, zstd_decompress, 1 },
	{ "zstd 3", zstd_init, zstd_compress, zstd_decompress, 3 },
	{ "lzpage 1", lzpage_init, lzpage_compress, lzpage_decompress,
	  LZPAGE_FAST },
	{ "lzpage 2", lzpage_init, lzpage_compress, lzpage_decompress,
	  LZPAGE_DENSE },
};

/* CPU time of this thread, ns */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static u8 *read_pages(const char *name, unsigned long *pages)
{
	FILE *file = fopen(name, "rb");
	u8 *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END))
		err(1, "%s", name);
	size = ftell(file);
	if (size < 0)
		err(1, "%s", name);
	*pages = size / PAGE;
	rewind(file);
	data = aligned_alloc(PAGE, *pages * PAGE + PAGE);
	if (!data || fread(data, PAGE, *pages, file) != *pages)
		err(1, "%s", name);
	fclose(file);
	return data;
}

/* Every page comes out as it went in, or the program ends */
static void check(const struct codec *c, const u8 *data, unsigned long pages,
		  const u8 *packed, const unsigned int *len)
{
	static u8 back[PAGE];
	unsigned long i;

	for (i = 0; i < pages; i++)
		if (c->decompress(packed + i * MOST, len[i], back) != PAGE ||
		    memcmp(back, data + i * PAGE, PAGE))
			errx(1, "%s: page %lu is not the same", c->name, i);
}

static void measure(const struct codec *c, const u8 *data, unsigned long pages,
		    unsigned int rounds, struct figures *f)
{
	unsigned int *len = calloc(pages + 1, sizeof(*len));
	u8 *packed = malloc(pages * MOST + 1);
	static u8 back[PAGE];
	double compress = 0, decompress = 0, start, t;
	unsigned long i;
	unsigned int r;

	if (!len || !packed)
		err(1, NULL);
	for (r = 0; r < rounds; r++) {
		start = now();
		for (i = 0; i < pages; i++)
			len[i] = c->compress(c->level, data + i * PAGE,
					     packed + i * MOST);
		t = now() - start;
		if (!r || t < compress)
			compress = t;
		if (!r)
			check(c, data, pages, packed, len);
		start = now();
		for (i = 0; i < pages; i++)
			c->decompress(packed + i * MOST, len[i], back);
		t = now() - start;
		if (!r || t < decompress)
			decompress = t;
	}
	for (i = 0; i < pages; i++) {
		f->bytes += len[i] < HUGE_SIZE ? len[i] : PAGE;
		f->huge += len[i] >= HUGE_SIZE;
	}
	f->pages += pages;
	f->compress_ns += compress;
	f->decompress_ns += decompress;
	free(len);
	free(packed);
}

static void print(const char *what, const char *codec, const struct figures *f)
{
	if (f->pages)
		printf("%-16s %-10s %7.0f %7.0f %7.0f %6.1f\n", what, codec,
		       (double)f->bytes / f->pages, f->compress_ns / f->pages,
		       f->decompress_ns / f->pages,
		       100.0 * f->huge / f->pages);
}

int main(int argc, char **argv)
{
	struct figures all[ARRAY_SIZE(codecs)] = {};
	unsigned int rounds = 7, k;
	int opt, i;

	while ((opt = getopt(argc, argv, "r:")) != -1) {
		if (opt != 'r' || atoi(optarg) < 1)
			errx(2, "usage: lzpage [-r ROUNDS] FILE...");
		rounds = atoi(optarg);
	}
	if (optind == argc)
		errx(2, "usage: lzpage [-r ROUNDS] FILE...");
	printf("%-16s %-10s %7s %7s %7s %6s\n", "file", "", "bytes", "c ns",
	       "d ns", "huge %");
	for (k = 0; k < ARRAY_SIZE(codecs); k++) {
		if (codecs[k].init(codecs[k].level)) {
			printf("SKIPPED: %s, its library is not installed\n",
			       codecs[k].name);
			continue;
		}
		for (i = optind; i < argc; i++) {
			struct figures one = {};
			unsigned long pages;
			u8 *data = read_pages(argv[i], &pages);
			const char *base = strrchr(argv[i], '/');

			measure(&codecs[k], data, pages, rounds, &one);
			print(base ? base + 1 : argv[i], codecs[k].name, &one);
			all[k].bytes += one.bytes;
			all[k].huge += one.huge;
			all[k].pages += one.pages;
			all[k].compress_ns += one.compress_ns;
			all[k].decompress_ns += one.decompress_ns;
			free(data);
		}
	}
	for (k = 0; k < ARRAY_SIZE(codecs); k++)
		print("all", codecs[k].name, &all[k]);
	return 0;
}
