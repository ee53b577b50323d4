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
#include "zram.h"

#include "fuzz.h"

#define NEXT	0x1e

int answer;

static struct device_attribute *stores[64];
static unsigned int nr_stores;

static void visit_attributes(void (*call)(struct device_attribute *, void *),
			     void *arg)
{
	for (const struct attribute_group **group = zram_sysfs_groups; *group;
	     group++)
		for (struct attribute **a = (*group)->attrs; *a; a++)
			call(container_of(*a, struct device_attribute, attr),
			     arg);
}

static void note_store(struct device_attribute *attr, void *arg)
{
	if (attr->store)
		stores[nr_stores++] = attr;
}

static void show(struct device_attribute *attr, void *dev)
{
	static char buf[PAGE_SIZE];
	ssize_t len;

	if (!attr->show)
		return;
	len = attr->show(dev, attr, buf);
	if (len < 0 || len >= (ssize_t)PAGE_SIZE)
		abort();
}

static void device_make(struct zram *zram, enum state state)
{
	memset(zram, 0, sizeof(*zram));
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
}

static void store(struct device_attribute *attr, struct device *dev,
		  const uint8_t *data, size_t len)
{
	struct zram *zram = dev->disk.private_data;
	static struct zram before;
	char *text = malloc(len + 1);
	ssize_t ret;

	before = *zram;
	/* As sysfs has it: a byte of zero behind, and nothing more */
	memcpy(text, data, len);
	text[len] = 0;
	ret = attr->store(dev, attr, text, len);
	free(text);

	if (ret < -4095 || (ret >= 0 && (size_t)ret != len) ||
	    zram->config_lock.held)
		abort();
	if (ret < 0 && memcmp(&before, zram, sizeof(*zram))) {
		fprintf(stderr, "%s failed and changed something\n",
			attr->attr.name);
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
		data = next + 1;
		at = next + 2;
	} while (at <= end);
	device_free(&zram);
	return 0;
}
