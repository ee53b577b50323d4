#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The daily budget while the backing device does not answer: bytes count when they are
# written, so none become free before, and none count that are not written.

. ./lib.sh

# spent NAME LEAST MOST: what the ledger and stat say of it; 1000 bytes become free a second
spent() {
	tier_read
	# shellcheck disable=SC2046 # six numbers
	set -- "$1" "$2" "$3" $(cat "$ZSYS/tier/ledger")
	between "$1: bytes spent" "$6" "$2" "$3"
	between "$1: bytes left" "$TIER_budget_left" $((DAILY - $3)) $((DAILY - $2))
}

# shellcheck disable=SC2317 # called by the clean-up
resume() {
	dmsetup resume --noudevsync zt_hung 2> /dev/null
}

DAILY=86400000
bd_use null 32 || skip_all "no null_blk"
bd_dm zt_hung linear "0 65536 linear $BD 0" || skip_all "no device-mapper"
zram_new 16M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
put "$ZSYS/tier/daily_budget" $DAILY
put "$ZSYS/tier/reserve" 0
put "$ZSYS/tier/regret_target" 4294967295
put "$ZSYS/tier/pool_target" 1
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
sleep 5
ZT_AT_EXIT=resume
must dmsetup suspend --noflush --nolockfs --noudevsync zt_hung
put "$ZSYS/tier/enable" 1
sleep 4
tier_read
is "the device does not answer: pages moved" "$TIER_pages" 0
spent "the device does not answer" 0 0
clock
begun=$NOW
must dmsetup resume --noudevsync zt_hung
check "it answers: pages leave" wait_for 30 tier_moved 700
put "$ZSYS/tier/enable" 0
tier_read
clock
spent "it answers" $((TIER_bytes - (NOW - begun) - 3000)) "$TIER_bytes"
check "every byte" zpat verify -k random -n 1024 "$ZDEV"
must zram_remove
finish
