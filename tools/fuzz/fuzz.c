// SPDX-License-Identifier: GPL-2.0
/*
 * What is written to an attribute, at random: input's first byte chooses the
 * attribute, the second the state of the device, the rest is the text. A store
 * either takes all of it or returns an error and changes nothing; and whatever was
 * stored, every attribute can be read.
 */

#include <stdio.h>

#include "shim.h"
#include "comps.h"
#include "sysfs.h"
#include "zram_drv.h"

#include "fuzz.h"

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
	static char something[16];

	memset(zram, 0, sizeof(*zram));
	zram_comps_init(&zram->comps);
	zram->wb.batch = 32;
	zram_comps_choose(&zram->comps, 1, zram_comp_lookup("zstd"));
	if (state == SET_UP || state == BOTH) {
		zram->nr_pages = 5000;
		zram->pool.huge_size = 3264;
		zram->comps.choice[0].comp = (void *)something;
		zram->comps.choice[1].comp = (void *)something;
	}
	if (state == ATTACHED || state == BOTH)
		zram->backing.file = (void *)something;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct zram zram, before;
	struct device dev = { .disk.private_data = &zram };
	struct device_attribute *attr;
	size_t len;
	ssize_t ret;
	char *text;

	if (!nr_stores)
		visit_attributes(note_store, NULL);
	if (size < 2 || size - 2 > PAGE_SIZE)
		return 0;
	attr = stores[data[0] % nr_stores];
	device_make(&zram, data[1] % NR_STATES);
	before = zram;

	/* As sysfs has it: a byte of zero behind, and nothing more */
	len = size - 2;
	text = malloc(len + 1);
	memcpy(text, data + 2, len);
	text[len] = 0;
	ret = attr->store(&dev, attr, text, len);
	free(text);

	if (ret < -4095 || (ret >= 0 && (size_t)ret != len) ||
	    zram.config_lock.held)
		abort();
	if (ret < 0 && memcmp(&before, &zram, sizeof(zram))) {
		fprintf(stderr, "%s failed and changed something\n",
			attr->attr.name);
		abort();
	}
	visit_attributes(show, &dev);
	for (unsigned int i = 0; i < ZRAM_MAX_COMPS; i++)
		vfree(zram.comps.choice[i].params.dict);
	return 0;
}
