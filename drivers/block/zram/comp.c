// SPDX-License-Identifier: GPL-2.0
/*
 * Compression: the per-CPU streams of a device.
 *
 * A CPU has one stream to compress and one to decompress, so a read never
 * waits for a write. A task takes the stream of the CPU it runs on and holds
 * its mutex for up to eight pages. It may migrate to another CPU meanwhile: the mutex
 * makes it the owner, not the CPU. If the holder is preempted by a task that
 * needs the same stream, that task takes the stream of another CPU.
 *
 * A preempted holder of low priority may not run again for seconds, and several
 * such holders may hold the streams of all CPUs. A task of normal priority then
 * waits for a spare stream, which no task of low priority takes.
 *
 * CPU hotplug. An online CPU always has its streams: they are allocated before
 * the CPU starts and freed after it has stopped. A task may pick the stream of
 * a CPU that dies before the task gets the mutex. It then finds no buffer and
 * picks again, on the CPU it runs on by then. Hotplug waits for the holder of
 * a stream, so a holder must not wait for hotplug. Hotplug does not allocate
 * or free with the mutex held, because an allocation may swap to this very
 * device.
 */

#include <linux/compiler.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "comp.h"

/* Number of CPUs whose streams a task tries before it sleeps */
#define COMP_GROUP		8U

/* One stream for each direction, of a CPU or spare */
struct comp_pair {
	struct zram_comp_stream dir[ZRAM_COMP_DIRS];
};

/**
 * struct zram_comp - a compressor, set up for one device
 * @ops: its functions
 * @params: its parameters; owned by the caller of zram_comp_create()
 * @shared: data of @params that its streams share, such as a dictionary
 * @streams: a pair for each possible CPU, without buffers while it is offline
 * @spares: pairs that only tasks of normal priority take
 * @nr_spares: length of @spares, one for every COMP_GROUP CPUs online or fewer
 * @started: the streams exist
 * @node: in the list of the hotplug state
 */
struct zram_comp {
	const struct zram_comp_ops *ops;
	const struct zram_comp_params *params;
	void *shared;
	struct comp_pair __percpu *streams;
	struct comp_pair *spares;
	unsigned int nr_spares;
	bool started;
	struct hlist_node node;
};

/* Exchange buffer and context of a stream for @buf and @ctx */
static void comp_stream_swap(struct zram_comp_stream *strm, void **buf,
			     void **ctx)
{
	mutex_lock(&strm->lock);
	swap(strm->buf, *buf);
	swap(strm->ctx, *ctx);
	mutex_unlock(&strm->lock);
}

static int comp_stream_create(struct zram_comp *comp,
			      struct zram_comp_stream *strm, size_t buf_size,
			      void *(*ctx_create)(const struct zram_comp_params *,
						  void *shared, int node),
			      int nid)
{
	void *buf, *ctx = NULL;

	buf = vmalloc_node(buf_size, nid);
	if (!buf)
		return -ENOMEM;
	if (ctx_create) {
		ctx = ctx_create(comp->params, comp->shared, nid);
		if (!ctx) {
			vfree(buf);
			return -ENOMEM;
		}
	}
	comp_stream_swap(strm, &buf, &ctx);
	return 0;
}

static void comp_stream_destroy(struct zram_comp_stream *strm,
				void (*ctx_destroy)(void *ctx))
{
	void *buf = NULL, *ctx = NULL;

	comp_stream_swap(strm, &buf, &ctx);
	if (ctx && ctx_destroy)
		ctx_destroy(ctx);
	vfree(buf);
}

static void comp_pair_destroy(struct zram_comp *comp, struct comp_pair *pair)
{
	comp_stream_destroy(&pair->dir[ZRAM_COMPRESS],
			    comp->ops->cctx_destroy);
	comp_stream_destroy(&pair->dir[ZRAM_DECOMPRESS],
			    comp->ops->dctx_destroy);
}

static int comp_pair_create(struct zram_comp *comp, struct comp_pair *pair,
			    int nid)
{
	int err;

	err = comp_stream_create(comp, &pair->dir[ZRAM_COMPRESS],
				 ZRAM_COMP_BUF_SIZE, comp->ops->cctx_create,
				 nid);
	if (!err)
		err = comp_stream_create(comp, &pair->dir[ZRAM_DECOMPRESS],
					 PAGE_SIZE, comp->ops->dctx_create,
					 nid);
	if (err)
		comp_pair_destroy(comp, pair);
	return err;
}

static void comp_pair_init(struct zram_comp *comp, struct comp_pair *pair)
{
	/* One lock class for each direction */
	mutex_init(&pair->dir[ZRAM_COMPRESS].lock);
	mutex_init(&pair->dir[ZRAM_DECOMPRESS].lock);
	pair->dir[ZRAM_COMPRESS].ops = comp->ops;
	pair->dir[ZRAM_DECOMPRESS].ops = comp->ops;
}

static int comp_cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct zram_comp *comp = hlist_entry(node, struct zram_comp, node);

	comp_pair_destroy(comp, per_cpu_ptr(comp->streams, cpu));
	return 0;
}

static int comp_cpu_prepare(unsigned int cpu, struct hlist_node *node)
{
	struct zram_comp *comp = hlist_entry(node, struct zram_comp, node);

	return comp_pair_create(comp, per_cpu_ptr(comp->streams, cpu),
				cpu_to_node(cpu));
}

static void comp_destroy_spares(struct zram_comp *comp)
{
	unsigned int i;

	for (i = 0; i < comp->nr_spares; i++)
		comp_pair_destroy(comp, &comp->spares[i]);
}

static int comp_create_spares(struct zram_comp *comp)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < comp->nr_spares && !err; i++)
		err = comp_pair_create(comp, &comp->spares[i], NUMA_NO_NODE);
	if (err)
		comp_destroy_spares(comp);
	return err;
}

static void comp_free_streams(struct zram_comp *comp)
{
	free_percpu(comp->streams);
	kfree(comp->spares);
}

static int comp_alloc_streams(struct zram_comp *comp)
{
	unsigned int i;

	comp->nr_spares = DIV_ROUND_UP(num_online_cpus(), COMP_GROUP);
	comp->spares = kzalloc_objs(*comp->spares, comp->nr_spares);
	comp->streams = alloc_percpu(struct comp_pair);
	if (!comp->spares || !comp->streams) {
		comp_free_streams(comp);
		return -ENOMEM;
	}
	for_each_possible_cpu(i)
		comp_pair_init(comp, per_cpu_ptr(comp->streams, i));
	for (i = 0; i < comp->nr_spares; i++)
		comp_pair_init(comp, &comp->spares[i]);
	return 0;
}

/**
 * zram_comp_create() - set up a compressor for a device
 * @name: name of the compressor
 * @params: its parameters, which outlive the instance
 *
 * Does not allocate streams, which take memory for each CPU: see
 * zram_comp_start().
 *
 * Context: May sleep.
 * Return: the instance; ERR_PTR(-EINVAL) if there is no such compressor or a
 *	parameter is out of its range; ERR_PTR(-EOPNOTSUPP) for a level or a
 *	dictionary if the compressor takes none; ERR_PTR(-ENOMEM).
 */
struct zram_comp *zram_comp_create(const char *name,
				   const struct zram_comp_params *params)
{
	const struct zram_comp_ops *ops = zram_comp_table_find(name);
	struct zram_comp *comp;
	int err;

	if (!ops)
		return ERR_PTR(-EINVAL);
	err = zram_comp_table_check(ops, params);
	if (err)
		return ERR_PTR(err);

	comp = kzalloc_obj(*comp);
	if (!comp)
		return ERR_PTR(-ENOMEM);
	comp->ops = ops;
	comp->params = params;

	err = comp_alloc_streams(comp);
	if (err)
		goto err_free_comp;
	if (ops->prepare)
		err = ops->prepare(params, &comp->shared);
	if (err)
		goto err_free_streams;
	return comp;

err_free_streams:
	comp_free_streams(comp);
err_free_comp:
	kfree(comp);
	return ERR_PTR(err);
}

/**
 * zram_comp_start() - allocate the streams of a compressor
 * @comp: the instance; nothing is done if it has streams already
 *
 * Context: May sleep; one caller at a time. Takes the CPU hotplug lock for
 *	reading.
 * Return: 0 or -ENOMEM.
 */
int zram_comp_start(struct zram_comp *comp)
{
	int err;

	if (comp->started)
		return 0;
	err = comp_create_spares(comp);
	if (err)
		return err;
	/* If it fails for one CPU, it frees the streams of the others */
	err = cpuhp_state_add_instance(CPUHP_ZCOMP_PREPARE, &comp->node);
	if (err)
		comp_destroy_spares(comp);
	comp->started = !err;
	return err;
}

/**
 * zram_comp_destroy() - undo zram_comp_create() and zram_comp_start()
 * @comp: the instance, may be NULL; no stream of it may be held
 *
 * Context: May sleep. Takes the CPU hotplug lock for reading.
 */
void zram_comp_destroy(struct zram_comp *comp)
{
	if (!comp)
		return;

	if (comp->started) {
		cpuhp_state_remove_instance(CPUHP_ZCOMP_PREPARE, &comp->node);
		comp_destroy_spares(comp);
	}
	if (comp->ops->unprepare)
		comp->ops->unprepare(comp->shared);
	comp_free_streams(comp);
	kfree(comp);
}

/* Take the stream if it is free and its CPU is online; else NULL */
static struct zram_comp_stream *comp_stream_try(struct zram_comp_stream *strm)
{
	if (!mutex_trylock(&strm->lock))
		return NULL;
	if (likely(strm->buf))
		return strm;
	mutex_unlock(&strm->lock);
	return NULL;
}

/*
 * Take a free stream, of @cpu or of one of the CPUs after it, because the holder of
 * the stream of @cpu may be preempted. Returns NULL if all of them are held.
 */
static struct zram_comp_stream *comp_stream_search(struct zram_comp *comp,
						   enum zram_comp_dir dir,
						   unsigned int cpu)
{
	unsigned int tries = min(nr_cpu_ids, COMP_GROUP);
	struct zram_comp_stream *strm = NULL;
	struct comp_pair *pair;

	for (; tries && !strm; tries--) {
		pair = per_cpu_ptr(comp->streams, cpu);
		if (cpu_possible(cpu))
			strm = comp_stream_try(&pair->dir[dir]);
		if (++cpu >= nr_cpu_ids)
			cpu = 0;
	}
	return strm;
}

/*
 * A task of normal priority must not wait for a holder of low priority, so it sleeps
 * for a spare stream. A task of low priority sleeps for the stream of its CPU.
 */
static noinline struct zram_comp_stream *
comp_stream_wait(struct zram_comp *comp, enum zram_comp_dir dir)
{
	struct zram_comp_stream *strm;
	struct comp_pair *pair;
	unsigned int cpu;

	for (;;) {
		cpu = raw_smp_processor_id();
		strm = comp_stream_search(comp, dir, cpu);
		if (strm)
			return strm;
		if (current->prio > DEFAULT_PRIO || current->policy == SCHED_IDLE)
			pair = per_cpu_ptr(comp->streams, cpu);
		else
			pair = &comp->spares[cpu / COMP_GROUP % comp->nr_spares];
		strm = &pair->dir[dir];
		mutex_lock(&strm->lock);
		if (likely(strm->buf))
			return strm;
		/* Its CPU has died, so this task runs on another one by now */
		mutex_unlock(&strm->lock);
	}
}

/**
 * zram_comp_stream_get() - take a stream
 * @comp: the compressor, started
 * @dir: direction: to compress or to decompress
 *
 * The holder may sleep. It must not wait for memory, because reclaim takes
 * streams: GFP_NOWAIT only. Nor must it wait for CPU hotplug, or for a second
 * stream of the same direction.
 *
 * Context: May sleep if the streams of this CPU and of those after it are held.
 * Return: the stream, to be released with zram_comp_stream_put().
 */
struct zram_comp_stream *zram_comp_stream_get(struct zram_comp *comp,
					      enum zram_comp_dir dir)
{
	struct zram_comp_stream *strm;

	strm = comp_stream_try(&raw_cpu_ptr(comp->streams)->dir[dir]);
	return likely(strm) ? strm : comp_stream_wait(comp, dir);
}

/**
 * zram_comp_stream_put() - release a stream
 * @strm: from zram_comp_stream_get()
 */
void zram_comp_stream_put(struct zram_comp_stream *strm)
{
	mutex_unlock(&strm->lock);
}

/**
 * zram_comp_compress() - compress a page into the buffer of the stream
 * @strm: stream to compress with, held
 * @src: the page, PAGE_SIZE bytes
 * @len: bytes in @strm->buf afterwards; PAGE_SIZE or more if the page does not
 *	compress
 *
 * Return: 0, or -EINVAL if the compressor failed.
 */
int zram_comp_compress(struct zram_comp_stream *strm, const void *src,
		       unsigned int *len)
{
	return strm->ops->compress(strm->ctx, src, strm->buf, len);
}

/**
 * zram_comp_decompress() - decompress to a page
 * @strm: stream to decompress with, held
 * @src: compressed data, may be @strm->buf
 * @len: bytes in @src
 * @dst: the page, PAGE_SIZE bytes. Its content is undefined after an error
 *
 * @src need not be trusted: whatever it holds, nothing outside @src is read and
 * nothing outside @dst is written.
 *
 * Return: 0, or -EINVAL if @src does not decompress to exactly one page.
 */
int zram_comp_decompress(struct zram_comp_stream *strm, const void *src,
			 unsigned int len, void *dst)
{
	int ret = strm->ops->decompress(strm->ctx, src, len, dst);

	return ret == PAGE_SIZE ? 0 : -EINVAL;
}

/**
 * zram_comp_init() - register with CPU hotplug
 *
 * Context: At module load, before the first device.
 * Return: 0 or a negative errno.
 */
int zram_comp_init(void)
{
	return cpuhp_setup_state_multi(CPUHP_ZCOMP_PREPARE,
				       "block/zram:prepare",
				       comp_cpu_prepare, comp_cpu_dead);
}

/**
 * zram_comp_exit() - undo zram_comp_init()
 *
 * Context: At module unload, after the last device.
 */
void zram_comp_exit(void)
{
	cpuhp_remove_multi_state(CPUHP_ZCOMP_PREPARE);
}
