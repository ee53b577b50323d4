/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_UNPACK_H_
#define _ZRAM_RB_UNPACK_H_

#include <linux/types.h>

struct zram;
struct zram_rb_object;
struct zram_rb_packed;
struct zram_slot;

bool zram_rb_unpack_is_intact(struct zram *zram, const void *data, unsigned long index,
			      const struct zram_slot *slot);
int zram_rb_unpack(struct zram *zram, const struct zram_rb_packed *packed);
bool zram_rb_unpack_check(struct zram *zram,
			  const struct zram_rb_packed *packed);
void zram_rb_unpack_store(struct zram *zram, const struct zram_rb_packed *packed,
			  const struct zram_rb_object *obj, unsigned long handle);

#endif
