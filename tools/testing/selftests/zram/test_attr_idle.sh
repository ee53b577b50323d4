#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# idle: errors, all, ages, and what takes the mark away again.

. ./lib.sh

# idle_pages NAME PAGES: how many pages "writeback idle" finds
idle_pages() {
	bd_read
	before=$BD_WRITES
	store 0 writeback idle
	bd_read
	is "$1" $((BD_WRITES - before)) "$2"
}

zram_add
store EINVAL idle all
store EINVAL idle 0
store 0 idle 4000000000
bd_use virtio || bd_use null 64 || skip_all "no backing device"
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 16M
store EINVAL idle foo
store EINVAL idle -1
store EINVAL idle 1.5
store 0 idle all
idle_pages "an empty device has nothing idle" 0

must zpat fill -k mixed -n 256 "$ZDEV" > /dev/null
idle_pages "nothing is idle before it is marked" 0
must zpat fill -k same -o 1024 -n 64 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
# An age that the machine has not: no mark is set, and none taken away
store 0 idle 4000000000
must zpat fill -k mixed -g 2 -n 16 "$ZDEV" > /dev/null
must zpat verify -k mixed -o 16 -n 16 "$ZDEV" > /dev/null
must zpat discard -o 32 -n 16 "$ZDEV" > /dev/null
idle_pages "written, read, freed and same-filled pages are not idle" 208
put "$ZSYS/idle" all
idle_pages "what was not idle before can become so" 32

# 160 old pages, then, 6 s later, new, overwritten and read ones. The age asked
# for lies between, however slow this machine is.
must zpat fill -k mixed -o 256 -n 128 "$ZDEV" > /dev/null
must zpat fill -k mixed -o 512 -n 96 "$ZDEV" > /dev/null
sleep 6
clock
fresh=$NOW
must zpat verify -k mixed -o 256 -n 32 "$ZDEV" > /dev/null
must zpat fill -k mixed -g 2 -o 512 -n 32 "$ZDEV" > /dev/null
must zpat fill -k mixed -o 800 -n 64 "$ZDEV" > /dev/null
store 0 idle 1000
idle_pages "nothing is 1000 s old" 0
clock
put "$ZSYS/idle" all
store 0 idle $(((NOW - fresh) / 1000 + 3))
idle_pages "of an age: neither the new nor the overwritten nor the read, which were marked" \
	160
check "data" zpat verify -k mixed -o 256 -n 128 "$ZDEV"
finish
