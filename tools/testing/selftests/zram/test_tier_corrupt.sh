#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# A read of the backing device returns other data than was written, once and without an
# error. The right data is on the device still, so no page may be lost: neighbours that
# cannot be decompressed do not go back to memory, and their blocks stay in use.

. ./lib.sh

# Pages of 4 KiB, and sectors of the device; the disk has as many with noise
PAGES=512 SECTORS=8192

# ready: the thread has looked at the device, and memory is not short
# shellcheck disable=SC2317 # called by wait_for
ready() {
	tier_is idle && [ "$TIER_steps" -gt 0 ]
}

# begin [ALGORITHM]: pages are on the device, and neighbours of a read come back
begin() {
	PACKED=1
	zram_new 4M "${1-}" "$BD"
	[ -e "$ZSYS/tier/readback_window" ] || absent "a read-back window"
	must zpat fill -k text -n $PAGES "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	bd_read
	blocks=$BD_COUNT
	put "$ZSYS/tier/daily_budget" 0
	put "$ZSYS/tier/readback_window" 64
	put "$ZSYS/tier/enable" 1
	wait_for 60 ready || bail "the thread wants something"
}

# from SECTOR: from there on, reads return noise
from() {
	table="$1 $((SECTORS - $1)) linear $disk $((SECTORS + $1))"
	[ "$1" -eq 0 ] || table="0 $1 linear $disk 0\\n$table"
	must dm_table zt_corrupt "$table"
}

# end NAME: the right data again
end() {
	must dm_table zt_corrupt "0 $SECTORS linear $disk 0"
	put "$ZSYS/tier/enable" 0
	check "$1: every byte" zpat verify -k text -n $PAGES "$ZDEV"
	must zram_remove
}

# nothing NAME: neighbours were read, and none came back
nothing() {
	tier_read
	is "$1: no neighbour comes back" "$TIER_prefetched" 0
	between "$1: neighbours were read" "$TIER_prefetch_lost" 20 63
	bd_read
	is "$1: the blocks stay in use" "$BD_COUNT" "$blocks"
}

bd_use null 8 || skip_all "no null_blk"
disk=$BD
must zpat fill -k random "$disk" > /dev/null
bd_dm zt_corrupt linear "0 $SECTORS linear $disk 0" || skip_all "no device-mapper"
zram_add
algorithms
must zram_remove
quiet_console

begin
check "right data: the page" zpat verify -u -k text -n 1 "$ZDEV"
tier_read
between "right data: neighbours come back" "$TIER_prefetched" 20 63
end "right data"

# The first block has the whole page that is read, and with small pages its neighbours, too
for algorithm in $ALGORITHMS; do
	begin "$algorithm"
	from $((PER_PAGE * 8))
	check "$algorithm, wrong neighbours: the page" zpat verify -u -k text -n 1 "$ZDEV"
	nothing "$algorithm, wrong neighbours"
	end "$algorithm, wrong neighbours"
done

begin
log_mark_quiet
from 0
zpat verify -u -k text -n 1 "$ZDEV" > /dev/null
is "all is wrong: the read fails" $? 2
nothing "all is wrong"
end "all is wrong"
logged "all is wrong: the page is logged" "zram[0-9]*: slot 0: cannot decompress"
finish
