// SPDX-License-Identifier: GPL-2.0
/*
 * tiersim: replays a trace under some policies, and prints a line for each: trace,
 * seed, disk-us, policy, lost-s, MiB-written, waits, disk-MiB, pool-MiB, walks, run.
 *
 * lost-s is the time that the program waited for pages; disk-MiB and pool-MiB are
 * averages over time, of pages of 4 KiB; run counts the groups of options. `run` calls
 * it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiersim.h"

static const struct {
	const char *name;
	size_t offset;
} tunings[] = {
#define TUNING(field)	{ #field, offsetof(struct zram_tier_tuning, field) }
#define HAZARD(field)	{ #field, offsetof(struct zram_tier_tuning, hazard.field) }
#define BRAKE(field)	{ "brake_" #field, offsetof(struct zram_tier_tuning, brake.field) }
	TUNING(gate_us),
	TUNING(gate_hold),
	TUNING(young_class),
	HAZARD(memory),
	HAZARD(recent),
	HAZARD(ram_shift),
	HAZARD(prior_q8),
	HAZARD(min_shift),
	HAZARD(floor),
	TUNING(regret_class),
	BRAKE(slack),
	BRAKE(shift),
	BRAKE(recover),
	TUNING(disk_us),
	TUNING(disk_least_us),
};

static bool set_tuning(struct options *opt, const char *name, u32 value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunings); i++) {
		if (strcmp(tunings[i].name, name))
			continue;
		*(u32 *)((char *)&opt->tuning + tunings[i].offset) = value;
		return true;
	}
	return false;
}

static bool set_option(struct options *opt, const char *name, u64 value)
{
	if (!strcmp(name, "ram"))
		opt->ram = value;
	else if (!strcmp(name, "disk_us"))
		opt->disk_us = value;
	else if (!strcmp(name, "probe"))
		opt->probe = value;
	else if (!strcmp(name, "disk_mib"))
		opt->disk_mib = value;
	else if (!strcmp(name, "read_ns"))
		opt->read_ns = value;
	else if (!strcmp(name, "write_ns"))
		opt->write_ns = value;
	else if (!strcmp(name, "daily_mib"))
		opt->daily = value << 20;
	else if (!strcmp(name, "idle_age"))
		opt->idle_age = value;
	else if (!strcmp(name, "pool_target_mib"))
		opt->pool_target = value << 20;
	else if (!strcmp(name, "regret_target"))
		opt->regret_target = value;
	else if (!strcmp(name, "asked"))
		opt->asked = value;
	else if (!strncmp(name, "tuning.", 7))
		return set_tuning(opt, name + 7, value);
	else
		return false;
	return true;
}

static bool chosen(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = list; (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ',') &&
		    (!at[len] || at[len] == ','))
			return true;
	return false;
}

static void run_policy(const struct trace *trace, const struct options *opt,
		       const struct policy *policy, u64 seed, int run, const char *series)
{
	FILE *file = NULL;
	char name[256];
	struct sim sim;
	u64 ms;

	if (series) {
		snprintf(name, sizeof(name), "%s/%s.%s", series, trace->name,
			 policy->name);
		file = fopen(name, "w");
		if (!file) {
			perror(name);
			exit(1);
		}
	}
	sim_run(&sim, trace, opt, policy, file);
	if (file)
		fclose(file);
	ms = max(sim.now_ns / 1000000, 1ULL);
	printf("%s %llu %u %s %.2f %.1f %llu %.1f %.1f %llu %d\n", trace->name,
	       (unsigned long long)seed, opt->disk_us, policy->name,
	       sim.lost_ns / 1e9, sim.written / 1048576.0,
	       (unsigned long long)sim.waits, sim.disk_page_ms / 256.0 / ms,
	       sim.pool_page_ms / 256.0 / ms, (unsigned long long)sim.walks, run);
	fflush(stdout);
}

static int usage(void)
{
	fputs("tiersim TRACE SEED POLICY,... DIR|- [NAME=VALUE...] [-- NAME=VALUE...]...\n"
	      "TRACE is a name, or a file if it has a slash\n"
	      "DIR gets a file with the course of each run\n"
	      "Each -- is followed by the options of another run\n", stderr);
	return 2;
}

/* Options up to the next "--"; returns the index after it, or -1 */
static int parse_options(struct options *opt, int argc, char **argv, int i)
{
	*opt = (struct options){
		.disk_us = 100,
		.probe = true,
		.disk_mib = 200,
		.read_ns = 6000,
		.write_ns = 10000,
		.daily = ZRAM_TIER_NO_LIMIT,
		.regret_target = 20,
		.asked = 100,
		.tuning = zram_tier_tuning_default,
	};
	for (; i < argc && strcmp(argv[i], "--"); i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			return -1;
		*value++ = '\0';
		if (!set_option(opt, argv[i], strtoull(value, NULL, 0)))
			return -1;
	}
	return i + 1;
}

int main(int argc, char **argv)
{
	const struct policy *policy;
	const char *series;
	struct options opt;
	struct trace trace;
	int i, run = 0;
	bool ok;
	u64 seed;

	if (argc < 5)
		return usage();
	seed = strtoull(argv[2], NULL, 0);
	ok = strchr(argv[1], '/') ? trace_load(&trace, argv[1]) :
				    trace_make(&trace, argv[1], seed);
	if (!ok) {
		fprintf(stderr, "tiersim: no such trace, or not one: %s\n", argv[1]);
		return 2;
	}
	series = strcmp(argv[4], "-") ? argv[4] : NULL;
	for (i = 5; i <= argc; run++) {
		i = parse_options(&opt, argc, argv, i);
		if (i < 0)
			return usage();
		for (policy = policies; policy->name; policy++)
			if (!strcmp(argv[3], "all") || chosen(argv[3], policy->name))
				run_policy(&trace, &opt, policy, seed, run, series);
	}
	trace_free(&trace);
	return 0;
}
