#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# mem_limit, mem_used_max and compact as attributes (test_data_limit.sh has
# what a limit does to writes).

. ./lib.sh

limit_is() {
	store 0 mem_limit "$1"
	mm_read
	is "mem_limit '$1' reads $2" "$MM_LIMIT" "$2"
}

zram_add
store EINVAL mem_limit abc
store EINVAL mem_used_max 1
store EINVAL mem_used_max abc
store 0 mem_used_max 0
store EINVAL compact 1
limit_is 1M 1048576
limit_is $((PAGE + 1)) $((PAGE * 2))
lines=$(dmesg | grep -c "mem_limit: taken as .* ignored")
limit_is "64 M" "$PAGE"
is "the log says that the rest is ignored" \
	"$(($(dmesg | grep -c "mem_limit: taken as .* ignored") - lines))" 1
limit_is 0 0
put "$ZSYS/disksize" 32M
limit_is 64M 67108864
limit_is 0 0

must zpat fill -k mixed "$ZDEV" > /dev/null
mm_read
peak=$MM_USED
between "mem_used_total is at least the data" "$peak" "$MM_COMPR" 20000000
is "mem_used_max is the peak" "$MM_MAX" "$peak"
must zpat discard -u "$ZDEV" -S 2 > /dev/null
mm_read
is "mem_used_max stays when memory is freed" "$MM_MAX" "$peak"
before=$MM_USED
store 0 compact anything
mm_read
between "compact gives memory back" "$MM_USED" 1 $((before - 1))
is "pages_compacted says how much" $((MM_COMPACTED * 4096)) \
	$((before - MM_USED))
store EINVAL mem_used_max 1
store 0 mem_used_max 0
mm_read
is "mem_used_max starts again from now" "$MM_MAX" "$MM_USED"
check "the other pages are intact" zpat verify -u -k mixed -o 1 -S 2 "$ZDEV"
gives "the discarded ones read zero" "ok=$((4096 / PER_PAGE)) bad=0 err=0" \
	zpat verify -u -g 0 -S 2 "$ZDEV"
finish
