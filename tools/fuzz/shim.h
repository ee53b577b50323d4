/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as the driver's attributes need to be compiled for user
 * space. It stands for every <linux/...> header but those that `run` takes from a
 * kernel tree: what reads text (lib/kstrtox.c, lib/cmdline.c, lib/ctype.c) is the
 * kernel's own.
 */
#ifndef ZRAM_FUZZ_SHIM_H
#define ZRAM_FUZZ_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int gfp_t;
typedef unsigned short umode_t;
typedef s64 ktime_t, time64_t;

#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define BITS_PER_LONG		(8 * (int)sizeof(long))
#define BIT(n)			(1ul << (n))
#define BIT_ULL(n)		(1ull << (n))
#define PAGE_SHIFT		12
#define PAGE_SIZE		(1ul << PAGE_SHIFT)
#define PAGE_ALIGN(x)		(((x) + PAGE_SIZE - 1) & ~(typeof(x))(PAGE_SIZE - 1))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DECLARE_BITMAP(name, bits) \
	unsigned long name[DIV_ROUND_UP(bits, BITS_PER_LONG)]
#define NUMA_NO_NODE		(-1)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define round_down(x, y)	((x) & ~(typeof(x))((y) - 1))
#define round_up(x, y)		((((x) - 1) | (typeof(x))((y) - 1)) + 1)
#define clamp(v, lo, hi)	((v) < (lo) ? (lo) : (v) > (hi) ? (hi) : (v))
#define clamp_t(t, v, lo, hi)	clamp((t)(v), (t)(lo), (t)(hi))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))
#define static_assert		_Static_assert
#define READ_ONCE(x)		(*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile typeof(x) *)&(x) = (v))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define likely(x)		(x)
#define unlikely(x)		(x)
#define noinline		__attribute__((noinline))
#define __always_inline		inline
#define __must_check
#define __percpu
#define __printf(a, b)		__attribute__((format(printf, a, b)))
#define ____cacheline_aligned_in_smp
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define WARN_ON_ONCE(x)		({ if (x) abort(); 0; })
#define fallthrough		__attribute__((__fallthrough__))
#define __ASSERT(x)
#define __CHECK(x)
/* All of the driver is configured in */
#define IS_ENABLED(option)	1

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)
#define check_shl_overflow(a, n, d) \
	({ typeof(a) __a = (a); *(d) = __a << (n); *(d) >> (n) != __a; })

/* Locks: there is one thread */
typedef struct { int unused; } spinlock_t;
struct mutex { int held; };
struct list_head { int unused; };
struct completion { int unused; };
struct work_struct { int unused; };
struct delayed_work { int unused; };
typedef struct { int unused; } wait_queue_head_t;
#define spin_lock_init(lock)	((void)(lock))
#define spin_lock(lock)		((void)(lock))
#define spin_unlock(lock)	((void)(lock))
#define mutex_init(lock)	((lock)->held = 0)
#define init_completion(c)	((void)(c))
#define init_waitqueue_head(w)	((void)(w))
#define wake_up(w)		((void)(w))
#define schedule_work(w)	((void)(w))
#define signal_pending(task)	false
#define ERESTARTSYS	512	/* of the kernel alone */

struct rw_semaphore { int held; };
typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { s64 counter; } atomic64_t;
struct u64_stats_sync { int unused; };

#define atomic_read(v)		((v)->counter)
#define atomic_set_release(v, i)	((v)->counter = (i))
#define atomic64_read(v)	((v)->counter)

static inline int mutex_lock_killable(struct mutex *lock)
{
	if (lock->held)
		abort();
	lock->held = 1;
	return 0;
}

static inline void mutex_unlock(struct mutex *lock)
{
	if (!lock->held)
		abort();
	lock->held = 0;
}

static inline void down_read(struct rw_semaphore *sem)
{
	if (sem->held < 0)
		abort();
	sem->held++;
}

static inline int down_read_interruptible(struct rw_semaphore *sem)
{
	down_read(sem);
	return 0;
}

static inline void up_read(struct rw_semaphore *sem)
{
	if (sem->held-- <= 0)
		abort();
}

static inline void down_write(struct rw_semaphore *sem)
{
	if (sem->held)
		abort();
	sem->held = -1;
}

static inline void up_write(struct rw_semaphore *sem)
{
	if (sem->held != -1)
		abort();
	sem->held = 0;
}

/* Memory of each CPU: there is one */
#define alloc_percpu(of)	((of __percpu *)calloc(1, sizeof(of)))
#define this_cpu_ptr(p)		(p)
#define per_cpu_ptr(p, cpu)	((void)(cpu), (p))
#define this_cpu_add(x, by)	((x) += (by))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define local_irq_save(flags)	((flags) = 0)
#define local_irq_restore(flags)	((void)(flags))
#define u64_stats_init(sync)	((void)(sync))
#define u64_stats_update_begin(sync)	((void)(sync))
#define u64_stats_update_end(sync)	((void)(sync))
#define u64_stats_update_begin_irqsave(sync)	((void)(sync), 0)
#define u64_stats_update_end_irqrestore(sync, flags)	((void)(flags))
#define u64_stats_fetch_begin(sync)	((void)(sync), 0)
#define u64_stats_fetch_retry(sync, start)	((void)(start), 0)

/* Memory */
#define GFP_KERNEL		0
#define kfree(p)		free((void *)(p))
#define kvfree(p)		free(p)
#define vfree(p)		free(p)
#define free_percpu(p)		free(p)
#define kzalloc_obj(obj)	((typeof(obj) *)calloc(1, sizeof(obj)))
#define kvmalloc_objs(obj, nr, ...) \
	((typeof(obj) *)poisoned((nr) * sizeof(obj)))

static inline void *poisoned(size_t size)
{
	void *mem = malloc(size);

	return mem ? memset(mem, 0xa5, size) : mem;
}

static inline char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return strndup(s, max);
}

static inline char *kstrdup(const char *s, gfp_t gfp)
{
	return strdup(s);
}

/* Pointers that are errors */
#define IS_ERR(p)		((unsigned long)(p) >= (unsigned long)-4095)
#define PTR_ERR(p)		((long)(p))
#define PTR_ERR_OR_ZERO(p)	(IS_ERR(p) ? PTR_ERR(p) : 0)
#define ERR_PTR(e)		((void *)(long)(e))
#define ERR_CAST(p)		((void *)(p))

/* Devices and their attributes */
struct file;
struct block_device;
struct zs_pool;
struct gendisk { void *private_data; };
struct device { struct gendisk disk; };
struct attribute { const char *name; umode_t mode; };
struct attribute_group { const char *name; struct attribute **attrs; };
struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr,
			char *buf);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr,
			 const char *buf, size_t len);
};

#define module_param_named(name, value, type, mode)
#define MODULE_PARM_DESC(name, text)

#define dev_to_disk(dev)	(&(dev)->disk)
#define disk_to_dev(gd)		container_of(gd, struct device, disk)
#define dev_err_ratelimited(dev, ...)		snprintf(NULL, 0, __VA_ARGS__)
#define dev_notice_ratelimited(dev, ...)	snprintf(NULL, 0, __VA_ARGS__)
#define DEVICE_ATTR_RW(n) \
	struct device_attribute dev_attr_##n = { { #n, 0644 }, n##_show, n##_store }
#define DEVICE_ATTR_WO(n) \
	struct device_attribute dev_attr_##n = { { #n, 0200 }, NULL, n##_store }
#define DEVICE_ATTR_RO(n) \
	struct device_attribute dev_attr_##n = { { #n, 0444 }, n##_show, NULL }
#define DEVICE_ATTR_ADMIN_RO(n) \
	struct device_attribute dev_attr_##n = { { #n, 0400 }, n##_show, NULL }

int sysfs_emit(char *buf, const char *fmt, ...) __printf(2, 3);
int sysfs_emit_at(char *buf, int at, const char *fmt, ...) __printf(3, 4);
bool sysfs_streq(const char *a, const char *b);
int __sysfs_match_string(const char * const *names, size_t nr, const char *s);
#define sysfs_match_string(names, s) \
	__sysfs_match_string(names, ARRAY_SIZE(names), s)

/* Text; defined by the kernel's own lib/ but for the first two */
char *skip_spaces(const char *s);
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);
unsigned long simple_strtoul(const char *s, char **end, unsigned int base);
long simple_strtol(const char *s, char **end, unsigned int base);
u64 int_pow(u64 base, unsigned int exp);
char *next_arg(char *args, char **param, char **val);
unsigned long long memparse(const char *ptr, char **retptr);

/* Files and the time of day */
enum { READING_POLICY, LOOKUP_FOLLOW, MAY_READ, O_RDONLY, O_LARGEFILE };
struct file;
struct path { char *dentry; };
#define SZ_1M				0x100000
#define SZ_64M				0x4000000
#define SZ_1G				0x40000000
#define current_cred()			0
int kern_path(const char *name, int flags, struct path *path);
void path_put(const struct path *path);
bool d_is_reg(const char *dentry);
int path_permission(const struct path *path, int mask);
struct file *dentry_open(const struct path *path, int flags, int cred);
void fput(struct file *file);
/* A file is a byte, see dentry_open(); 1 stands for an empty one */
#define file_inode(file)		((const char *)(file))
#define i_size_read(inode)		(*(inode) != 1)
ssize_t kernel_read_file(struct file *file, off_t offset, void **buf,
			 size_t max, size_t *size, int id);
u64 ktime_get_boottime_seconds(void);
ktime_t ktime_get_boottime(void);
time64_t ktime_get_real_seconds(void);
#define ktime_to_ms(t)			((t) / 1000000)
#define MSEC_PER_SEC			1000
#define NSEC_PER_MSEC			1000000

/* Only for what lib/kstrtox.c has besides */
#define __user
#define copy_from_user(to, from, n)	(memcpy(to, (const void *)(from), n), 0)
#define div_u64(a, b)			((a) / (b))
#define div_u64_rem(a, b, rem)		(*(rem) = (a) % (b), (a) / (b))
#define fls(x)				((x) ? 32 - __builtin_clz(x) : 0)
#define fls64(x)			((x) ? 64 - __builtin_clzll(x) : 0)
#define min_t(type, a, b)		min((type)(a), (type)(b))
#define min(a, b)			((a) < (b) ? (a) : (b))
#define max(a, b)			((a) > (b) ? (a) : (b))

#endif
