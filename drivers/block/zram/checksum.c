// SPDX-License-Identifier: GPL-2.0
/*
 * The checksum behind a packed object on the backing device.
 *
 * The checksum covers the object, the slot and the location. So it also detects the object of
 * another slot or location, which a read of the wrong block, a write to the wrong block or a
 * lost write returns.
 *
 * The checksum has 32 bits and no key: it detects failures, not deliberate changes. Content
 * that the same slot had at the same location before has the right checksum.
 */

#include <linux/hash.h>
#include <linux/unaligned.h>
#include <linux/xxhash.h>

#include "checksum.h"
#include "table.h"

/*
 * Without the factor, a slot and the next one at the location below would have the same seed.
 * With it, slots and locations that are close to each other have different seeds.
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
 */
void zram_checksum_write(void *object, unsigned long index,
			 const struct zram_slot *slot)
{
	put_unaligned_le32(checksum_of(object, index, slot),
			   object + zram_slot_size(slot));
}

/**
 * zram_checksum_match() - verify the checksum of an object
 * @object: the object and its checksum, as they were read
 * @index: the slot
 * @slot: a copy of the slot, packed
 *
 * Return: false if the backing device has returned other data than was written.
 */
bool zram_checksum_match(const void *object, unsigned long index,
			 const struct zram_slot *slot)
{
	return checksum_of(object, index, slot) ==
	       get_unaligned_le32(object + zram_slot_size(slot));
}
