// SPDX-License-Identifier: GPL-2.0
/*
 * The log of a recompression run: the number of pages that it has added to the pool,
 * and the slots whose objects it has replaced, by the size class of the new object.
 * If the new objects make the pool larger, the run uses the log to restore old ones.
 */

#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "obj.h"
#include "recompress_log.h"

/* Number of entries that fit into 64 KiB on 64-bit machines */
#define LOG_SLOTS	4096
/* Size classes that the allocator has, at most */
#define LOG_CLASSES	256

/**
 * struct recompress_log_entry - a slot whose object was replaced
 * @index: index of the slot
 * @flags: flags of the slot before
 * @next: number of the next entry of the same class, counted from 1; 0 if there is
 *	none
 */
struct recompress_log_entry {
	unsigned long index;
	u32 flags;
	u16 next;
};

/**
 * struct zram_recompress_log - slots whose objects were replaced
 * @pool: the pool that they are in
 * @grown: pages that the run has added to @pool; negative if it has removed more
 * @others: pages of @pool that are not in @grown, when the log was last cleared
 * @nr: number of entries added since then
 * @first: for each class, number of the entry that was added last, counted from 1;
 *	0 if there is none
 * @count: for each class, number of entries that were not taken
 * @entry: the entries, LOG_SLOTS or none
 *
 * Belongs to the task of the run.
 */
struct zram_recompress_log {
	struct zram_obj_pool *pool;
	long grown;
	unsigned long others;
	unsigned int nr;
	u16 first[LOG_CLASSES];
	u16 count[LOG_CLASSES];
	struct recompress_log_entry entry[];
};

static unsigned long log_others(const struct zram_recompress_log *log)
{
	return zram_obj_pool_pages(log->pool) - log->grown;
}

/**
 * zram_recompress_log_create() - allocate a log
 * @pool: the pool of the run
 * @restores: the run adds slots, to restore their objects
 * @gfp: how to allocate it
 *
 * Context: May sleep.
 * Return: an empty log, or NULL.
 */
struct zram_recompress_log *
zram_recompress_log_create(struct zram_obj_pool *pool, bool restores, gfp_t gfp)
{
	struct zram_recompress_log *log;

	log = kvzalloc(struct_size(log, entry, restores ? LOG_SLOTS : 0), gfp);
	if (log) {
		log->pool = pool;
		log->others = log_others(log);
	}
	return log;
}

/**
 * zram_recompress_log_destroy() - free a log
 * @log: the log, or NULL
 */
void zram_recompress_log_destroy(struct zram_recompress_log *log)
{
	kvfree(log);
}

/**
 * zram_recompress_log_grow() - count pages that the run adds to the pool
 * @log: the log
 * @pages: the pages; negative for those that it removes
 *
 * The run reads the size of the pool before and after its own calls, so @pages includes
 * pages that other tasks add or remove meanwhile.
 */
void zram_recompress_log_grow(struct zram_recompress_log *log, long pages)
{
	log->grown += pages;
}

/**
 * zram_recompress_log_grown() - tell by how many pages the run makes the pool larger
 * @log: the log
 *
 * Return: pages; negative if it is smaller.
 */
long zram_recompress_log_grown(const struct zram_recompress_log *log)
{
	return log->grown;
}

/**
 * zram_recompress_log_disturbed() - have other tasks changed the pool?
 * @log: the log
 *
 * Return: true if the number of pages that the run has not counted has changed since
 *	the log was last cleared.
 */
bool zram_recompress_log_disturbed(const struct zram_recompress_log *log)
{
	return log_others(log) != log->others;
}

/**
 * zram_recompress_log_clear() - remove all entries
 * @log: the log
 *
 * If the run has made the pool larger, that no longer counts.
 */
void zram_recompress_log_clear(struct zram_recompress_log *log)
{
	log->grown = min(log->grown, 0L);
	log->others = log_others(log);
	if (!log->nr)
		return;
	log->nr = 0;
	memset(log->first, 0, sizeof(log->first));
	memset(log->count, 0, sizeof(log->count));
}

/**
 * zram_recompress_log_add() - add a slot
 * @log: a log that is not full, of a run that restores
 * @class: size class of the new object
 * @index: index of the slot
 * @flags: flags of the slot before the object was replaced, size included
 *
 * Return: false if the log is full now.
 */
bool zram_recompress_log_add(struct zram_recompress_log *log, unsigned int class,
			     unsigned long index, u32 flags)
{
	class = min_t(unsigned int, class, LOG_CLASSES - 1);
	log->entry[log->nr] = (struct recompress_log_entry){
		.index = index,
		.flags = flags,
		.next = log->first[class],
	};
	log->first[class] = ++log->nr;
	log->count[class]++;
	return log->nr < LOG_SLOTS;
}

/**
 * zram_recompress_log_rarest() - find the class with the fewest entries
 * @log: the log
 * @class: set to the class
 *
 * The new objects of this class fill the pages that were allocated for them least.
 *
 * Return: false if there is no entry.
 */
bool zram_recompress_log_rarest(const struct zram_recompress_log *log,
				unsigned int *class)
{
	unsigned int i, least = UINT_MAX;

	for (i = 0; i < LOG_CLASSES; i++) {
		if (log->count[i] && log->count[i] < least) {
			least = log->count[i];
			*class = i;
		}
	}
	return least != UINT_MAX;
}

/**
 * zram_recompress_log_take() - remove an entry
 * @log: the log
 * @class: size class of the new object
 * @index: set to the index of the slot
 * @flags: set to the flags that it had before
 *
 * Return: false if the class has no entry.
 */
bool zram_recompress_log_take(struct zram_recompress_log *log, unsigned int class,
			      unsigned long *index, u32 *flags)
{
	const struct recompress_log_entry *entry;

	if (!log->count[class])
		return false;
	entry = &log->entry[log->first[class] - 1];
	*index = entry->index;
	*flags = entry->flags;
	log->first[class] = entry->next;
	log->count[class]--;
	return true;
}
