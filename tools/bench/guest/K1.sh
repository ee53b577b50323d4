#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# K1: the rate at which memory can be asked for before anybody has to wait for it
# (allocstall), swapping to the device; without kcompressd and with it.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

PARAM=/sys/module/zram/parameters/nr_kcompressd
CPU=/sys/devices/system/cpu/cpu1/online

value() {
	sed -n "s/^$1 //p" /tmp/touch
}

# The highest rate of the list without a stall
highest() {
	low=0
	for rate in $K1_RATES; do
		touchrate mixed "$SEED" "$K1_MIB" "$K1_LEAVE_MIB" \
			"$K1_SECONDS" "$rate" >/tmp/touch || return
		say "$1 $rate MiB/s: $(tr '\n' ' ' </tmp/touch)"
		# A rate that is not reached is no rate
		[ "$(value allocstall)" -eq 0 ] || break
		[ "$(value mbs | cut -d. -f1)" -ge "$rate" ] || break
		low=$rate
		cp /tmp/touch /tmp/best
	done
	figure "$1_rate_mibs" "$low"
	[ ! -e /tmp/best ] || sed "s/^/bench $WORKLOAD $PAIR $SIDE $1_/" /tmp/best
	rm -f /tmp/best
}

# situation NAME: without threads, and with them where there are any
situation() {
	[ ! -w $PARAM ] || echo 0 >$PARAM
	highest "$1_off"
	if [ -w $PARAM ]; then
		echo 1 >$PARAM
		highest "$1_on"
		echo 0 >$PARAM
	fi
}

# Linux 7.2 takes memory for the swap map from what is left, and kills if there is
# none.
echo 16384 >/proc/sys/vm/min_free_kbytes
for algorithm in $K1_ALGORITHMS; do
	echo "$algorithm" >$ZRAM/comp_algorithm
	zram_setup "$((K1_MIB * 2))"
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
	situation "${algorithm}_idle"
	sh -c 'while :; do :; done' &
	busy=$!
	situation "${algorithm}_busy"
	kill $busy
	if [ -w $CPU ]; then
		echo 0 >$CPU
		situation "${algorithm}_one"
		echo 1 >$CPU
	fi
	swapoff /dev/zram0
	zram_reset
done
