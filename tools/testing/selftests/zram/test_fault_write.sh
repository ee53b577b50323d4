#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Allocations fail in the middle of writes: an error, never wrong data, and
# nothing is left behind.

. ./lib.sh

faulty() {
	fault_or_skip "$1" 20 || return 0
	zram_new 16M "$2"
	out=$(zrace -F -e -n 1024 -b 16 -j 4 -t 4000 -m 5,3,1,1 "$ZDEV")
	status=$?
	fault_off
	echo "# $out"
	is "$1: data under failing allocations" "$status" 0
	errors=${out##*err=}
	io_read
	between "$1: some I/O failed" "$errors" 1 100000000
	between "$1: failed_writes counts them" "$IO_FAILED_WRITES" 1 100000000
	is "$1: reads do not fail" "$IO_FAILED_READS" 0
	check "$1: the device recovers" zpat fill -k cycle -g 2 "$ZDEV"
	check "$1: and keeps data" zpat verify -k cycle -g 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	empty "$1: nothing is left after discard"
	must zram_remove
}

# setups NAME N: setting up a device gives ENOMEM or works when every N-th
# allocation fails, which is another one each time
setups() {
	fault_on "$1" 100 "$2" || { skip "$1: set-up" "kernel without it"; return; }
	zram_add
	results=$(zhammer -F -t 2500 "w:$ZSYS/disksize=16M" "w:$ZSYS/reset=1")
	fault_off
	echo "$results" | sed 's/^/# /'
	others=$(echo "$results" | tr ' ' '\n' | grep '^E' |
		grep -vE '^(ENOMEM|EBUSY)=')
	is "$1: set-up gives ENOMEM or works" "$others" ""
	# Pages are allocated in bulk, which is only made to fail where it is checked.
	least=1
	[ "$1" = failslab ] || [ -n "${ZT_DEBUG-}" ] || least=0
	between "$1: set-ups that failed" \
		"$(echo "$results" | grep -c 'disksize.*ENOMEM')" $least 1
	zram_reset
	put "$ZSYS/disksize" 4M
	check "$1: then it works" zpat fill -k cycle "$ZDEV"
	check "$1: with data" zpat verify -k cycle "$ZDEV"
	must zram_remove
}

# Devices that cannot be added leave their number.
numbers() {
	fault_on failslab 100 11 || { skip "hot_add" "kernel without it"; return; }
	zram_load
	results=$(zhammer -F -t 700 "r:$CONTROL/hot_add")
	fault_off
	echo "$results" | sed 's/^/# /'
	between "hot_add that failed" \
		"$(echo "$results" | grep -c ' ENOMEM=')" 1 1
	zram_remove_all
	zram_add
	is "no number is lost" "$ZID" 0
	must zram_remove
}

numbers
faulty failslab lzo-rle
faulty fail_page_alloc lzo
setups failslab 101
setups fail_page_alloc 101
finish
