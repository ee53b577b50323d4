/* SPDX-License-Identifier: GPL-2.0 */
/* What the benchmark programs share: a clock, random numbers, complaints, sorted samples. */
#ifndef BENCH_UTIL_H
#define BENCH_UTIL_H

#include <err.h>
#include <stdlib.h>
#include <time.h>

#include "data.h"

static inline u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* xorshift64: cheap beside what is measured */
static inline u64 random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline u64 parse_number(const char *text)
{
	char *end;
	u64 value = strtoull(text, &end, 0);

	if (!*text || *end)
		errx(2, "not a number: %s", text);
	return value;
}

static inline void *alloc_aligned(size_t bytes)
{
	void *mem = aligned_alloc(4096, bytes);

	if (!mem)
		err(2, "%zu bytes", bytes);
	return mem;
}

/* Latencies in ns, kept to tell percentiles from at the end. */
struct samples {
	u64 *ns;
	size_t nr;
	size_t max;
};

static inline void samples_add(struct samples *s, u64 ns)
{
	if (s->nr == s->max) {
		s->max = s->max ? 2 * s->max : 65536;
		s->ns = realloc(s->ns, s->max * sizeof(*s->ns));
		if (!s->ns)
			err(2, "samples");
	}
	s->ns[s->nr++] = ns;
}

static inline int samples_order(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static inline void samples_sort(struct samples *s)
{
	qsort(s->ns, s->nr, sizeof(*s->ns), samples_order);
}

/* The samples must be sorted. */
static inline double samples_ns(const struct samples *s, double percent)
{
	size_t at = s->nr * percent / 100;

	if (!s->nr)
		return 0;
	return s->ns[at < s->nr ? at : s->nr - 1];
}

static inline double samples_us(const struct samples *s, double percent)
{
	return samples_ns(s, percent) / 1e3;
}

static inline double samples_average_ns(const struct samples *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->nr; i++)
		sum += s->ns[i];
	return s->nr ? sum / s->nr : 0;
}

#endif
