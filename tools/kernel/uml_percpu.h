/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_UML_PERCPU_H_
#define _ZRAM_UML_PERCPU_H_

/*
 * Interrupts of User Mode Linux are signals, which do not split an instruction, and the
 * kernel does not preempt itself. The kernel's own version masks the signals, with two
 * system calls for each addition if there is SMP; no other architecture pays that.
 * Included before all headers of the kernel.
 */
static inline void um_cpu_add(long long *counter, long long amount)
{
	asm volatile("addq %1, %0" : "+m" (*counter) : "er" (amount));
}

#define this_cpu_add_8(pcp, val)	um_cpu_add((void *)raw_cpu_ptr(&(pcp)), val)

#endif
