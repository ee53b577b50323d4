/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_ARGS_H_
#define _ZRAM_ARGS_H_

#include <linux/types.h>

/* Returned by a zram_arg's function to have later arguments ignored */
#define ZRAM_ARGS_STOP	1

struct device;

/**
 * struct zram_arg - a key of an attribute
 * @key: the key; NULL for words that stand alone
 * @take: called with the value, or the word. Returns 0, %ZRAM_ARGS_STOP or a
 *	negative errno
 */
struct zram_arg {
	const char *key;
	int (*take)(void *ctx, const char *value);
};

int zram_args_parse(struct device *dev, const char *buf, size_t len,
		    const struct zram_arg *known, unsigned int nr, void *ctx);
int zram_args_range(const char *value, unsigned long nr, unsigned long *first,
		    unsigned long *last);

#endif
