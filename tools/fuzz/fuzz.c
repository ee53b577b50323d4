// SPDX-License-Identifier: GPL-2.0
/*
 * What is written to attributes, at random: input's first byte chooses the attribute
 * and how what lies behind it answers, the second the state of the device, the rest is
 * the text. Behind a NEXT come another attribute and its text. A store
 * either takes all of it or returns an error and changes nothing; and whatever was
 * stored, every attribute can be read.
 */

#include <stdio.h>

#include "shim.h"
#include "comps.h"
#include "sysfs.h"
#include "tier_budget.h"
#include "tier_dev.h"
#include "zram.h"

#include "fuzz.h"

#define NEXT	0x1e

int answer;

/* A group with a name is a directory; attributes of two may share a name */
struct visit {
	const char *directory;
	struct device_attribute *attr;
};

static struct visit stores[64];
static unsigned int nr_stores;

static void visit_attributes(void (*call)(struct visit, void *), void *arg)
{
	for (const struct attribute_group **group = zram_sysfs_groups; *group;
	     group++)
		for (struct attribute **a = (*group)->attrs; *a; a++)
			call((struct visit){
				.directory = (*group)->name,
				.attr = container_of(*a, struct device_attribute,
						     attr),
			}, arg);
}

static void note_store(struct visit visit, void *arg)
{
	if (!visit.attr->store)
		return;
	if (nr_stores == ARRAY_SIZE(stores))
		abort();
	stores[nr_stores++] = visit;
}

static void show(struct visit visit, void *dev)
{
	struct device_attribute *attr = visit.attr;
	static char buf[PAGE_SIZE];
	ssize_t len;

	if (!attr->show)
		return;
	len = attr->show(dev, attr, buf);
	if (len < 0 || len >= (ssize_t)PAGE_SIZE)
		abort();
}

/* Whatever was stored, another device takes the ledger and shows the same */
static void check_ledger(struct zram *zram)
{
	static char ledger[PAGE_SIZE], again[PAGE_SIZE];
	struct zram other = {};

	if (zram_tier_dev_create(&other))
		abort();
	zram_tier_budget_show(zram, ledger);
	if (zram_tier_budget_restore(&other, ledger))
		abort();
	zram_tier_budget_show(&other, again);
	if (strcmp(ledger, again))
		abort();
	zram_tier_dev_destroy(&other);
}

static void device_make(struct zram *zram, enum state state)
{
	memset(zram, 0, sizeof(*zram));
	if (zram_stats_init(&zram->stats) || zram_tier_dev_create(zram))
		abort();
	zram_comps_init(&zram->comps);
	zram->wb.batch = 32;
	zram_comps_choose(&zram->comps, 1, zram_comp_table_lookup("zstd"));
	if (state == ATTACHED || state == BOTH)
		device_attach(zram);
	if (state == SET_UP || state == BOTH)
		device_set_up(zram, 5000 * PAGE_SIZE);
}

static void device_free(struct zram *zram)
{
	for (unsigned int i = 0; i < ZRAM_MAX_COMPS; i++)
		vfree(zram->comps.choice[i].params.dict);
	zram_tier_dev_destroy(zram);
	zram_stats_destroy(&zram->stats);
}

static void store(struct visit visit, struct device *dev,
		  const uint8_t *data, size_t len)
{
	struct zram *zram = dev->disk.private_data;
	struct device_attribute *attr = visit.attr;
	static struct zram_tier tier_before;
	static struct zram before;
	char *text = malloc(len + 1);
	ssize_t ret;

	before = *zram;
	tier_before = *zram->tier;
	/* As sysfs has it: a byte of zero behind, and nothing more */
	memcpy(text, data, len);
	text[len] = 0;
	ret = attr->store(dev, attr, text, len);
	free(text);

	if (ret < -4095 || (ret >= 0 && (size_t)ret != len) ||
	    zram->config_lock.held)
		abort();
	if (ret < 0 && (memcmp(&before, zram, sizeof(*zram)) ||
			memcmp(&tier_before, zram->tier, sizeof(tier_before)))) {
		fprintf(stderr, "%s%s%s failed and changed something\n",
			visit.directory ? visit.directory : "",
			visit.directory ? "/" : "", attr->attr.name);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int answers[] = { 0, -EIO, -ENOMEM, -EINTR };
	static struct zram zram;
	struct device dev = { .disk.private_data = &zram };
	const uint8_t *end = data + size, *at = data + 2, *next;

	if (!nr_stores)
		visit_attributes(note_store, NULL);
	if (size < 2 || size - 2 > PAGE_SIZE)
		return 0;
	device_make(&zram, data[1] % NR_STATES);
	zram.disk = &dev.disk;
	do {
		next = memchr(at, NEXT, end - at);
		if (!next)
			next = end;
		answer = answers[data[0] / nr_stores % ARRAY_SIZE(answers)];
		store(stores[data[0] % nr_stores], &dev, at, next - at);
		visit_attributes(show, &dev);
		check_ledger(&zram);
		data = next + 1;
		at = next + 2;
	} while (at <= end);
	device_free(&zram);
	return 0;
}
