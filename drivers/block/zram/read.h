/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_READ_H_
#define _ZRAM_READ_H_

struct page;
struct zram;
struct zram_comp_stream;
struct zram_pp_filter;
struct zram_slot;

/* zram_read_page(): the page is on the backing device */
#define ZRAM_READ_BACKING	1

int zram_read_page(struct zram *zram, unsigned long index, struct page *page,
		   struct zram_slot *wb);
int zram_read_expand_pinned(struct zram *zram, unsigned long index,
			    const struct zram_slot *slot,
			    struct zram_comp_stream *strm, void *dst);
int zram_read_claim(struct zram *zram, unsigned long index,
		    const struct zram_pp_filter *filter, void *dst,
		    struct zram_slot *slot);

#endif
