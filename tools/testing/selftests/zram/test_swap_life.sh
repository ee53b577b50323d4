#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# What may follow swapoff at once, while tasks swap: swapon, reset, removal, unloading
# of the module. Without bios no queue of the block layer is held during swap I/O.

. ./lib.sh

param=/sys/module/zram/parameters/swap_ops
out=/tmp/out.$$
ZT_FILES="$out.1 $out.2 $out.3"
rounds=6 cycles=200
[ -z "${ZT_DEBUG-}" ] || rounds=3 cycles=20

# swap_by Y|N|-: whether the next swapon does without bios; -: a driver that cannot
swap_by() {
	zram_load
	[ ! -w "$param" ] || put "$param" "$1"
}

# swapping NAME COMMAND...: with three processes that swap, swapoff and COMMAND
swapping() {
	name=$1
	shift
	right=0
	for round in $(seq $rounds); do
		swap_by "$by"
		zram_new 64M
		swap_on
		swappers=''
		for i in 1 2 3; do
			bg zswap -m 4 -P -r 2 -k mixed -s "$i" > "$out.$i"
			swappers="$swappers $BGPID"
		done
		# Another moment of the processes' life each time
		sleep "0.$((round * 7 % 10))"
		must swapoff "$ZDEV"
		"$@"
		for swapper in $swappers; do
			wait "$swapper" && right=$((right + 1))
		done
	done
	is "swap_ops=$by: $name: processes whose pages are right" $right $((rounds * 3))
}

# shellcheck disable=SC2317 # called by swapping
swapon_again() {
	must swapon "$ZDEV"
	must swapoff "$ZDEV"
	must zram_remove
}

# shellcheck disable=SC2317 # called by swapping
reset() {
	zram_reset
	empty "swap_ops=$by: round $round: the pool is empty after reset"
	must zram_remove
}

# shellcheck disable=SC2317 # called by swapping
unload() {
	zram_forget "$ZID"
	wait_for 10 zram_unload || bail "the module cannot be unloaded"
}

zram_load
modes=-
[ ! -w "$param" ] || modes="Y N"
for by in $modes; do
	swapping "swapon" swapon_again
	swapping "reset" reset
	swapping "removal" must zram_remove
	[ -z "${ZRAM_KO-}" ] || swapping "unloading" unload
	swap_by "$by"
	zram_new 16M
	must mkswap "$ZDEV" > /dev/null
	n=0
	while [ $n -lt $cycles ] && swapon "$ZDEV" && swapoff "$ZDEV"; do
		n=$((n + 1))
	done
	is "swap_ops=$by: swapon and swapoff" $n $cycles
	must zram_remove
done
[ -n "${ZRAM_KO-}" ] || skip "unloading" "the driver is part of this kernel"
finish
