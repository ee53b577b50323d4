/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_BD_MAP_H_
#define _ZRAM_BD_MAP_H_

#include <linux/kconfig.h>
#include <linux/types.h>

struct zram_bd_map;

/**
 * struct zram_bd_watch - callback for segments that became free
 * @freed: called after each; in any context, interrupts too. No spinlock of the map is held
 */
struct zram_bd_watch {
	void (*freed)(struct zram_bd_watch *watch);
};

#if IS_ENABLED(CONFIG_ZRAM_WRITEBACK)

struct zram_bd_map *zram_bd_map_create(u64 nr_blocks);
void zram_bd_map_destroy(struct zram_bd_map *map);

int zram_bd_map_reserve(struct zram_bd_map *map, unsigned int want,
			unsigned int unit, u64 *first);
bool __zram_bd_map_ref(struct zram_bd_map *map, u64 first, unsigned int nr,
		       int change);
void zram_bd_map_get(struct zram_bd_map *map, u64 first, unsigned int nr);
void zram_bd_map_put(struct zram_bd_map *map, u64 first, unsigned int nr);
void zram_bd_map_share(struct zram_bd_map *map, u64 first, unsigned int nr,
		       const u16 *refs);
void zram_bd_map_unshare(struct zram_bd_map *map, u64 first, unsigned int nr,
			 const u8 *refs);
bool zram_bd_map_get_sole(struct zram_bd_map *map, u64 first, unsigned int nr);
void zram_bd_map_prepare(struct zram_bd_map *map);
int zram_bd_map_reserve_beyond(struct zram_bd_map *map, u64 failed, unsigned int want,
			       unsigned int unit, u64 *first);
void zram_bd_map_trim(struct zram_bd_map *map, u64 first, unsigned int nr);
bool zram_bd_map_retire(struct zram_bd_map *map, u64 block);
bool zram_bd_map_next_retired(struct zram_bd_map *map, u64 *block);
void zram_bd_map_reinstate(struct zram_bd_map *map, u64 block);
u64 zram_bd_map_claim_free(struct zram_bd_map *map, u64 *from, u64 *first,
			   u64 most);
void zram_bd_map_unclaim(struct zram_bd_map *map, u64 first, u64 nr,
			 bool discarded);
void zram_bd_map_fill_begin(struct zram_bd_map *map);
void zram_bd_map_fill_end(struct zram_bd_map *map);
int zram_bd_map_unclaims(struct zram_bd_map *map);
unsigned long zram_bd_map_wait_until(void);
bool zram_bd_map_wait_unclaim(struct zram_bd_map *map, int since, unsigned long until);
bool zram_bd_map_wait_fill(struct zram_bd_map *map, int since, unsigned long until);
unsigned int zram_bd_map_discardable(struct zram_bd_map *map);
void zram_bd_map_set_watch(struct zram_bd_map *map, struct zram_bd_watch *watch);
u64 zram_bd_map_used(struct zram_bd_map *map);
u64 zram_bd_map_bad(struct zram_bd_map *map);
u64 zram_bd_map_free(struct zram_bd_map *map);

#else

static inline void zram_bd_map_get(struct zram_bd_map *map, u64 first,
				   unsigned int nr)
{
}

static inline void zram_bd_map_put(struct zram_bd_map *map, u64 first,
				   unsigned int nr)
{
}

static inline void zram_bd_map_unshare(struct zram_bd_map *map, u64 first,
				       unsigned int nr, const u8 *refs)
{
}

#endif
#endif
