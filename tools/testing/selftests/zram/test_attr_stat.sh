#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# mm_stat, io_stat, bd_stat and debug_stat: columns and widths to the byte.

. ./lib.sh

formats() {
	for stat in mm_stat io_stat bd_stat debug_stat; do
		check "$stat $1" zfmt $stat "$ZSYS/$stat"
	done
}

zram_add
formats "of a new device"
bd_use virtio || bd_use null 64 || skip_all "no backing device"
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 1G
formats "of an empty device"
must zpat fill -k cycle -n 4096 "$ZDEV" > /dev/null
put "$ZSYS/mem_limit" 1T
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
must zpat verify -k cycle -n 4096 "$ZDEV" > /dev/null
must zpat discard -n 512 "$ZDEV" > /dev/null
formats "of a used device"
mm_read
is "mem_limit takes more than eight digits" "$MM_LIMIT" 1099511627776
io_read
is "the third column of io_stat is 0" "$IO_ZERO" 0
for stat in mm_stat io_stat bd_stat debug_stat initstate; do
	gives "$stat cannot be written" EACCES ztry "$ZSYS/$stat" 0
done
finish
