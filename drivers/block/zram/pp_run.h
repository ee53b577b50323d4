/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_PP_RUN_H_
#define _ZRAM_PP_RUN_H_

struct zram;

int zram_pp_run_begin(struct zram *zram);
void zram_pp_run_end(struct zram *zram);

#endif
