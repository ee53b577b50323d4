/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PAGES_H_
#define _ZRAM_PAGES_H_

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct page;
struct zram;
struct zram_slot;

/**
 * enum zram_pages_how - flags of a write
 * @ZRAM_PAGES_LATER: kcompressd may compress the page, see zram_kcompressd_wants()
 * @ZRAM_PAGES_SWAP: swap writes the page. It keeps the page if the write fails, so at
 *	mem_limit the write may fail without an attempt to compress the page
 */
enum zram_pages_how {
	ZRAM_PAGES_LATER	= BIT(0),
	ZRAM_PAGES_SWAP		= BIT(1),
};

/* Pages of a batch, which ends at a slot whose index is a multiple of this */
#define ZRAM_PAGES_BATCH	8U

/* How many of @nr pages from slot @index on are in the first batch */
static inline unsigned int zram_pages_batch(unsigned long index,
					    unsigned int nr)
{
	return min_t(unsigned long, nr,
		     ZRAM_PAGES_BATCH - index % ZRAM_PAGES_BATCH);
}

int zram_pages_read(struct zram *zram, unsigned long index,
		    struct page **pages, unsigned int nr, unsigned int *done,
		    struct zram_slot *wb);
int zram_pages_read_wait(struct zram *zram, unsigned long index,
			 struct page *page);
int zram_pages_write(struct zram *zram, unsigned long index,
		     struct page **pages, unsigned int nr, unsigned int how,
		     unsigned int *done);
int zram_pages_write_if(struct zram *zram, unsigned long index,
			struct page *page, unsigned int how, u32 expected);

#endif
