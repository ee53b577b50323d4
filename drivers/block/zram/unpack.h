/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_UNPACK_H_
#define _ZRAM_UNPACK_H_

struct page;
struct zram;
struct zram_readback_set;
struct zram_slot;
struct zram_unpack;

struct zram_unpack *zram_unpack_create_spare(void);
void zram_unpack_destroy(struct zram_unpack *unpack);
void zram_unpack_add(struct zram_readback_set *set,
		     const struct zram_slot *slot, struct page *page);
void zram_unpack_submit(struct zram_readback_set *set);
int zram_unpack_read(struct zram *zram, const struct zram_slot *slot,
		     struct page *page);

#endif
