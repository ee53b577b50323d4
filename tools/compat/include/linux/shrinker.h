/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_SHRINKER_H_
#define _ZRAM_COMPAT_SHRINKER_H_

#include_next <linux/shrinker.h>

#ifndef COMPAT_HAS_SHRINKER_ALLOC
#include <linux/slab.h>

static inline struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	struct shrinker *shrinker = kzalloc_obj(*shrinker);

	if (shrinker)
		shrinker->flags = flags;
	return shrinker;
}

/* Older kernels give it its name, and allocate for it; without memory, it is never asked */
static inline void shrinker_register(struct shrinker *shrinker)
{
	if (register_shrinker(shrinker, "zram-rescue"))
		pr_warn("no memory for a shrinker\n");
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

#endif
