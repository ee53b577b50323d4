// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: block_state, a line for each page that is stored.
 */

#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/math.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "table.h"
#include "zram.h"

static struct dentry *zram_debugfs_root;

/*
 * Set *pos to the first slot at or after it with content; NULL if there is
 * none
 */
static void *debugfs_next_stored(struct zram *zram, loff_t *pos)
{
	struct zram_slots *slots = &zram->slots;

	while (*pos < slots->nr) {
		cond_resched();
		if (!zram_slots_any(slots, *pos)) {
			*pos = round_down(*pos, ZRAM_SLOT_GROUP) +
				ZRAM_SLOT_GROUP;
			continue;
		}
		if (zram_slot_peek(&slots->slot[*pos]) &
		    (ZRAM_SIZE_MASK | ZRAM_SAME))
			return zram;
		++*pos;
	}
	return NULL;
}

/* config_lock is held from start to stop, so one read sees one configuration */
static void *block_state_start(struct seq_file *m, loff_t *pos)
{
	struct zram *zram = m->private;

	down_read(&zram->config_lock);
	if (!zram_is_set_up(zram))
		return ERR_PTR(-EINVAL);
	return debugfs_next_stored(zram, pos);
}

static void *block_state_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return debugfs_next_stored(m->private, pos);
}

static void block_state_stop(struct seq_file *m, void *v)
{
	struct zram *zram = m->private;

	up_read(&zram->config_lock);
}

static int block_state_show(struct seq_file *m, void *v)
{
	struct zram *zram = m->private;
	unsigned long index = m->index;
	spinlock_t *lock = zram_slots_lock(&zram->slots, index);
	struct zram_slot slot;
	bool idle;

	spin_lock(lock);
	slot = zram->slots.slot[index];
	idle = zram_slots_group(&zram->slots, index)->idle &
		zram_slots_bit(index);
	spin_unlock(lock);

	/* Freed between next_stored() and the lock */
	if (!zram_slot_stored(&slot))
		return SEQ_SKIP;
	seq_printf(m, "%12lu %12u.%06d %c%c%c%c%c%c\n", index, slot.ac_time, 0,
		   zram_slot_test(&slot, ZRAM_SAME) ? 's' : '.',
		   zram_slot_test(&slot, ZRAM_WB) ? 'w' : '.',
		   zram_slot_test(&slot, ZRAM_HUGE) ? 'h' : '.',
		   idle ? 'i' : '.',
		   zram_slot_test(&slot, ZRAM_PRIO) ? 'r' : '.',
		   zram_slot_test(&slot, ZRAM_INCOMPRESSIBLE) ? 'n' : '.');
	return 0;
}

static const struct seq_operations block_state_sops = {
	.start = block_state_start,
	.next = block_state_next,
	.stop = block_state_stop,
	.show = block_state_show,
};
DEFINE_SEQ_ATTRIBUTE(block_state);

/**
 * zram_debugfs_init() - create the directory of the driver
 *
 * Errors are ignored, because nothing depends on debugfs.
 *
 * Context: May sleep.
 */
void zram_debugfs_init(void)
{
	zram_debugfs_root = debugfs_create_dir("zram", NULL);
}

/**
 * zram_debugfs_exit() - undo zram_debugfs_init()
 *
 * Context: May sleep. There is no device left.
 */
void zram_debugfs_exit(void)
{
	debugfs_remove(zram_debugfs_root);
}

/**
 * zram_debugfs_add() - create the directory of a device
 * @zram: the device
 *
 * Context: May sleep.
 */
void zram_debugfs_add(struct zram *zram)
{
	zram->debugfs = debugfs_create_dir(zram->disk->disk_name,
					   zram_debugfs_root);
	debugfs_create_file("block_state", 0400, zram->debugfs, zram,
			    &block_state_fops);
}

/**
 * zram_debugfs_remove() - undo zram_debugfs_add()
 * @zram: the device
 *
 * Context: May sleep, until no task reads block_state.
 */
void zram_debugfs_remove(struct zram *zram)
{
	debugfs_remove(zram->debugfs);
}
