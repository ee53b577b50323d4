/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _COMPAT_LINUX_VMALLOC_H_
#define _COMPAT_LINUX_VMALLOC_H_

#include_next <linux/vmalloc.h>

#ifndef COMPAT_HAS_VMALLOC_HUGE_NODE
#define vmalloc_huge_node(size, gfp, node)	vmalloc_huge(size, gfp)
#endif

#endif
