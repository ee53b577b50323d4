#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# A process that needs more than memory holds, compressed too: the kernel kills it, unless
# tiering makes room on the backing device. Every page of it is hot.

. ./lib.sh

# What the process has, and what is left of memory for it, MiB
size=160 left=64

# hold MIB: take all available memory but that
hold() {
	while read -r key kib _; do
		[ "$key" = MemAvailable: ] && available=$((kib / 1024))
	done < /proc/meminfo
	must mount -t ramfs none $ram
	ZT_MOUNTS="$ZT_MOUNTS $ram"
	must dd if=/dev/zero of=$ram/held bs=1M count=$((available - $1)) 2> /dev/null
}

oom_new() {
	zram_new 256M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	put "$ZSYS/tier/daily_budget" "$1"
	swap_on
}

# oom_kills: how often the kernel has killed a process
oom_kills() {
	while read -r key value; do
		[ "$key" = oom_kill ] && KILLS=$value
	done < /proc/vmstat
}

[ -z "${ZT_DEBUG-}" ] || skip_all "takes too long on a debug kernel"
bd_use virtio || skip_all "no virtio disk"
ram=/tmp/ram.$$
must mkdir -p $ram
swap_reserve
quiet_console
hold $left

oom_new max
oom_kills
before=$KILLS
zswap -m $size -k random -P -r 1 > /dev/null 2>&1
is "without tiering: the process is killed" $? 137
oom_kills
between "by the kernel" $((KILLS - before)) 1 10
swap_off "without tiering"
must zram_remove

# Each try has to succeed: the kernel finds no memory about 20 times in a try
tries=3 passed=0 rescues=0
for try in $(seq $tries); do
	oom_new max
	put "$ZSYS/tier/enable" 1
	oom_kills
	before=$KILLS
	status=0
	zswap -m $size -k random -P -r 1 > /dev/null 2>&1 || status=$?
	oom_kills
	tier_read
	io_read
	# Files in memory may be on the device as well, so it need not be empty
	echo "# try $try: $TIER_rescued pages, $TIER_spilled spilled," \
		"$((KILLS - before)) killed, $IO_FAILED_WRITES failed writes, $TIER_state"
	[ $status -ne 0 ] || [ "$KILLS" -ne "$before" ] || passed=$((passed + 1))
	[ "$TIER_rescued" -eq 0 ] || rescues=$((rescues + 1))
	swap_off "with tiering"
	must zram_remove
done
is "with tiering: tries without a kill, in which every page was right" $passed $tries
is "with tiering: tries in which pages left before one" $rescues $tries

# Writes of a loop device wait for memory. The kernel kills, and nobody waits for them
disk=$BD
if bd_use loop 256; then
	oom_new max
	put "$ZSYS/tier/enable" 1
	zswap -m $size -k random -P -r 1 > /dev/null 2>&1
	is "on a loop device: the process is killed" $? 137
	tier_read
	is "on a loop device: pages that left" "$TIER_rescued" 0
	swap_off "on a loop device"
	must zram_remove
fi
BD=$disk

# Nothing may be written: the kernel kills, and does not wait for it again and again
oom_new 0
put "$ZSYS/tier/enable" 1
zswap -m $size -k random -P -r 1 > /dev/null 2>&1
is "without a budget: the process is killed" $? 137
tier_read
is "without a budget: pages that left" "$TIER_rescued" 0
swap_off "without a budget"
must zram_remove
finish
