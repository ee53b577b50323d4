// SPDX-License-Identifier: GPL-2.0
/*
 * The checksum behind a packed object on the backing device.
 *
 * It tells whether the backing device returns what was written. It covers the object, the
 * slot and the location. So the object of another slot or of another location is found as
 * well: the backing device has read another block, has written to another block, or has lost
 * a write, and the block still holds what it held before.
 *
 * The checksum has 32 bits and no key: it finds failures, not a forger. Content that the
 * same slot had at the same location before has the right checksum.
 */

#include <linux/hash.h>
#include <linux/unaligned.h>
#include <linux/xxhash.h>

#include "checksum.h"
#include "table.h"

/*
 * Multiples of the golden ratio are far apart. So the seeds of slots and locations that are
 * close to each other differ.
 */
static u32 checksum_of(const void *object, unsigned long index,
		       const struct zram_slot *slot)
{
	unsigned long seed = index * GOLDEN_RATIO_PRIME + slot->handle;

	return xxhash(object, zram_slot_size(slot), seed);
}

/**
 * zram_checksum_write() - write the checksum behind an object
 * @object: the object; the checksum takes the %ZRAM_CHECKSUM_SIZE bytes that follow it
 * @index: the slot
 * @slot: the slot as it is to be on the backing device, packed
 *
 * Context: Any.
 */
void zram_checksum_write(void *object, unsigned long index,
			 const struct zram_slot *slot)
{
	put_unaligned_le32(checksum_of(object, index, slot),
			   object + zram_slot_size(slot));
}

/**
 * zram_checksum_match() - is an object the one that was written?
 * @object: the object and its checksum, as they were read
 * @index: the slot
 * @slot: a copy of the slot, packed
 *
 * Context: Any.
 * Return: false if the backing device has returned other data than was written.
 */
bool zram_checksum_match(const void *object, unsigned long index,
			 const struct zram_slot *slot)
{
	return checksum_of(object, index, slot) ==
	       get_unaligned_le32(object + zram_slot_size(slot));
}
