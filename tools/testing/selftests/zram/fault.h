/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection aims at the tasks that ask for it ("task-filter"): a worker
 * thread asks once it has what it needs from the rest of the kernel.
 */
#ifndef ZT_FAULT_H
#define ZT_FAULT_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* From here on the calling thread's allocations may fail. */
static inline void zt_fault_me(void)
{
	int fd = open("/proc/thread-self/make-it-fail", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1) {
		perror("make-it-fail");
		exit(3);
	}
	close(fd);
}

#endif /* ZT_FAULT_H */
