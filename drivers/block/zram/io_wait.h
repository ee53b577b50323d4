/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_IO_WAIT_H_
#define _ZRAM_IO_WAIT_H_

#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/types.h>

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

/**
 * zram_io_is_block_fault() - may an error be the fault of the blocks written?
 * @err: the error
 *
 * Return: false for a full thin volume, a lost path and a time-out: they are temporary,
 *	and not caused by the block.
 */
static inline bool zram_io_is_block_fault(int err)
{
	return err == -EIO || err == -ENODATA || err == -EILSEQ;
}

#endif
