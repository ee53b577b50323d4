/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_OBJECT_H_
#define _ZRAM_RB_OBJECT_H_

#include "table.h"

struct page;

/**
 * struct zram_rb_object - a packed object that is read
 * @slot: copy of its slot; holds references of the blocks
 * @index: the slot's number
 * @page: the page to decompress the object to; NULL for a neighbour
 */
struct zram_rb_object {
	struct zram_slot slot;
	unsigned long index;
	struct page *page;
};

#endif
