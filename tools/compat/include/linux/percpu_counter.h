/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_PERCPU_COUNTER_H_
#define _ZRAM_COMPAT_PERCPU_COUNTER_H_

#include_next <linux/percpu_counter.h>

#ifndef COMPAT_HAS_COUNTERS_MANY
static inline void percpu_counter_destroy_many(struct percpu_counter *fbc,
					       u32 nr)
{
	while (nr--)
		percpu_counter_destroy(&fbc[nr]);
}

static inline int percpu_counter_init_many(struct percpu_counter *fbc,
					   s64 amount, gfp_t gfp, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		int err = percpu_counter_init(&fbc[i], amount, gfp);

		if (err) {
			percpu_counter_destroy_many(fbc, i);
			return err;
		}
	}
	return 0;
}
#endif

#endif
