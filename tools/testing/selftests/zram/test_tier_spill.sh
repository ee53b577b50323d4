#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Spill: at mem_limit a write goes to the backing device and succeeds, by bios and from
# swap. Within the budgets, and with all that may happen to a page meanwhile. But where a test
# says so, tiering is off, and each page on the backing device was spilled.

. ./lib.sh

# fill NAME OPTION...: without an error
fill() {
	fill_name=$1
	shift
	check "$fill_name" zpat fill "$@" "$ZDEV"
}

# failed NAME NUMBER
failed() {
	io_read
	is "$1: failed writes" "$IO_FAILED_WRITES" "$2"
}

bd_use null 64 || skip_all "no null_blk"

# What the setting is if it was not set
zram_add
[ -e "$ZSYS/tier/spill" ] || absent "spill"
is "by default it is off" "$(cat "$ZSYS/tier/spill")" 0
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/tier/enable" 1
is "with tiering it is on" "$(cat "$ZSYS/tier/spill")" 1
tier_read
is "and ready" "$TIER_spill" ready
put "$ZSYS/tier/spill" 0
tier_read
is "unless it is switched off" "$(cat "$ZSYS/tier/spill") $TIER_spill" "0 off"
put "$ZSYS/tier/enable" 0
put "$ZSYS/tier/spill" 1
is "and without tiering if it is switched on" "$(cat "$ZSYS/tier/spill")" 1
must zram_remove

# 2 MiB of memory, 32 MiB of pages that do not compress
spill_new 64M 2M
fill "at the limit no write fails" -k random -n 8192
failed "at the limit" 0
tier_read
bd_read
between "pages were spilled" "$TIER_spilled" 7000 8192
is "one block each is in use" "$BD_COUNT" "$TIER_spilled"
is "none failed" "$TIER_spill_failed $TIER_spill $TIER_spill_error" "0 ready 0"
is "all are written once" "$BD_WRITES" "$BD_COUNT"
mm_read
between "mem_limit holds" "$MM_USED" 0 "$MM_LIMIT"
check "every byte" zpat verify -k random -n 8192 "$ZDEV"
# A page that fits into memory stays there
before=$TIER_spilled
fill "same-filled pages" -k same -o 8192 -n 4096
must zpat discard -n 512 "$ZDEV" > /dev/null
must zpat discard -o 8000 -n 192 "$ZDEV" > /dev/null
fill "pages for which there is space" -k text -n 128
tier_read
between "few of them are spilled" $((TIER_spilled - before)) 0 32
check "every byte of the others" zpat verify -k random -o 512 -n 7488 "$ZDEV"
# Overwritten: the blocks are free again
fill "spilled pages are overwritten" -k random -g 2 -o 512 -n 7488
check "by new bytes" zpat verify -k random -g 2 -o 512 -n 7488 "$ZDEV"
bd_read
between "old blocks are free" "$BD_COUNT" 6500 8192
must zpat discard "$ZDEV" > /dev/null
bd_read
is "after a discard all are" "$BD_COUNT" 0
empty "and the pool is empty"

# Parts of pages, and pages across two of the writer's
fill "a buffer that is not aligned" -m 512 -k random -g 3 -n 2048
check "a buffer that is not aligned: every byte" zpat verify -k random -g 3 -n 2048 "$ZDEV"
fill "blocks one by one" -b 1 -k random -g 4 -n 2048
check "blocks one by one: every byte" zpat verify -k random -g 4 -n 2048 "$ZDEV"
tier_read
between "they are spilled, too" "$TIER_spilled" 9000 1000000

# Many writers; overwrites, discards, reads
clock
begun=$NOW
bg timeout 120 zpat fill -j 64 -b 1 -k random -g 5 -n 8192 "$ZDEV" > /dev/null
check "64 writers at the limit end" ended "$BGPID" 120
clock
echo "# $((NOW - begun)) ms"
check "64 writers: every byte" zpat verify -k random -g 5 -n 8192 "$ZDEV"
must zpat discard "$ZDEV" > /dev/null
fill "memory is full" -k random -o 8192 -n 768
check "overwrites, discards and reads of few pages" \
	zrace -n 8 -b 4 -j 8 -t 3000 -m 5,3,1,1 "$ZDEV"
check "and of many" zrace -n 4096 -b 16 -j 8 -t 4000 -m 5,3,1,1 "$ZDEV"
failed "all of this" 0
must zpat discard "$ZDEV" > /dev/null
bd_read
is "no block is lost" "$BD_COUNT" 0

# The budget: the reserve is for spill alone
put "$ZSYS/tier/reserve" 1M
put "$ZSYS/tier/daily_budget" 2M
tier_read
spilled_before=$TIER_spilled
fill_fails "no budget" -j 16 -b 1 -k random -n 4096
tier_read
between "the budget and the reserve are written" $((TIER_spilled - spilled_before)) 500 530
is "to the last byte of the budget" "$TIER_budget_left" 0
between "no budget: it is counted" "$TIER_spill_failed" 100 100000
is "no budget: the device does not fail" "$TIER_spill" ready
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/writeback_limit" $((100 * PER_PAGE))
put "$ZSYS/writeback_limit_enable" 1
tier_read
spilled_before=$TIER_spilled
fill_fails "writeback_limit" -j 16 -b 1 -k random -o 4096 -n 4096
tier_read
is "as many as writeback_limit has" $((TIER_spilled - spilled_before)) $((100 * PER_PAGE))
is "of which nothing is left" "$(cat "$ZSYS/writeback_limit")" 0
put "$ZSYS/writeback_limit_enable" 0
must zram_remove

# The thread, and runs, discard segments that became free, while others are spilled to
if bd_null 8 discard=1; then
	spill_new 64M 2M
	put "$ZSYS/tier/regret_target" 4294967295
	put "$ZSYS/tier/idle_age" 1
	put "$ZSYS/tier/enable" 1
	must zpat fill -k random -o 8192 -n 400 "$ZDEV" > /dev/null
	bg zhammer -t 8000 -p 1000 "w:$ZSYS/writeback=huge"
	check "discards of the device beside spill" \
		zrace -e -n 1200 -b 64 -j 8 -t 8000 -m 5,3,3,1 "$ZDEV"
	wait "$BGPID"
	# On a slow machine no segment may have become free until now
	must zpat discard "$ZDEV" > /dev/null
	# shellcheck disable=SC2317 # called by wait_for
	discarded() {
		wb_read
		[ "$WB_discarded" -gt 0 ]
	}
	check "there were some" wait_for 60 discarded
	put "$ZSYS/tier/enable" 0
	bd_read
	is "discards: no block is lost" "$BD_COUNT" 0
	must zram_remove
else
	skip "discards of the device" "no null_blk"
fi

# With tiering, and while writers spill, pages leave before they are 4 seconds old. Again if
# the host was slow.
for _ in 1 2 3 4 5; do
	[ ! -e "$ZSYS" ] || must zram_remove
	spill_new 64M 4M
	put "$ZSYS/tier/enable" 1
	clock
	begun=$NOW pages=$((5 * 1048576 / PAGE)) TIER_pages=0
	must zpat fill -k random -n "$pages" "$ZDEV" > /dev/null
	while [ "$TIER_pages" -eq 0 ] && [ $((NOW - begun)) -lt 3900 ]; do
		must zpat fill -k random -o "$pages" -n 16 "$ZDEV" > /dev/null
		pages=$((pages + 16))
		sleep 0.1
		tier_read
		clock
	done
	took=$((NOW - begun))
	[ "$TIER_pages" -eq 0 ] || [ $took -ge 4000 ] || break
done
between "young pages: ms" "$took" 0 3999
between "young pages: moved" "$TIER_pages" 1 1000000
put "$ZSYS/tier/enable" 0
check "young pages: every byte" zpat verify -k random -n "$pages" "$ZDEV"
must zram_remove

# The backing device becomes full
bd_null 4
spill_new 64M 2M
capacity=$(cut -d ' ' -f 1 "$ZSYS/tier/capacity")
fill_fails "a full device" -k random -n 4096
tier_read
bd_read
is "a full device: all blocks are in use" "$BD_COUNT" 1024
is "a full device does not fail" "$TIER_spill $TIER_spill_error" "ready 0"
mm_read
between "the capacity was known, $capacity" "$MM_ORIG" $((capacity * 9 / 10)) \
	$((capacity * 11 / 10))
is "none is left" "$(cut -d ' ' -f 1 "$ZSYS/tier/capacity")" 0
must zpat discard -n 512 "$ZDEV" > /dev/null
fill "space again" -k random -g 2 -n 256
check "space again: every byte" zpat verify -k random -g 2 -n 256 "$ZDEV"
must zram_remove

# The last free blocks are being discarded: a writer waits for them. The target delays
# discards like writes
bd_null 4 discard=1 || bail "null_blk"
disk=$BD
if bd_dm zt_trim "linear delay" "0 8192 linear $disk 0"; then
	spill_new 64M 1M
	must zpat fill -k random -o 8192 -n 200 "$ZDEV" > /dev/null
	fill_fails "discard: a full device" -k random -n 4096
	must zpat discard -n 4096 "$ZDEV" > /dev/null
	must dm_table zt_trim "0 8192 delay $disk 0 0 $disk 0 120000"
	bg ztry "$ZSYS/writeback" huge_idle
	run=$BGPID
	check "discard: it is in flight" wait_for 20 bd_writing zt_trim
	io_read
	failed_before=$IO_FAILED_WRITES
	bg zpat fill -k random -g 2 -n 512 "$ZDEV"
	writer=$BGPID
	sleep 2
	if is_over "$writer"; then fail "discard: a writer waits"; else pass "discard: a writer waits"; fi
	must dm_table zt_trim "0 8192 linear $disk 0"
	wait "$writer"
	is "discard: and succeeds" $? 0
	wait "$run"
	failed "discard" "$failed_before"
	check "discard: every byte" zpat verify -k random -g 2 -n 512 "$ZDEV"
	wb_read
	is "discard: there was one" "$WB_discarded" 1024
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "discard: no block is lost" "$BD_COUNT" 0
	must zram_remove
else
	skip "the last free blocks are being discarded" "no device-mapper with delay"
fi

# A loop device may wait for memory: off, unless the user says otherwise
if bd_use loop 16; then
	zram_new 32M '' "$BD"
	put "$ZSYS/tier/enable" 1
	is "loop: off by default" "$(cat "$ZSYS/tier/spill")" 0
	put "$ZSYS/tier/enable" 0
	must zram_remove
	spill_new 32M 2M
	fill "loop: it works" -k random -n 2048
	tier_read
	between "loop: spilled" "$TIER_spilled" 1000 2048
	check "loop: every byte" zpat verify -k random -n 2048 "$ZDEV"
	must zram_remove
else
	skip "loop" "no loop device"
fi
finish
