#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# The backing device does not answer while a slice is under way: reset and removal wait
# for it and can be killed, readers and other devices wait for nothing, and the thread goes on
# when the device answers again.

. ./lib.sh

# A task that waits for the backing device waits longer than this
quick=6000
[ -z "${ZT_DEBUG-}" ] || quick=10000

# begin NAME SECTOR SEED: a device with a backing device, NAME
begin() {
	bd_dm "$1" linear "0 65536 linear $disk $2" || skip_all "no device-mapper"
	zram_new 16M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	tier_pressing
	must zpat fill -k random -s "$3" "$ZDEV" > /dev/null
	eval "$1_id=$ZID"
}

use() {
	eval "ZID=\$$1_id"
	ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
}

# waits NAME PID: the task is still there
waits() {
	if is_over "$2"; then fail "$1"; else pass "$1"; fi
}

# killed NAME PID: the task waits, and can be killed
killed() {
	sleep 0.5
	waits "$1 waits for the slice" "$2"
	kill -9 "$2"
	check "$1 ends when it is killed" ended "$2" 5
}

# shellcheck disable=SC2317 # called by the clean-up
resume() {
	for zt_dm in zt_one zt_two; do
		dmsetup resume --noudevsync $zt_dm 2> /dev/null
	done
}

# readable NAME: the attributes of both devices are read in time
readable() {
	zhammer -t 1500 -p 20 "a:/sys/block/zram$zt_one_id/tier" \
		"r:/sys/block/zram$zt_one_id/mm_stat" "r:/sys/block/zram$zt_one_id/bd_stat" \
		"w:/sys/block/zram$zt_one_id/tier/pool_target=1,2" \
		"w:/sys/block/zram$zt_three_id/tier/enable=1,0" \
		"r:/sys/block/zram$zt_three_id/tier/ages" > $reads
	longest=$(sed 's/.*max_ms=\([0-9]*\).*/\1/' $reads | sort -n | tail -n 1)
	between "$1: attributes, longest ms" "$longest" 0 $quick
	# A walk of the table ends when the device is to be reset.
	is "$1: errors" "$(grep ' E[A-Z]*=' $reads | grep -v '/tier n=.*ms=[0-9]* EINTR=[0-9]*$')" ""
}

reads=/tmp/reads.$$
ZT_FILES="/tmp/off.$$ /tmp/reset.$$ /tmp/remove.$$ $reads"
bd_use null 96 || skip_all "no null_blk"
disk=$BD zt_one_id='' zt_three_id=''
ZT_AT_EXIT=resume
hung_watch
begin zt_one 0 1
begin zt_two 65536 2
begin zt_three 131072 3
for dm in zt_one zt_two; do
	must dmsetup suspend --noflush --nolockfs --noudevsync $dm
done
sleep 5
for dm in zt_two zt_three zt_one; do
	use $dm
	put "$ZSYS/tier/enable" 1
done
sleep 1.5
use zt_three
check "a device beside them: its pages leave" wait_for 10 tier_moved 4000
use zt_one
check "pages in memory are read" zpat verify -k random -s 1 "$ZDEV"
readable "a slice hangs"

# Three tasks that stop the thread, and are killed
bg ztry "$ZSYS/tier/enable" 0 > /tmp/off.$$
off=$BGPID
killed "the switch" "$off"
bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
reset=$BGPID
sleep 0.5
readable "beside reset"
store EBUSY tier/enable 1
killed "reset" "$reset"
read -r state < "$ZSYS/initstate"
is "a killed reset: the device is as it was" "$state" 1
check "a killed reset: its data too" zpat verify -k random -s 1 "$ZDEV"
is "a killed reset: the thread is there" "$(tier_threads "$ZID" | wc -l)" 1
bg ztry "$ZSYS/tier/enable" 0 > /tmp/off.$$
off=$BGPID
sleep 0.5
bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
killed "reset behind the switch" "$BGPID"
killed "the switch behind reset" "$off"

# Removal waits as long as it takes, and the detector of hung tasks says nothing
use zt_two
clock
begun=$NOW
bg ztry $CONTROL/hot_remove "$ZID" > /tmp/remove.$$
remove=$BGPID
sleep 0.5
readable "beside removal"
while clock; [ $((NOW - begun)) -lt $HUNG_MS ]; do sleep 0.5; done
waits "removal waits for the slice" "$remove"
resume
check "removal ends" ended "$remove" 20
is "and succeeds" "$(cat /tmp/remove.$$)" 0
check "the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
use zt_one
check "comes back: it goes on" wait_for 30 tier_moved 4000
check "comes back: every byte" zpat verify -k random -s 1 "$ZDEV"
use zt_three
check "the device beside them: every byte" zpat verify -k random -s 3 "$ZDEV"
hung_none
finish
