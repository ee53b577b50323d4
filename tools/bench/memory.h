/* SPDX-License-Identifier: GPL-2.0 */
/* Memory pressure for benchmarks. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <sys/mman.h>

#include "data.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/* Entries of /proc/self/pagemap */
#define MEMORY_SWAPPED	0x4000000000000000ull
#define MEMORY_SLOT(e)	((e) >> 5 & ((1ull << 50) - 1))

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
 * memory_map_folios - anonymous memory, in folios of one size
 * @bytes: how much, a multiple of @folio
 * @folio: their size; if it is more than that of a page, the kernel's policy has to
 *	allow it to those who ask, and no other size
 *
 * Return: where it is, aligned to @folio; ends the program if there is none.
 */
void *memory_map_folios(u64 bytes, u64 folio);

/**
 * memory_pagemap - look where pages are
 * @mem: the first one
 * @nr: how many
 * @entry: their entries of /proc/self/pagemap
 */
void memory_pagemap(const void *mem, u64 nr, u64 *entry);

/**
 * memory_page_out - swap pages out, all of them
 * @mem: the first one
 * @nr: how many
 * @entry: as for memory_pagemap(), afterwards
 *
 * Return: how many are still in memory after several attempts.
 */
u64 memory_page_out(void *mem, u64 nr, u64 *entry);

/**
 * memory_lock_all_but - have free memory go away in locked pages
 * @leave_mib: how much stays free
 */
void memory_lock_all_but(u64 leave_mib);

/**
 * memory_unlock - free what memory_lock_all_but() has locked
 */
void memory_unlock(void);

#endif
