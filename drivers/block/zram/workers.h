/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_WORKERS_H_
#define _ZRAM_WORKERS_H_

#include <linux/types.h>

struct zram;
struct zram_stage;

bool zram_worker_any(void);
struct zram_stage *zram_worker_stage(void);
int zram_worker_flush(struct zram *zram, bool interruptible);
void zram_worker_drop(struct zram *zram);
int zram_worker_show(char *buf, int at);

int zram_worker_init(void);
void zram_worker_exit(void);

#endif
