#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 500
# slow: 80
# tier/readback_window: reads in order bring neighbours back to memory, reads in random
# order do not; nothing comes back while memory is limited; blocks that cannot be read, a
# device that does not answer, races, swapoff.

. ./lib.sh

# Pages of 4 KiB in a part of the device, and the kernel's pages in it. The next part
# begins beyond the window of the last read.
PART=2048 UNITS=$((2048 / PER_PAGE)) NEXT=$((2048 + 64 * PER_PAGE))
# Faults of pages that were stored in the last 32 seconds mean that memory is short
OLD=34

# window_new SIZE: packed, with tiering, from which nothing leaves by itself
window_new() {
	PACKED=1
	zram_new "$1" '' "$BD"
	[ -e "$ZSYS/tier/readback_window" ] || absent "a read-back window"
	put "$ZSYS/tier/daily_budget" 0
	put "$ZSYS/tier/enable" 1
}

# put_out: everything goes to the backing device, by a run of this task
put_out() {
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
}

# stepped: two steps have ended since $steps was read: the first may have begun before
# shellcheck disable=SC2317 # called by wait_for
stepped() {
	tier_read
	[ "$TIER_steps" -gt $((steps + 1)) ]
}

# window PAGES
window() {
	put "$ZSYS/tier/readback_window" "$1"
}

# calm NAME: memory is not short, and no limit is near
calm() {
	check "$1: the thread wants nothing" wait_for 60 tier_is idle
}

# still: the block layer has counted each request, which it may do after the completion
# shellcheck disable=SC2317 # called by wait_for
still() {
	read -r zt_reads zt_writes < "$BDSYS/inflight"
	[ "$zt_reads $zt_writes" = "0 0" ]
}

# counters: sets IOS, BLOCKS, BROUGHT, HITS, DROPPED
counters() {
	wait_for 10 still
	read -r IOS _ < "$BDSYS/stat"
	bd_read
	BLOCKS=$BD_READS
	tier_read
	BROUGHT=$TIER_prefetched HITS=$TIER_prefetch_hits DROPPED=$TIER_prefetch_lost
}

# part NAME [OPTION]: reads the next part, and sets the counters to what that took
part() {
	counters
	ios=$IOS blocks=$BLOCKS brought=$BROUGHT hits=$HITS dropped=$DROPPED
	check "$1: every byte" zpat verify -u -k text -b 1 -o $((first / PER_PAGE)) \
		-n $UNITS ${2:+"$2"} "$ZDEV"
	first=$((first + NEXT))
	counters
	IOS=$((IOS - ios)) BLOCKS=$((BLOCKS - blocks)) BROUGHT=$((BROUGHT - brought))
	HITS=$((HITS - hits)) DROPPED=$((DROPPED - dropped))
	echo "# $1: $IOS reads, $BLOCKS blocks, $BROUGHT brought, $HITS hits, $DROPPED dropped"
}

# swap_begin NAME SIZE: pages of a process are on the backing device. All that is to
# become old waits at the same time. Of two such devices the first is full then: mm would
# use it for the pages of the second process, too.
swap_begin() {
	bd_use null 96 || skip_all "no null_blk"
	window_new "$2"
	swap_ids="$swap_ids $ZID"
	put "$ZSYS/tier/readback_window" auto
	swap_on
	hold=/tmp/hold.$$.$ZID out=/tmp/swap.$$.$ZID
	ZT_FILES="$ZT_FILES $hold $out"
	bg zswap -m 16 -P -r 1 -k text -w "$hold" > "$out"
	eval "name_$ZID=\$1 swapper_$ZID=$BGPID sys_$ZID=\$BDSYS"
	filled "$hold" "$1"
	put_out
	wb_read
	between "$1: pages are on the device" "$WB_objects" 3000 5000
}

# swap_end ID
swap_end() {
	ZID=$1 ZDEV=/dev/zram$1 ZSYS=/sys/block/zram$1
	name='' swapper=''
	eval "name=\$name_$1 swapper=\$swapper_$1 BDSYS=\$sys_$1"
	wb_read
	counters
	ios=$IOS
	swap_off "$name"
	counters
	IOS=$((IOS - ios))
	echo "# $name: $IOS reads for $((WB_objects / PER_PAGE)) pages, $BROUGHT brought, $HITS hits," \
		"$DROPPED dropped; $TIER_state, by age $(awk '{ printf "%s/%s ", $5, $6 }' "$ZSYS/tier/ages")"
	between "$name: reads" "$IOS" 1 $((WB_objects / PER_PAGE / 4))
	between "$name: hits" "$HITS" $((BROUGHT * 3 / 4)) "$BROUGHT"
	rm "/tmp/hold.$$.$1"
	wait "$swapper"
	is "$name: every page" "$? $(tail -n 1 "/tmp/swap.$$.$1")" "0 pages=4096 bad=0"
	must zram_remove
}

ZT_FILES="/tmp/hammer.$$" swap_ids=''
zram_load
ops=/sys/module/zram/parameters/swap_ops
if [ -w $ops ]; then
	read -r was < $ops
	put $ops 1
	swap_begin "swap_ops" 16640K
	put $ops 0
	swap_begin "bios" 64M
	put $ops "$was"
else
	swap_begin "bios" 64M
fi
bd_use null 96 || skip_all "no null_blk"
disk=$BD
window_new $((NEXT * 11 * 4))K
read -r value < "$ZSYS/tier/readback_window"
is "by default it is automatic" "$value" auto
must zpat fill -k text "$ZDEV" > /dev/null
# The pages of the first part leave in two parts, so they lie in two places
wb_every_other $((UNITS - 1))
put_out
wb_read
is "all pages are packed on the device" "$WB_objects" $((NEXT * 11))
sleep $OLD

first=$NEXT
window 1
part "page by page"
is "page by page: a read for each" "$IOS $BROUGHT $HITS" "$UNITS 0 0"
single=$BLOCKS
window auto
calm "in order"
part "in order"
between "in order: reads" "$IOS" 1 $((UNITS / 16 + 5))
between "in order: blocks" "$BLOCKS" 1 $((single * 2 / 3))
is "in order: each page is read from the device or was brought" $((HITS + IOS)) "$UNITS"
between "in order: brought" "$BROUGHT" "$HITS" $((HITS + 63))
all_hits=$HITS all_ios=$IOS

# The pages between the neighbours stay on the device, and make the window no shorter
next=$first first=$PER_PAGE
part "every second page" -S2
between "every second page: reads" "$IOS" 1 $((UNITS / 2 / 16 + 5))
is "every second page: each was read from the device or was brought" $((HITS + IOS)) \
	$((UNITS / 2))
first=$next all_hits=$((all_hits + HITS)) all_ios=$((all_ios + IOS))

# Ages: a hit counts as old as the page that was read, and never as a wait
young=$(awk '$1 < 32 { sum += $5 } END { print sum + 0 }' "$ZSYS/tier/ages")
old=$(awk '$1 >= 32 { sum += $5 } END { print sum + 0 }' "$ZSYS/tier/ages")
is "hits are no faults of young pages" "$young $old" "0 $all_hits"
waits=$(awk '{ sum += $6 } END { print sum }' "$ZSYS/tier/ages")
is "those that waited" "$waits" $((UNITS + all_ios))
# A bio takes several reads, of which the last one brings pages of the next bio
part "large bios" -b256
between "large bios: brought" "$BROUGHT" $((UNITS / 16)) "$UNITS"
window 1
part "random, page by page" -R
single=$BLOCKS
window auto
calm "random"
part "random" -R
between "random: blocks" "$BLOCKS" 1 $((single * 11 / 10))
between "random: brought" "$BROUGHT" 0 $((UNITS / 10))

# Nothing comes back while a limit is near
for limit in tier/pool_target=1 mem_limit=1M; do
	put "$ZSYS/${limit%=*}" "${limit#*=}"
	tier_read
	steps=$TIER_steps
	check "$limit: the thread knows" wait_for 20 stepped
	part "$limit"
	is "$limit: nothing is brought" "$BROUGHT $IOS" "0 $UNITS"
	put "$ZSYS/${limit%=*}" 0
done
calm "no limit"

# These reads are faults of young pages, so they come last
after=$first first=$((2 * NEXT))
window auto
part "again"
between "again: the hits do not count again" "$HITS" 0 8
first=$after
# Until the pages read above are not as young as those to come, and the thread has counted
sleep 5
calm "after that"

# Pages that came back and leave again unread are no reason for a longer window
window 16
counters
brought=$BROUGHT
check "in vain: a page" zpat verify -u -k text -o $((first / PER_PAGE)) -n 1 "$ZDEV"
counters
is "in vain: its neighbours come back" $((BROUGHT - brought)) 15
put_out
window auto
brought=$BROUGHT
check "in vain: the page after them" \
	zpat verify -u -k text -o $((first / PER_PAGE + 16)) -n 1 "$ZDEV"
counters
between "in vain: it brings fewer" $((BROUGHT - brought)) 1 3
first=$((first + NEXT))

# A page that was brought is young, so it does not leave again first
window 64
tier_read
brought=$TIER_prefetched
clock
begun=$NOW
check "a page of the next part" zpat verify -u -k text -o $((first / PER_PAGE)) -n 1 "$ZDEV"
tier_read
brought=$((TIER_prefetched - brought))
between "it brings its neighbours" "$brought" 20 63
clock
# Seconds until now, with a margin of two; a slow host may take more than four
begun=$(((NOW - begun) / 1000 + 2))
young=$(awk '$1 < '$((begun > 4 ? begun : 4))' { sum += $2 } END { print sum }' "$ZSYS/tier/ages")
between "they are young" "$young" "$brought" "$UNITS"
store 0 tier/enable 0
first=$((first + NEXT))
part "tiering is off"
is "tiering is off: nothing is brought" "$BROUGHT $HITS $IOS" "0 0 $UNITS"
check "all parts" zpat verify -k text "$ZDEV"
must zram_remove

# What came back is recompressed like other pages
zram_add
if [ -e "$ZSYS/tier/recompress_age" ] && grep -q zstd "$ZSYS/comp_algorithm"; then
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/compressed_writeback" 1
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 16M
	put "$ZSYS/tier/daily_budget" 0
	must zpat fill -k text -n 1024 "$ZDEV" > /dev/null
	put_out
	window 64
	put "$ZSYS/tier/recompress_age" 1
	put "$ZSYS/tier/enable" 1
	# Until nothing is left to try
	sleep 8
	check "a page" zpat verify -k text -n 1 "$ZDEV"
	# shellcheck disable=SC2317 # called by wait_for
	recompressed() {
		tier_read
		[ "$TIER_recompressed" -gt 0 ]
	}
	check "what came back is recompressed" wait_for 20 recompressed
	check "recompressed: every byte" zpat verify -k text -n 1024 "$ZDEV"
else
	skip "recompression" "no zstd, or no recompression"
fi
must zram_remove

# Reads that fail: the block of a neighbour makes no read fail
bd_dm zt_window "linear error" "0 65536 linear $disk 0" || skip_all "no device-mapper"
window_new 16M
must zpat fill -k text -n $PART "$ZDEV" > /dev/null
put_out
# All reads fail: only the first one is made with neighbours, and then without them
must dm_table zt_window "0 65536 error"
window 64
counters
blocks=$BLOCKS
zpat verify -u -k text -n 64 -b 1 "$ZDEV" > /dev/null
is "all reads fail" $? 2
counters
between "all reads fail: blocks" $((BLOCKS - blocks)) 65 $((192 * PER_PAGE))
must dm_table zt_window "0 65536 linear $disk 0"
# The window is back after 10 seconds
sleep 11
bd_read
bad=$((BD_COUNT * 4 / 8 * 8))
must dm_table zt_window "0 $bad linear $disk 0\\n$bad 8 error\\n$((bad + 8)) \
$((65528 - bad)) linear $disk $((bad + 8))"
window 1
single=$(zpat verify -u -k text -n $UNITS -b 1 "$ZDEV")
case $single in *" err=0"*) fail "a block cannot be read" "$single" ;; *) pass "a block cannot be read" ;; esac
window 64
gives "with a window as many pages cannot be read" "$single" \
	zpat verify -u -k text -n $UNITS -b 1 "$ZDEV"
counters
between "and some came back" "$BROUGHT" 20 "$UNITS"
must dm_table zt_window "0 65536 linear $disk 0"
check "the device is back: every byte" zpat verify -k text -n $PART "$ZDEV"

# A device that does not answer: readers wait, and reset says that they do
zram_reset
put "$ZSYS/compressed_writeback" 1
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 16M
must zpat fill -k text -n $PART "$ZDEV" > /dev/null
put_out
# shellcheck disable=SC2317 # called by the clean-up
resume() {
	dmsetup resume --noudevsync zt_window 2> /dev/null
}
ZT_AT_EXIT=resume
must dmsetup suspend --noflush --nolockfs --noudevsync zt_window
for i in 0 512 1024 1536; do
	bg zpat verify -k text -o $i -n 512 -b 1 "$ZDEV"
	readers="${readers-} $BGPID"
done
# shellcheck disable=SC2317 # called by wait_for
all_read() {
	read -r zt_reads _ < "$ZSYS/inflight"
	[ "$zt_reads" -eq 4 ]
}
wait_for 20 all_read || bail "reads hang"
gives "reset while reads hang" EBUSY ztry "$ZSYS/reset" 1
gives "hot_remove while reads hang" EBUSY ztry $CONTROL/hot_remove "$ZID"
# shellcheck disable=SC2086 # numbers
kill -9 $readers
resume
for pid in $readers; do
	check "a killed reader ends" ended "$pid" 20
done
zram_reset
empty "reset after that: the pool is empty"
is "reset after that: the setting stays" "$(cat "$ZSYS/tier/readback_window")" 64

# Reset as soon as a read has ended
counters
brought=$BROUGHT
for i in 1 2 3 4 5 6 7 8; do
	put "$ZSYS/compressed_writeback" 1
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 4M
	must zpat fill -k text -n 512 "$ZDEV" > /dev/null
	put_out
	zpat verify -k text -n $((i * 64)) -b 1 "$ZDEV" > /dev/null || fail "read $i"
	zram_reset
done
empty "reset after each read: the pool is empty"
counters
between "reset after each read: pages had come back" $((BROUGHT - brought)) 60 10000

# Slots that change while their content is being read: they keep what was written
put "$ZSYS/compressed_writeback" 1
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 16M
must zpat fill -k text -n $PART "$ZDEV" > /dev/null
put_out
window 64
calm "changes"
counters
brought=$BROUGHT dropped=$DROPPED blocks=$BLOCKS
must dmsetup suspend --noflush --nolockfs --noudevsync zt_window
bg zpat verify -u -k text -n 1 "$ZDEV"
reader=$BGPID
# shellcheck disable=SC2317 # called by wait_for
reading() {
	bd_read
	[ "$BD_READS" -gt "$blocks" ]
}
check "changes: a read is in flight" wait_for 20 reading
check "changes: overwrites" zpat fill -u -k text -g 2 -o 1 -n 20 "$ZDEV"
check "changes: discards" zpat discard -u -o 21 -n 20 "$ZDEV"
if is_over "$reader"; then fail "changes: the read is in flight"; else pass "changes: the read is in flight"; fi
resume
wait "$reader"
is "changes: the reader" $? 0
check "changes: what was overwritten" zpat verify -u -k text -g 2 -o 1 -n 20 "$ZDEV"
check "changes: what was discarded" zpat verify -u -g 0 -o 21 -n 20 "$ZDEV"
check "changes: what was not changed" zpat verify -u -k text -o 41 -n $((UNITS - 41)) "$ZDEV"
counters
if [ "$PER_PAGE" -eq 1 ]; then lost=40; else lost=1; fi
between "changes: neighbours that did not come back" $((DROPPED - dropped)) "$lost" 63
between "changes: those that did" $((BROUGHT - brought)) 1 $UNITS
must zram_remove

# Races: overwrites, discards, runs and second readers. Their pages are young, so soon
# memory is short for the thread; a new thread does not know yet.
window_new 16M
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/regret_target" 4294967295
# Again on a slow host
for _ in 1 2 3 4; do
	zhammer -t 9000 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle" "w:$ZSYS/compact=1" \
		"w:$ZSYS/tier/readback_window=auto,64,4,64,16,1" "w:$ZSYS/tier/idle_age=0,1" \
		"a:$ZSYS/tier" > /tmp/hammer.$$ &
	hammers=$!
	zhammer -t 9000 -p 250 "w:$ZSYS/tier/enable=1,0" > /dev/null &
	hammers="$hammers $!"
	check "races: many pages" zrace -n 2048 -b 16 -j 4 -t 4000 -m 2,6,1,1 "$ZDEV"
	check "races: few pages" zrace -o 2048 -n 64 -b 2 -j 6 -t 4000 -m 2,6,1,1 "$ZDEV"
	# shellcheck disable=SC2086 # numbers; not for those that swap
	wait $hammers
	counters
	[ "$BROUGHT" -lt "$(at_least 200)" ] || break
done
echo "# races: $BROUGHT pages came back"
between "races: pages came back" "$BROUGHT" "$(at_least 200)" 100000000
between "races: no hit counts twice" "$HITS" 0 "$BROUGHT"
must zpat discard "$ZDEV" > /dev/null
bd_read
is "races: no block is left" "$BD_COUNT" 0
empty "races: the pool is empty"
must zram_remove

# swapoff, with bios and without
for id in $swap_ids; do
	swap_end "$id"
done
finish
