// SPDX-License-Identifier: GPL-2.0
/*
 * Page contents that compress as well as the name of their class says. Every
 * page is a function of (class, seed, index) alone, so a reader can verify any
 * page at any time without having kept what was written.
 */
#include <string.h>

#include "data.h"

#define CELL 64
#define CELLS (DATA_PAGE / CELL)

struct rng {
	u64 state;
};

/* A Weyl sequence through a 64-bit finaliser: cheap, and good in all bits. */
static u64 rng_next(struct rng *rng)
{
	u64 x = rng->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93ULL;
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93ULL;
	return x ^ (x >> 32);
}

static struct rng rng_start(u64 seed, u64 index)
{
	struct rng rng = { .state = seed };

	rng.state = rng_next(&rng) + index * 0xa24baed4963ee407ULL;
	rng_next(&rng);
	return rng;
}

static void fill_random(struct rng *rng, u64 *word, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = rng_next(rng);
}

static void page_incompressible(struct rng *rng, char *page)
{
	fill_random(rng, (u64 *)page, DATA_PAGE);
}

static void page_same(struct rng *rng, char *page)
{
	u64 *word = (u64 *)page, value = rng_next(rng);

	for (size_t i = 0; i < DATA_PAGE / sizeof(value); i++)
		word[i] = value;
}

/* A slot that holds an object at next to no memory: for tests of many slots. */
static void page_sparse(struct rng *rng, char *page)
{
	memset(page, 0, DATA_PAGE);
	*(u64 *)page = rng_next(rng) | 1;
}

static const char * const phrases[] = {
	"connection accepted from gateway ", "worker finished request number ",
	"cache entry expired, refreshing ", "temperature reading at sensor ",
	"retrying after timeout, attempt ", "user session opened by service ",
	"wrote checkpoint to disk, block ", "queue length is above the mark ",
	"index rebuilt for table segment ", "message delivered to subscriber ",
	"dropping stale record of client ", "configuration reloaded, version ",
	"backup of volume completed, job ", "scheduling maintenance of shard ",
	"certificate will expire in days ", "lease renewed by the agent with ",
};

#define NR_PHRASES ARRAY_SIZE(phrases)

/* One line of a log: a phrase out of four the page knows, and a number. */
static size_t put_line(struct rng *rng, char *to, unsigned int topic)
{
	static const char hex[] = "0123456789abcdef";
	static const char tail[] = " status=ok within bounds\n";
	u64 bits = rng_next(rng);
	const char *phrase = phrases[(topic + (bits & 3)) % NR_PHRASES];
	size_t at = strlen(phrase);

	memcpy(to, phrase, at);
	for (int i = 0; i < 4; i++)
		to[at++] = hex[(bits >> (8 + 4 * i)) & 15];
	memcpy(to + at, tail, sizeof(tail) - 1);
	return at + sizeof(tail) - 1;
}

static void page_text(struct rng *rng, char *page)
{
	unsigned int topic = rng_next(rng) % NR_PHRASES;
	char line[128];
	size_t at = 0;

	while (at < DATA_PAGE) {
		size_t len = put_line(rng, line, topic);

		if (len > DATA_PAGE - at)
			len = DATA_PAGE - at;
		memcpy(page + at, line, len);
		at += len;
	}
}

/* Pointers into one slab: high halves alike, low bits scattered. */
static void cell_pointers(struct rng *rng, u64 *cell, u64 base)
{
	u64 bits = rng_next(rng);

	for (int i = 0; i < CELL / 8; i++, bits >>= 8)
		cell[i] = base | (bits & 0xff) << 6;
}

static void cell_text(struct rng *rng, char *cell, unsigned int topic)
{
	/* A line may be shorter than a cell */
	char line[128] = "";

	put_line(rng, line, topic);
	memcpy(cell, line, CELL);
}

/*
 * A heap page: cells of random words among zeroes, pointers and text. The
 * share of random cells is drawn per page and skewed to the low end, so the
 * pages of one data set compress to anything from 200 to 3600 bytes.
 */
static void page_mixed(struct rng *rng, char *page)
{
	u64 bits = rng_next(rng), base, kind = 0;
	unsigned int topic = bits % NR_PHRASES, share = (bits >> 8) & 0xff;
	unsigned int zeroes = 6 + ((bits >> 16) & 7);

	share = share * share / 256 * share / 256 * 46 / 64;
	base = 0xffff888000000000ULL | (bits >> 32) << 14;
	for (int i = 0; i < CELLS; i++, page += CELL) {
		if (!(i & 3))
			kind = rng_next(rng);
		if ((kind & 0xff) < share)
			fill_random(rng, (u64 *)page, CELL);
		else if (((kind >> 8) & 15) < zeroes)
			memset(page, 0, CELL);
		else if (kind & 0x1000)
			cell_pointers(rng, (u64 *)page, base);
		else
			cell_text(rng, page, topic);
		kind >>= 16;
	}
}

static const struct {
	const char *name;
	void (*page)(struct rng *rng, char *page);
} classes[] = {
	{ "incompressible", page_incompressible },
	{ "mixed", page_mixed },
	{ "text", page_text },
	{ "same", page_same },
	{ "sparse", page_sparse },
};

int data_class(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (!strcmp(name, classes[i].name))
			return i;
	return -1;
}

void data_page(int class, u64 seed, u64 index, void *page)
{
	struct rng rng = rng_start(seed, index);

	classes[class].page(&rng, page);
}

void data_pages(int class, u64 seed, u64 index, void *buf,
		size_t bytes)
{
	char *page = buf;

	for (size_t at = 0; at < bytes; at += DATA_PAGE)
		data_page(class, seed, index++, page + at);
}
