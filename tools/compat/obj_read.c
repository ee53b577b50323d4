// SPDX-License-Identifier: GPL-2.0
/*
 * Reading an object of zsmalloc from 6.15 to 6.19, which are not told its length.
 * One that crosses two pages they copy with its handle and the rest of its class,
 * up to a page, to where the driver has room for the object alone.
 */

#include <linux/zsmalloc.h>

#ifdef COMPAT_ZS_OBJ_READ

#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#define BUFFERS	16

/* Each of the buffers is used with its lock held. CPUs share them. */
static u8 buffers[BUFFERS][PAGE_SIZE];
static spinlock_t locks[BUFFERS] = {
	[0 ... BUFFERS - 1] = __SPIN_LOCK_UNLOCKED(locks)
};

/**
 * zram_compat_read_begin() - zs_obj_read_begin() as Linux 7.0 has it
 * @pool: the pool
 * @handle: the object
 * @len: its size in bytes
 * @local_copy: room for so many bytes
 *
 * Context: That of zs_obj_read_begin(). The allocator waits for nothing that a
 *	holder of a buffer's lock has to do.
 * Return: the object, or @local_copy with its bytes.
 */
void *zram_compat_read_begin(struct zs_pool *pool, unsigned long handle,
			     size_t len, void *local_copy)
{
	unsigned int i = raw_smp_processor_id() % BUFFERS;
	void *buffer = buffers[i];
	void *mem;

	spin_lock(&locks[i]);
	mem = (zs_obj_read_begin)(pool, handle, buffer);
	if (mem >= buffer && mem < buffer + PAGE_SIZE)
		mem = memcpy(local_copy, mem, len);
	spin_unlock(&locks[i]);
	return mem;
}

#endif /* COMPAT_ZS_OBJ_READ */
