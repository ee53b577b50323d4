/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TIER_IMAGE_H_
#define _ZRAM_TIER_IMAGE_H_

#include <linux/types.h>

struct zram;
struct zram_tier_config;
struct zram_tier_input;

/**
 * struct zram_tier_image - old pages leave before the image of a hibernation is made
 * @on: the thread was asked to move them, and has not answered
 * @stale: the last walk counted pages for that
 * @moved: zram_tier_status.pages when the question began
 * @blocked: steps in a row that a run of a task has kept from moving pages
 *
 * Belongs to the thread.
 */
struct zram_tier_image {
	bool on;
	bool stale;
	u64 moved;
	unsigned int blocked;
};

void zram_tier_image_begin(struct zram_tier_image *image, struct zram *zram,
			   struct zram_tier_config *config, struct zram_tier_input *in);
void zram_tier_image_end(struct zram_tier_image *image, struct zram *zram, bool blocked,
			 bool done);
void zram_tier_image_cancel(struct zram_tier_image *image, struct zram *zram);

#endif
