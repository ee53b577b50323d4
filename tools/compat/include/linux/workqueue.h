/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _COMPAT_LINUX_WORKQUEUE_H_
#define _COMPAT_LINUX_WORKQUEUE_H_

#include_next <linux/workqueue.h>

/* Before there was a word for it, a queue was per CPU unless it was unbound. */
#ifndef COMPAT_HAS_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#endif
