/* SPDX-License-Identifier: GPL-2.0 */
/* Deterministic page contents for benchmarks. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include <stddef.h>

#define DATA_PAGE 4096
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef unsigned long long u64;

/**
 * data_class - find a class of contents by name
 * @name: incompressible, mixed, text, same or sparse
 *
 * Return: the class for data_page(), or -1 if there is none of that name.
 */
int data_class(const char *name);

/**
 * data_page - make one page
 * @class: from data_class()
 * @seed: selects the data set; same seed, same bytes
 * @index: which page of the data set
 * @page: DATA_PAGE bytes, 8-byte aligned
 */
void data_page(int class, u64 seed, u64 index, void *page);

/**
 * data_pages - make consecutive pages
 * @class: from data_class()
 * @seed: selects the data set
 * @index: the first page
 * @buf: where they go, 8-byte aligned
 * @bytes: how many bytes, a multiple of DATA_PAGE
 */
void data_pages(int class, u64 seed, u64 index, void *buf,
		size_t bytes);

#endif
