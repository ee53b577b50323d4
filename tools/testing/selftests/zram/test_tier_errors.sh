#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# A backing device that fails, has a bad block, is full, and comes back; a budget that is
# used up: the thread pauses, says why, tells user space once, tries again, and loses no
# page.

. ./lib.sh

# begin NAME SEED "TABLE": a device that is to move 4096 pages to a backing device, NAME
begin() {
	bd_dm "zt_$1" "linear error" "$3" || skip_all "no device-mapper"
	zram_new 32M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	eval "id_$1=$ZID"
	tier_pressing
	must zpat fill -k random -s "$2" -n 4096 "$ZDEV" > /dev/null
}

use() {
	eval "ZID=\$id_$1"
	ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
}

# told NAME REASON NUMBER: the kernel's change events of this device for this reason
told() {
	if [ -z "$events" ]; then
		skip "$1" "no udevadm"
		return
	fi
	# The monitor prints them a moment later.
	wait_for 10 are_told "$2" "$3"
	sleep 0.5
	is "$1" "$(nr_told "$2")" "$3"
}

# nr_told REASON
nr_told() {
	awk -v RS='' -v dev="/devices/virtual/block/zram$ZID\n" \
		-v reason="\nZRAM_TIER=$1\n" '
		index($0 "\n", dev) && index($0, "\nACTION=change\n") &&
			index($0 "\n", reason) { n++ }
		END { print n + 0 }' "$events"
}

# are_told REASON NUMBER
# shellcheck disable=SC2317 # called by wait_for
are_told() {
	[ "$(nr_told "$1")" -ge "$2" ]
}

bd_use null 128 || skip_all "no null_blk"
disk=$BD
quiet_console
events=
if command -v udevadm > /dev/null || unusable udevadm; then
	events=/tmp/events.$$
	ZT_FILES=$events
	bg udevadm monitor --kernel --property --subsystem-match=block > $events
	wait_for 10 grep -q KERNEL $events || bail "udevadm listens"
fi
begin flaky 1 "0 65536 error"
begin bad 2 "0 2048 linear $disk 65536\\n2048 8 error\\n2056 63480 linear $disk 67592"
begin small 3 "0 8192 linear $disk 131072"
sleep 5
for dm in flaky bad; do
	use $dm
	put "$ZSYS/tier/enable" 1
done

use flaky
tier_pauses fails device
is "fails: the error" "$TIER_last_error" -5
is "fails: no page left" "$TIER_pages" 0
told "fails: user space is told" device 1
check "fails: every byte" zpat verify -k random -s 1 -n 4096 "$ZDEV"
must dm_table zt_flaky "0 65536 linear $disk 0"
check "it is tried again when it works" wait_for 60 tier_moved 4000
check "works: every byte" zpat verify -k random -s 1 -n 4096 "$ZDEV"
# Other pages, which become old meanwhile, and no budget for them
must zpat fill -k random -s 4 -n 1024 "$ZDEV" > /dev/null
put "$ZSYS/tier/daily_budget" 0

# A bad block among good ones: the page goes elsewhere, and the thread does not pause
use bad
check "a bad block: the pages leave" wait_for 60 tier_moved 4096
is "a bad block: the error" "$TIER_last_error" -5
told "a bad block: the device does not fail" device 0
wb_read
is "a bad block is retired" "$WB_bad_blocks" 1
check "a bad block: every byte" zpat verify -k random -s 2 -n 4096 "$ZDEV"

# Full, and room again
use small
put "$ZSYS/tier/enable" 1
tier_pauses full full
bd_read
is "full: every block is in use" "$BD_COUNT" 1024
check "full: every byte" zpat verify -k random -s 3 -n 4096 "$ZDEV"
must zpat discard -n 2048 "$ZDEV" > /dev/null
check "room again: it goes on" wait_for 30 tier_moved 1100

use flaky
tier_pauses "no budget" budget
told "no budget: user space is told, too" budget 1
must dm_table zt_flaky "0 65536 error"
put "$ZSYS/tier/daily_budget" max
tier_pauses "fails again" device
told "fails again: user space knows" device 1
told "fails again: and of the budget" budget 1
check "fails again: every byte" zpat verify -k random -s 4 -n 1024 "$ZDEV"
for dm in flaky bad small; do
	use $dm
	must zram_remove
done
finish
