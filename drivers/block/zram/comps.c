// SPDX-License-Identifier: GPL-2.0
/*
 * The compressors of a device by priority: names, parameters and instances.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "comps.h"
#include "table.h"

static const struct zram_comp_params unset = ZRAM_COMP_PARAMS_UNSET;

/**
 * zram_comps_init() - select the default compressor, and no other
 * @comps: the compressors of a new device; not initialised
 */
void zram_comps_init(struct zram_comps *comps)
{
	unsigned int prio;

	*comps = (struct zram_comps){};
	for (prio = 0; prio < ZRAM_MAX_COMPS; prio++)
		comps->choice[prio].params = unset;
	comps->choice[0].name = zram_comp_table_lookup(CONFIG_ZRAM_DEF_COMP);
}

/**
 * zram_comps_reset() - free the instances and return to the default
 * @comps: the compressors of a device; no instance is in use
 *
 * Context: May sleep. config_lock is held for writing.
 */
void zram_comps_reset(struct zram_comps *comps)
{
	unsigned int prio;

	for (prio = 0; prio < ZRAM_MAX_COMPS; prio++) {
		zram_comp_destroy(comps->choice[prio].comp);
		vfree(comps->choice[prio].params.dict);
	}
	zram_comps_init(comps);
}

/**
 * zram_comps_create() - make the instances of what was chosen
 * @comps: the algorithms of a device that is being set up
 * @dev: the device, for messages
 *
 * The first is started. The others may never be used, and are started when
 * they are.
 *
 * Context: May sleep. The owner's lock is held.
 * Return: 0, or the error of an algorithm; then zram_comps_reset() is called
 *	for.
 */
int zram_comps_create(struct zram_comps *comps, struct device *dev)
{
	struct zram_comp *comp;
	unsigned int prio;
	int err;

	for (prio = 0; prio < ZRAM_MAX_COMPS; prio++) {
		if (!comps->choice[prio].name)
			continue;
		comp = zram_comp_create(comps->choice[prio].name,
					&comps->choice[prio].params);
		err = PTR_ERR_OR_ZERO(comp);
		if (err) {
			dev_err_ratelimited(dev, "cannot set up %s: error %d\n",
					    comps->choice[prio].name, err);
			return err;
		}
		comps->choice[prio].comp = comp;
	}
	return zram_comp_start(comps->choice[0].comp);
}

/**
 * zram_comps_set_params() - replace all parameters of a priority
 * @comps: the compressors of a new device
 * @prio: the priority, which need not have a compressor yet
 * @params: the parameters; the dictionary is vmalloc memory, whose ownership
 *	goes to @comps
 *
 * Context: May sleep. config_lock is held for writing.
 */
void zram_comps_set_params(struct zram_comps *comps, unsigned int prio,
			   const struct zram_comp_params *params)
{
	vfree(comps->choice[prio].params.dict);
	comps->choice[prio].params = *params;
}

/**
 * zram_comps_choose() - choose an algorithm
 * @comps: the algorithms of a device that is not set up
 * @prio: its priority
 * @name: from zram_comp_table_lookup()
 *
 * This discards the parameters of the priority, also if it had that algorithm.
 *
 * Context: May sleep. The owner's lock is held.
 */
void zram_comps_choose(struct zram_comps *comps, unsigned int prio,
		       const char *name)
{
	zram_comps_set_params(comps, prio, &unset);
	comps->choice[prio].name = name;
}

/**
 * zram_comps_find() - find a priority by what a user named
 * @comps: the compressors of a device
 * @name: name of the compressor, or NULL if not given
 * @prio: the priority, or NULL if not given
 * @lowest: the lowest priority allowed, and the one if neither is given
 *
 * If both are given they have to agree.
 *
 * Context: config_lock is held.
 * Return: the priority, or -EINVAL. If no name was given, the priority need not
 *	have a compressor.
 */
int zram_comps_find(const struct zram_comps *comps, const char *name,
		    const int *prio, unsigned int lowest)
{
	unsigned int first = prio ? *prio : lowest;
	unsigned int last = prio ? *prio : ZRAM_MAX_COMPS - 1;
	unsigned int i;

	if (first < lowest || last >= ZRAM_MAX_COMPS)
		return -EINVAL;
	if (!name)
		return first;
	for (i = first; i <= last; i++)
		if (comps->choice[i].name &&
		    !strcmp(comps->choice[i].name, name))
			return i;
	return -EINVAL;
}

/**
 * zram_comps_report() - log that an object cannot be decompressed
 * @comps: the compressors of a device that is set up
 * @dev: the device, for the message
 * @index: the slot
 * @flags: flags of the slot
 * @err: the decompressor's error
 *
 * Context: Any.
 */
void zram_comps_report(const struct zram_comps *comps, struct device *dev,
		       unsigned long index, u32 flags, int err)
{
	dev_err_ratelimited(dev, "slot %lu: cannot decompress %u bytes of %s: error %d\n",
			    index, flags & ZRAM_SIZE_MASK,
			    zram_comps_name(comps, zram_slot_prio(flags)), err);
}
