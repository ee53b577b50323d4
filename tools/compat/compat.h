/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMPAT_H_
#define _ZRAM_COMPAT_H_

/*
 * Included before everything else in an out-of-tree build. What an older kernel
 * lacks is added by the shadow header of the same name under include/.
 */

#include <linux/version.h>

#if LINUX_VERSION_CODE < ZRAM_COMPAT_MIN || LINUX_VERSION_CODE > ZRAM_COMPAT_MAX
#error "zram builds for the kernels named in tools/kernel/META only"
#endif

/* What the kernel's own zram has there, beside what the newest one has */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define COMPAT_MAX_COMP_STREAMS
#endif

/* Objects are read, and the length of one is not asked for: 6.15 to 6.19 */
#if defined(COMPAT_HAS_ZS_OBJ) && !defined(COMPAT_HAS_ZS_OBJ_LEN)
#define COMPAT_ZS_OBJ_READ
#endif

/* For the compiler's checks of array bounds, which it does without */
#ifndef __counted_by
#define __counted_by(member)
#endif

#endif
