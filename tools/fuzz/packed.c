// SPDX-License-Identifier: GPL-2.0
/*
 * Packed reads of a hostile backing device: the input determines the blocks, and chooses
 * slots that the driver could have made. The driver's own code finds the objects
 * in the blocks, verifies their checksums, and decompresses them with lzpage or copies
 * them to memory.
 *
 * An object is one of four kinds: bytes of the input; such bytes with the right checksum,
 * so that the decompressor gets them; a compressed page with the right checksum; and a
 * compressed page of another slot. Objects may overlap.
 *
 * Each page has exactly PAGE_SIZE bytes, and AddressSanitizer reports accesses to bytes
 * that the read did not transfer. The fuzzer copies each object byte by byte, and compares
 * this copy with what the driver finds.
 */

#include "packed.h"

#include <sanitizer/asan_interface.h>

#include "checksum.h"
#include "comp.h"
#include "comps.h"
#include "lzpage.h"
#include "lzpage_tables.h"
#include "obj.h"
#include "rb_alloc.h"
#include "rb_object.h"
#include "rb_unpack.h"
#include "zram.h"

#define insist(what)	do { if (!(what)) abort(); } while (0)

#define MAX_OBJECTS	12
/* Bytes of a read, and the pages that they lie on */
#define MAX_BYTES	(20 * PAGE_SIZE)
#define MAX_PAGES	(MAX_BYTES / PAGE_SIZE + 1)
/* A packed object has at most this many bytes */
#define MOST		((unsigned int)(PAGE_SIZE - sizeof(unsigned long)))
/* A read begins and ends with a logical block of the backing device */
#define UNIT		512

/* Input that is used up from its start; zeros follow it */
struct input {
	const u8 *data;
	size_t len;
};

static struct gendisk disk;
static struct zram zram = { .disk = &disk };
/* What zram_comp_stream_get() returns, NULL between put and get */
static struct zram_comp_stream *held;
/* Size of the read */
static unsigned int bytes;
/* Where zram_obj_store() finds the object that the driver should store */
static const u8 *expected;
static unsigned int expected_size;

static unsigned int next(struct input *in)
{
	if (!in->len)
		return 0;
	in->len--;
	return *in->data++;
}

static unsigned int next16(struct input *in)
{
	unsigned int low = next(in);

	return low | next(in) << 8;
}

/* Overwrites what the memory had before, which may be the right bytes */
static void *buffer(size_t size)
{
	void *mem = malloc(size);

	insist(mem);
	return memset(mem, 0xa5, size);
}

/* ---- stubs of the functions that the reads call ---- */

struct zram_comp_stream *zram_comp_stream_get(struct zram_comp *comp,
					      enum zram_comp_dir dir)
{
	insist(!held && dir == ZRAM_DECOMPRESS);
	held = buffer(sizeof(*held));
	held->buf = buffer(PAGE_SIZE);
	held->ctx = buffer(sizeof(struct lzpage_decode_work));
	return held;
}

void zram_comp_stream_put(struct zram_comp_stream *strm)
{
	insist(strm && strm == held);
	free(strm->ctx);
	free(strm->buf);
	free(strm);
	held = NULL;
}

int zram_comp_decompress(struct zram_comp_stream *strm, const void *src,
			 unsigned int len, void *dst)
{
	insist(strm == held);
	return zram_lzpage_decompress(src, len, dst, PAGE_SIZE, strm->ctx);
}

void zram_comps_report(const struct zram_comps *comps, struct device *dev,
		       unsigned long index, u32 flags, int err)
{
	insist(err == -EINVAL);
}

void zram_obj_store(struct zram_obj_pool *pool, unsigned long handle,
		    const void *src, unsigned int size)
{
	insist(size == expected_size && !memcmp(src, expected, size));
}

/* ---- the read ---- */

static struct page *make_page(void)
{
	struct page *page = buffer(sizeof(*page));

	insist(!posix_memalign((void **)&page->data, PAGE_SIZE, PAGE_SIZE));
	memset(page->data, 0xa5, PAGE_SIZE);
	return page;
}

static void free_page(struct page *page)
{
	ASAN_UNPOISON_MEMORY_REGION(page->data, PAGE_SIZE);
	free(page->data);
	free(page);
}

/* Byte @at of the read */
static u8 *byte_of(struct zram_rb_packed *packed, unsigned int at)
{
	return packed->bvecs[at / PAGE_SIZE].bv_page->data + at % PAGE_SIZE;
}

static unsigned int place_of(const struct zram_rb_packed *packed,
			     const struct zram_rb_object *obj)
{
	return zram_slot_position(&obj->slot) - packed->base;
}

/* A copy of the object and its checksum, of exactly their size */
static u8 *copy_of(struct zram_rb_packed *packed, const struct zram_rb_object *obj)
{
	unsigned int size = zram_slot_packed_size(zram_slot_size(&obj->slot));
	u8 *copy = buffer(size);
	unsigned int i;

	for (i = 0; i < size; i++)
		copy[i] = *byte_of(packed, place_of(packed, obj) + i);
	return copy;
}

/* Compress a page of the input to @object; 0 if it takes too many bytes */
static unsigned int compress(struct input *in, u8 *object)
{
	struct lzpage_encode_work *work = buffer(sizeof(*work));
	u8 *page = buffer(PAGE_SIZE), *to = buffer(ZRAM_COMP_BUF_SIZE);
	unsigned int period = next(in) + 1, i, len;

	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = i < period || !(i % 97) ? next(in) : page[i - period];
	len = zram_lzpage_compress(page, PAGE_SIZE, to, LZPAGE_FAST, work);
	if (len <= MOST)
		memcpy(object, to, len);
	free(to);
	free(page);
	free(work);
	return len <= MOST ? len : 0;
}

/* Choose the place and the bytes of an object, and put it there */
static void make_object(struct input *in, struct zram_rb_packed *packed,
			struct zram_rb_object *obj, bool own)
{
	unsigned int kind = next(in), at = next16(in) * 8, size, packed_size, i;
	u8 *object = buffer(PAGE_SIZE);

	size = next16(in) % MOST + 1;
	obj->index = next16(in) << (kind & 0x1f);
	obj->page = own ? make_page() : NULL;
	if (kind / 64 >= 2)
		size = compress(in, object) ?: size;
	else
		for (i = 0; i < size; i++)
			object[i] = next(in);
	packed_size = zram_slot_packed_size(size);
	at %= bytes - PAGE_SIZE;
	obj->slot.handle = (packed->base + at) >> ZRAM_LOC_SHIFT;
	obj->slot.flags = size | ZRAM_WB | zram_slot_prio_flags(next(in) % 4);
	at = place_of(packed, obj);
	zram_checksum_write(object, obj->index, &obj->slot);
	if (kind / 64 == 0)
		for (i = size; i < packed_size; i++)
			object[i] = next(in);
	for (i = 0; i < packed_size; i++)
		*byte_of(packed, at + i) = object[i];
	if (kind / 64 == 3)
		obj->index ^= next(in);
	free(object);
}

static struct zram_rb_packed *make_read(struct input *in)
{
	struct zram_rb_packed *packed;
	unsigned int i, pages, last;
	u64 base;

	packed = buffer(sizeof(*packed) + MAX_PAGES * sizeof(packed->bvecs[0]) +
			MAX_OBJECTS * sizeof(*packed->objects));
	packed->objects = (void *)&packed->bvecs[MAX_PAGES];
	packed->nr_objects = next(in) % MAX_OBJECTS + 1;
	packed->own_objects = next(in) % (packed->nr_objects + 1);
	packed->repeated = next(in) & 1;
	/* At least two pages: make_object() keeps a page free for the largest object */
	bytes = 2 * PAGE_SIZE +
		next(in) % ((MAX_BYTES - 2 * PAGE_SIZE) / UNIT + 1) * UNIT;
	base = (u64)next16(in) * UNIT;
	if (next(in) & 1)
		base = (ZRAM_MAX_BLOCKS << ZRAM_BLOCK_SHIFT) - MAX_BYTES - base;
	packed->base = base;
	packed->bytes = bytes;
	packed->first = base >> ZRAM_BLOCK_SHIFT;
	pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
	for (i = 0; i < pages; i++)
		packed->bvecs[i].bv_page = make_page();
	packed->nr_pages = pages;
	packed->max_pages = pages;
	for (i = 0; i < bytes; i++)
		*byte_of(packed, i) = in->len ? in->data[i % in->len] : 0;
	for (i = 0; i < packed->nr_objects; i++)
		make_object(in, packed, &packed->objects[i], i < packed->own_objects);
	last = bytes % PAGE_SIZE;
	if (last)
		ASAN_POISON_MEMORY_REGION(packed->bvecs[pages - 1].bv_page->data + last,
					  PAGE_SIZE - last);
	return packed;
}

static void free_read(struct zram_rb_packed *packed)
{
	unsigned int i;

	for (i = 0; i < packed->own_objects; i++)
		free_page(packed->objects[i].page);
	for (i = 0; i < packed->nr_pages; i++)
		free_page(packed->bvecs[i].bv_page);
	free(packed);
}

/* ---- what the driver does with the read ---- */

static bool is_intact(struct zram_rb_packed *packed, const struct zram_rb_object *obj)
{
	u8 *copy = copy_of(packed, obj);
	bool intact = zram_checksum_match(copy, obj->index, &obj->slot);

	free(copy);
	return intact;
}

/* What the reader gets of an object: the page, or an error */
static int own_page(struct zram_rb_packed *packed, const struct zram_rb_object *obj, u8 *page)
{
	struct lzpage_decode_work *work;
	int err = -EBADMSG;
	u8 *copy;

	if (!is_intact(packed, obj))
		return err;
	work = buffer(sizeof(*work));
	copy = copy_of(packed, obj);
	err = zram_lzpage_decompress(copy, zram_slot_size(&obj->slot), page, PAGE_SIZE, work);
	free(copy);
	free(work);
	return err;
}

/*
 * The reader gets the pages or an error, and nothing of an object that is not intact. The
 * first such object ends a read that can be repeated
 */
static void read_own(struct zram_rb_packed *packed)
{
	u8 *pages[MAX_OBJECTS];
	int errs[MAX_OBJECTS] = {}, want = 0;
	unsigned int i;

	for (i = 0; i < packed->own_objects; i++) {
		pages[i] = buffer(PAGE_SIZE);
		if (want == -EBADMSG && !packed->repeated)
			continue;
		errs[i] = own_page(packed, &packed->objects[i], pages[i]);
		want = errs[i] ?: want;
	}
	insist(zram_rb_unpack(&zram, packed) == want);
	for (i = 0; i < packed->own_objects; i++) {
		insist(errs[i] == -EINVAL ||
		       !memcmp(pages[i], packed->objects[i].page->data, PAGE_SIZE));
		free(pages[i]);
	}
}

static void read_neighbours(struct zram_rb_packed *packed)
{
	unsigned int i;
	bool intact = true;
	u8 *copy;

	for (i = packed->own_objects; i < packed->nr_objects; i++)
		intact = intact && is_intact(packed, &packed->objects[i]);
	insist(zram_rb_unpack_check(&zram, packed) == intact);
	if (!intact)
		return;
	for (i = packed->own_objects; i < packed->nr_objects; i++) {
		copy = copy_of(packed, &packed->objects[i]);
		expected = copy;
		expected_size = zram_slot_size(&packed->objects[i].slot);
		zram_rb_unpack_store(&zram, packed, &packed->objects[i], i);
		free(copy);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct zram_rb_packed *packed;
	static bool ready;

	if (!ready)
		zram_lzpage_tables_init();
	ready = true;
	packed = make_read(&in);
	read_own(packed);
	read_neighbours(packed);
	insist(!held);
	free_read(packed);
	return 0;
}
