// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the checksum of packed objects, and of the way from a packed read to the
 * page of a reader and to memory.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../checksum.h"
#include "../rb_alloc.h"
#include "../rb_object.h"
#include "../rb_unpack.h"
#include "zram_test.h"

#define INDEX	1234567UL
#define BLOCK	98765ULL
/* A packed object has at most this many bytes */
#define MOST	((unsigned int)(PAGE_SIZE - sizeof(unsigned long)))

/* An object of @size bytes that begins @offset bytes into a block */
static struct zram_slot slot_of(unsigned int size, unsigned int offset)
{
	return (struct zram_slot){
		.handle = zram_slot_location(BLOCK, offset),
		.flags = size | ZRAM_WB,
	};
}

static u8 *make_page(struct kunit *test)
{
	u8 *page = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = i * i / 7;
	return page;
}

/* Objects of each size are recognised, and nothing behind the checksum is written */
static void checksum_test_sizes(struct kunit *test)
{
	u8 *page = make_page(test);
	unsigned int size, end;
	struct zram_slot slot;
	u8 next;

	/* All sizes up to a few hundred, and fewer of the large ones of large pages */
	for (size = 1; size <= MOST; size += 1 + size / 512) {
		slot = slot_of(size, size % ZRAM_BLOCK_SIZE);
		end = zram_slot_packed_size(size);
		KUNIT_ASSERT_EQ(test, end, size + ZRAM_CHECKSUM_SIZE);
		KUNIT_ASSERT_LE(test, end, PAGE_SIZE);
		next = end < PAGE_SIZE ? page[end] : 0;
		zram_checksum_write(page, INDEX, &slot);
		KUNIT_ASSERT_TRUE_MSG(test, zram_checksum_match(page, INDEX, &slot),
				      "size %u", size);
		if (end < PAGE_SIZE)
			KUNIT_ASSERT_EQ(test, page[end], next);
	}
	KUNIT_EXPECT_EQ(test, zram_slot_packed_size(PAGE_SIZE), PAGE_SIZE);
}

/* A bit that changes in the object or in the checksum is found */
static void checksum_test_bits(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 3, 4, 7, 8, 31, 32, 33, 300, MOST };
	u8 *page = make_page(test);
	struct zram_slot slot;
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		slot = slot_of(sizes[i], 8);
		zram_checksum_write(page, INDEX, &slot);
		for (at = 0; at < zram_slot_packed_size(sizes[i]) * 8;
		     at += 1 + sizes[i] / 1024 * 2) {
			page[at / 8] ^= BIT(at % 8);
			KUNIT_EXPECT_FALSE_MSG(test,
					       zram_checksum_match(page, INDEX, &slot),
					       "size %u bit %u", sizes[i], at);
			page[at / 8] ^= BIT(at % 8);
		}
		KUNIT_EXPECT_TRUE(test, zram_checksum_match(page, INDEX, &slot));
	}
}

/* The same bytes of another slot, at another location or of another size are refused */
static void checksum_test_place(struct kunit *test)
{
	const struct zram_slot slot = slot_of(1000, 1600);
	u8 *page = make_page(test);
	struct zram_slot other;
	int by, both;

	zram_checksum_write(page, INDEX, &slot);
	for (by = -1000; by <= 1000; by++) {
		if (!by)
			continue;
		other = slot;
		KUNIT_EXPECT_FALSE_MSG(test, zram_checksum_match(page, INDEX + by, &slot),
				       "index %d", by);
		other.handle = slot.handle + by;
		KUNIT_EXPECT_FALSE_MSG(test, zram_checksum_match(page, INDEX, &other),
				       "location %d", by);
		/* Objects of a run follow each other in both */
		for (both = -3; both <= 3; both++)
			KUNIT_EXPECT_FALSE_MSG(test,
					       zram_checksum_match(page, INDEX + both, &other),
					       "location %d index %d", by, both);
	}
	other = slot_of(999, 1600);
	KUNIT_EXPECT_FALSE(test, zram_checksum_match(page, INDEX, &other));
	other = slot_of(996, 1600);
	KUNIT_EXPECT_FALSE(test, zram_checksum_match(page, INDEX, &other));
	/* Memory that was never written, or discarded */
	memset(page, 0, PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, zram_checksum_match(page, INDEX, &slot));
	memset(page, 0xff, PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, zram_checksum_match(page, INDEX, &slot));
}

/* The checksum alone may lie in another block than the object */
static void checksum_test_blocks(struct kunit *test)
{
	struct zram_slot slot;
	unsigned int size;
	u64 first;

	for (size = 1; size <= 16; size++) {
		slot = slot_of(size, ZRAM_BLOCK_SIZE - 16);
		KUNIT_EXPECT_EQ_MSG(test, zram_slot_blocks(&slot, &first),
				    size > 16 - ZRAM_CHECKSUM_SIZE ? 2 : 1,
				    "size %u", size);
		KUNIT_EXPECT_EQ(test, first, BLOCK);
	}
	slot = slot_of(MOST, 0);
	KUNIT_EXPECT_EQ(test, zram_slot_blocks(&slot, &first), ZRAM_BLOCKS_PER_PAGE);
	slot = slot_of(MOST, ZRAM_BLOCK_SIZE - 8);
	KUNIT_EXPECT_EQ(test, zram_slot_blocks(&slot, &first), ZRAM_BLOCKS_PER_PAGE + 1);
	slot = slot_of(PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, zram_slot_blocks(&slot, &first), ZRAM_BLOCKS_PER_PAGE);
}

/* A read covers the logical blocks that an object and its checksum lie on, and no others */
static void checksum_test_span(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 4, 500, 508, 509, 1170, MOST, PAGE_SIZE };
	unsigned int i, offset, logical, bytes;
	struct zram_slot slot;
	u64 start, at, end;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (offset = 0; offset < ZRAM_BLOCK_SIZE; offset += 8)
			for (logical = 512; logical <= ZRAM_BLOCK_SIZE; logical *= 2) {
				slot = slot_of(sizes[i], offset);
				bytes = zram_slot_span(&slot, logical, &start);
				at = (BLOCK << ZRAM_BLOCK_SHIFT) + offset;
				end = at + zram_slot_packed_size(sizes[i]);
				KUNIT_EXPECT_EQ(test, (start | bytes) & (logical - 1), 0ULL);
				KUNIT_EXPECT_LE(test, start, at);
				KUNIT_EXPECT_GT(test, start + logical, at);
				KUNIT_EXPECT_GE(test, start + bytes, end);
				KUNIT_EXPECT_LT(test, start + bytes, end + logical);
			}
}

/**
 * struct checksum_read - a packed read of two pages that has succeeded
 * @zram: a device with a compressor and a pool
 * @packed: the read, of block @BLOCK and more, with one object of the reader
 * @page: where the reader wants it
 * @content: content of the page that is stored
 */
struct checksum_read {
	struct zram *zram;
	struct zram_rb_packed *packed;
	struct page *page;
	u8 *content;
};

static struct checksum_read make_read(struct kunit *test)
{
	struct checksum_read read = { .content = make_page(test) };
	size_t bytes = struct_size(read.packed, bvecs, 2) +
		       2 * sizeof(*read.packed->objects);
	unsigned int i;

	read.zram = kunit_kzalloc(test, sizeof(*read.zram), GFP_KERNEL);
	read.packed = kunit_kzalloc(test, bytes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, read.zram);
	KUNIT_ASSERT_NOT_NULL(test, read.packed);
	KUNIT_ASSERT_EQ(test, zram_test_disk(test, read.zram), 0);
	KUNIT_ASSERT_EQ(test, zram_test_init(read.zram, 16, 0), 0);
	read.packed->objects = (void *)&read.packed->bvecs[2];
	read.packed->first = BLOCK;
	read.packed->base = BLOCK << ZRAM_BLOCK_SHIFT;
	read.packed->own_objects = 1;
	read.packed->nr_objects = 2;
	for (i = 0; i < 2; i++)
		read.packed->bvecs[i].bv_page = virt_to_page(make_page(test));
	read.page = virt_to_page(make_page(test));
	return read;
}

/* Write byte @at of the read */
static void put_byte(struct checksum_read *read, unsigned int at, u8 byte)
{
	u8 *page = page_address(read->packed->bvecs[at >> PAGE_SHIFT].bv_page);

	page[offset_in_page(at)] = byte;
}

/* Make @i an object of @size bytes, @at bytes from the beginning of block @BLOCK */
static void put_object(struct checksum_read *read, unsigned int i,
		       u8 *object, unsigned int size, unsigned int at)
{
	struct zram_rb_object *obj = &read->packed->objects[i];
	unsigned int k;

	*obj = (struct zram_rb_object){
		.slot.handle = zram_slot_location(BLOCK, 0) + (at >> ZRAM_LOC_SHIFT),
		.slot.flags = size | ZRAM_WB,
		.index = i,
		.page = i ? NULL : read->page,
	};
	zram_checksum_write(object, i, &obj->slot);
	at -= read->packed->base - (BLOCK << ZRAM_BLOCK_SHIFT);
	for (k = 0; k < zram_slot_packed_size(size); k++)
		put_byte(read, at + k, object[k]);
}

/* Compress the content of @read to @object; returns the size of the object */
static unsigned int make_object(struct kunit *test, struct checksum_read *read, u8 *object)
{
	struct zram_comp *comp = read->zram->comps.choice[0].comp;
	struct zram_comp_stream *strm;
	unsigned int len = 0;

	KUNIT_ASSERT_EQ(test, zram_comp_start(comp), 0);
	strm = zram_comp_stream_get(comp, ZRAM_COMPRESS);
	memset(read->content + 100, 7, PAGE_SIZE - 200);
	KUNIT_EXPECT_EQ(test, zram_comp_compress(strm, read->content, &len), 0);
	if (len <= MOST)
		memcpy(object, strm->buf, len);
	zram_comp_stream_put(strm);
	KUNIT_ASSERT_LE(test, len, PAGE_SIZE / 4);
	return len;
}

/* Object 0 lies @at bytes from the beginning of block @BLOCK: its reader gets the content */
static void expect_content(struct kunit *test, struct checksum_read *read, unsigned int at)
{
	memset(page_address(read->page), 0xaa, PAGE_SIZE);
	KUNIT_EXPECT_EQ_MSG(test, zram_rb_unpack(read->zram, read->packed), 0,
			    "page at %u", at);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(page_address(read->page), read->content,
					 PAGE_SIZE), 0, "page at %u", at);
}

/* A reader gets the data that was written, if the read begins at a logical block */
static void checksum_test_sectors(struct kunit *test)
{
	static const unsigned int sizes[] = { 512, 1024, ZRAM_BLOCK_SIZE };
	struct checksum_read read = make_read(test);
	u8 *object = make_page(test);
	unsigned int i, at, bytes, len = make_object(test, &read, object);
	struct zram_slot slot;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (at = 0; at < ZRAM_BLOCK_SIZE; at += 8) {
			slot = slot_of(len, at);
			bytes = zram_slot_span(&slot, sizes[i], &read.packed->base);
			KUNIT_ASSERT_LE(test, bytes, 2 * PAGE_SIZE);
			put_object(&read, 0, object, len, at);
			expect_content(test, &read, at);
		}
	zram_test_exit(read.zram, 0);
}

/* A reader, and memory, get the data that was written, also of an object on two pages */
static void checksum_test_read(struct kunit *test)
{
	struct checksum_read read = make_read(test);
	u8 *object = make_page(test), *back = make_page(test);
	unsigned int at, len = make_object(test, &read, object);
	struct zram *zram = read.zram;
	unsigned long handle;

	KUNIT_ASSERT_EQ(test, zram_obj_alloc_back(&zram->pool, len, GFP_KERNEL, &handle), 0);

	/* From one page over both to the other page */
	for (at = PAGE_SIZE - ALIGN(len, 8) - 16; at <= PAGE_SIZE; at += 8) {
		put_object(&read, 1, object, len, at);
		KUNIT_EXPECT_TRUE_MSG(test, zram_rb_unpack_check(zram, read.packed),
				      "neighbour at %u", at);
		zram_rb_unpack_store(zram, read.packed, &read.packed->objects[1], handle);
		zram_obj_load(&zram->pool, handle, back, len);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(back, object, len), 0, "neighbour at %u", at);

		put_object(&read, 0, object, len, at);
		expect_content(test, &read, at);
	}
	/* One that belongs elsewhere is not taken, though it decompresses */
	read.packed->objects[0].index = 2;
	KUNIT_EXPECT_EQ(test, zram_rb_unpack(zram, read.packed), -EBADMSG);
	read.packed->objects[1].index = 2;
	KUNIT_EXPECT_FALSE(test, zram_rb_unpack_check(zram, read.packed));
	zram_obj_free(&zram->pool, handle);
	zram_test_exit(zram, 0);
}

static struct kunit_case checksum_test_cases[] = {
	KUNIT_CASE(checksum_test_sizes),
	KUNIT_CASE(checksum_test_bits),
	KUNIT_CASE(checksum_test_place),
	KUNIT_CASE(checksum_test_blocks),
	KUNIT_CASE(checksum_test_span),
	KUNIT_CASE(checksum_test_sectors),
	KUNIT_CASE(checksum_test_read),
	{}
};

static struct kunit_suite checksum_test_suite = {
	.name = "zram_checksum",
	.test_cases = checksum_test_cases,
};

kunit_test_suite(checksum_test_suite);
