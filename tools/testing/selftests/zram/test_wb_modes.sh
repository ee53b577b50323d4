#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Which pages idle, huge and huge_idle select.

. ./lib.sh

# 1024 pages each: 0 random, 1024 mixed, 2048 same, 3072 random, not idle
prepare() {
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 32M
	must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
	must zpat fill -k mixed -o 1024 -n 1024 "$ZDEV" > /dev/null
	must zpat fill -k same -o 2048 -n 1024 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	must zpat fill -k random -o 3072 -n 1024 "$ZDEV" > /dev/null
}

# selects MODE PAGES HUGE-PAGES-LEFT
selects() {
	prepare
	store 0 writeback "$1"
	bd_read
	is "$1: pages written" "$BD_COUNT $BD_WRITES" "$2 $2"
	mm_read
	is "$1: incompressible pages left in memory" "$MM_HUGE" "$3"
	check "$1: random pages" zpat verify -k random -n 1024 "$ZDEV"
	check "$1: mixed pages" zpat verify -k mixed -o 1024 -n 1024 "$ZDEV"
	check "$1: same-filled pages" zpat verify -k same -o 2048 -n 1024 "$ZDEV"
	check "$1: pages not idle" zpat verify -k random -o 3072 -n 1024 "$ZDEV"
	bd_read
	is "$1: the right ones were on the device" "$BD_READS" "$2"
	zram_reset
}

bd_use virtio || bd_use null 32 || skip_all "no backing device"
zram_add
selects idle 2048 1024
selects huge 2048 0
selects huge_idle 1024 1024
prepare
store 0 writeback huge_idle
store 0 writeback idle
bd_read
is "huge_idle, then idle" "$BD_COUNT $BD_WRITES" "2048 2048"
store 0 writeback huge
bd_read
is "then huge" "$BD_COUNT $BD_WRITES" "3072 3072"
finish
