#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 130
# What tiering costs when there is nothing to do: no walk of the table, no write, and after
# a minute without an access no step of the thread, also not to recompress pages that were
# tried. While writeback_limit keeps pages of idle_age back, a step a minute. Each device
# waits for the same minute.

. ./lib.sh

# steps_in SECONDS: sets STEPS of the thread, and SECS, an upper bound of the time
steps_in() {
	clock
	SECS=$NOW
	tier_read
	STEPS=$TIER_steps
	sleep "$1"
	tier_read
	clock
	STEPS=$((TIER_steps - STEPS)) SECS=$(((NOW - SECS + 999) / 1000))
}

# steps_above NUMBER
# shellcheck disable=SC2317 # called by wait_for
steps_above() {
	tier_read
	[ "$TIER_steps" -gt "$1" ]
}

# use ID: it is the current device
use() {
	ZID=$1 ZDEV=/dev/zram$1 ZSYS=/sys/block/zram$1
}

bd_use null 216 || skip_all "no null_blk"
disk=$BD
# backing NUMBER: sets BD
backing() {
	bd_dm "zt_quiet$1" linear "0 106496 linear $disk $(($1 * 106496))" ||
		skip_all "no device-mapper"
}

# Pages that are recompressed
backing 2
zram_add
[ -d "$ZSYS/tier" ] || absent tiering
recomp=
if [ -e "$ZSYS/recomp_algorithm" ] && grep -q zstd "$ZSYS/comp_algorithm"; then
	recomp=$ZID
	tier_recompressing
fi
# One for each of the ways to wake the thread of a quiet device
for dev in 0 1; do
	backing $dev
	zram_new 48M '' "$BD"
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/tier/enable" 1
	[ $dev = 1 ] || quiet=$ZID
done
limited=$ZID
# One whose pages would leave if writeback_limit let them
backing 3
zram_new 16M '' "$BD"
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/writeback_limit_enable" 1
put "$ZSYS/tier/idle_age" 5
put "$ZSYS/tier/enable" 1
held=$ZID
use "$quiet"
sleep 5
steps_in 5
# Once a second; the first may be late
between "steps of a device in use, in $SECS s" "$STEPS" 2 $((SECS + 1))
tier_read
is "without demand: walks, pages" "$TIER_walks $TIER_pages" "0 0"
if [ -n "$recomp" ]; then
	use "$recomp"
	check "pages of recompress_age are recompressed" wait_for 30 tier_recompressed 100
fi
sleep 60
if [ -n "$recomp" ]; then
	tier_read
	steps=$TIER_steps
	use "$quiet"
fi
steps_in 8
is "steps of a device that is not, in 8 s" "$STEPS" 0
if [ -n "$recomp" ]; then
	use "$recomp"
	tier_read
	is "steps of one whose pages were tried" $((TIER_steps - steps)) 0
	use "$quiet"
else
	skip "steps of one whose pages were tried" "no zstd, or no recompression"
fi
tier_read
is "still no walk" "$TIER_walks" 0
steps=$TIER_steps
check "an access wakes the thread" zpat verify -k mixed -n 256 "$ZDEV"
check "it makes steps again" wait_for 10 steps_above "$steps"
steps_in 4
between "steps after an access, in $SECS s" "$STEPS" 1 $((SECS + 1))

use "$limited"
steps_in 1
is "steps of the other device" "$STEPS" 0
mm_read
put "$ZSYS/mem_limit" "$MM_USED"
check "mem_limit makes pages leave, and nothing else happens" wait_for 10 tier_moved 1000
check "every byte" zpat verify -k mixed "$ZDEV"

use "$held"
tier_read
check "writeback_limit of 0: a step a minute" wait_for 90 steps_above "$TIER_steps"
tier_read
is "pages" "$TIER_pages" 0
put "$ZSYS/writeback_limit" 100000
check "its pages leave as soon as it is raised" wait_for 20 tier_moved 100
finish
