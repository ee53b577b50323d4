/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page patterns for the zram selftests.
 *
 * The bytes of a 4096-byte page follow from (index, generation, seed, kind).
 * Every 512-byte sector starts with a tag that names them, so a wrong page
 * can tell whose data it is, and a torn page shows two names.
 * Generation 0 is a page that was never written: all zero.
 */
#ifndef ZT_PATTERN_H
#define ZT_PATTERN_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ZP_PAGE		4096		/* several make one of a larger kernel page */
#define ZP_SECTOR	512
#define ZP_SECTORS	(ZP_PAGE / ZP_SECTOR)
#define ZP_MAGIC	0x7a70u		/* tag of a sector, bits 48..63 */
#define ZP_SAME		0x7a53u		/* tag of a same-filled page */

enum zp_kind {
	ZP_RANDOM,	/* does not compress */
	ZP_MIXED,	/* about 3:1 */
	ZP_TEXT,	/* words of a small dictionary */
	ZP_FILLED,	/* one 8-byte word all over */
	ZP_KINDS,
	ZP_CYCLE,	/* one of the above, from index and generation */
	ZP_SPARSE,	/* one of four pages mixed, the others filled */
};

static const char * const zp_kind_names[] = {
	"random", "mixed", "text", "same", NULL, "cycle", "sparse",
};

static const char zp_words[16][9] = {
	"compress", "memory, ", "of pages", " a block", "device: ", "swapped ",
	"kernel\n ", "written ", "readback", "; idle, ", "huge and", " same as",
	" before. ", "A writer", "reserves", " slots. ",
};

static inline uint64_t zp_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

static inline uint64_t zp_next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Returns the kind's number, or -1 for a name that is none. */
static inline int zp_kind_parse(const char *name)
{
	for (int i = 0; i <= ZP_SPARSE; i++)
		if (zp_kind_names[i] && !strcmp(name, zp_kind_names[i]))
			return i;
	return -1;
}

/* How many make one of the kernel's pages */
static inline unsigned int zp_per_page(void)
{
	static unsigned int per_page;

	if (!per_page)
		per_page = sysconf(_SC_PAGESIZE) / ZP_PAGE;
	return per_page;
}

/*
 * Which of the kernel's pages it is in: all of such a page, written at once, is
 * of one kind, and one word where it is same-filled.
 */
static inline uint64_t zp_whole(uint64_t index)
{
	return index / zp_per_page();
}

static inline enum zp_kind zp_kind_of(int kind, uint64_t index, uint32_t gen)
{
	index = zp_whole(index);
	if (kind == ZP_CYCLE)
		return (enum zp_kind)((index + gen) % ZP_KINDS);
	if (kind == ZP_SPARSE)
		return (index + gen) % 4 ? ZP_FILLED : ZP_MIXED;
	return (enum zp_kind)kind;
}

static inline void zp_sector(uint64_t *p, uint64_t state, enum zp_kind kind)
{
	unsigned int words = ZP_SECTOR / 8, i = 2;
	unsigned int random = kind == ZP_RANDOM ? words : 21;
	uint64_t r, fill;

	if (kind == ZP_TEXT) {
		while (i < words) {
			r = zp_next(&state);
			for (int n = 0; n < 16 && i < words; n++, r >>= 4)
				memcpy(&p[i++], zp_words[r & 15], 8);
		}
		return;
	}
	while (i < random)
		p[i++] = zp_next(&state);
	fill = (state & 0xff) * 0x0101010101010101ull;
	while (i < words)
		p[i++] = fill;
}

/*
 * The word of a same-filled page. zram compares words of the kernel's size: with words of 32
 * bits both halves are equal, and tell fewer pages and generations apart.
 */
#define ZP_HALVES	(sizeof(long) == 4)
#define ZP_INDEX_BITS	(ZP_HALVES ? 12 : 24)
#define ZP_INDEX_MASK	((1u << ZP_INDEX_BITS) - 1)
#define ZP_GEN_MASK	((1u << (ZP_HALVES ? 20 : 24)) - 1)

static inline uint64_t zp_same(uint64_t index, uint32_t gen)
{
	uint64_t word = (uint64_t)(gen & ZP_GEN_MASK) << ZP_INDEX_BITS |
		(zp_whole(index) & ZP_INDEX_MASK);

	return word | (ZP_HALVES ? word << 32 : (uint64_t)ZP_SAME << 48);
}

static inline int zp_is_same(uint64_t word)
{
	return ZP_HALVES ? word >> 32 == (uint32_t)word : word >> 48 == ZP_SAME;
}

static inline uint32_t zp_same_gen(uint64_t word)
{
	return word >> ZP_INDEX_BITS & ZP_GEN_MASK;
}

static inline uint32_t zp_same_index(uint64_t word)
{
	return word & ZP_INDEX_MASK;
}

/* Writes the page of (index, gen, seed); gen 0 is the zero page. */
static inline void zp_make(void *page, uint64_t index, uint32_t gen,
			   uint32_t seed, int kind)
{
	uint64_t *p = page, state, word;
	enum zp_kind k = zp_kind_of(kind, index, gen);

	if (!gen) {
		memset(page, 0, ZP_PAGE);
		return;
	}
	if (k == ZP_FILLED) {
		word = zp_same(index, gen);
		for (int i = 0; i < ZP_PAGE / 8; i++)
			p[i] = word;
		return;
	}
	for (int s = 0; s < ZP_SECTORS; s++, p += ZP_SECTOR / 8) {
		state = zp_mix(index * ZP_SECTORS + s) ^
			zp_mix((uint64_t)seed << 32 | gen);
		state |= 1;
		p[0] = (uint64_t)ZP_MAGIC << 48 | (uint64_t)s << 40 |
			(uint64_t)(seed & 0xff) << 32 | gen;
		p[1] = index;
		zp_sector(p, state, k);
	}
}

/* Index of the first sector that differs, or -1 when the pages are equal. */
static inline int zp_differs(const void *page, const void *want)
{
	if (!memcmp(page, want, ZP_PAGE))
		return -1;
	for (int s = 0; s < ZP_SECTORS; s++)
		if (memcmp((const char *)page + s * ZP_SECTOR,
			   (const char *)want + s * ZP_SECTOR, ZP_SECTOR))
			return s;
	return -1;
}

/* Says whose data the sector is. Returns @buf. */
static inline char *zp_identify(const void *sector, char *buf, size_t len)
{
	const uint64_t *p = sector;
	int i = 1;

	while (i < ZP_SECTOR / 8 && p[i] == p[0])
		i++;
	if (i == ZP_SECTOR / 8 && !p[0])
		snprintf(buf, len, "zeros");
	else if (i == ZP_SECTOR / 8 && zp_is_same(p[0]))
		snprintf(buf, len, "same-filled index %u generation %u",
			 zp_same_index(p[0]), zp_same_gen(p[0]));
	else if (p[0] >> 48 == ZP_MAGIC)
		snprintf(buf, len, "index %llu generation %u seed %u sector %u",
			 (unsigned long long)p[1], (uint32_t)p[0],
			 (unsigned int)(p[0] >> 32 & 0xff),
			 (unsigned int)(p[0] >> 40 & 0xff));
	else
		snprintf(buf, len, "unknown data %016llx %016llx",
			 (unsigned long long)p[0], (unsigned long long)p[1]);
	return buf;
}

/*
 * The generation a page claims to have: 0 for a page of zeros, -1 for a page
 * that belongs to another index or to nobody.
 */
static inline int64_t zp_generation(const void *page, uint64_t index)
{
	const uint64_t *p = page;

	if (!p[0])
		return 0;
	if (zp_is_same(p[0]))
		return zp_same_index(p[0]) == (zp_whole(index) & ZP_INDEX_MASK) ?
			(int64_t)zp_same_gen(p[0]) : -1;
	if (p[0] >> 48 == ZP_MAGIC && p[1] == index)
		return (uint32_t)p[0];
	return -1;
}

/* Prints where @page first differs from @want and what stands there. */
static inline void zp_report(const char *who, uint64_t index, uint32_t gen,
			     const void *page, const void *want)
{
	int s = zp_differs(page, want);
	char a[96], b[96];

	if (s < 0)
		return;
	printf("%s: index %llu generation %u sector %d: found %s, wanted %s\n",
	       who, (unsigned long long)index, gen, s,
	       zp_identify((const char *)page + s * ZP_SECTOR, a, sizeof(a)),
	       zp_identify((const char *)want + s * ZP_SECTOR, b, sizeof(b)));
}

#endif /* ZT_PATTERN_H */
