#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Who goes first where there is not room for all: whole pages by the memory they
# take, packed objects by age.

. ./lib.sh

bd_use null 8 || skip_all "no null_blk"
disk=$BD
# Every fourth page is random, the others take less memory.
zram_new 8M '' "$disk"
must zpat fill -k mixed "$ZDEV" > /dev/null
must zpat fill -u -k random -S 4 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback_limit" 512
put "$ZSYS/writeback_limit_enable" 1
store EIO writeback idle
bd_read
is "whole pages: as many as allowed" "$BD_COUNT" 512
mm_read
is "whole pages: the incompressible ones went" "$MM_HUGE" 0
check "random pages" zpat verify -u -k random -S 4 "$ZDEV"
for first in 1 2 3; do
	check "mixed pages $first" zpat verify -u -k mixed -o $first -S 4 "$ZDEV"
done
must zram_remove

bd_null 4 || bail "second null_blk"
zram_new 8M '' "$BD"
must zpat fill -k mixed "$ZDEV" > /dev/null
must zpat fill -u -k random -S 4 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store ENOSPC writeback idle
bd_read
is "a small device is filled" "$BD_COUNT" 1024
mm_read
is "by the incompressible pages first" "$MM_HUGE" 0
must zram_remove

# Pages of the second half are old, the first half is written later.
PACKED=1
zram_new 8M '' "$disk"
must zpat fill -k mixed -o 1024 -n 1024 "$ZDEV" > /dev/null
sleep 5
must zpat fill -k mixed -n 1024 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback_limit" 192
put "$ZSYS/writeback_limit_enable" 1
store EIO writeback idle
bd_read
between "packed: as many blocks as allowed" "$BD_COUNT" \
	$((193 - PER_PAGE)) 192
is "packed: nothing is read" "$BD_READS" 0
check "packed: the young pages" zpat verify -k mixed -n 1024 "$ZDEV"
bd_read
is "packed: they are in memory" "$BD_READS" 0
check "packed: the old pages" zpat verify -k mixed -o 1024 -n 1024 "$ZDEV"
bd_read
between "packed: they are on the device" "$BD_READS" \
	$((193 - PER_PAGE)) 4096
finish
