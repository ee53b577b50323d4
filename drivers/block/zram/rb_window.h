/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_RB_WINDOW_H_
#define _ZRAM_RB_WINDOW_H_

#include <linux/types.h>

struct zram;
struct zram_rb_packed;
struct zram_slot;
struct zram_tier_config;
struct zram_tier_input;

#ifdef CONFIG_ZRAM_TIER
unsigned int zram_rb_window_begin(struct zram *zram, const struct zram_slot *slot,
				  unsigned long index, u32 *tick);
void zram_rb_window_advance(struct zram *zram,
			    const struct zram_rb_packed *packed);
void zram_rb_window_fill(struct zram *zram, struct zram_rb_packed *packed,
			 bool bring);
bool zram_rb_window_charge(struct zram *zram, unsigned int bytes);
void zram_rb_window_settle(struct zram *zram, const struct zram_rb_packed *packed,
			   unsigned int brought, unsigned int dropped);
void zram_rb_window_failed(struct zram *zram);
void zram_rb_window_set_room(struct zram *zram,
			     const struct zram_tier_config *config,
			     const struct zram_tier_input *in, bool is_short);
bool zram_rb_window_moved(struct zram *zram);
#else
static inline unsigned int zram_rb_window_begin(struct zram *zram,
						const struct zram_slot *slot,
						unsigned long index,
						u32 *tick)
{
	return 0;
}

static inline void zram_rb_window_advance(struct zram *zram,
					  const struct zram_rb_packed *packed)
{
}

static inline void zram_rb_window_fill(struct zram *zram,
				       struct zram_rb_packed *packed, bool bring)
{
}

static inline bool zram_rb_window_charge(struct zram *zram, unsigned int bytes)
{
	return false;
}

static inline void zram_rb_window_settle(struct zram *zram,
					 const struct zram_rb_packed *packed,
					 unsigned int brought,
					 unsigned int dropped)
{
}

static inline void zram_rb_window_failed(struct zram *zram)
{
}
#endif

#endif
