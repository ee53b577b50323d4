#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# A backing device smaller than the data: ENOSPC, and nothing is lost.

. ./lib.sh

bd_use null 4 || skip_all "no null_blk"
zram_new 16M '' "$BD"
must zpat fill -k random "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store ENOSPC writeback idle
bd_read
is "every block of the device is used" "$BD_COUNT $BD_WRITES" "1024 1024"
mm_read
is "the other pages are in memory" "$((MM_COMPR / 4096)) $MM_HUGE" "3072 3072"
is "no counter runs off" "$MM_ORIG $MM_COMPR" "16777216 12582912"
check "every byte" zpat verify -k random -j 2 "$ZDEV"
store ENOSPC writeback huge
bd_read
is "a full device stays as it is" "$BD_COUNT $BD_WRITES" "1024 1024"
must zpat discard "$ZDEV" > /dev/null
bd_read
is "discard frees every block" "$BD_COUNT" 0
must zpat fill -k random -g 2 -n 1024 "$ZDEV" > /dev/null
store 0 writeback huge
bd_read
is "a device just large enough is not full" "$BD_COUNT" 1024
check "every byte" zpat verify -k random -g 2 -n 1024 "$ZDEV"
finish
