// SPDX-License-Identifier: GPL-2.0
/*
 * What lies behind the attributes, for the fuzzer: it does nothing, but insists on
 * what the attributes have promised it.
 */

#include <stdio.h>

#include "shim.h"
#include <linux/kstrtox.h>
#include <linux/ctype.h>

#include "bd_dev.h"
#include "bd_map.h"
#include "comps.h"
#include "device.h"
#include "kcompressd.h"
#include "obj.h"
#include "pp.h"
#include "pp_walk.h"
#include "recompress.h"
#include "spill.h"
#include "tier_ages.h"
#include "tier_capacity.h"
#include "tier_clock.h"
#include "tier_count.h"
#include "tier_dev.h"
#include "tier_thread.h"
#include "wb_run.h"
#include "zram.h"

#include "fuzz.h"

unsigned int _parse_integer_limit(const char *s, unsigned int base,
				  unsigned long long *value, size_t max_chars,
				  unsigned long long init);
const char *_parse_integer_fixup_radix(const char *s, unsigned int *base);

#define insist(what)	do { if (!(what)) abort(); } while (0)

/* Every string that came from the user has to be one. */
static void read_all(const char *s)
{
	insist(strlen(s) <= PAGE_SIZE);
}

/* ---- the kernel's text functions that are not in the files of lib/ ---- */

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	unsigned long long value;

	s = _parse_integer_fixup_radix(s, &base);
	s += _parse_integer_limit(s, base, &value, INT_MAX, 0) & ~(1u << 31);
	if (end)
		*end = (char *)s;
	return value;
}

unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return simple_strtoull(s, end, base);
}

long simple_strtol(const char *s, char **end, unsigned int base)
{
	return *s == '-' ? -simple_strtoull(s + 1, end, base) :
		simple_strtoull(s, end, base);
}

bool sysfs_streq(const char *a, const char *b)
{
	size_t i = strcspn(a, "\n"), k = strcspn(b, "\n");

	if (a[i] && a[i + 1])
		i = strlen(a);
	if (b[k] && b[k + 1])
		k = strlen(b);
	return i == k && !memcmp(a, b, i);
}

int __sysfs_match_string(const char * const *names, size_t nr, const char *s)
{
	for (size_t i = 0; i < nr; i++)
		if (sysfs_streq(names[i], s))
			return i;
	return -EINVAL;
}

static int emit(char *buf, int at, const char *fmt, va_list ap)
{
	int len;

	insist(at >= 0 && (size_t)at < PAGE_SIZE);
	len = vsnprintf(buf + at, PAGE_SIZE - at, fmt, ap);
	return len < (int)PAGE_SIZE - at ? len : (int)PAGE_SIZE - at - 1;
}

int sysfs_emit(char *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = emit(buf, 0, fmt, ap);
	va_end(ap);
	return len;
}

int sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = emit(buf, at, fmt, ap);
	va_end(ap);
	return len;
}

/* What a path leads to follows from its length. What is not put is leaked memory. */
int kern_path(const char *name, int flags, struct path *path)
{
	read_all(name);
	path->dentry = strlen(name) % 3 ? strdup(name) : NULL;
	return path->dentry ? 0 : -ENOENT;
}

void path_put(const struct path *path)
{
	free(path->dentry);
}

bool d_is_reg(const char *dentry)
{
	return strlen(dentry) % 5;
}

int path_permission(const struct path *path, int mask)
{
	return strlen(path->dentry) % 7 ? 0 : -EACCES;
}

struct file *dentry_open(const struct path *path, int flags, int cred)
{
	size_t length = strlen(path->dentry);
	char *file;

	if (length % 11 == 0)
		return ERR_PTR(-EIO);
	file = malloc(1);
	*file = length % 4;
	return (struct file *)file;
}

void fput(struct file *file)
{
	free(file);
}

ssize_t kernel_read_file(struct file *file, off_t offset, void **buf,
			 size_t max, size_t *size, int id)
{
	if (!*(char *)file)
		return -EFBIG;
	*buf = calloc(1, 16);
	return 16;
}

u64 ktime_get_boottime_seconds(void)
{
	return 1000;
}

/* Time stands still, so that the bucket of tiering fills by ledgers alone */
ktime_t ktime_get_boottime(void)
{
	return 1000;
}

time64_t ktime_get_real_seconds(void)
{
	return 1000000;
}

/* ---- the driver behind its attributes ---- */

static const char * const algorithms[] = { "lzo-rle", "lz4", "zstd", "deflate" };

const char *zram_comp_table_lookup(const char *name)
{
	read_all(name);
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (sysfs_streq(name, algorithms[i]))
			return algorithms[i];
	return NULL;
}

ssize_t zram_comp_table_show(const char *selected, char *buf, ssize_t at)
{
	insist(selected);
	return sysfs_emit_at(buf, at, "[%s]\n", selected);
}

struct zram_comp *zram_comp_create(const char *name,
				   const struct zram_comp_params *params)
{
	return NULL;
}

int zram_comp_start(struct zram_comp *comp)
{
	return 0;
}

void zram_comp_destroy(struct zram_comp *comp)
{
}

const struct zram_pp_filter zram_pp_any, zram_pp_idle, zram_pp_huge,
	zram_pp_huge_idle, zram_pp_incompressible;

int zram_wb_run(struct zram *zram, const struct zram_pp_range *ranges,
		unsigned int nr)
{
	insist(nr && zram->config_lock.held > 0);
	for (unsigned int i = 0; i < nr; i++) {
		insist(ranges[i].filter);
		insist(ranges[i].first <= ranges[i].last);
		insist(ranges[i].last < zram->nr_pages);
	}
	return answer;
}

int zram_recompress_run(struct zram *zram, const struct zram_pp_filter *filter,
			u64 max_pages)
{
	insist(zram->nr_pages && zram->config_lock.held > 0);
	insist(filter->min_size < zram->pool.huge_size);
	insist(filter->below_prio && filter->below_prio < ZRAM_MAX_COMPS);
	insist(!(filter->must & ~ZRAM_HUGE));
	return answer;
}

static char something[16];

void device_attach(struct zram *zram)
{
	zram->backing.file = (void *)something;
}

void device_set_up(struct zram *zram, u64 disksize)
{
	zram->nr_pages = disksize >> PAGE_SHIFT;
	zram->pool.huge_size = 3264;
	for (unsigned int i = 0; i < ZRAM_MAX_COMPS; i++)
		if (zram->comps.choice[i].name)
			zram->comps.choice[i].comp = (void *)something;
}

int zram_device_init(struct zram *zram, u64 disksize)
{
	insist(disksize % PAGE_SIZE == 0);
	if (zram->nr_pages)
		return -EBUSY;
	if (!disksize)
		return -EINVAL;
	if (!answer)
		device_set_up(zram, disksize);
	return answer;
}

int zram_device_reset(struct zram *zram)
{
	if (answer)
		return answer;
	zram->nr_pages = 0;
	zram->backing.file = NULL;
	zram_comps_reset(&zram->comps);
	return 0;
}

int zram_bd_attach(struct zram *zram, const char *path)
{
	read_all(path);
	if (zram->nr_pages)
		return -EBUSY;
	if (!answer)
		device_attach(zram);
	return answer;
}

ssize_t zram_bd_show(struct zram *zram, char *buf)
{
	return sysfs_emit(buf, "none\n");
}

void zram_bd_budget_set(struct zram *zram, u64 blocks)
{
	insist(blocks % ZRAM_BLOCKS_PER_PAGE == 0);
	zram->wb.budget.left = blocks;
}

void zram_bd_budget_enable(struct zram *zram, bool on)
{
	zram->wb.budget.limited = on;
}

u64 zram_bd_budget_left(struct zram *zram)
{
	return zram->wb.budget.left;
}

u64 zram_bd_map_used(struct zram_bd_map *map)
{
	return 0;
}

u64 zram_bd_map_bad(struct zram_bd_map *map)
{
	return 0;
}

void zram_obj_pool_usage(struct zram_obj_pool *pool,
			 struct zram_obj_usage *usage)
{
	*usage = (struct zram_obj_usage){ 0 };
}

void zram_obj_pool_clear_max(struct zram_obj_pool *pool)
{
}

unsigned long zram_obj_pool_compact(struct zram_obj_pool *pool)
{
	return 0;
}

void zram_pp_mark_idle(struct zram *zram, u32 cutoff)
{
	insist(zram->nr_pages);
}

ssize_t zram_kcompressd_show(struct zram *zram, char *buf)
{
	return sysfs_emit(buf, "staged 0\n");
}

int zram_tier_enable(struct zram *zram, bool on)
{
	if (!answer)
		zram->tier->enabled = on;
	return answer;
}

u64 zram_tier_capacity_low(struct zram *zram)
{
	return zram->tier->watch.low;
}

void zram_tier_capacity_set_low(struct zram *zram, u64 low)
{
	zram->tier->watch.low = low;
}

int zram_tier_capacity_show(struct zram *zram, char *buf)
{
	return sysfs_emit(buf, "0 100 0 0 0\n");
}

bool zram_spill_is_on(const struct zram *zram)
{
	insist(zram->config_lock.held > 0);
	return zram->tier->spill == ZRAM_TIER_SPILL_ON;
}

int zram_spill_show(struct zram *zram, char *buf, int at)
{
	insist(zram->config_lock.held > 0);
	return sysfs_emit_at(buf, at, "spill off\nspilled 0\n");
}

/* As many digits as there can be have to fit into a page */
int zram_tier_ages_walk(struct zram *zram, u32 now, u32 idle_age,
			struct zram_tier_ages *ages,
			bool (*stop)(const struct zram *zram))
{
	insist(zram->nr_pages && zram->config_lock.held > 0 && !stop(zram));
	memset(ages, 0xff, sizeof(*ages));
	return 0;
}

void zram_tier_count_sum(struct zram *zram, struct zram_tier_sums *sums)
{
	memset(sums, 0xff, sizeof(*sums));
}

u64 zram_tier_count_hits(const struct zram *zram)
{
	return U64_MAX;
}

void zram_tier_clock_resume(void)
{
}
