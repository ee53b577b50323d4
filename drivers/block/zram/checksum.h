/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_CHECKSUM_H_
#define _ZRAM_CHECKSUM_H_

#include <linux/types.h>

struct zram_slot;

void zram_checksum_write(void *object, unsigned long index,
			 const struct zram_slot *slot);
bool zram_checksum_match(const void *object, unsigned long index,
			 const struct zram_slot *slot);

#endif
