#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# slow: 45
# The thread's life: reset, removal, unloading and the switch, after tasks have raced with
# it, and within a slice. Several devices at once, each with a slow backing device of its
# own.

. ./lib.sh

out=/tmp/out.$$
rounds=2 most_rounds=8 wanted=$(at_least 500) ms=8000
[ -z "${ZT_DEBUG-}" ] || ms=20000
# What the backing devices take for a write, and what stopping the thread then may
# take: the requests in flight, and those of a ring that the slice has filled meanwhile. All
# pages would take 32 times as long. 5 s are for a busy host.
write_ms=1000
stop_ms=$((2 * write_ms + 5000))

# begin NAME MIB WRITE_MS: a device, NAME, that is to move all pages to a slow one
begin() {
	eval "slot=\${slot_$1-}"
	if [ -z "$slot" ]; then
		slot=$slots slots=$((slots + 1))
		eval "slot_$1=$slot"
		bd_dm "zt_life_$1" delay "$(table "$3")" || skip_all "no dm-delay"
		eval "bd_$1=\$BD bdsys_$1=\$BDSYS"
	else
		must dm_table "zt_life_$1" "$(table "$3")"
	fi
	zram_add
	[ -d "$ZSYS/tier" ] || absent tiering
	eval "id_$1=$ZID"
	use "$1"
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/tier/idle_age" 1
	tier_pressing
	put "$ZSYS/disksize" "$2M"
}

# table WRITE_MS: 48 MiB of the disk
table() {
	echo "0 98304 delay $disk $((slot * 98304)) 0 $disk $((slot * 98304)) $1"
}

# use NAME: it becomes the current device
use() {
	eval "ZID=\$id_$1 BD=\$bd_$1 BDSYS=\$bdsys_$1"
	ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
}

# within NAME COMMAND...: it ends in time, although a slice of the current device, NAME, has
# begun
within() {
	name=$1
	shift
	put "$ZSYS/tier/enable" 1
	wait_for 20 bd_writing "zt_life_$name" || bail "$name: a slice has begun"
	pass "$name: a slice has begun"
	clock
	begun=$NOW
	gives "$name: within a slice" 0 "$@"
	clock
	between "$name: ends with its requests, ms" $((NOW - begun)) 0 $stop_ms
}

number_of_threads() {
	tier_threads "$@" | wc -l
}

bd_use null 256 || skip_all "no null_blk"
disk=$BD slots=0 id_unload=''
ZT_FILES="$out.reset $out.removal $out.switch $out.hammer"

# few_moved: a device has moved fewer pages than it is to, so far
few_moved() {
	for what in reset removal switch; do
		eval "[ \$pages_$what -ge $wanted ]" || return 0
	done
	return 1
}

# Tasks write, read and discard pages that are about to leave; in more rounds on a slow host
right=0 round=0
for what in reset removal switch; do eval "pages_$what=0"; done
while [ $round -lt $rounds ] || { few_moved && [ $round -lt $most_rounds ]; }; do
	round=$((round + 1))
	races=''
	for what in reset removal switch; do
		begin $what 32 20
		put "$ZSYS/tier/enable" 1
		bg zrace -n 8192 -b 16 -j 2 -t $ms -p 8000 "$ZDEV" > $out.$what
		races="$races $BGPID"
	done
	zhammer -t $ms -p 300 "w:$ZSYS/tier/enable=0,1" > $out.hammer
	for race in $races; do
		wait "$race"
		right=$((right + !$?))
	done
	for what in reset removal switch; do
		use $what
		tier_read
		eval "pages_$what=\$((pages_$what + TIER_pages))"
		[ $what != reset ] || zram_reset
		[ $what != reset ] || empty "reset $round: the pool is empty"
		must zram_remove
	done
	is "$round: the switch works each time" "$(grep -c ' E[A-Z]*=' $out.hammer)" 0
done
is "races without an error in the data" $right $((3 * round))
for what in reset removal switch; do
	eval "echo '#' $what: \$pages_$what pages moved"
	eval "between '$what: pages moved meanwhile' \$pages_$what $wanted 100000000"
done
is "no thread is left" "$(number_of_threads)" 0

# Within a slice, and beside devices whose slices go on
seed=0
for what in beside reset removal switch unload; do
	begin $what 16 $write_ms
	seed=$((seed + 1))
	must zpat fill -k random -s $seed "$ZDEV" > /dev/null
done
sleep 5
use reset
within reset ztry "$ZSYS/reset" 1
empty "reset: the pool is empty"
is "reset: no thread is left" "$(number_of_threads "$ZID")" 0
must zram_remove
use removal
within removal ztry $CONTROL/hot_remove "$ZID"
check "removal: the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
is "removal: no thread is left" "$(number_of_threads)" 0
use switch
within switch ztry "$ZSYS/tier/enable" 0
is "switch: no thread is left" "$(number_of_threads)" 0
tier_read
bd_read
is "switch: each block written is counted" "$TIER_bytes" $((BD_WRITES * 4096))
between "switch: some pages have left" "$BD_COUNT" 1 4095
check "switch: every byte" zpat verify -k random -s 4 "$ZDEV"
read -r before < "$ZSYS/bd_stat"
use beside
tier_read
bd_read
is "a device beside them: state, pages moved, blocks" \
	"$TIER_state $TIER_pages $BD_WRITES" "off 0 0"
put "$ZSYS/tier/enable" 1
check "and it moves its own" wait_for 30 tier_moved 1000
check "a device beside them: every byte" zpat verify -k random -s 1 "$ZDEV"
use switch
read -r after < "$ZSYS/bd_stat"
is "while the other moves none" "$(number_of_threads) $after" "1 $before"
use beside
must zram_remove
use switch
must zram_remove

# The thread comes and goes with what it needs
zram_add
put "$ZSYS/tier/enable" 1
is "no thread without a size" "$(number_of_threads "$ZID")" 0
put "$ZSYS/disksize" 8M
is "no thread without a backing device" "$(number_of_threads "$ZID")" 0
zram_reset
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 8M
is "a thread with both" "$(number_of_threads "$ZID")" 1
store 0 tier/enable 1
is "only one" "$(number_of_threads "$ZID")" 1
tier_read
is "and no demand" "$TIER_state" idle
store 0 tier/enable 0
is "none when it is off" "$(number_of_threads "$ZID")" 0
store 0 tier/enable 1
is "one again" "$(number_of_threads "$ZID")" 1
zram_reset
is "none after a reset" "$(number_of_threads "$ZID")" 0
read -r value < "$ZSYS/tier/enable"
is "but it is still enabled" "$value" 1
tier_read
is "and waits" "$TIER_state" waiting

# The kernel makes no thread while there are more than threads-max, nor does this shell
put "$ZSYS/backing_dev" "$BD"
max=/proc/sys/kernel/threads-max
most=$(cat $max)
sysctl_set kernel/threads-max "$most"
log_mark
echo 20 > $max
store_quietly "$ZSYS/disksize" 8M
status=$?
echo "$most" > $max
is "no thread can be created: the device is set up nevertheless" $status 0
logged "no thread can be created: the log says so" "tiering does not start"
check "no thread: data" zpat fill -k mixed "$ZDEV"
store 0 tier/enable 1
is "a thread once there can be one" "$(number_of_threads "$ZID")" 1
store 0 tier/enable 0
echo 20 > $max
store_quietly "$ZSYS/tier/enable" 1 2> /dev/null
status=$?
echo "$most" > $max
read -r value < "$ZSYS/tier/enable"
is "the switch without a thread: fails, and stays off" "$status $value" "1 0"
check "no thread: every byte" zpat verify -k mixed "$ZDEV"
must zram_remove
need_module
for zt_d in /sys/block/zram*; do
	[ "$zt_d" = "/sys/block/zram$id_unload" ] || zram_remove "${zt_d##*zram}"
done
use unload
within unload sh -c 'rmmod zram && echo 0'
zram_forget "$id_unload"
is "unload: no thread is left" "$(number_of_threads)" 0
finish
