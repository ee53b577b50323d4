/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PP_RUN_H_
#define _ZRAM_PP_RUN_H_

#include <linux/types.h>

struct zram;
struct zram_pp_rest;
struct zram_pp_run;

int zram_pp_run_begin(const struct zram_pp_run *run);
bool zram_pp_run_try(const struct zram_pp_run *run);
bool zram_pp_run_wanted(const struct zram *zram);
void zram_pp_run_end(const struct zram_pp_run *run);
int zram_pp_run_suspend(struct zram *zram, u32 key,
			const struct zram_pp_rest *rest);
bool zram_pp_run_resume(struct zram *zram, u32 key, struct zram_pp_rest *rest);

#endif
