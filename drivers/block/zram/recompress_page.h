/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RECOMPRESS_PAGE_H_
#define _ZRAM_RECOMPRESS_PAGE_H_

#include <linux/types.h>

#include "pp_walk.h"

struct zram;
struct zram_pp_run;
struct zram_recompress_log;

/**
 * struct zram_recompress_run - a recompression run
 * @pp: the run as its walk knows it
 * @slice: it is a slice of tiering, which leaves the idle marks and most gaps alone
 * @zram: its device
 * @walk: its way through the candidates
 * @prio: priority of the algorithm
 * @nid: NUMA node of the object at hand, as far as it can be told
 * @threshold: objects have to get smaller than this, bytes; 0 if they need not
 * @left: pages that may still be tried
 * @page: the page at hand
 * @buf: the same compressed, a page at most
 * @most: pages that the pool may have if it is above mem_limit already
 * @log: pages added, and the objects replaced since the pool began to be larger
 * @gaps: objects replaced since the pool was last compacted
 * @replaced: objects replaced
 * @refused: objects that mem_limit has refused in a row
 * @skipped: memory or mem_limit did not suffice for a page
 * @full: the slice is to end, so that its owner compacts the pool
 * @err: the last error that did not end the run
 */
struct zram_recompress_run {
	const struct zram_pp_run *pp;
	bool slice;
	struct zram *zram;
	struct zram_pp_walk walk;
	unsigned int prio;
	int nid;
	unsigned int threshold;
	u64 left;
	unsigned long most;
	struct zram_recompress_log *log;
	unsigned int gaps;
	u64 replaced;
	unsigned int refused;
	bool skipped;
	bool full;
	void *page;
	void *buf;
	int err;
};

int zram_recompress_page_init(struct zram_recompress_run *run);
void zram_recompress_page_exit(struct zram_recompress_run *run);
int zram_recompress_page_try(struct zram_recompress_run *run);
void zram_recompress_page_restore(struct zram_recompress_run *run);
void zram_recompress_page_compact(struct zram_recompress_run *run);
bool zram_recompress_page_has_gaps(const struct zram_recompress_run *run);

#endif
