/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_SLAB_H_
#define _ZRAM_COMPAT_SLAB_H_

#include_next <linux/slab.h>

#ifndef COMPAT_HAS_KZALLOC_OBJ
/* The flags are an optional last argument, GFP_KERNEL without it */
#define zram_compat_gfp(dummy, gfp, ...)	(gfp)
#define zram_compat_alloc(alloc, type, nr, ...)				\
	((typeof(type) *)alloc##_array(nr, sizeof(type),		\
		zram_compat_gfp(, ##__VA_ARGS__, GFP_KERNEL)))

#define kmalloc_obj(type, ...)						\
	zram_compat_alloc(kmalloc, type, 1, ##__VA_ARGS__)
#define kmalloc_objs(type, nr, ...)					\
	zram_compat_alloc(kmalloc, type, nr, ##__VA_ARGS__)
#define kvmalloc_obj(type, ...)						\
	zram_compat_alloc(kvmalloc, type, 1, ##__VA_ARGS__)
#define kvmalloc_objs(type, nr, ...)					\
	zram_compat_alloc(kvmalloc, type, nr, ##__VA_ARGS__)

#define kzalloc_array(nr, size, gfp)	kcalloc(nr, size, gfp)
#define kvzalloc_array(nr, size, gfp)	kvcalloc(nr, size, gfp)
#define kzalloc_obj(type, ...)						\
	zram_compat_alloc(kzalloc, type, 1, ##__VA_ARGS__)
#define kzalloc_objs(type, nr, ...)					\
	zram_compat_alloc(kzalloc, type, nr, ##__VA_ARGS__)
#define kvzalloc_obj(type, ...)						\
	zram_compat_alloc(kvzalloc, type, 1, ##__VA_ARGS__)
#define kvzalloc_objs(type, nr, ...)					\
	zram_compat_alloc(kvzalloc, type, nr, ##__VA_ARGS__)
#endif

#endif
