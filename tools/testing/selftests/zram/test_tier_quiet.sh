#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# What tiering costs when there is nothing to do: no walk of the table, no write, and after
# a minute without an access no step of the thread.

. ./lib.sh

# steps_in SECONDS: sets STEPS of the thread, and SECS that it really took
steps_in() {
	tier_read
	STEPS=$TIER_steps
	clock
	SECS=$NOW
	sleep "$1"
	clock
	tier_read
	STEPS=$((TIER_steps - STEPS)) SECS=$(((NOW - SECS + 999) / 1000))
}

# steps_above NUMBER
# shellcheck disable=SC2317 # called by wait_for
steps_above() {
	tier_read
	[ "$TIER_steps" -gt "$1" ]
}

bd_use null 160 || skip_all "no null_blk"
disk=$BD
# One for each of the ways to wake the thread of a quiet device
for dev in 0 1; do
	bd_dm zt_quiet$dev linear "0 131072 linear $disk $((dev * 131072))" ||
		skip_all "no device-mapper"
	zram_new 64M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/tier/enable" 1
done
limited_sys=$ZSYS limited_dev=$ZDEV
ZSYS=/sys/block/zram$((ZID - 1)) ZDEV=/dev/zram$((ZID - 1))
sleep 5
steps_in 5
# Once a second; the first may be late
between "steps of a device in use, in $SECS s" "$STEPS" 2 $((SECS + 1))
tier_read
is "without demand: walks, pages" "$TIER_walks $TIER_pages" "0 0"
sleep 60
steps_in 8
is "steps of a device that is not, in 8 s" "$STEPS" 0
tier_read
is "still no walk" "$TIER_walks" 0
steps=$TIER_steps
check "an access wakes the thread" zpat verify -k mixed -n 256 "$ZDEV"
check "it makes steps again" wait_for 10 steps_above "$steps"
steps_in 4
between "steps after an access, in $SECS s" "$STEPS" 1 $((SECS + 1))

ZSYS=$limited_sys ZDEV=$limited_dev
steps_in 1
is "steps of the other device" "$STEPS" 0
mm_read
put "$ZSYS/mem_limit" "$MM_USED"
check "mem_limit makes pages leave, and nothing else happens" wait_for 10 tier_moved 1000
check "every byte" zpat verify -k mixed "$ZDEV"
finish
