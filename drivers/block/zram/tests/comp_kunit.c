// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of compression: what goes in comes out again, whatever it is, and
 * what is damaged never gets out of the page.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../comp.h"

#define GUARD_SIZE	64
#define GUARD_BYTE	0xa5
/* Instrumented code takes ten times as long */
#define ROUNDS		(IS_ENABLED(CONFIG_KASAN) ? 40 : 200)

/**
 * struct comp_test - what a test works on
 * @comp: the algorithm under test
 * @page: a page to compress
 * @guarded: a page to decompress to, with guards before and behind
 * @dst: the page in @guarded
 * @rnd: source of random numbers, the same in every run
 * @noreclaim: what to restore when the stream is put back
 * @reader: the stream that decompresses
 */
struct comp_test {
	struct zram_comp *comp;
	u8 *page;
	u8 *guarded;
	u8 *dst;
	struct rnd_state rnd;
	unsigned int noreclaim;
	struct zram_comp_stream *reader;
};

/* All there may ever be, in the order of the ABI */
static const char *const names[] = {
	"lzo-rle", "lzo", "lz4", "lz4hc", "zstd", "deflate", "842", "lzpage",
};

static void name_desc(const char *const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

static const struct zram_comp_params unset = ZRAM_COMP_PARAMS_UNSET;

KUNIT_ARRAY_PARAM(name, names, name_desc);

static int comp_test_init(struct kunit *test)
{
	const char *const *name = test->param_value;
	struct comp_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	t->guarded = kunit_kzalloc(test, PAGE_SIZE + 2 * GUARD_SIZE,
				   GFP_KERNEL);
	if (!t->page || !t->guarded)
		return -ENOMEM;
	t->dst = t->guarded + GUARD_SIZE;
	memset(t->guarded, GUARD_BYTE, GUARD_SIZE);
	memset(t->dst + PAGE_SIZE, GUARD_BYTE, GUARD_SIZE);
	prandom_seed_state(&t->rnd, 20250303);
	test->priv = t;

	if (name && zram_comp_table_lookup(*name)) {
		struct zram_comp *comp = zram_comp_create(*name, &unset);

		if (IS_ERR(comp))
			return PTR_ERR(comp);
		t->comp = comp;
		return zram_comp_start(comp);
	}
	return 0;
}

static void comp_test_exit(struct kunit *test)
{
	struct comp_test *t = test->priv;

	if (t)
		zram_comp_destroy(t->comp);
}

static struct comp_test *setup(struct kunit *test)
{
	struct comp_test *t = test->priv;

	if (!t->comp)
		kunit_skip(test, "not in this build");
	return t;
}

static void fill_zeros(u8 *page, struct rnd_state *rnd)
{
	memset(page, 0, PAGE_SIZE);
}

static void fill_one_byte(u8 *page, struct rnd_state *rnd)
{
	memset(page, 0, PAGE_SIZE);
	page[prandom_u32_state(rnd) % PAGE_SIZE] = 1;
}

static void fill_bytes_counting(u8 *page, struct rnd_state *rnd)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = i;
}

static void fill_words_counting(u8 *page, struct rnd_state *rnd)
{
	u32 first = prandom_u32_state(rnd);
	u32 *word = (u32 *)page;
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		word[i] = first + i;
}

static void fill_text(u8 *page, struct rnd_state *rnd)
{
	static const char *const words[] = {
		"the ", "page ", "of ", "memory ", "is ", "not ", "where ",
		"it ", "was, ", "and ", "nobody ", "knows.\n", "Why ", "?\n",
	};
	unsigned int at = 0;

	while (at < PAGE_SIZE) {
		const char *word = words[prandom_u32_state(rnd) %
					 ARRAY_SIZE(words)];

		while (*word && at < PAGE_SIZE)
			page[at++] = *word++;
	}
}

static void fill_pointers(u8 *page, struct rnd_state *rnd)
{
	u64 *ptr = (u64 *)page;
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*ptr); i++)
		ptr[i] = prandom_u32_state(rnd) % 4 ? 0xffff888100000000ULL +
			 (prandom_u32_state(rnd) & 0xfffff8) : 0;
}

static void fill_random(u8 *page, struct rnd_state *rnd)
{
	prandom_bytes_state(rnd, page, PAGE_SIZE);
}

static void fill_half_random(u8 *page, struct rnd_state *rnd)
{
	memset(page, 0, PAGE_SIZE);
	prandom_bytes_state(rnd, page, PAGE_SIZE / 2);
}

static void fill_random_half(u8 *page, struct rnd_state *rnd)
{
	memset(page, 0, PAGE_SIZE);
	prandom_bytes_state(rnd, page + PAGE_SIZE / 2, PAGE_SIZE / 2);
}

/* Matches too short and too far apart to be worth their code */
static void fill_expanding(u8 *page, struct rnd_state *rnd)
{
	unsigned int i;

	prandom_bytes_state(rnd, page, PAGE_SIZE);
	for (i = PAGE_SIZE / 2; i < PAGE_SIZE - 32; i += 17)
		memcpy(page + i, page + prandom_u32_state(rnd) % (i / 2), 4);
}

/**
 * struct pattern - a kind of page
 * @name: what to call it in a message
 * @fill: makes one
 * @least: shortest form any algorithm may give it, bytes
 * @most: longest form any algorithm may give it, bytes
 */
struct pattern {
	const char *name;
	void (*fill)(u8 *page, struct rnd_state *rnd);
	unsigned int least;
	unsigned int most;
};

static const struct pattern patterns[] = {
	{ "zeros", fill_zeros, 1, PAGE_SIZE / 16 },
	{ "one byte", fill_one_byte, 1, PAGE_SIZE / 16 },
	{ "bytes counting", fill_bytes_counting, 1, PAGE_SIZE / 2 },
	{ "words counting", fill_words_counting, 1, ZRAM_COMP_BUF_SIZE },
	{ "text", fill_text, 1, PAGE_SIZE * 3 / 4 },
	{ "pointers", fill_pointers, 1, PAGE_SIZE - 1 },
	{ "random", fill_random, PAGE_SIZE, ZRAM_COMP_BUF_SIZE },
	{ "half random", fill_half_random, PAGE_SIZE / 2, PAGE_SIZE - 1 },
	{ "random half", fill_random_half, PAGE_SIZE / 2, PAGE_SIZE - 1 },
	{ "expanding", fill_expanding, 1, ZRAM_COMP_BUF_SIZE },
};

/*
 * Reclaim waits for streams, so nobody waits for reclaim with one held; the
 * tests, and KUnit, do allocate.
 */
static struct zram_comp_stream *take_stream(struct comp_test *t)
{
	struct zram_comp_stream *strm = zram_comp_stream_get(t->comp,
							     ZRAM_COMPRESS);

	t->reader = zram_comp_stream_get(t->comp, ZRAM_DECOMPRESS);
	t->noreclaim = memalloc_noreclaim_save();
	return strm;
}

static void put_stream(struct comp_test *t, struct zram_comp_stream *strm)
{
	memalloc_noreclaim_restore(t->noreclaim);
	zram_comp_stream_put(t->reader);
	zram_comp_stream_put(strm);
}

/* Decompress from a buffer that ends where the data does, for KASAN's sake. */
static int decompress(struct kunit *test, const void *src, unsigned int len)
{
	struct comp_test *t = test->priv;
	void *copy = kmalloc(len, GFP_KERNEL);
	int ret;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, src, len);
	ret = zram_comp_decompress(t->reader, copy, len, t->dst);
	kfree(copy);
	KUNIT_EXPECT_PTR_EQ(test, NULL,
			    memchr_inv(t->guarded, GUARD_BYTE, GUARD_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, NULL,
			    memchr_inv(t->dst + PAGE_SIZE, GUARD_BYTE,
				       GUARD_SIZE));
	return ret;
}

/* Compress @t->page and return a copy of the result, made for the test. */
static u8 *compress(struct kunit *test, struct zram_comp_stream *strm,
		    const struct pattern *pattern, unsigned int *len)
{
	struct comp_test *t = test->priv;
	u8 *copy;

	pattern->fill(t->page, &t->rnd);
	KUNIT_EXPECT_EQ(test, 0, zram_comp_compress(strm, t->page, len));
	KUNIT_EXPECT_GE_MSG(test, *len, pattern->least, "%s", pattern->name);
	KUNIT_EXPECT_LE_MSG(test, *len, pattern->most, "%s", pattern->name);
	*len = min_t(unsigned int, *len, ZRAM_COMP_BUF_SIZE);
	copy = kunit_kzalloc(test, 2 * *len, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, copy, NULL);
	if (copy)
		memcpy(copy, strm->buf, *len);
	return copy;
}

static void check_page(struct kunit *test, const u8 *data, unsigned int len)
{
	struct comp_test *t = test->priv;

	memset(t->dst, GUARD_BYTE, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 0, decompress(test, data, len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(t->page, t->dst, PAGE_SIZE));
	if (len > PAGE_SIZE)
		return;
	/* The driver may have the object in the buffer of the stream */
	memset(t->dst, GUARD_BYTE, PAGE_SIZE);
	memcpy(t->reader->buf, data, len);
	KUNIT_EXPECT_EQ(test, 0, zram_comp_decompress(t->reader, t->reader->buf,
						      len, t->dst));
	KUNIT_EXPECT_EQ(test, 0, memcmp(t->page, t->dst, PAGE_SIZE));
}

static void comp_test_round_trip(struct kunit *test)
{
	struct comp_test *t = setup(test);
	struct zram_comp_stream *strm = take_stream(t);
	unsigned int i, round, len;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		for (round = 0; round < 20; round++) {
			u8 *data = compress(test, strm, &patterns[i], &len);

			if (!data)
				break;
			check_page(test, data, len);
			kunit_kfree(test, data);
		}
	}
	put_stream(t, strm);
}

static void comp_test_truncated(struct kunit *test)
{
	struct comp_test *t = setup(test);
	struct zram_comp_stream *strm = take_stream(t);
	unsigned int i, len, cut;
	u8 *data;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		data = compress(test, strm, &patterns[i], &len);
		if (!data)
			break;
		for (cut = 0; cut < len; cut += cut < 64 ? 1 : 29)
			KUNIT_EXPECT_EQ(test, -EINVAL,
					decompress(test, data, cut));
		for (cut = len - min(len, 32U); cut < len; cut++)
			KUNIT_EXPECT_EQ(test, -EINVAL,
					decompress(test, data, cut));

		/* Twice the data is no page either. */
		memcpy(data + len, data, len);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				decompress(test, data, 2 * len));
		check_page(test, data, len);
		kunit_kfree(test, data);
	}
	put_stream(t, strm);
}

static void comp_test_corrupt(struct kunit *test)
{
	struct comp_test *t = setup(test);
	struct zram_comp_stream *strm = take_stream(t);
	unsigned int i, round, len, at;
	int ret;
	u8 *data;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		data = compress(test, strm, &patterns[i], &len);
		if (!data)
			break;
		for (round = 0; round < ROUNDS; round++) {
			u8 change = 1 + prandom_u32_state(&t->rnd) % 255;

			/* It may even be valid still: a literal was hit. */
			at = prandom_u32_state(&t->rnd) % len;
			data[at] ^= change;
			ret = decompress(test, data, len);
			KUNIT_EXPECT_TRUE(test, !ret || ret == -EINVAL);
			data[at] ^= change;
		}
		/* The damage does not stay in the stream. */
		check_page(test, data, len);
		kunit_kfree(test, data);
	}

	for (round = 0; round < 5 * ROUNDS; round++) {
		fill_random(t->page, &t->rnd);
		at = prandom_u32_state(&t->rnd) % (PAGE_SIZE + 1);
		ret = decompress(test, t->page, at);
		KUNIT_EXPECT_EQ(test, ret, -EINVAL);
	}
	put_stream(t, strm);
}

static void comp_test_lookup(struct kunit *test)
{
	unsigned int i, built = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = zram_comp_table_lookup(names[i]);
		char line[16];

		if (!name)
			continue;
		built++;
		KUNIT_EXPECT_STREQ(test, name, names[i]);
		snprintf(line, sizeof(line), "%s\n", names[i]);
		KUNIT_EXPECT_PTR_EQ(test, zram_comp_table_lookup(line), name);
		snprintf(line, sizeof(line), "%sx", names[i]);
		KUNIT_EXPECT_PTR_EQ(test, zram_comp_table_lookup(line), NULL);
	}
	KUNIT_EXPECT_GT(test, built, 0);
	KUNIT_EXPECT_PTR_EQ(test, zram_comp_table_lookup(""), NULL);
	KUNIT_EXPECT_PTR_EQ(test, zram_comp_table_lookup("lz"), NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(zram_comp_create("lz", &unset)), -EINVAL);
	zram_comp_destroy(NULL);
}

/* What the list has to be with @selected, behind @prefix */
static void expect_list(struct kunit *test, const char *prefix,
			const char *selected)
{
	char *want = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	ssize_t start = strlen(prefix), len = start;
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, want);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	strscpy(page, prefix, PAGE_SIZE);
	strscpy(want, prefix, PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool hit = selected && !strcmp(selected, names[i]);

		if (zram_comp_table_lookup(names[i]))
			len += scnprintf(want + len, PAGE_SIZE - len,
					 hit ? "[%s] " : "%s ", names[i]);
	}
	len += scnprintf(want + len, PAGE_SIZE - len, "\n");
	KUNIT_EXPECT_EQ(test, zram_comp_table_show(selected, page, start),
			len - start);
	KUNIT_EXPECT_STREQ(test, page, want);
}

static void comp_test_list(struct kunit *test)
{
	unsigned int i;

	expect_list(test, "", NULL);
	expect_list(test, "#1: ", "none of them");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		expect_list(test, "", names[i]);
		expect_list(test, "#1: ", names[i]);
	}
}

static struct kunit_case comp_test_cases[] = {
	KUNIT_CASE_PARAM(comp_test_round_trip, name_gen_params),
	KUNIT_CASE_PARAM(comp_test_truncated, name_gen_params),
	KUNIT_CASE_PARAM(comp_test_corrupt, name_gen_params),
	KUNIT_CASE(comp_test_lookup),
	KUNIT_CASE(comp_test_list),
	{}
};

static struct kunit_suite comp_test_suite = {
	.name = "zram_comp",
	.init = comp_test_init,
	.exit = comp_test_exit,
	.test_cases = comp_test_cases,
};

kunit_test_suite(comp_test_suite);
