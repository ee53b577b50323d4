/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPS_H_
#define _ZRAM_COMPS_H_

#include "comp.h"

/*
 * Writes use the compressor of priority 0, recompression those of higher
 * priorities.
 */
#define ZRAM_MAX_COMPS	(IS_ENABLED(CONFIG_ZRAM_MULTI_COMP) ? 4 : 1)

/**
 * struct zram_comps - the compressors of a device
 * @choice: by priority: the name of the compressor, NULL for none; its
 *	parameters; the instance, which exists while the device is set up
 *
 * Guarded by config_lock. While the device is set up the only change is that a
 * run starts an instance, with pp_lock held.
 */
struct zram_comps {
	struct {
		const char *name;
		struct zram_comp_params params;
		struct zram_comp *comp;
	} choice[ZRAM_MAX_COMPS];
};

void zram_comps_init(struct zram_comps *comps);
void zram_comps_reset(struct zram_comps *comps);
int zram_comps_create(struct zram_comps *comps, struct device *dev);
void zram_comps_choose(struct zram_comps *comps, unsigned int prio,
		       const char *name);
void zram_comps_set_params(struct zram_comps *comps, unsigned int prio,
			   const struct zram_comp_params *params);
int zram_comps_find(const struct zram_comps *comps, const char *name,
		    const int *prio, unsigned int lowest);
void zram_comps_report(const struct zram_comps *comps, struct device *dev,
		       unsigned long index, u32 flags, int err);

static inline struct zram_comp *zram_comps_get(const struct zram_comps *comps,
					       unsigned int prio)
{
	return comps->choice[prio].comp;
}

static inline const char *zram_comps_name(const struct zram_comps *comps,
					  unsigned int prio)
{
	return comps->choice[prio].name;
}

/* Is this the highest priority with a compressor? */
static inline bool zram_comps_is_last(const struct zram_comps *comps,
				      unsigned int prio)
{
	while (++prio < ZRAM_MAX_COMPS)
		if (comps->choice[prio].comp)
			return false;
	return true;
}

#endif
