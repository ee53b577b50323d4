/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SLOT_RANGE_H_
#define _ZRAM_SLOT_RANGE_H_

struct zram;

void zram_slots_free(struct zram *zram, unsigned long index, unsigned long nr);
void zram_slot_free_range(struct zram *zram, unsigned long index,
			  unsigned long nr);

#endif
