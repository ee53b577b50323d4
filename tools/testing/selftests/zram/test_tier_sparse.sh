#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# slow: 90
# A backing device that is full of blocks with one small object each: the thread brings
# the objects back, packs them again, and other pages leave. Beside overwrites, with
# reads and writes that fail, and with reads of other data than was written, no page is lost.

. ./lib.sh

# begin NAME SECTOR: the device is full, and pages of 8 MiB and more are to leave still
begin() {
	bd_dm "zt_$1" "linear delay" "0 16384 linear $disk $2" || skip_all "no device-mapper"
	zram_new 64M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	must zpat fill -k mixed -j 2 "$ZDEV" > /dev/null
	sleep 5
	tier_pressing
	put "$ZSYS/tier/enable" 1
	check "$1: the device is full" wait_for 90 tier_is paused_full
	bd_read
	between "$1: blocks in use" "$BD_COUNT" 1950 2048
	tier_read
	is "$1: nothing is sparse" "$TIER_sparse" 0
	moved=$TIER_pages
}

# thin: of the pages that left first, one of four is left
thin() {
	for zt_first in 1 2 3; do
		must zpat discard -o $zt_first -n $((4096 - zt_first)) -S 4 "$ZDEV" > /dev/null
	done
}

# sparse_above NUMBER
# shellcheck disable=SC2317 # called by wait_for
sparse_above() {
	tier_read
	[ "$TIER_sparse" -gt "$1" ]
}

# reads_above NUMBER: so many blocks were read
# shellcheck disable=SC2317 # called by wait_for
reads_above() {
	bd_read
	[ "$BD_READS" -gt "$1" ]
}

# held NAME: the delay target NAME holds a read
# shellcheck disable=SC2317 # called by wait_for
held() {
	dmsetup status "$1" | awk '{ exit !$4 }'
}

only_4k
bd_use null 32 || skip_all "no null_blk"
disk=$BD
quiet_console

# What comes back could not leave again: too little is left of a budget
begin full 0
put "$ZSYS/writeback_limit" 10
put "$ZSYS/writeback_limit_enable" 1
thin
sleep 3
tier_read
is "writeback_limit: no object comes back" "$TIER_sparse" 0
put "$ZSYS/writeback_limit_enable" 0
check "full: objects come back" wait_for 60 sparse_above 500
check "full: and other pages leave" wait_for 60 tier_moved $((moved + 2000))
tier_read
between "full: of one object a block" "$TIER_sparse" 500 1024
check "full: every byte of those that came back" zpat verify -k mixed -n 4096 -S 4 "$ZDEV"
check "full: every byte of the others" zpat verify -k mixed -o 4096 "$ZDEV"
must zram_remove

# Overwritten while the thread reads the object of one of them
begin race 16384
must dm_table zt_race "0 16384 delay $disk 16384 60000 $disk 16384 0"
thin
check "race: the thread reads an object" wait_for 60 held zt_race
must zpat fill -k mixed -g 2 -n 512 -S 4 "$ZDEV" > /dev/null
check "race: it is reading still" held zt_race
must dm_table zt_race "0 16384 linear $disk 16384"
# Beside overwrites of every other one of the rest
bg zpat fill -k mixed -g 2 -o 512 -n 3584 -S 8 "$ZDEV" > /dev/null
writer=$BGPID
check "race: objects come back" wait_for 60 sparse_above 200
check "race: and other pages leave" wait_for 60 tier_moved $((moved + 2000))
wait "$writer"
is "race: the writer" $? 0
check "race: every byte, overwritten during a read" zpat verify -k mixed -g 2 -n 512 -S 4 "$ZDEV"
check "race: every byte, new" zpat verify -k mixed -g 2 -o 512 -n 3584 -S 8 "$ZDEV"
check "race: every byte, old" zpat verify -k mixed -o 516 -n 3580 -S 8 "$ZDEV"
check "race: every byte of the others" zpat verify -k mixed -o 4096 "$ZDEV"
zram_reset
must zram_remove

# No block can be read: nothing changes. Then reads and writes fail now and then.
begin fails 32768
must dm_table zt_fails "0 16384 error"
bd_read
thin
check "fails: the thread tries" wait_for 60 reads_above "$BD_READS"
sleep 2
tier_read
is "fails: no object comes back" "$TIER_sparse" 0
bd_read
reads=$BD_READS
sleep 3
bd_read
is "fails: it does not try on and on" "$BD_READS" "$reads"
must dm_table zt_fails "0 16384 linear $disk 32768"
check "works: objects come back" wait_for 120 sparse_above 0
for _ in 1 2 3 4 5 6 7 8; do
	must dm_table zt_fails "0 16384 error"
	sleep 0.1
	must dm_table zt_fails "0 16384 linear $disk 32768"
	sleep 0.3
done
check "works: and other pages leave" wait_for 180 tier_moved $((moved + 1500))
check "works: every byte of those that came back" zpat verify -k mixed -n 4096 -S 4 "$ZDEV"
check "works: every byte of the others" zpat verify -k mixed -o 4096 "$ZDEV"
must zram_remove

# Other data is read than was written, without an error. Pages that leave meanwhile are lost
begin lies 49152
must dm_table zt_lies "0 16384 linear $disk 0"
bd_read
thin
check "lies: the thread tries" wait_for 60 reads_above "$BD_READS"
sleep 2
tier_read
is "lies: no object comes back" "$TIER_sparse" 0
put "$ZSYS/tier/enable" 0
must dm_table zt_lies "0 16384 linear $disk 49152"
check "lies: every byte is on the device still" zpat verify -k mixed -n 4096 -S 4 "$ZDEV"
must zram_remove
finish
