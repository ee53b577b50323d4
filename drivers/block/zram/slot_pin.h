/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SLOT_PIN_H_
#define _ZRAM_SLOT_PIN_H_

struct zram;
struct zram_slot;

struct zram_slot zram_slot_pin(struct zram *zram, unsigned long index);
void zram_slot_unpin(struct zram *zram, unsigned long index,
		     const struct zram_slot *pinned);
void zram_slot_unpin_range(struct zram *zram, unsigned long index,
			   struct zram_slot *pinned, unsigned int nr);

#endif
