/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_SWAP_H_
#define _ZRAM_COMPAT_SWAP_H_

#include_next <linux/swap.h>

#ifndef COMPAT_HAS_ACCOUNT_RECLAIMED
static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
}
#endif

#endif
