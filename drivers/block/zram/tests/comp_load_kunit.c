// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the per-CPU streams under load: more tasks than CPUs, and
 * CPUs that come and go meanwhile.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kconfig.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../comp.h"

#define WORKERS		4
/* A kernel that looks for errors is slow */
#define ROUNDS		(IS_ENABLED(CONFIG_KASAN) ? 100 : 500)
#define HOTPLUGS	(IS_ENABLED(CONFIG_KASAN) ? 4 : 10)

/**
 * struct worker - one task that compresses
 * @comp: the algorithm
 * @done: the task has ended
 * @id: number of the task, from 1
 * @stop: when to end, checked after at least @least rounds
 * @least: rounds to do
 * @rounds: rounds done
 * @wrong: rounds that did not get back what they put in
 * @page: its page
 * @copy: where it decompresses to
 */
struct worker {
	struct zram_comp *comp;
	struct completion done;
	u32 id;
	bool stop;
	unsigned int least;
	unsigned int rounds;
	unsigned int wrong;
	u32 *page;
	u32 *copy;
};

static void worker_round(struct worker *w)
{
	struct zram_comp_stream *strm, *reader;
	unsigned int i, len = 0;
	int err;

	for (i = 0; i < PAGE_SIZE / sizeof(*w->page); i++)
		w->page[i] = w->id << 24 | (w->rounds + i / 8);

	strm = zram_comp_stream_get(w->comp, ZRAM_COMPRESS);
	err = zram_comp_compress(strm, w->page, &len);
	/* Time for another task to take the stream, if it could. */
	cond_resched();
	if (!err) {
		reader = zram_comp_stream_get(w->comp, ZRAM_DECOMPRESS);
		err = zram_comp_decompress(reader, strm->buf, len, w->copy);
		zram_comp_stream_put(reader);
	}
	zram_comp_stream_put(strm);

	if (err || memcmp(w->page, w->copy, PAGE_SIZE))
		w->wrong++;
	w->rounds++;
}

static int worker_fn(void *data)
{
	struct worker *w = data;

	while (w->rounds < w->least || !READ_ONCE(w->stop)) {
		worker_round(w);
		cond_resched();
	}
	kthread_complete_and_exit(&w->done, 0);
}

static void start_workers(struct kunit *test, struct worker *w,
			  struct zram_comp *comp, unsigned int least)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		w[i].page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
		w[i].copy = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w[i].page);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w[i].copy);
		w[i].comp = comp;
		w[i].id = i + 1;
		w[i].least = least;
		init_completion(&w[i].done);
	}
	for (i = 0; i < WORKERS; i++) {
		struct task_struct *task;

		task = kthread_run(worker_fn, &w[i], "comp_test/%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
		if (IS_ERR(task))
			complete(&w[i].done);
	}
}

static void stop_workers(struct kunit *test, struct worker *w)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++)
		WRITE_ONCE(w[i].stop, true);
	for (i = 0; i < WORKERS; i++) {
		wait_for_completion(&w[i].done);
		KUNIT_EXPECT_EQ(test, w[i].wrong, 0);
		KUNIT_EXPECT_GE(test, w[i].rounds, w[i].least);
	}
}

static const char *const names[] = {
	"lzo-rle", "lzo", "lz4", "lz4hc", "zstd", "deflate", "842", "lzpage",
};

static void name_desc(const char *const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(name, names, name_desc);

static const struct zram_comp_params unset = ZRAM_COMP_PARAMS_UNSET;

static struct zram_comp *make_comp(const char *name)
{
	struct zram_comp *comp = zram_comp_create(name, &unset);
	int err;

	if (IS_ERR(comp))
		return comp;
	err = zram_comp_start(comp);
	if (!err)
		return comp;
	zram_comp_destroy(comp);
	return ERR_PTR(err);
}

static int load_test_init(struct kunit *test)
{
	const char *const *name = test->param_value;
	struct zram_comp *comp;

	/* What is not there is skipped by the test, see setup(). */
	if (!name || !zram_comp_table_lookup(*name))
		return 0;
	comp = make_comp(*name);
	if (IS_ERR(comp))
		return PTR_ERR(comp);
	test->priv = comp;
	return 0;
}

static void load_test_exit(struct kunit *test)
{
	zram_comp_destroy(test->priv);
}

static struct zram_comp *setup(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test, "not in this build");
	return test->priv;
}

static void comp_load_test_create(struct kunit *test)
{
	const char *name = *(const char *const *)test->param_value;
	unsigned int round;

	setup(test);
	for (round = 0; round < 30; round++) {
		struct zram_comp *comp = make_comp(name);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, comp);
		zram_comp_stream_put(zram_comp_stream_get(comp, ZRAM_COMPRESS));
		zram_comp_destroy(comp);
	}
}

static void comp_load_test_tasks(struct kunit *test)
{
	struct zram_comp *comp = setup(test);
	struct worker w[WORKERS] = {};

	start_workers(test, w, comp, ROUNDS);
	stop_workers(test, w);
}

/* The highest CPU that runs, unless it is the only one */
static int pick_cpu(void)
{
	int cpu, last = -1;

	cpus_read_lock();
	if (num_online_cpus() > 1)
		for_each_online_cpu(cpu)
			last = cpu;
	cpus_read_unlock();
	return last;
}

static void comp_load_test_hotplug(struct kunit *test)
{
	struct zram_comp *comp = setup(test);
	int err, round, cpu = pick_cpu();
	struct worker w[WORKERS] = {};

	if (cpu < 0)
		kunit_skip(test, "needs two CPUs");
	err = remove_cpu(cpu);
	if (err)
		kunit_skip(test, "CPU %d does not go offline: %d", cpu, err);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);

	start_workers(test, w, comp, 100);
	for (round = 0; round < HOTPLUGS; round++) {
		KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
		KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	}
	stop_workers(test, w);
}

/* An instance made while a CPU is offline serves it when it comes. */
static void comp_load_test_late_cpu(struct kunit *test)
{
	struct worker w[WORKERS] = {};
	struct zram_comp *comp;
	int err, cpu = pick_cpu();

	setup(test);
	if (cpu < 0)
		kunit_skip(test, "needs two CPUs");
	err = remove_cpu(cpu);
	if (err)
		kunit_skip(test, "CPU %d does not go offline: %d", cpu, err);

	comp = make_comp(*(const char *const *)test->param_value);
	err = add_cpu(cpu);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, comp);
	start_workers(test, w, comp, 200);
	stop_workers(test, w);
	zram_comp_destroy(comp);
}

/**
 * struct taker - a task that takes a stream and puts it
 * @comp: the algorithm
 * @dir: what for
 * @nice: nice value of the task
 * @done: the task has ended
 */
struct taker {
	struct zram_comp *comp;
	enum zram_comp_dir dir;
	int nice;
	struct completion done;
};

static int taker_fn(void *data)
{
	struct taker *t = data;

	zram_comp_stream_put(zram_comp_stream_get(t->comp, t->dir));
	kthread_complete_and_exit(&t->done, 0);
}

/* Start a taker on this CPU; false if it still waits after @seconds */
static bool takes_stream(struct kunit *test, struct taker *t, unsigned int seconds)
{
	struct task_struct *task;

	init_completion(&t->done);
	task = kthread_create(taker_fn, t, "comp_test/taker");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	if (IS_ERR(task)) {
		complete_all(&t->done);
		return false;
	}
	set_user_nice(task, t->nice);
	kthread_bind(task, raw_smp_processor_id());
	wake_up_process(task);
	if (!wait_for_completion_timeout(&t->done, seconds * HZ))
		return false;
	/* For the wait that follows the put */
	complete_all(&t->done);
	return true;
}

/* While a task holds the stream of its CPU, others on that CPU go on */
static void comp_load_test_held(struct kunit *test)
{
	struct zram_comp *comp = setup(test);
	struct taker write = { .comp = comp, .dir = ZRAM_COMPRESS };
	struct taker read = { .comp = comp, .dir = ZRAM_DECOMPRESS };
	struct zram_comp_stream *strm;
	bool written, was_read;

	strm = zram_comp_stream_get(comp, ZRAM_COMPRESS);
	was_read = takes_stream(test, &read, 10);
	written = takes_stream(test, &write, 10);
	zram_comp_stream_put(strm);
	wait_for_completion(&read.done);
	wait_for_completion(&write.done);
	KUNIT_EXPECT_TRUE_MSG(test, was_read, "a reader waits for a writer");
	if (num_online_cpus() > 1)
		KUNIT_EXPECT_TRUE_MSG(test, written,
				      "a writer waits, another CPU is free");
}

/*
 * While the streams of all CPUs are held, a task of normal priority gets a spare
 * stream, and a task of low priority gets none
 */
static void comp_load_test_all_held(struct kunit *test)
{
	struct zram_comp *comp = setup(test);
	struct taker normal = { .comp = comp }, low = { .comp = comp };
	unsigned int i, dir, cpus = num_online_cpus();
	struct zram_comp_stream *strm[8];

	if (cpus > ARRAY_SIZE(strm))
		kunit_skip(test, "more CPUs than a task tries");
	low.nice = MAX_NICE;
	for (dir = 0; dir < ZRAM_COMP_DIRS; dir++) {
		bool normal_took, low_took;

		normal.dir = dir;
		low.dir = dir;
		for (i = 0; i < cpus; i++)
			strm[i] = zram_comp_stream_get(comp, dir);
		/* On a busy host the first may take long; the second has to wait */
		normal_took = takes_stream(test, &normal, 10);
		low_took = takes_stream(test, &low, 1);
		for (i = 0; i < cpus; i++)
			zram_comp_stream_put(strm[i]);
		wait_for_completion(&normal.done);
		wait_for_completion(&low.done);
		KUNIT_EXPECT_TRUE(test, normal_took);
		KUNIT_EXPECT_FALSE(test, low_took);
	}
}

static struct kunit_case load_test_cases[] = {
	KUNIT_CASE_PARAM(comp_load_test_held, name_gen_params),
	KUNIT_CASE_PARAM(comp_load_test_all_held, name_gen_params),
	KUNIT_CASE_PARAM(comp_load_test_create, name_gen_params),
	KUNIT_CASE_PARAM(comp_load_test_tasks, name_gen_params),
	KUNIT_CASE_PARAM(comp_load_test_hotplug, name_gen_params),
	KUNIT_CASE_PARAM(comp_load_test_late_cpu, name_gen_params),
	{}
};

static struct kunit_suite load_test_suite = {
	.name = "zram_comp_load",
	.init = load_test_init,
	.exit = load_test_exit,
	.test_cases = load_test_cases,
};

kunit_test_suite(load_test_suite);
