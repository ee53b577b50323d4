/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_CONFIG_H_
#define _ZRAM_CONFIG_H_

struct zram;

int zram_config_begin(struct zram *zram);
void zram_config_end(struct zram *zram);

#endif
