// SPDX-License-Identifier: GPL-2.0
/*
 * A module that is built out of tree has a version, unlike the kernel's own of
 * the same name: modinfo tells them apart by it, and so does dkms, which would
 * not install a module that looks like the one that is there.
 */

#include <linux/module.h>

MODULE_VERSION(ZRAM_COMPAT_VERSION);
