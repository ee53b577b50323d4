/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_DEVICE_CLASS_H_
#define _ZRAM_COMPAT_DEVICE_CLASS_H_

#include_next <linux/device/class.h>

#ifndef COMPAT_HAS_CONST_CLASS
/*
 * Attributes of a class were given it, and themselves, without const. A
 * function of the old type is put before the driver's and takes its name
 * where that is not followed by a parenthesis.
 */
#define hot_add_show(cls_arg, attr_arg, buf_arg)				\
	zram_compat_hot_add(cls_arg, attr_arg, buf_arg);		\
	static ssize_t (hot_add_show)(struct class *class,		\
				      struct class_attribute *attr,	\
				      char *buf)			\
	{								\
		return zram_compat_hot_add(class, attr, buf);		\
	}								\
	static ssize_t zram_compat_hot_add(cls_arg, attr_arg, buf_arg)

#define hot_remove_store(cls_arg, attr_arg, buf_arg, len_arg)		\
	zram_compat_hot_remove(cls_arg, attr_arg, buf_arg, len_arg);	\
	static ssize_t (hot_remove_store)(struct class *class,		\
					  struct class_attribute *attr,	\
					  const char *buf, size_t len)	\
	{								\
		return zram_compat_hot_remove(class, attr, buf, len);	\
	}								\
	static ssize_t zram_compat_hot_remove(cls_arg, attr_arg, buf_arg, len_arg)
#endif

#endif
