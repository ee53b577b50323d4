/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WB_RUN_H_
#define _ZRAM_WB_RUN_H_

#include <linux/types.h>

struct zram;
struct zram_pp_range;
struct zram_pp_run;
struct zram_wb_run;

int zram_wb_run_open(struct zram_wb_run *run, const struct zram_pp_run *pp,
		     const struct zram_pp_range *ranges, unsigned int nr,
		     unsigned int batch, bool packed);
int zram_wb_run_step(struct zram_wb_run *run);
void zram_wb_run_drain(struct zram_wb_run *run);
void zram_wb_run_resume(struct zram_wb_run *run, u64 allowed);
int zram_wb_run_pause(struct zram_wb_run *run);
void zram_wb_run_free(struct zram_wb_run *run);
int zram_wb_run_close(struct zram_wb_run *run);
int zram_wb_run(struct zram *zram, const struct zram_pp_range *ranges,
		unsigned int nr);

#endif
