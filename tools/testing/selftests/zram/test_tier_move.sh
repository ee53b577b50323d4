#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Pages leave by themselves: the oldest first, as many as pool_target or mem_limit asks
# for, those of idle_age, and no others. They are packed, and read as they were written.
# Idle marks stay those of the user, and writeback_limit holds.

. ./lib.sh

# objects_below BYTES
# shellcheck disable=SC2317 # called by wait_for
objects_below() {
	mm_read
	[ "$MM_COMPR" -le "$1" ]
}

# pool_below BYTES
# shellcheck disable=SC2317 # called by wait_for
pool_below() {
	mm_read
	[ "$MM_USED" -le "$1" ]
}

# tier_new SIZE: with tiering, which has no demand yet
tier_new() {
	zram_new "$1" '' "$disk"
	[ -d "$ZSYS/tier" ] || absent tiering
	put "$ZSYS/tier/enable" 1
}

bd_use null 96 || skip_all "no null_blk"
disk=$BD

# No demand, no page moves
tier_new 64M
must zpat fill -k mixed "$ZDEV" > /dev/null
sleep 3
tier_read
is "no demand: state, pages moved" "$TIER_state $TIER_pages" "idle 0"
bd_read
is "no demand: blocks written" "$BD_WRITES" 0

# The target: pages of 4 s and more leave
mm_read
target=$((MM_COMPR / 2))
put "$ZSYS/writeback_limit" 1000000
put "$ZSYS/writeback_limit_enable" 1
sleep 3
put "$ZSYS/tier/pool_target" $target
check "the objects shrink to pool_target" wait_for 30 objects_below $target
check "and below it" wait_for 10 objects_below $((target * 9 / 10))
wait_for 10 tier_is idle
tier_read
is "then there is no demand" "$TIER_state" idle
mm_read
between "they stay near 90 percent of it" "$MM_COMPR" $((target * 7 / 10)) $((target * 9 / 10))
between "and memory has come back" "$MM_USED" "$MM_COMPR" $((MM_COMPR * 9 / 8))
wb_read
is "no run of a task is counted" "$WB_runs $WB_running" "0 0"
bd_read
between "pages are packed" $((TIER_pages - BD_WRITES)) $((TIER_pages / 4)) $TIER_pages
is "bytes are those of the blocks" "$TIER_bytes" $((BD_WRITES * 4096))
read -r value < "$ZSYS/writeback_limit"
is "each block is charged to writeback_limit" "$value" $((1000000 - BD_WRITES))
check "every byte" zpat verify -k mixed "$ZDEV"
put "$ZSYS/tier/pool_target" 0
must zram_remove

# mem_limit implies a target
tier_new 64M
must zpat fill -k mixed "$ZDEV" > /dev/null
mm_read
limit=$MM_USED
sleep 5
put "$ZSYS/mem_limit" "$limit"
check "mem_limit is a target" wait_for 30 pool_below $((limit * 9 / 10))
mm_read
echo "# $((MM_USED * 100 / limit)) percent of mem_limit, objects $((MM_COMPR * 100 / limit))"
check "every byte below mem_limit" zpat verify -k mixed "$ZDEV"
must zram_remove

# idle_age: what is older leaves without a target, and what is in use stays
age=8
[ -z "${ZT_DEBUG-}" ] || age=60
tier_new 32M
clock
begun=$NOW
must zpat fill -k mixed -n 4096 "$ZDEV" > /dev/null
must zpat fill -k mixed -g 2 -o 4096 -n 4096 "$ZDEV" > /dev/null
# On a slow host too, each page that is in use is read several times before it is old
clock
took=$NOW
must zpat verify -k mixed -g 2 -o 4096 -n 4096 "$ZDEV" > /dev/null
clock
took=$(((NOW - took) / 100))
[ $took -le $age ] || age=$took
echo "# age $age"
put "$ZSYS/tier/idle_age" $age
bg sh -c "while zpat verify -k mixed -g 2 -o 4096 -n 4096 $ZDEV > /dev/null; do
	sleep 0.5; done"
used=$BGPID
sleep $((age * 3 / 4))
tier_read
clock
[ $((NOW - begun)) -ge $((age * 1000)) ] || is "nothing is old yet" "$TIER_pages" 0
check "idle_age: the first half leaves" wait_for $((age * 2 + 10)) tier_moved 3500
sleep 2
tier_read
between "and no page of the second, which is in use" "$TIER_pages" 3500 4096
if is_over "$used"; then fail "it is in use"; else pass "it is in use"; fi
kill "$used"
check "idle_age: every byte, old" zpat verify -k mixed -n 4096 "$ZDEV"
check "idle_age: every byte, young" zpat verify -k mixed -g 2 -o 4096 -n 4096 "$ZDEV"
must zram_remove

# Idle marks are the user's
tier_new 32M
must zpat fill -k random -n 2048 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
must zpat fill -k random -g 2 -o 2048 -n 2048 "$ZDEV" > /dev/null
sleep 5
mm_read
put "$ZSYS/tier/pool_target" $((MM_USED * 3 / 4))
check "a quarter leaves" wait_for 20 tier_moved 1024
put "$ZSYS/tier/pool_target" 0
wait_for 10 tier_is idle
tier_read
bd_read
is "huge pages take a block each" "$((BD_COUNT))" "$TIER_pages"
left=$TIER_pages
put "$ZSYS/writeback" idle
bd_read
is "marked pages, and no others, leave by the user's run" "$BD_COUNT" \
	$((left > 2048 ? left : 2048))
check "marks: every byte" zpat verify -k random -n 2048 "$ZDEV"
check "marks: every byte, two" zpat verify -k random -g 2 -o 2048 -n 2048 "$ZDEV"
must zram_remove

# The budget is exact, and fills
tier_new 64M
put "$ZSYS/tier/reserve" 0
put "$ZSYS/tier/daily_budget" $((4096 * 1008))
must zpat fill -k random "$ZDEV" > /dev/null
sleep 5
put "$ZSYS/tier/pool_target" 1
check "the budget is used up" wait_for 30 tier_is paused_budget
bd_read
# A multiple of a page's blocks. What becomes free in these seconds is less than a block
is "a budget of 1008 blocks" "$BD_WRITES" 1008
put "$ZSYS/writeback_limit" 4000
put "$ZSYS/writeback_limit_enable" 1
put "$ZSYS/tier/daily_budget" max
check "without a bound it goes on" wait_for 30 tier_moved $((1008 + 4000))
check "writeback_limit holds, too" wait_for 10 tier_is paused_limit
bd_read
is "writeback_limit of 4000 blocks" "$BD_WRITES" $((1008 + 4000))
written=$BD_WRITES
sleep 2
bd_read
is "nothing is written then" "$BD_WRITES" "$written"
put "$ZSYS/writeback_limit_enable" 0
check "until it is lifted" wait_for 10 tier_moved $((written + 500))
put "$ZSYS/tier/enable" 0
tier_read
is "off" "$TIER_state" off
bd_read
written=$BD_WRITES
sleep 1
bd_read
is "off: nothing is written" "$BD_WRITES" "$written"
check "budget: every byte" zpat verify -k random "$ZDEV"
must zram_remove
finish
