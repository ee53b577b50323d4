// SPDX-License-Identifier: GPL-2.0
/*
 * lzpage with arbitrary input, compiled from the driver's files. The first byte of an
 * input chooses: an object for the decoder; a recipe for an object, of few tokens many
 * times and with too few extra bits; or one for a page, which is compressed, decompressed
 * and compared; then some bytes of its object are changed and it is decompressed again.
 * Some pages change while they are compressed, which is no error.
 * Each buffer has exactly the size that the driver gives it.
 */

#include <errno.h>
#include <stdlib.h>

#include <linux/types.h>

#include "lzpage.h"
#include "lzpage_streams.h"
#include "lzpage_tables.h"

#define MAX_CHANGES	8

static const unsigned int sizes[] = { 4096, 4096, 4096, 16384 };

/* Input that is used up from its start; zeros follow it */
struct input {
	const u8 *data;
	size_t len;
};

static unsigned int next(struct input *in)
{
	if (!in->len)
		return 0;
	in->len--;
	return *in->data++;
}

/* A page that changes: after so many loads of the encoder, as the input says */
static struct {
	struct input *in;
	u8 *page;
	unsigned int size;
	unsigned int loads;
} changing;

void fuzz_loaded(void)
{
	unsigned int at, to;

	if (!changing.page || changing.loads--)
		return;
	at = (next(changing.in) | next(changing.in) << 8) % changing.size;
	to = next(changing.in);
	/* Often to what is behind it, which makes matches */
	changing.page[at] = to & 1 ? changing.page[(at + 1) % changing.size] : to;
	changing.loads = next(changing.in);
	if (!changing.in->len)
		changing.page = NULL;
}

static void *buffer(size_t size)
{
	void *mem = malloc(size);

	if (!mem)
		abort();
	/* Not what it had before, which may be the right bytes */
	memset(mem, 0xa5, size);
	return mem;
}

static int decompress(const u8 *object, unsigned int len, u8 *page, unsigned int size)
{
	struct lzpage_decode_work *work = buffer(sizeof(*work));
	u8 *exact = buffer(len), *again = buffer(size);
	unsigned int i;
	int ret;

	memcpy(exact, object, len);
	memset(page, 0xa5, size);
	ret = zram_lzpage_decompress(exact, len, page, size, work);
	if (ret && ret != -EINVAL)
		abort();
	/* Nothing of what the memory had before comes out, not even in a page of an error */
	memset(work, 0x5a, sizeof(*work));
	memset(again, 0x5a, size);
	if (zram_lzpage_decompress(exact, len, again, size, work) != ret)
		abort();
	for (i = 0; i < size; i++)
		if (page[i] != again[i] && !(ret && page[i] == 0xa5 && again[i] == 0x5a))
			abort();
	free(again);
	free(exact);
	free(work);
	return ret;
}

/* Bytes of the input, and copies of earlier ones, until the page is full */
static void cook(struct input *in, u8 *page, unsigned int size)
{
	unsigned int at = 0, nr, offset;

	while (at < size) {
		nr = next(in);
		if (!in->len)
			nr |= 0x80;
		if (nr < 0x80) {
			for (; nr && at < size; nr--)
				page[at++] = next(in);
			continue;
		}
		nr = (nr & 0x7f) * (next(in) % 16 + 1) + 1;
		offset = next(in) | (next(in) & 15) << 8;
		if (!offset || offset > at)
			offset = at ? at : 1;
		for (; nr && at < size; nr--, at++)
			page[at] = at < offset ? 0 : page[at - offset];
	}
}

static void round_trip(struct input *in, unsigned int choice)
{
	unsigned int size = sizes[choice >> 1 & 3], len, nr;
	int level = choice & 1 ? LZPAGE_DENSE : LZPAGE_FAST;
	u8 *page = buffer(size), *object = buffer(2 * size), *back = buffer(size);
	struct lzpage_encode_work *work = buffer(sizeof(*work));

	cook(in, page, size);
	if (choice & 0x20) {
		changing.in = in;
		changing.page = page;
		changing.size = size;
		changing.loads = next(in) | next(in) << 8;
	}
	len = zram_lzpage_compress(page, size, object, level, work);
	changing.page = NULL;
	if (!len || len > size / LZPAGE_BLOCK * (LZPAGE_BLOCK_MAX + 2))
		abort();
	if ((decompress(object, len, back, size) || memcmp(page, back, size)) &&
	    !(choice & 0x20))
		abort();
	for (nr = next(in) % MAX_CHANGES; nr; nr--)
		object[(next(in) | next(in) << 8) % len] ^= next(in);
	decompress(object, len, back, size);
	decompress(object, next(in) * len / 256, back, size);
	free(work);
	free(back);
	free(object);
	free(page);
}

/* An object whose tokens, literals and extra bits need not fit each other */
static void forge(struct input *in)
{
	static u16 codes[LZPAGE_SEQUENCES_MAX];
	u8 object[2 * LZPAGE_BLOCK] = {}, bytes[256], *page = buffer(LZPAGE_BLOCK);
	unsigned int literals = next(in) + 1, extra = next(in), len = LZPAGE_HEADER, i;
	unsigned int nr = (next(in) | next(in) << 8) % LZPAGE_SEQUENCES_MAX + 1;
	u16 sizes[LZPAGE_STREAMS], literal_sizes[LZPAGE_STREAMS], some[3];
	unsigned int mode = next(in) % (LZPAGE_CODED_TEXT + 1);
	u32 header = literals | nr << LZPAGE_LITERALS_BITS | mode << LZPAGE_MODE_SHIFT;

	for (i = 0; i < ARRAY_SIZE(some); i++)
		do
			some[i] = zram_lzpage_tables.token_code[(next(in) | next(in) << 8) %
								LZPAGE_ALL_TOKENS];
		while (!some[i] && in->len);
	for (i = 0; i < nr; i++)
		codes[i] = some[i < 2 ? i : 2];
	object[0] = header;
	object[1] = header >> 8;
	object[2] = header >> 16;
	for (i = 0; i < literals; i++)
		bytes[i] = next(in);
	if (mode == LZPAGE_RAW)
		memcpy(object + len, bytes, literals);
	len += mode == LZPAGE_RAW ? literals :
		zram_lzpage_put_bytes(object + len, bytes, literals,
				      zram_lzpage_tables.literal_code[mode - 1], literal_sizes);
	for (i = 0; i < extra; i++)
		object[len++] = next(in);
	len += zram_lzpage_put_codes(object + len, codes, nr, sizes);
	if (mode != LZPAGE_RAW)
		len += zram_lzpage_put_sizes(object + len, literals, literal_sizes);
	len += zram_lzpage_put_sizes(object + len, nr, sizes);
	decompress(object, len, page, LZPAGE_BLOCK);
	free(page);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	zram_lzpage_tables_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct input in = { data, len };
	unsigned int choice = next(&in);
	u8 *page;

	if (choice & 0x80) {
		round_trip(&in, choice);
		return 0;
	}
	if (choice & 0x40) {
		forge(&in);
		return 0;
	}
	page = buffer(sizes[choice >> 1 & 3]);
	decompress(in.data, in.len, page, sizes[choice >> 1 & 3]);
	free(page);
	return 0;
}
