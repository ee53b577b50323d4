#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The tracepoints of writeback, readback and failed writes say what happened.

. ./lib.sh

trace=/sys/kernel/tracing
[ -d $trace/events ] || mount -t tracefs none $trace 2> /dev/null
only_4k
bd_use null 16 || skip_all "no null_blk"
zram_add
events=$trace/events/zram
[ -d $trace/events ] || skip_all "kernel without tracepoints"
[ -d $events ] || absent tracepoints
# shellcheck disable=SC2317 # called by the clean-up
trace_off() {
	echo 0 > "$events/enable"
	echo > "$trace/trace"
}
ZT_AT_EXIT=trace_off
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 2M
must zpat fill -k random "$ZDEV" > /dev/null
put "$events/enable" 1
echo > "$trace/trace"
store 0 writeback "page_indexes=0-99"
must zpat verify -k random -n 64 -b 64 "$ZDEV" > /dev/null
store 0 writeback "page_indexes=0-99 page_index=100"
put "$events/enable" 0

# traced EVENT COUNT "VALUES"...: each of the values in some line of the event
traced() {
	lines=$(grep " $1: " $trace/trace | sed 's/.*: dev=[0-9:]* //')
	is "$1: number of events" "$(echo "$lines" | grep -c .)" "$2"
	what=$1
	shift 2
	for value; do
		is "$what: $value" "$(echo "$lines" | grep -cxF "$value")" 1
	done
}

traced zram_wb_begin 2 "ranges=1" "ranges=2"
traced zram_wb_submit 3 "block=0 nr=64 objects=64" "block=64 nr=36 objects=36" \
	"block=100 nr=1 objects=1"
traced zram_wb_complete 3 "block=0 nr=64 bad=0 err=0" \
	"block=64 nr=36 bad=0 err=0" "block=100 nr=1 bad=0 err=0"
traced zram_wb_end 2 "pages=100 err=0" "pages=1 err=0"
traced zram_readback 1 "block=0 nr=64"

put "$ZSYS/mem_limit" 4096
echo > "$trace/trace"
put "$events/zram_write/enable" 1
zpat fill -k random -g 2 -n 1 "$ZDEV" > /dev/null
put "$events/enable" 0
traced zram_write 1 "index=0 size=0 prio=0 state= err=-28"
finish
