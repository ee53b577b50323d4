// SPDX-License-Identifier: GPL-2.0
/*
 * Before a hibernation: old pages leave, so that the image is smaller.
 *
 * The image contains the pool. The backing device keeps its content, so pages on it need no
 * space in the image. Young pages stay: tasks read them soon after the thaw, and reading them
 * as part of the image is faster than reading each from the backing device. The policy sees
 * a lower idle_age, so daily_budget and writeback_limit apply.
 */

#include <linux/atomic.h>
#include <linux/minmax.h>

#include "obj.h"
#include "tier_ask.h"
#include "tier_dev.h"
#include "tier_image.h"
#include "tier_policy.h"
#include "zram.h"

/* Pages of this age leave, seconds. Not less than regret_class: reads of them are no regret */
#define IMAGE_AGE	128U
/* Steps that wait for the run of a task: about two seconds */
#define IMAGE_BLOCKED	8

static u64 image_moved(const struct zram *zram)
{
	return atomic64_read(&zram->tier->status.pages);
}

/**
 * zram_tier_image_begin() - if the thread was asked to, have a step move old pages
 * @image: state of the question, kept from step to step
 * @zram: the device
 * @config: settings for the policy; sets idle_age
 * @in: input of the policy; sets its @look
 *
 * Context: The thread.
 */
void zram_tier_image_begin(struct zram_tier_image *image, struct zram *zram,
			   struct zram_tier_config *config, struct zram_tier_input *in)
{
	bool asked = zram_tier_ask_pending(&zram->tier->image);

	/* A walk counts the pages of one idle_age: this one, or the user's again */
	in->look = asked ? !image->on : image->stale;
	image->stale = asked;
	if (asked && !image->on) {
		image->moved = image_moved(zram);
		image->blocked = 0;
	}
	image->on = asked;
	if (asked)
		config->idle_age = min_not_zero(config->idle_age, IMAGE_AGE);
}

/* The image contains memory that objects have left, until the pool is compacted */
static void image_answer(struct zram_tier_image *image, struct zram *zram)
{
	if (image->on && image->moved != image_moved(zram))
		zram_obj_pool_compact(&zram->pool);
	image->on = false;
	zram_tier_ask_answer(&zram->tier->image, 0);
}

/**
 * zram_tier_image_end() - let the hibernation begin if no more old page can leave
 * @image: state of the question
 * @zram: the device
 * @blocked: a run of a task has kept the step from moving pages
 * @done: the step has found no old page that it could move
 *
 * Context: May sleep. The thread.
 */
void zram_tier_image_end(struct zram_tier_image *image, struct zram *zram, bool blocked,
			 bool done)
{
	if (!image->on)
		return;
	image->blocked = blocked ? image->blocked + 1 : 0;
	if (done || image->blocked >= IMAGE_BLOCKED)
		image_answer(image, zram);
}

/**
 * zram_tier_image_cancel() - answer that no page can be moved now
 * @image: state of the question
 * @zram: the device
 *
 * Context: May sleep. The thread.
 */
void zram_tier_image_cancel(struct zram_tier_image *image, struct zram *zram)
{
	image_answer(image, zram);
}
