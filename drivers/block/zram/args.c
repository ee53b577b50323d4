// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing of attributes' input: words and "key=value", separated by blanks.
 */

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "args.h"

static const struct zram_arg *args_find(const struct zram_arg *known,
					unsigned int nr, const char *key)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (key ? known[i].key && !strcmp(known[i].key, key) :
			  !known[i].key)
			return &known[i];
	return NULL;
}

/* One argument. A key without a value is a word, even if it ends in "=" */
static int args_take(struct device *dev, const struct zram_arg *known,
		     unsigned int nr, void *ctx,
		     const char *key, const char *value)
{
	const struct zram_arg *arg;

	if (value && !*value)
		value = NULL;
	arg = args_find(known, nr, value ? key : NULL);
	if (arg)
		return arg->take(ctx, value ? value : key);
	/*
	 * Other versions may know the key, so it is ignored; a word is an
	 * error
	 */
	if (!value)
		return -EINVAL;
	if (dev)
		dev_notice_ratelimited(dev, "parameter \"%*pE\" is ignored\n",
				       (int)strlen(key), key);
	return 0;
}

/**
 * zram_args_parse() - take the arguments of an attribute apart
 * @dev: the device, for messages; NULL for none
 * @buf: what was written to it
 * @len: length of that
 * @known: the keys it knows
 * @nr: number of them
 * @ctx: for their functions
 *
 * Arguments are taken in the order they come in; a key may come again. Values
 * may be in double quotes. A key that is not known is logged and ignored.
 *
 * Context: May sleep.
 * Return: 0; -EINVAL for a word that is not a value; -ENOMEM; or what stopped
 *	a key's function.
 */
int zram_args_parse(struct device *dev, const char *buf, size_t len,
		    const struct zram_arg *known, unsigned int nr, void *ctx)
{
	char *copy = kstrndup(buf, len, GFP_KERNEL);
	char *rest, *key, *value;
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	rest = skip_spaces(copy);
	while (*rest && !ret) {
		rest = next_arg(rest, &key, &value);
		ret = args_take(dev, known, nr, ctx, key, value);
	}
	kfree(copy);
	return ret == ZRAM_ARGS_STOP ? 0 : ret;
}

/**
 * zram_args_range() - parse "first-last"
 * @value: the text
 * @nr: the first number has to be less than this
 * @first: set to the first number
 * @last: set to the last number
 *
 * Errors of the first number take precedence.
 *
 * Context: May sleep.
 * Return: 0, -EINVAL, -ERANGE for a number that is too large, or -ENOMEM.
 */
int zram_args_range(const char *value, unsigned long nr, unsigned long *first,
		    unsigned long *last)
{
	const char *dash = strchr(value, '-');
	char *digits;
	int err;

	if (!dash)
		return -EINVAL;
	digits = kstrndup(value, dash - value, GFP_KERNEL);
	if (!digits)
		return -ENOMEM;
	err = kstrtoul(digits, 10, first);
	kfree(digits);
	if (!err && *first >= nr)
		err = -ERANGE;
	return err ? err : kstrtoul(dash + 1, 10, last);
}
