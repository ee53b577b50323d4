#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# The thread's life: reset, removal, unloading and the switch while pages leave for a slow
# device and tasks overwrite, discard and read them.

. ./lib.sh

out=/tmp/out.$$
ZT_FILES=$out
rounds=6 ms=5500
[ -z "${ZT_DEBUG-}" ] || rounds=3 ms=20000

# tier_threads: their number
tier_threads() {
	grep -l "^zram[0-9]*_tier" /proc/[0-9]*/comm 2> /dev/null | wc -l
}

# begin: a device whose pages are leaving, under load
begin() {
	zram_add
	[ -d "$ZSYS/tier" ] || absent tiering
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/idle_age" 1
	put "$ZSYS/tier/pool_target" 1
	put "$ZSYS/tier/enable" 1
	put "$ZSYS/disksize" 32M
	zrace -n 8192 -b 16 -j 2 -t $ms -p 2000 "$ZDEV" > $out
	right=$((right + !$?))
	tier_read
	total=$((total + TIER_pages))
}

check_thread() {
	is "$1: no thread is left" "$(tier_threads)" 0
	is "$1: rounds without an error in the data" $right $rounds
	between "$1: pages moved in all" $total "$(at_least 100)" 100000000
}

bd_use null 96 || skip_all "no null_blk"
bd_slow 0 20 || skip_all "no dm-delay"
for what in reset removal switch; do
	right=0 total=0
	for round in $(seq $rounds); do
		begin
		case $what in
		reset)
			zram_reset
			empty "reset $round: the pool is empty"
			;;
		switch)
			for on in 0 1 0 1 1 0; do store 0 tier/enable $on; done
			;;
		esac
		must zram_remove
	done
	check_thread $what
done

# The thread comes and goes with what it needs
zram_add
put "$ZSYS/tier/enable" 1
is "no thread without a size" "$(tier_threads)" 0
put "$ZSYS/disksize" 8M
is "no thread without a backing device" "$(tier_threads)" 0
zram_reset
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 8M
is "a thread with both" "$(tier_threads)" 1
store 0 tier/enable 1
is "only one" "$(tier_threads)" 1
tier_read
is "and no demand" "$TIER_state" idle
store 0 tier/enable 0
is "none when it is off" "$(tier_threads)" 0
store 0 tier/enable 1
is "one again" "$(tier_threads)" 1
zram_reset
is "none after a reset" "$(tier_threads)" 0
read -r value < "$ZSYS/tier/enable"
is "but it is still enabled" "$value" 1
tier_read
is "and waits" "$TIER_state" waiting
must zram_remove
need_module
zram_remove_all
must zram_unload

# Unloading under way
for round in 1 2; do
	right=0 total=0
	begin
	zram_forget "$ZID"
	wait_for 20 zram_unload || bail "the module cannot be unloaded"
	is "unloading $round: the data was right" $right 1
	is "unloading $round: no thread is left" "$(tier_threads)" 0
done
finish
