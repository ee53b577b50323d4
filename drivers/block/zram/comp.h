/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_COMP_H_
#define _ZRAM_COMP_H_

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct zram_comp;

/*
 * Size of the buffer for a compressed page. Twice the page is above the worst
 * expansion of every compressor, so an incompressible page is a long result
 * and not an error.
 */
#define ZRAM_COMP_BUF_SIZE	(2 * PAGE_SIZE)

/* A parameter that was not set: the compressor's default */
#define ZRAM_COMP_UNSET		INT_MIN

/**
 * struct zram_comp_params - parameters of a compressor
 * @level: compression level, in the compressor's terms
 * @winbits: deflate's window, log2 of bytes; negative for one without a header
 * @dict: a dictionary; NULL for none
 * @dict_size: length of the dictionary, bytes
 *
 * zram_comp_create() refuses a level or a dictionary that an algorithm does not
 * take, and ignores @winbits, as Linux 7.3 does.
 */
struct zram_comp_params {
	int level;
	int winbits;
	void *dict;
	size_t dict_size;
};

#define ZRAM_COMP_PARAMS_UNSET \
	{ .level = ZRAM_COMP_UNSET, .winbits = ZRAM_COMP_UNSET }

/**
 * struct zram_comp_ops - one compressor
 * @name: name in sysfs
 * @takes_dict: it can use a dictionary
 * @takes_winbits: it has a window to choose
 * @levels: the least and the greatest level; NULL if it has no levels
 * @prepare: look at the parameters, and make what all streams of a device
 *	share, if anything; may sleep. 0, -EINVAL or -ENOMEM. May be NULL
 * @unprepare: undo @prepare; its argument may be NULL. May be NULL
 * @cctx_create: allocate the context of a stream that compresses, on NUMA node
 *	@node; may sleep. The parameters and what was shared outlive it. NULL if
 *	there is no memory
 * @cctx_destroy: undo @cctx_create; does not sleep
 * @dctx_create: the same for a stream that decompresses. May be NULL; then
 *	@decompress gets NULL
 * @dctx_destroy: undo @dctx_create; does not sleep. May be NULL
 * @compress: page @src to @dst, which has ZRAM_COMP_BUF_SIZE bytes. Returns 0
 *	and the length in @len, or -EINVAL if the library refuses
 * @decompress: @len bytes of @src to the page @dst, never beyond either.
 *	Returns the bytes written to @dst, or -EINVAL if @src is not valid
 *
 * The functions of one context are never called by two tasks at a time.
 */
struct zram_comp_ops {
	const char *name;
	bool takes_dict;
	bool takes_winbits;
	void (*levels)(int *least, int *greatest);
	int (*prepare)(const struct zram_comp_params *params, void **shared);
	void (*unprepare)(void *shared);
	void *(*cctx_create)(const struct zram_comp_params *params,
			     void *shared, int node);
	void (*cctx_destroy)(void *ctx);
	void *(*dctx_create)(const struct zram_comp_params *params,
			     void *shared, int node);
	void (*dctx_destroy)(void *ctx);
	int (*compress)(void *ctx, const void *src, void *dst,
			unsigned int *len);
	int (*decompress)(void *ctx, const void *src, unsigned int len,
			  void *dst);
};

/**
 * enum zram_comp_dir - the use of a stream
 * @ZRAM_COMPRESS: compression
 * @ZRAM_DECOMPRESS: decompression
 * @ZRAM_COMP_DIRS: number of uses
 *
 * A task that is preempted while it compresses does not block those that read.
 */
enum zram_comp_dir {
	ZRAM_COMPRESS,
	ZRAM_DECOMPRESS,
	ZRAM_COMP_DIRS,
};

/**
 * struct zram_comp_stream - a stream for one direction
 * @lock: guards all other members
 * @ops: the algorithm
 * @buf: for the holder, ZRAM_COMP_BUF_SIZE bytes or, to decompress, PAGE_SIZE;
 *	NULL while its CPU is offline
 * @ctx: the algorithm's own state
 */
struct zram_comp_stream {
	struct mutex lock;	/* held from get to put */
	const struct zram_comp_ops *ops;
	void *buf;
	void *ctx;
};

/* comp_lzo.c, comp_lz4.c, ...: */
extern const struct zram_comp_ops zram_comp_lzo_rle;
extern const struct zram_comp_ops zram_comp_lzo;
extern const struct zram_comp_ops zram_comp_lz4;
extern const struct zram_comp_ops zram_comp_lz4hc;
extern const struct zram_comp_ops zram_comp_zstd;
extern const struct zram_comp_ops zram_comp_deflate;
extern const struct zram_comp_ops zram_comp_842;
extern const struct zram_comp_ops zram_comp_lzpage;

/* comp_table.c: */
const struct zram_comp_ops *zram_comp_table_find(const char *name);
const char *zram_comp_table_lookup(const char *name);
ssize_t zram_comp_table_show(const char *selected, char *buf, ssize_t at);
int zram_comp_table_check(const struct zram_comp_ops *ops,
			  const struct zram_comp_params *params);

/* comp.c: */

struct zram_comp *zram_comp_create(const char *name,
				   const struct zram_comp_params *params);
int zram_comp_start(struct zram_comp *comp);
void zram_comp_destroy(struct zram_comp *comp);

struct zram_comp_stream *zram_comp_stream_get(struct zram_comp *comp,
					      enum zram_comp_dir dir);
void zram_comp_stream_put(struct zram_comp_stream *strm);
int zram_comp_compress(struct zram_comp_stream *strm, const void *src,
		       unsigned int *len);
int zram_comp_decompress(struct zram_comp_stream *strm, const void *src,
			 unsigned int len, void *dst);

int zram_comp_init(void);
void zram_comp_exit(void);

#endif
