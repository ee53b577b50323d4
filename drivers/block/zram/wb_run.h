/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RUN_H_
#define _ZRAM_WB_RUN_H_

struct zram;
struct zram_pp_range;

int zram_wb_run(struct zram *zram, const struct zram_pp_range *ranges,
		unsigned int nr);

#endif
