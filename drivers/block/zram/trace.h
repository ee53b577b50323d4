/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zram

#if !defined(_ZRAM_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _ZRAM_TRACE_H_

#include <linux/blkdev.h>
#include <linux/tracepoint.h>

struct zram;

TRACE_EVENT(zram_wb_begin,
	    TP_PROTO(const struct zram *zram, unsigned int ranges),
	    TP_ARGS(zram, ranges),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(unsigned int, ranges)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->ranges = ranges;),
	    TP_printk("dev=%d:%d ranges=%u",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->ranges)
);

TRACE_EVENT(zram_wb_end,
	    TP_PROTO(const struct zram *zram, int err),
	    TP_ARGS(zram, err),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(s64, pages)
			     __field(int, err)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->pages = atomic64_read(&zram->wb.written);
			   __entry->err = err;),
	    TP_printk("dev=%d:%d pages=%lld err=%d",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->pages, __entry->err)
);

TRACE_EVENT(zram_wb_submit,
	    TP_PROTO(const struct zram *zram, u64 first, unsigned int nr,
		     unsigned int objects),
	    TP_ARGS(zram, first, nr, objects),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(u64, block)
			     __field(unsigned int, nr)
			     __field(unsigned int, objects)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->block = first;
			   __entry->nr = nr;
			   __entry->objects = objects;),
	    TP_printk("dev=%d:%d block=%llu nr=%u objects=%u",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->block, __entry->nr, __entry->objects)
);

TRACE_EVENT(zram_wb_complete,
	    TP_PROTO(const struct zram *zram, u64 first, unsigned int nr,
		     unsigned int bad, int err),
	    TP_ARGS(zram, first, nr, bad, err),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(u64, block)
			     __field(unsigned int, nr)
			     __field(unsigned int, bad)
			     __field(int, err)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->block = first;
			   __entry->nr = nr;
			   __entry->bad = bad;
			   __entry->err = err;),
	    TP_printk("dev=%d:%d block=%llu nr=%u bad=%u err=%d",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->block, __entry->nr, __entry->bad,
		      __entry->err)
);

TRACE_EVENT(zram_readback,
	    TP_PROTO(const struct zram *zram, u64 first, unsigned int nr),
	    TP_ARGS(zram, first, nr),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(u64, block)
			     __field(unsigned int, nr)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->block = first;
			   __entry->nr = nr;),
	    TP_printk("dev=%d:%d block=%llu nr=%u",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->block, __entry->nr)
);

DECLARE_EVENT_CLASS(zram_page,
		    TP_PROTO(const struct zram *zram, unsigned long index, u32 flags,
			     int err),
		    TP_ARGS(zram, index, flags, err),
		    TP_STRUCT__entry(__field(dev_t, dev)
				     __field(unsigned long, index)
				     __field(unsigned int, size)
				     __field(unsigned int, prio)
				     __field(unsigned int, state)
				     __field(int, err)),
		    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
				   __entry->index = index;
				   __entry->size = flags & ZRAM_SIZE_MASK;
				   __entry->prio = zram_slot_prio(flags);
				   __entry->state =
					(flags & ZRAM_SAME ? 1 : 0) |
					(flags & ZRAM_WB ? 2 : 0) |
					(flags & ZRAM_HUGE ? 4 : 0) |
					(flags & ZRAM_STAGED ? 8 : 0);
				   __entry->err = err;),
		    TP_printk("dev=%d:%d index=%lu size=%u prio=%u state=%s err=%d",
			      MAJOR(__entry->dev), MINOR(__entry->dev),
			      __entry->index, __entry->size, __entry->prio,
			      __print_flags(__entry->state, "|", { 1, "same" },
					    { 2, "wb" }, { 4, "huge" },
					    { 8, "staged" }),
			      __entry->err)
);

DEFINE_EVENT(zram_page, zram_write,
	     TP_PROTO(const struct zram *zram, unsigned long index, u32 flags,
		      int err),
	     TP_ARGS(zram, index, flags, err)
);

DEFINE_EVENT(zram_page, zram_read,
	     TP_PROTO(const struct zram *zram, unsigned long index, u32 flags,
		      int err),
	     TP_ARGS(zram, index, flags, err)
);

TRACE_EVENT(zram_recompress,
	    TP_PROTO(const struct zram *zram, unsigned long index,
		     unsigned int old_size, unsigned int new_size, int err),
	    TP_ARGS(zram, index, old_size, new_size, err),
	    TP_STRUCT__entry(__field(dev_t, dev)
			     __field(unsigned long, index)
			     __field(unsigned int, old_size)
			     __field(unsigned int, new_size)
			     __field(int, err)),
	    TP_fast_assign(__entry->dev = disk_devt(zram->disk);
			   __entry->index = index;
			   __entry->old_size = old_size;
			   __entry->new_size = new_size;
			   __entry->err = err;),
	    TP_printk("dev=%d:%d index=%lu old=%u new=%u err=%d",
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->index, __entry->old_size, __entry->new_size,
		      __entry->err)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
