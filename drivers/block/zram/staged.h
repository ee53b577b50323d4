/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_STAGED_H_
#define _ZRAM_STAGED_H_

#include <linux/types.h>

struct zram_stage;

bool zram_staged_store(struct zram_stage *stage);
bool zram_staged_finish(struct zram_stage *stage);

#endif
