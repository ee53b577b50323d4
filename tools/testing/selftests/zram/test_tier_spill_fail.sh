#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Spill to a device that fails, or only says that it has written: writers get the error at once, not after the time that the
# device takes for each page; the device is tried again; bad blocks are retired; nothing
# that was acknowledged is lost. Removal while the device does not answer.

. ./lib.sh

# begin NAME "TARGETS" "TABLE": a device that spills to a device-mapper device
begin() {
	bd_dm "zt_$1" "$2" "$3" || skip_all "no device-mapper with $2"
	spill_new 64M 1M
}

# shellcheck disable=SC2317 # called by wait_for
works() {
	zpat fill -b 1 -k random -s 9 -o 4096 -n 16 "$ZDEV" > /dev/null
}

# shellcheck disable=SC2317 # called by the clean-up
restore() {
	dmsetup resume --noudevsync zt_stall 2> /dev/null
}

# If the next try is due, a page that fails is that try, and sets the time of the one after
# shellcheck disable=SC2317 # called by wait_for
will_be_tried() {
	tier_read
	[ "$TIER_spill_retry_s" -eq 0 ] || return 0
	zpat fill -b 1 -k random -s 2 -o 1024 -n 1 "$ZDEV" > /dev/null
	return 1
}

# spills_none NAME: the device has begun to fail: no page is spilled, and no block is to blame
spills_none() {
	tier_read
	before=$TIER_spilled
	fill_fails "$1" -b 1 -k random -s 2 -o 1024 -n 1024
	wait_for 10 will_be_tried
	is "$1: the state" "$TIER_spill $TIER_spill_error" "failing -5"
	is "$1: nothing is spilled" "$TIER_spilled" "$before"
	wb_read
	is "$1: no block is retired" "$WB_bad_blocks" 0
}

bd_use null 256 || skip_all "no null_blk"
disk=$BD
quiet_console

# All writes fail
begin dead "linear error" "0 131072 linear $disk 0"
check "it works" zpat fill -k random -n 1024 "$ZDEV"
must dm_table zt_dead "0 131072 error"
spills_none dead
between "dead: it is tried again in seconds" "$TIER_spill_retry_s" 1 300
between "dead: it is counted" "$TIER_spill_failed" 900 2000
is "dead: nothing can be stored" "$(cut -d ' ' -f 1 "$ZSYS/tier/capacity")" 0
must dm_table zt_dead "0 131072 linear $disk 0"
check "it is tried again when it works" wait_for 120 works
tier_read
is "works: the state" "$TIER_spill $TIER_spill_retry_s" "ready 0"
check "works: every byte" zpat verify -k random -n 1024 "$ZDEV"
check "works: and those written since" zpat verify -k random -s 9 -o 4096 -n 16 "$ZDEV"
must zram_remove

# The device acknowledges writes and does not make them. Pages are read back, so no write of
# them succeeds
begin lies "linear flakey" "0 131072 linear $disk 0"
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
must dm_table zt_lies "0 131072 flakey $disk 0 0 3600 1 drop_writes"
spills_none lies
check "lies: what was acknowledged before is right" zpat verify -k random -n 1024 "$ZDEV"
fill_fails "lies: overwrites" -b 1 -k random -s 3 -n 1024
io_read
between "lies: all of them fail" "$IO_FAILED_WRITES" 2000 2048
check "lies: they keep the old content" zpat verify -k random -n 1024 "$ZDEV"
must dm_table zt_lies "0 131072 linear $disk 0"
check "lies: it is tried again when it works" wait_for 120 works
check "lies: every byte written since" zpat verify -k random -s 9 -o 4096 -n 16 "$ZDEV"
must zpat discard "$ZDEV" > /dev/null
bd_read
is "lies: no block is lost" "$BD_COUNT" 0
must zram_remove

# Each failure takes a second: a page has four tries, the next ones none for a second
begin late "delay error linear" "0 131072 linear $disk 0"
must zpat fill -k random -n 512 "$ZDEV" > /dev/null
bd_dm zt_error "error" "0 131072 error" || bail "error target"
must dm_table zt_late "0 131072 delay $BD 0 1000"
clock
begun=$NOW
fill_fails "slow" -b 1 -k random -s 2 -o 1024 -n 256
clock
# 256 pages of four tries take 1000 s
between "slow: ms" $((NOW - begun)) 1000 60000
must dm_table zt_late "0 131072 linear $disk 0"
check "slow: every byte" zpat verify -k random -n 512 "$ZDEV"
must zram_remove

# Three bad blocks side by side, where the first page goes; the kernel's page may be larger
bad=$((24 * PER_PAGE))
begin bad "linear error" "0 $bad error\\n$bad $((131072 - bad)) linear $disk $bad"
check "bad blocks: no write fails" zpat fill -k random -n 4096 "$ZDEV"
wb_read
between "bad blocks: they are retired" "$WB_bad_blocks" 1 $((3 * PER_PAGE))
tier_read
is "bad blocks: the device does not fail" "$TIER_spill $TIER_spill_failed" "ready 0"
check "bad blocks: every byte" zpat verify -k random -n 4096 "$ZDEV"
must dm_table zt_bad "0 131072 linear $disk 0"
must zpat discard "$ZDEV" > /dev/null
bd_read
is "bad blocks: no block is lost" "$BD_COUNT" 0
put "$ZSYS/mem_limit" 0
must zpat fill -k random -n 16 "$ZDEV" > /dev/null
put "$ZSYS/writeback" huge
wb_read
is "bad blocks: a run tests them again" "$WB_bad_blocks" 0
must zram_remove

# Every third second fails, with readers and discards
if bd_dm zt_flaky flakey "0 131072 flakey $disk 0 2 1 1 error_writes"; then
	zram_new 64M '' "$BD"
	put "$ZSYS/mem_limit" 1M
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/spill" 1
	must zpat fill -k random -o 8192 -n 200 "$ZDEV" > /dev/null
	out=$(zrace -e -n 2048 -b 8 -j 8 -t 8000 -m 5,3,1,1 "$ZDEV")
	status=$?
	echo "# $out"
	is "flaky: what was acknowledged is right" "$status" 0
	must dm_table zt_flaky "0 131072 linear $disk 0"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "flaky: no block is lost" "$BD_COUNT" 0
	must zram_remove
else
	skip "flaky" "no flakey target"
fi

# The device does not answer: removal and reset are refused, and nobody hangs
begin stall linear "0 131072 linear $disk 0"
must zpat fill -k random -n 200 "$ZDEV" > /dev/null
ZT_AT_EXIT=restore
hung_watch
must dmsetup suspend --noflush --nolockfs --noudevsync zt_stall
bg zpat fill -b 1 -j 8 -k random -o 512 -n 512 "$ZDEV" > /dev/null
filler=$BGPID
sleep $((HUNG_MS / 1000))
if is_over "$filler"; then fail "the writers wait"; else pass "the writers wait"; fi
store EBUSY reset 1
gives "hot_remove gives EBUSY" EBUSY ztry $CONTROL/hot_remove "$ZID"
check "statistics can be read" cat "$ZSYS/mm_stat" "$ZSYS/bd_stat" "$ZSYS/tier/stat"
must dmsetup resume --noudevsync zt_stall
check "the writers end" ended "$filler" 60
io_read
is "no write failed" "$IO_FAILED_WRITES" 0
check "stall: every byte" zpat verify -k random -o 512 -n 512 "$ZDEV"
hung_none
must zram_remove

# Allocations fail: what memory cannot hold is spilled, or the writer gets an error
alloc() {
	fault_or_skip "$1" 20 || return 0
	zram_new 16M '' "$BD"
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/spill" 1
	out=$(zrace -F -e -n 1024 -b 16 -j 4 -t 4000 -m 5,3,1,1 "$ZDEV")
	status=$?
	fault_off
	echo "# $out"
	is "$1: data under failing allocations" "$status" 0
	tier_read
	between "$1: pages are spilled" "$TIER_spilled" 1 10000000
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is lost" "$BD_COUNT" 0
	empty "$1: nothing is left"
	must zram_remove
}
bd_null 32 || bail "null_blk"
alloc failslab
alloc fail_page_alloc
finish
