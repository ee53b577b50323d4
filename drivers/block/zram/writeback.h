/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WRITEBACK_H_
#define _ZRAM_WRITEBACK_H_

struct zram;
struct zram_pp_range;

int zram_writeback_run(struct zram *zram, const struct zram_pp_range *ranges,
		       unsigned int nr);

#endif
