/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_KC_STORE_H_
#define _ZRAM_KC_STORE_H_

#include <linux/types.h>

struct zram_kc_stage;

bool zram_kc_store(struct zram_kc_stage *stage);
bool zram_kc_store_finish(struct zram_kc_stage *stage);

#endif
