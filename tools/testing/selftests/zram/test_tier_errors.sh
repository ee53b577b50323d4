#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# A backing device that fails, hangs, is full, and comes back: the thread pauses, says
# why, tells user space once, tries again, and loses no page.

. ./lib.sh

# leave PAGES: the device, filled with random pages, that are to leave all, also when the
# test has read them back
leave() {
	put "$ZSYS/tier/regret_target" 4294967295
	must zpat fill -k random -n "$1" "$ZDEV" > /dev/null
	sleep 5
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/pool_target" 1
	put "$ZSYS/tier/enable" 1
}

bd_use null 64 || skip_all "no null_blk"
disk=$BD
quiet_console
must bd_dm zt_flaky "linear error" "0 131072 error"
zram_new 32M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
leave 4096
check "fails: it pauses" wait_for 20 tier_is paused_device
tier_read
is "fails: the error" "$TIER_last_error" -5
is "fails: no page left" "$TIER_pages" 0
check "fails: every byte" zpat verify -k random -n 4096 "$ZDEV"
must dm_table zt_flaky "0 131072 linear $disk 0"
check "it is tried again when it works" wait_for 60 tier_moved 4000
check "works: every byte" zpat verify -k random -n 4096 "$ZDEV"
must zram_remove

# A bad block among good ones: the page goes elsewhere
must dm_table zt_flaky "0 2048 linear $disk 0\\n2048 8 error\\n2056 129016 linear $disk 2056"
zram_new 32M '' "$BD"
leave 4096
check "a bad block: the pages leave" wait_for 60 tier_moved 4096
wb_read
is "a bad block is retired" "$WB_bad_blocks" 1
check "a bad block: every byte" zpat verify -k random -n 4096 "$ZDEV"
must zram_remove

# Full, and room again
must dm_table zt_flaky "0 8192 linear $disk 0\\n8192 122880 error"
bd_dm zt_small linear "0 8192 linear $disk 0" || skip_all "no device-mapper"
zram_new 32M '' "$BD"
leave 4096
check "full: it pauses" wait_for 20 tier_is paused_full
bd_read
is "full: every block is in use" "$BD_COUNT" 1024
check "full: every byte" zpat verify -k random -n 4096 "$ZDEV"
must zpat discard -n 2048 "$ZDEV" > /dev/null
check "room again: it goes on" wait_for 30 tier_moved 1100
must zram_remove

# Hangs for a while: reset and readers of attributes do not wait for longer
must bd_dm zt_hang linear "0 131072 linear $disk 0"
zram_new 32M '' "$BD"
ZT_AT_EXIT=resume
resume() {
	dmsetup resume --noudevsync zt_hang 2> /dev/null
}
must zpat fill -k random -n 4096 "$ZDEV" > /dev/null
sleep 5
dmsetup suspend --noflush --nolockfs --noudevsync zt_hang
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/pool_target" 1
put "$ZSYS/tier/enable" 1
sleep 2
clock
before=$NOW
for file in tier/stat tier/ages tier/ledger mm_stat bd_stat; do
	cat "$ZSYS/$file" > /dev/null
done
put "$ZSYS/tier/pool_target" 2
check "hangs: pages in memory are read" zpat verify -k random -n 4096 "$ZDEV"
clock
between "hangs: attributes and reads do not wait, ms" $((NOW - before)) 0 \
	$((5000 * (1 + ${ZT_DEBUG:-0} * 9)))
bg ztry "$ZSYS/tier/enable" 0 > /tmp/off.$$
off=$BGPID
ZT_FILES=/tmp/off.$$
sleep 1
kill -9 "$off"
check "hangs: switching off can be killed" ended "$off" 5
resume
check "comes back: it goes on" wait_for 30 tier_moved 4000
check "hang: every byte" zpat verify -k random -n 4096 "$ZDEV"
must zram_remove
finish
