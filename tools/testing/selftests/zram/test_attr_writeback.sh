#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# writeback and bd_stat as attributes: order of the errors, empty runs.

. ./lib.sh

bd_use null 16 || skip_all "no null_blk"
zram_add
store EINVAL writeback idle
store EINVAL writeback huge
store EINVAL writeback nonsense
put "$ZSYS/disksize" 4M
store ENODEV writeback idle
store ENODEV writeback nonsense
must zpat fill -k random "$ZDEV" > /dev/null
store ENODEV writeback huge
zram_reset
put "$ZSYS/backing_dev" "$BD"
store EINVAL writeback idle
put "$ZSYS/disksize" 4M
for mode in idle huge huge_idle; do
	store 0 writeback $mode
done
store EINVAL writeback nonsense
store EINVAL writeback idl
store 0 writeback "huge$NL"
is "runs over an empty device write nothing" \
	"$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
must zpat fill -k mixed "$ZDEV" > /dev/null
store 0 writeback idle
store 0 writeback huge
store EINVAL writeback nonsense
is "nor do runs that find no candidate" \
	"$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
gives "writeback cannot be read" EACCES ztry -r "$ZSYS/writeback"
check "data" zpat verify -k mixed "$ZDEV"
finish
