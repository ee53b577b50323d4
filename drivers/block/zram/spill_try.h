/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SPILL_TRY_H_
#define _ZRAM_SPILL_TRY_H_

#include <linux/types.h>

struct zram_bd_map;

/* Most places of the device that are tried for a page */
#define ZRAM_SPILL_TRIES	4U

/**
 * struct zram_spill_try - an attempt to write a page
 * @map: the block map of the device
 * @write: writes the page to ZRAM_BLOCKS_PER_PAGE blocks from first on, and waits.
 *	Returns 0 or an error
 * @retired: set to the number of blocks that were retired
 * @used: set if @write was called
 */
struct zram_spill_try {
	struct zram_bd_map *map;
	int (*write)(struct zram_spill_try *try, u64 first);
	unsigned int retired;
	bool used;
};

int zram_spill_try(struct zram_spill_try *try, u64 *first);

#endif
