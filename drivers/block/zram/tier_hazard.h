/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_HAZARD_H_
#define _ZRAM_TIER_HAZARD_H_

#include <linux/types.h>

/*
 * Age classes. Class k holds the ages in seconds whose fls() is k: 0, 1, 2 to 3, 4 to
 * 7, ... The last class holds all older ages too, from 48 days on. Ages are of awake
 * time: a night's suspend makes no page older.
 */
#define ZRAM_TIER_CLASSES	24

/**
 * struct zram_tier_hazard_tuning - constants, chosen by tools/tiersim
 * @memory: time constant of the hazard of a class, seconds
 * @recent: time constant of the value of memory, seconds
 * @ram_shift: the youngest pages, as many as one in 1 << @ram_shift pages of RAM,
 *	represent the pages that freed memory would hold
 * @prior_q8: weight of the expectation that a page's hazard is half the inverse of its
 *	age: a share of the pages in the class, in 1/256
 * @min_shift: the policy assumes a hazard of at least this expectation times
 *	1 << @min_shift, however few reads a class has
 * @floor: the lowest class that may leave
 */
struct zram_tier_hazard_tuning {
	u32 memory;
	u32 recent;
	u32 ram_shift;
	u32 prior_q8;
	u32 min_shift;
	u32 floor;
};

/**
 * struct zram_tier_walk - the pages of a device by age class, from a walk of the table
 * @pages: pages in memory that could be written
 * @on_disk: pages on the backing device
 * @idle: pages in memory that could be written and are of the user's idle_age; 0
 *	without one
 */
struct zram_tier_walk {
	u64 pages[ZRAM_TIER_CLASSES];
	u64 on_disk[ZRAM_TIER_CLASSES];
	u64 idle;
};

/**
 * struct zram_tier_past - reads and exposure, which decay with time
 * @reads: reads by age class, in 1/256
 * @exposure: page-seconds by age class, in 1/256
 * @observed: seconds that @exposure covers, in 1/256
 */
struct zram_tier_past {
	u64 reads[ZRAM_TIER_CLASSES];
	u64 exposure[ZRAM_TIER_CLASSES];
	u32 observed;
};

/**
 * struct zram_tier_hazard - history of the age classes
 * @past: of the last minutes: decayed by 1/memory a second
 * @recent: of the last seconds: decayed by 1/recent a second
 * @since_walk: seconds since the last walk, saturates
 * @walk: the last walk, less the pages written since
 */
struct zram_tier_hazard {
	struct zram_tier_past past;
	struct zram_tier_past recent;
	u32 since_walk;
	struct zram_tier_walk walk;
};

/**
 * struct zram_tier_price - cost of reads, and value of memory
 * @ram_pages: pages of RAM
 * @pool_ns: cost of a read of a page in memory
 * @disk_ns: cost of a read of a page on the backing device
 * @ratio_q8: pages whose objects take the memory of one page, in 1/256
 */
struct zram_tier_price {
	u64 ram_pages;
	u64 pool_ns;
	u64 disk_ns;
	u32 ratio_q8;
};

unsigned int zram_tier_class(u32 age);
u32 zram_tier_class_age(unsigned int class);
void zram_tier_hazard_read(struct zram_tier_hazard *hazard, unsigned int class,
			   u64 reads);
void zram_tier_hazard_second(struct zram_tier_hazard *hazard,
			     const struct zram_tier_hazard_tuning *tuning);
void zram_tier_hazard_walk(struct zram_tier_hazard *hazard,
			   const struct zram_tier_hazard_tuning *tuning,
			   const struct zram_tier_walk *walk);
u64 zram_tier_hazard_written(struct zram_tier_hazard *hazard, u64 written,
			     unsigned int class);
u32 zram_tier_hazard_ratio(u64 bytes, u64 objects);
u64 zram_tier_hazard_oldest(const struct zram_tier_hazard *hazard,
			    unsigned int lowest, u64 want, unsigned int *last);
unsigned int zram_tier_hazard_cut(const struct zram_tier_hazard *hazard,
				  const struct zram_tier_hazard_tuning *tuning,
				  const struct zram_tier_price *price, u32 margin);

#endif
