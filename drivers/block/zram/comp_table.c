// SPDX-License-Identifier: GPL-2.0
/* The compressors of this build, and the parameters that they take. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "comp.h"

/* The order is that of comp_algorithm, which is ABI. */
static const struct zram_comp_ops *const comp_table[] = {
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_LZO)
	&zram_comp_lzo_rle,
	&zram_comp_lzo,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_LZ4)
	&zram_comp_lz4,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_LZ4HC)
	&zram_comp_lz4hc,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_ZSTD)
	&zram_comp_zstd,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_DEFLATE)
	&zram_comp_deflate,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_842)
	&zram_comp_842,
#endif
#if IS_ENABLED(CONFIG_ZRAM_BACKEND_LZPAGE)
	&zram_comp_lzpage,
#endif
};

/**
 * zram_comp_table_find() - find a compressor by its name
 * @name: the name; a trailing newline is ignored
 *
 * Return: the compressor, or NULL if it is not in this build.
 */
const struct zram_comp_ops *zram_comp_table_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(comp_table); i++)
		if (sysfs_streq(name, comp_table[i]->name))
			return comp_table[i];
	return NULL;
}

/**
 * zram_comp_table_lookup() - find the name of a compressor
 * @name: the name; a trailing newline is ignored
 *
 * Return: the name as a string that lives as long as the module, or NULL if
 *	this build has no such compressor.
 */
const char *zram_comp_table_lookup(const char *name)
{
	const struct zram_comp_ops *ops = zram_comp_table_find(name);

	return ops ? ops->name : NULL;
}

/**
 * zram_comp_table_show() - print all compressors of this build on one line
 * @selected: name of the one to put in brackets, may be NULL
 * @buf: page of the sysfs attribute
 * @at: offset in @buf to start at, bytes
 *
 * Return: bytes printed.
 */
ssize_t zram_comp_table_show(const char *selected, char *buf, ssize_t at)
{
	ssize_t end = at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(comp_table); i++) {
		const char *name = comp_table[i]->name;
		bool hit = selected && !strcmp(selected, name);

		end += sysfs_emit_at(buf, end, hit ? "[%s] " : "%s ", name);
	}
	end += sysfs_emit_at(buf, end, "\n");
	return end - at;
}

/**
 * zram_comp_table_check() - check level and dictionary for a compressor
 * @ops: the compressor; its prepare() checks the other parameters
 * @params: the parameters
 *
 * Return: 0; -EINVAL if the level is out of range; -EOPNOTSUPP if the compressor
 *	takes no level, or no dictionary, and @params has one.
 */
int zram_comp_table_check(const struct zram_comp_ops *ops,
			  const struct zram_comp_params *params)
{
	int least, greatest;

	if (params->dict && !ops->takes_dict) {
		pr_err_ratelimited("%s: dictionary is not supported\n",
				   ops->name);
		return -EOPNOTSUPP;
	}
	if (params->winbits != ZRAM_COMP_UNSET && !ops->takes_winbits)
		pr_notice_ratelimited("%s: deflate.winbits is ignored\n",
				      ops->name);
	if (params->level == ZRAM_COMP_UNSET)
		return 0;
	if (!ops->levels) {
		pr_err_ratelimited("%s: compression level is not supported\n",
				   ops->name);
		return -EOPNOTSUPP;
	}
	ops->levels(&least, &greatest);
	if (params->level >= least && params->level <= greatest)
		return 0;
	pr_err_ratelimited("%s: invalid compression level %d\n", ops->name,
			   params->level);
	return -EINVAL;
}
