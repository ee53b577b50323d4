/* SPDX-License-Identifier: GPL-2.0 */
/* Memory pressure for benchmarks. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include "data.h"

/**
 * memory_counter - read a counter of /proc/vmstat
 * @name: its name
 *
 * Return: its value, or 0 if this kernel does not have it.
 */
u64 memory_counter(const char *name);

/**
 * memory_map - anonymous memory, in small pages
 * @bytes: how much
 *
 * Return: where it is; ends the program if there is none.
 */
void *memory_map(u64 bytes);

/**
 * memory_lock_all_but - have free memory go away in locked pages
 * @leave_mib: how much stays free
 */
void memory_lock_all_but(u64 leave_mib);

#endif
