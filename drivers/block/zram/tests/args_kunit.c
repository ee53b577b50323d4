// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the arguments of attributes.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../args.h"

/* What the functions below were told, one word after the other */
struct seen {
	char text[256];
	const char *stop;
};

static int note(struct seen *seen, const char *key, const char *value)
{
	size_t at = strlen(seen->text);

	scnprintf(seen->text + at, sizeof(seen->text) - at, "%s(%s)", key,
		  value);
	if (seen->stop && !strcmp(seen->stop, value))
		return ZRAM_ARGS_STOP;
	return strcmp(value, "bad") ? 0 : -ERANGE;
}

static int take_word(void *ctx, const char *value)
{
	return note(ctx, "word", value);
}

static int take_a(void *ctx, const char *value)
{
	return note(ctx, "a", value);
}

static int take_bc(void *ctx, const char *value)
{
	return note(ctx, "bc", value);
}

static const struct zram_arg known[] = {
	{ "a", take_a },
	{ "bc", take_bc },
	{ NULL, take_word },
};

static void args_test_parse(struct kunit *test)
{
	static const struct {
		const char *text;
		const char *seen;
		int ret;
	} cases[] = {
		{ "", "" },
		{ "\n", "" },
		{ " \t\n ", "" },
		{ "x", "word(x)" },
		{ "x\n", "word(x)" },
		{ "a=1", "a(1)" },
		{ "a=1\n", "a(1)" },
		{ "  a=1  bc=2\n ", "a(1)bc(2)" },
		{ "bc=2 a=1 bc=3", "bc(2)a(1)bc(3)" },
		{ "a=\"1 2\" x", "a(1 2)word(x)" },
		{ "\"a=1 2\" x", "a(1 2)word(x)" },
		{ "a=1=2", "a(1=2)" },
		{ "a=", "word(a)" },
		{ "x= a=1", "word(x)a(1)" },
		{ "b=1 ab=2 abc=3", "" },
		{ "=4", "word(=4)" },
		{ "a", "word(a)" },
		{ "a=bad bc=2", "a(bad)", -ERANGE },
		{ "bc=2 bad a=1", "bc(2)word(bad)", -ERANGE },
		{ "a=stop a=bad", "a(stop)" },
		{ "stop bad", "word(stop)" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct seen seen = { .stop = "stop" };
		int ret = zram_args_parse(NULL, cases[i].text, strlen(cases[i].text),
					  known, ARRAY_SIZE(known), &seen);

		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].ret, "'%s'",
				    cases[i].text);
		KUNIT_EXPECT_STREQ_MSG(test, seen.text, cases[i].seen, "'%s'",
				       cases[i].text);
	}
}

/* Without a function for words there are none; the length is what counts. */
static void args_test_words(struct kunit *test)
{
	struct seen seen = {};

	KUNIT_EXPECT_EQ(test, zram_args_parse(NULL, "a=1 x", 5, known, 2, &seen),
			-EINVAL);
	KUNIT_EXPECT_STREQ(test, seen.text, "a(1)");
	KUNIT_EXPECT_EQ(test, zram_args_parse(NULL, "a", 1, known, 2, &seen),
			-EINVAL);
	seen.text[0] = '\0';
	KUNIT_EXPECT_EQ(test, zram_args_parse(NULL, "a=12345", 4, known, 2, &seen),
			0);
	KUNIT_EXPECT_STREQ(test, seen.text, "a(12)");
}

static void args_test_range(struct kunit *test)
{
	static const struct {
		const char *text;
		int ret;
		unsigned long first, last;
	} cases[] = {
		{ "0-0", 0, 0, 0 },
		{ "1-100", 0, 1, 100 },
		{ "7-3", 0, 7, 3 },
		{ "00001-00002", 0, 1, 2 },
		{ "4294967294-4294967294", 0, U32_MAX - 1, U32_MAX - 1 },
		{ "5\n-6", 0, 5, 6 },
		{ "", -EINVAL },
		{ "-", -EINVAL },
		{ "5", -EINVAL },
		{ "5-", -EINVAL },
		{ "-5", -EINVAL },
		{ "1-2-3", -EINVAL },
		{ "1--2", -EINVAL },
		{ "a-b", -EINVAL },
		{ "0x1-2", -EINVAL },
		{ "1 - 2", -EINVAL },
		{ "99999999999999999999999-1", -ERANGE },
		{ "1-99999999999999999999999", -ERANGE },
		{ "9999999999999999999999999999999999-1", -ERANGE },
		{ "0000000000000000000000000000000001-2", 0, 1, 2 },
	};
	unsigned long first, last;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = zram_args_range(cases[i].text, ULONG_MAX, &first,
					  &last);

		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].ret, "'%s'",
				    cases[i].text);
		if (ret)
			continue;
		KUNIT_EXPECT_EQ(test, first, cases[i].first);
		KUNIT_EXPECT_EQ(test, last, cases[i].last);
	}
	/* The first number is checked before the last is parsed */
	KUNIT_EXPECT_EQ(test, zram_args_range("9-x", 10, &first, &last),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, zram_args_range("10-x", 10, &first, &last),
			-ERANGE);
}

static struct kunit_case args_test_cases[] = {
	KUNIT_CASE(args_test_parse),
	KUNIT_CASE(args_test_words),
	KUNIT_CASE(args_test_range),
	{}
};

static struct kunit_suite args_test_suite = {
	.name = "zram_args",
	.test_cases = args_test_cases,
};

kunit_test_suite(args_test_suite);
