#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# What tiering costs when there is nothing to do: no walk of the table, no write, and after
# a minute without an access no step of the thread.

. ./lib.sh

bd_use null 64 || skip_all "no null_blk"
zram_new 64M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/tier/enable" 1
sleep 5
tier_read
steps=$TIER_steps
sleep 5
tier_read
between "steps of a device in use, in 5 s" $((TIER_steps - steps)) 3 7
is "without demand: walks, pages" "$TIER_walks $TIER_pages" "0 0"
sleep 60
tier_read
steps=$TIER_steps
sleep 8
tier_read
is "steps of a device that is not, in 8 s" $((TIER_steps - steps)) 0
is "still no walk" "$TIER_walks" 0
check "an access wakes the thread" zpat verify -k mixed -n 256 "$ZDEV"
sleep 4
tier_read
between "steps after an access, in 4 s" $((TIER_steps - steps)) 2 6
must zram_remove
finish
