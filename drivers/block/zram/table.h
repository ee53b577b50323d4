/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_TABLE_H_
#define _ZRAM_TABLE_H_

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct zram_kc_stage;

/*
 * One slot stands for one page of the device.
 *
 * The low PAGE_SHIFT + 1 bits of the flags word hold the stored size in bytes
 * (1..PAGE_SIZE; PAGE_SIZE means the page is stored uncompressed), the state
 * bits follow. What @handle means depends on the state:
 *
 *	state		size		handle
 *	empty		0		0
 *	SAME		0		the word the page is filled with
 *	in memory	1..PAGE_SIZE	zsmalloc handle
 *	WB		1..PAGE_SIZE	location on the backing device; less than
 *					PAGE_SIZE is a packed object
 *	STAGED		PAGE_SIZE	struct zram_kc_stage
 *
 * A location is a byte offset in units of 8, so that an object may start
 * anywhere in a block.
 */
struct zram_slot {
	unsigned long handle;
	u32 flags;
	u32 ac_time;
};

/**
 * enum zram_slot_bit - state bits of a slot, counted from above the size field
 * @ZRAM_SLOT_SAME: same-filled: one word over and over, no object
 * @ZRAM_SLOT_WB: the content is on the backing device; the only test for that
 * @ZRAM_SLOT_HUGE: the page is stored uncompressed
 * @ZRAM_SLOT_INCOMPRESSIBLE: the highest priority did not shrink the object
 * @ZRAM_SLOT_PP: claimed by the current run; every change of the content clears
 *	it, and the run publishes its result only if it is set
 * @ZRAM_SLOT_RMW: read by the writer of a part of the page; every change of the
 *	content clears it, and then that writer starts over
 * @ZRAM_SLOT_PIN: a reader uses the object without the lock; a task that
 *	detaches the object leaves freeing it to that reader
 * @ZRAM_SLOT_PRIO: priority of the compressor of the object, two bits
 * @ZRAM_SLOT_PRIO_HIGH: the second of them
 * @ZRAM_SLOT_STAGED: the content is a staging page
 * @ZRAM_SLOT_BROUGHT: the object came back to memory as a neighbour of a page that was
 *	read, and was not read since; every change of the content clears it
 * @ZRAM_SLOT_NR_BITS: number of state bits in use
 */
enum zram_slot_bit {
	ZRAM_SLOT_SAME,
	ZRAM_SLOT_WB,
	ZRAM_SLOT_HUGE,
	ZRAM_SLOT_INCOMPRESSIBLE,
	ZRAM_SLOT_PP,
	ZRAM_SLOT_RMW,
	ZRAM_SLOT_PIN,
	ZRAM_SLOT_PRIO,
	ZRAM_SLOT_PRIO_HIGH,
	ZRAM_SLOT_STAGED,
	ZRAM_SLOT_BROUGHT,
	ZRAM_SLOT_NR_BITS,
};

/* The parameter makes the layout of every page size testable on any of them */
#define ZRAM_SLOT_SIZE_BITS(page_shift)	((page_shift) + 1)
#define ZRAM_SLOT_SIZE_MASK(page_shift) \
	((u32)BIT(ZRAM_SLOT_SIZE_BITS(page_shift)) - 1)
#define ZRAM_SLOT_FLAG(page_shift, bit) \
	((u32)BIT(ZRAM_SLOT_SIZE_BITS(page_shift) + (bit)))

#define ZRAM_SIZE_MASK	ZRAM_SLOT_SIZE_MASK(PAGE_SHIFT)
#define ZRAM_SAME	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_SAME)
#define ZRAM_WB		ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_WB)
#define ZRAM_HUGE	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_HUGE)
#define ZRAM_INCOMPRESSIBLE \
	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_INCOMPRESSIBLE)
#define ZRAM_PP		ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_PP)
#define ZRAM_RMW	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_RMW)
#define ZRAM_PIN	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_PIN)
#define ZRAM_STAGED	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_STAGED)
#define ZRAM_BROUGHT	ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_BROUGHT)
#define ZRAM_PRIO	(ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_PRIO) | \
			 ZRAM_SLOT_FLAG(PAGE_SHIFT, ZRAM_SLOT_PRIO_HIGH))

/* Bits that the layout has to leave free for more state */
#define ZRAM_SLOT_SPARE_BITS	2
static_assert(ZRAM_SLOT_SIZE_BITS(PAGE_SHIFT) + ZRAM_SLOT_NR_BITS +
	      ZRAM_SLOT_SPARE_BITS <= 32);
static_assert(sizeof(struct zram_slot) == sizeof(unsigned long) + 8);

/*
 * The device is addressed in blocks of 4 KiB, and so is its backing device; a
 * location counts units of 8 bytes.
 */
#define ZRAM_LOC_SHIFT		3
#define ZRAM_BLOCK_SHIFT	12
#define ZRAM_BLOCK_SIZE		BIT(ZRAM_BLOCK_SHIFT)
#define ZRAM_BLOCKS_PER_PAGE	((unsigned int)(PAGE_SIZE >> ZRAM_BLOCK_SHIFT))
/* Blocks that a location can address and whose bytes a u64 can count */
#define ZRAM_MAX_BLOCKS \
	BIT_ULL(BITS_PER_LONG == 64 ? 64 - ZRAM_BLOCK_SHIFT : \
		BITS_PER_LONG - (ZRAM_BLOCK_SHIFT - ZRAM_LOC_SHIFT))

/*
 * A packed object is followed by its checksum on the backing device. Together they fit in a
 * page: the allocator keeps a handle with each object, and an object that does not fit in a
 * page with its handle is stored as a whole page.
 */
#define ZRAM_CHECKSUM_SIZE	sizeof(u32)
static_assert(sizeof(unsigned long) >= ZRAM_CHECKSUM_SIZE);

/* The slots that share a lock and its words: a scan takes one lock for this many */
#define ZRAM_SLOT_GROUP_SHIFT	6
#define ZRAM_SLOT_GROUP		BIT(ZRAM_SLOT_GROUP_SHIFT)

/**
 * struct zram_slot_group - the lock of 64 slots, and words with a bit for each
 * @lock: guards the slots and the other fields
 * @nr_stored: number of slots that hold something, wherever it is
 * @in_memory: the slot has an object in memory, or is staged
 * @idle: idle mark; only slots in @in_memory have one
 *
 * All but the lock may be peeked at without it, as flags may. A scan steps over 64
 * slots at a time and marks all of them idle at once. A lock in a cache line of
 * its group is contended by tasks at neighbouring slots only.
 */
struct zram_slot_group {
	spinlock_t lock;	/* see above */
	u32 nr_stored;
	u64 in_memory;
	u64 idle;
};

/**
 * struct zram_slots - the slot table of a device
 * @slot: the slots; contents guarded by their group's lock
 * @groups: their groups
 * @nr: number of slots; constant
 *
 * The pointers change in disksize and reset only, with config_lock held for
 * writing, while the device is not in use.
 */
struct zram_slots {
	struct zram_slot *slot;
	struct zram_slot_group *groups;
	unsigned long nr;
};

static inline struct zram_slot_group *
zram_slots_group(const struct zram_slots *slots, unsigned long index)
{
	return &slots->groups[index >> ZRAM_SLOT_GROUP_SHIFT];
}

static inline spinlock_t *zram_slots_lock(const struct zram_slots *slots,
					  unsigned long index)
{
	return &zram_slots_group(slots, index)->lock;
}

/* Whether a slot of a group holds something: a hint without the lock */
static inline bool zram_slots_any(const struct zram_slots *slots,
				  unsigned long index)
{
	return READ_ONCE(zram_slots_group(slots, index)->nr_stored);
}

/* Bit of a slot in the words of its group */
static inline u64 zram_slots_bit(unsigned long index)
{
	return BIT_ULL(index % ZRAM_SLOT_GROUP);
}

static inline bool zram_slot_test(const struct zram_slot *slot, u32 mask)
{
	return slot->flags & mask;
}

static inline unsigned int zram_slot_size(const struct zram_slot *slot)
{
	return slot->flags & ZRAM_SIZE_MASK;
}

static inline bool zram_slot_stored(const struct zram_slot *slot)
{
	return slot->flags & (ZRAM_SIZE_MASK | ZRAM_SAME);
}

/*
 * A zsmalloc object belongs to the slot: it has a size, is not on the backing
 * device and not staged. Those flags lie above the size, so one comparison
 * tells all.
 */
static inline bool zram_slot_in_memory(const struct zram_slot *slot)
{
	return (slot->flags & (ZRAM_WB | ZRAM_STAGED | ZRAM_SIZE_MASK)) - 1 <
		ZRAM_SIZE_MASK;
}

/* The staging page of a staged slot, or NULL */
static inline struct zram_kc_stage *
zram_slot_stage(const struct zram_slot *slot)
{
	return IS_ENABLED(CONFIG_ZRAM_KCOMPRESSD) &&
		zram_slot_test(slot, ZRAM_STAGED) ?
		(struct zram_kc_stage *)slot->handle : NULL;
}

/* Is it an object in memory that has to be decompressed? */
static inline bool zram_slot_compressed(u32 flags)
{
	u32 size = flags & ZRAM_SIZE_MASK;

	return size && size < PAGE_SIZE && !(flags & ZRAM_WB);
}

/* Is it an object on the backing device that has to be decompressed? */
static inline bool zram_slot_packed(const struct zram_slot *slot)
{
	return zram_slot_test(slot, ZRAM_WB) &&
	       zram_slot_size(slot) < PAGE_SIZE;
}

/* Priority of the compressor of an object, from and to flags */
static inline unsigned int zram_slot_prio(u32 flags)
{
	return (flags & ZRAM_PRIO) >>
		(ZRAM_SLOT_SIZE_BITS(PAGE_SHIFT) + ZRAM_SLOT_PRIO);
}

static inline u32 zram_slot_prio_flags(unsigned int prio)
{
	return (u32)prio << (ZRAM_SLOT_SIZE_BITS(PAGE_SHIFT) + ZRAM_SLOT_PRIO);
}

/*
 * Flags may be read without the lock, as a hint that is checked again under it.
 * READ_ONCE() here and WRITE_ONCE() below prevent torn values.
 */
static inline u32 zram_slot_peek(const struct zram_slot *slot)
{
	return READ_ONCE(slot->flags);
}

static inline void zram_slot_set_flags(struct zram_slot *slot, u32 flags)
{
	WRITE_ONCE(slot->flags, flags);
}

static inline unsigned long zram_slot_location(u64 block, unsigned int offset)
{
	return (block << (ZRAM_BLOCK_SHIFT - ZRAM_LOC_SHIFT)) +
	       (offset >> ZRAM_LOC_SHIFT);
}

/* Byte of the backing device at which the content of a slot in state WB begins */
static inline u64 zram_slot_position(const struct zram_slot *slot)
{
	return (u64)slot->handle << ZRAM_LOC_SHIFT;
}

/* Offset of an object in its first block on the backing device, bytes */
static inline unsigned int zram_slot_block_offset(const struct zram_slot *slot)
{
	return zram_slot_position(slot) & (ZRAM_BLOCK_SIZE - 1);
}

/* Bytes that an object of @size bytes takes on the backing device: whole pages have no checksum */
static inline unsigned int zram_slot_packed_size(unsigned int size)
{
	return size < PAGE_SIZE ? size + ZRAM_CHECKSUM_SIZE : size;
}

/**
 * zram_slot_blocks() - blocks of the backing device that a slot lies on
 * @slot: a slot in state WB
 * @first: set to the first block
 *
 * Context: The caller holds the slot lock or owns a detached copy.
 * Return: number of blocks of 4 KiB.
 */
static inline unsigned int zram_slot_blocks(const struct zram_slot *slot,
					    u64 *first)
{
	u64 start = zram_slot_position(slot);
	u64 end = start + zram_slot_packed_size(zram_slot_size(slot));

	*first = start >> ZRAM_BLOCK_SHIFT;
	return ((end - 1) >> ZRAM_BLOCK_SHIFT) - *first + 1;
}

/**
 * zram_slot_span() - logical blocks of the backing device that a slot's content lies on
 * @slot: a slot in state WB
 * @size: size of a logical block: a power of two, at most %ZRAM_BLOCK_SIZE
 * @start: set to the first byte of the first logical block
 *
 * Context: The caller holds the slot lock or owns a detached copy.
 * Return: size of all of them, bytes.
 */
static inline unsigned int zram_slot_span(const struct zram_slot *slot,
					  unsigned int size, u64 *start)
{
	u64 first = zram_slot_position(slot);
	u64 end = first + zram_slot_packed_size(zram_slot_size(slot));

	*start = round_down(first, size);
	return round_up(end, size) - *start;
}

/**
 * zram_table_affordable() - the most memory that a slot table may take
 * @available: pages to be had without swapping
 * @swap: pages free on all swap devices; negative while one is being switched off,
 *	whose pages come back to memory
 * @own: pages of all zram devices. Their part of @swap cannot make memory for a
 *	table: a page swapped to zram stays in memory, if compressed
 *
 * Swap that lies on zram is at most @own; a file system on zram counts as well.
 *
 * Return: the number of pages.
 */
static inline unsigned long zram_table_affordable(long available, long swap,
						  long own)
{
	if (swap > 0)
		swap = max(swap - own, 0L);
	return max(available + swap, 0L);
}

int zram_table_create(struct zram_slots *slots, unsigned long nr);
void zram_table_destroy(struct zram_slots *slots);

#endif
