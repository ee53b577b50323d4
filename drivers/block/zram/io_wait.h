/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_IO_WAIT_H_
#define _ZRAM_IO_WAIT_H_

#include <linux/completion.h>
#include <linux/jiffies.h>

/**
 * zram_io_wait() - wait for I/O of the backing device
 * @done: completed by the end of the I/O
 *
 * A device that stops answering is not a task that hangs. Waking up each second
 * keeps the hung-task detector quiet, for which a kernel may be set to panic.
 *
 * Context: May sleep.
 */
static inline void zram_io_wait(struct completion *done)
{
	while (!wait_for_completion_io_timeout(done, HZ))
		;
}

#endif
