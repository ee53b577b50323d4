#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 120
# tier/latency_target_us: while reads of the backing device are slower, the thread has
# fewer and fewer blocks in flight, then stops, and tries again now and then. It goes on
# when reads are fast, when nobody reads, and without a target. Runs of tasks are not held
# back.

. ./lib.sh

widest=0
# Reads take so long when they are slow, ms; the target, us
slow=400 target=200000
writes=100

# in_flight_below BLOCKS: the thread may have fewer in flight
# shellcheck disable=SC2317 # called by wait_for
in_flight_below() {
	tier_read
	[ "$TIER_in_flight" != max ] && [ "$TIER_in_flight" -lt "$1" ]
}

# stopped: the thread has nothing in flight, nor has it begun to try again. The state is not
# enough: it changes after a slice, in_flight before the slice. "widest" becomes the most
# blocks that were seen.
# shellcheck disable=SC2317 # called by wait_for
stopped() {
	tier_read
	[ "$TIER_in_flight" = max ] || [ "$TIER_in_flight" -le "$widest" ] ||
		widest=$TIER_in_flight
	[ "$TIER_state $TIER_in_flight" = "paused_latency 0" ]
}

# counts_read: tier_read and wb_read, both while the thread is stopped. The thread counts
# requests when it submits them, but bytes at the end of a slice. Only while it is stopped do
# both counters cover the same requests.
# shellcheck disable=SC2317 # called by wait_for
counts_read() {
	stopped || return
	counted=$TIER_bytes
	wb_read
	stopped && [ "$TIER_bytes" = "$counted" ]
}

# wrote_nothing SECONDS: the thread, which was stopped before and after
# shellcheck disable=SC2317 # called by wait_for
wrote_nothing() {
	counts_read || return
	zt_ios=$WB_ios
	sleep "$1"
	counts_read && [ "$WB_ios" = "$zt_ios" ]
}

# ios_above NUMBER: so many requests were submitted
# shellcheck disable=SC2317 # called by wait_for
ios_above() {
	wb_read
	[ "$WB_ios" -gt "$1" ]
}

# reads_take MS
reads_take() {
	must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 $1 $SLOW 0 $writes"
}

bd_use null 160 || skip_all "no null_blk"
bd_slow 0 0 || skip_all "no dm-delay"
zram_new 128M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
put "$ZSYS/writeback_batch_size" $((64 / PER_PAGE))
must zpat fill -k random "$ZDEV" > /dev/null
put "$ZSYS/writeback" page_indexes=0-15
reads_take 0
tier_read
is "without a thread" "$TIER_read_p95_us $TIER_in_flight" "0 max"
put "$ZSYS/tier/latency_target_us" $target
readers_start 16 4
sleep 5
tier_pressing
put "$ZSYS/tier/enable" 1

# Fast reads
check "fast reads: pages leave" wait_for 60 tier_moved 256
check "fast reads: nothing is held back" wait_for 60 tier_unlimited
tier_read
is "fast reads: state" "$TIER_state" working
between "fast reads: 95th percentile, us" "$TIER_read_p95_us" 1 $target

# Slow reads. Of 64 blocks, 8 are left after three slow seconds, and none after four.
reads_take $slow
check "slow reads: half of the blocks" wait_for 60 in_flight_below 33
tier_read
between "slow reads: 95th percentile, us" "$TIER_read_p95_us" $((target + 1)) 60000000
check "slow reads: a quarter" wait_for 60 in_flight_below 17
check "slow reads: the thread stops" wait_for 60 tier_is paused_latency
check "stopped: no block is in flight" wait_for 60 stopped
# A stop lasts for 4 seconds and more, and each further one for longer
check "stopped: nothing is written" wait_for 20 wrote_nothing 1

# A task's run is not held back. Pages from the end: the thread takes those from the start
blocks=$((2048 / PER_PAGE))
first=$((32768 / PER_PAGE - blocks))
wb_read
before=$WB_pages
clock
begun=$NOW
store 0 writeback "page_indexes=$first-$((first + blocks - 1))"
clock
wb_read
between "a run of a task writes its pages" $((WB_pages - before)) $((2048 - 256)) 3000
echo "# in $((NOW - begun)) ms"

# The thread tries again, with 8 blocks (or a page) at a time, and one request in flight
least=$((PER_PAGE > 8 ? PER_PAGE : 8))
for round in 1 2; do
	wait_for 120 counts_read || bail "try $round: the thread is stopped before"
	pages=$TIER_pages bytes=$TIER_bytes ios=$WB_ios widest=0
	check "try $round" wait_for 90 ios_above "$ios"
	most=0
	for _ in 1 2 3 4 5 6 7 8; do
		held=$(dmsetup status zt_slow | awk '{ print $5 }')
		[ "$held" -le "$most" ] || most=$held
		sleep 0.02
	done
	between "try $round: requests in flight" "$most" 0 1
	if wait_for 60 counts_read; then pass "try $round: and stops again"; else
		bail "try $round: and stops again" "$(cat "$ZSYS/tier/stat")"
	fi
	# More only after three seconds without a read: a slow host may not begin one
	[ "$widest" -le "$least" ] || echo "# up to $widest blocks in flight"
	between "try $round: blocks of a request" $(((TIER_bytes - bytes) / 4096 / (WB_ios - ios))) \
		1 $((widest > least ? widest : least))
	between "try $round: pages have left" $((TIER_pages - pages)) 1 100000
done

# Reads are fast again
reads_take 0
check "fast again: blocks in flight, all" wait_for 120 tier_unlimited
tier_read
check "fast again: pages leave" wait_for 30 tier_moved $((TIER_pages + 256))

# Nobody reads
reads_take $slow
check "slow again: the thread stops" wait_for 90 tier_is paused_latency
readers_end "slow reads"
check "nobody reads: nothing is held back" wait_for 120 tier_unlimited
tier_read
check "nobody reads: pages leave" wait_for 30 tier_moved $((TIER_pages + 256))

# Without a target
readers_start 16 4
check "readers: fewer blocks" wait_for 60 in_flight_below 64
put "$ZSYS/tier/latency_target_us" 0
check "no target: nothing is held back" wait_for 30 tier_unlimited
tier_read
is "no target: no percentile" "$TIER_read_p95_us" 0
check "no target: pages leave" wait_for 60 tier_moved $((TIER_pages + 256))
tier_read
is "no target: nothing is held back still" "$TIER_in_flight" max
tier_is idle && fail "there was work to do until the end"
put "$ZSYS/tier/latency_target_us" $target
check "a target: the thread stops" wait_for 60 tier_is paused_latency
reads_take 0
readers_end "the last reads"
check "every byte" zpat verify -k random -j 4 "$ZDEV"

zram_reset
read -r value < "$ZSYS/tier/latency_target_us"
is "a reset keeps the target" "$value" $target
tier_read
is "and nothing else" "$TIER_read_p95_us $TIER_in_flight" "0 max"
must zram_remove
finish
