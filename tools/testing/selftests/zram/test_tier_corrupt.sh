#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# A read of the backing device returns other data than was written, once and without an
# error: noise, the objects of other blocks, or objects with letters changed that can be
# decompressed. The right data is on the device still, so no page may be lost: such neighbours
# do not go back to memory, and their blocks stay in use. A page that is asked for is right,
# or its read fails.

. ./lib.sh

# Pages of 4 KiB, and sectors of the device; the disk has as many with noise
PAGES=512 SECTORS=8192

# ready: the thread has looked at the device, and memory is not short
# shellcheck disable=SC2317 # called by wait_for
ready() {
	tier_is idle && [ "$TIER_steps" -gt 0 ]
}

# fill ALGORITHM KIND PAGES: pages in memory
fill() {
	PACKED=1
	kind=$2 pages=$3
	zram_new 4M "$1" "$BD"
	[ -e "$ZSYS/tier/readback_window" ] || absent "a read-back window"
	must zpat fill -k "$kind" -n "$pages" "$ZDEV" > /dev/null
}

# window: neighbours of a read come back
window() {
	bd_read
	blocks=$BD_COUNT
	put "$ZSYS/tier/daily_budget" 0
	put "$ZSYS/tier/readback_window" 64
	put "$ZSYS/tier/enable" 1
	wait_for 60 ready || bail "the thread wants something"
}

# begin [ALGORITHM]: pages are on the device, and neighbours of a read come back
begin() {
	fill "${1-}" text $PAGES
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	window
}

# begin_alone [ALGORITHM]: the same, but with each page on a block of its own, in their order
begin_alone() {
	fill "${1-}" mixed 32
	for page in $(seq 0 31); do
		put "$ZSYS/writeback" "page_index=$page"
	done
	window
	is "$1: each page has a block" "$blocks" 32
}

# from SECTOR: from there on, reads return the second half of the disk, which has noise at first
from() {
	table="$1 $((SECTORS - $1)) linear $disk $((SECTORS + $1))"
	[ "$1" -eq 0 ] || table="0 $1 linear $disk 0\\n$table"
	must dm_table zt_corrupt "$table"
}

# end NAME: the right data again
end() {
	must dm_table zt_corrupt "0 $SECTORS linear $disk 0"
	put "$ZSYS/tier/enable" 0
	check "$1: every byte" zpat verify -k "$kind" -n "$pages" "$ZDEV"
	must zram_remove
}

# nothing NAME: neighbours were read, and none came back
nothing() {
	tier_read
	is "$1: no neighbour comes back" "$TIER_prefetched" 0
	between "$1: neighbours were read" "$TIER_prefetch_lost" 15 63
	bd_read
	is "$1: the blocks stay in use" "$BD_COUNT" "$blocks"
}

# change: copy the blocks to the second half of the disk, with some letters changed
change() {
	must dd if="$disk" of=$copy bs=4096 count="$blocks" iflag=direct 2> /dev/null
	LC_ALL=C sed 's/compress/comPress/g; s/readback/reAdback/g; s/swapped /swaPped /g' \
		$copy > $copy.new
	must dd if=$copy.new of="$disk" bs=4096 seek=$((SECTORS / 8)) conv=notrunc,fsync \
		2> /dev/null
	changed=$(cmp -l $copy $copy.new | wc -l)
}

# refused NAME LEAST [MOST]: reads of all pages fail or are right; LEAST to MOST of them fail
refused() {
	zpat verify -k "$kind" -b 1 -n "$pages" "$ZDEV" > $copy
	is "$1: no page is wrong" "$(sed -n 's/.* bad=\([0-9]*\).*/\1/p' $copy)" 0
	between "$1: reads fail" "$(sed -n 's/.* err=\([0-9]*\).*/\1/p' $copy)" "$2" \
		"${3-$pages}"
}

bd_use null 8 || skip_all "no null_blk"
disk=$BD
copy=/tmp/copy.$$
# shellcheck disable=SC2034 # deleted at the end
ZT_FILES="$copy $copy.new"
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
logged "all is wrong: the page is logged" \
	"zram[0-9]*: slot 0: the backing device returned other data than was written to block 0"

# One read in four returns a wrong byte somewhere. The driver reads a page once more before
# the read fails, so about one in a hundred does.
fill '' mixed 1024
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
log_mark_quiet
if [ "$PER_PAGE" -gt 1 ]; then
	skip "wrong once" "a kernel with pages of $PAGE bytes: most bytes are of objects"
elif dm_table zt_corrupt \
	"0 $SECTORS flakey $disk 0 0 1 2 random_read_corrupt 250000000" 2> /dev/null; then
	refused "wrong once" 0 40
	logged "wrong once: it is logged" \
		"zram[0-9]*: slot [0-9]*: the backing device returned other data"
else
	skip "wrong once" "kernel without random_read_corrupt of dm-flakey"
fi
end "wrong once"

# Objects of these compressors contain letters of the page as bytes
for algorithm in $ALGORITHMS; do
	case $algorithm in
	lzo*|lz4*)	;;
	*)		continue ;;
	esac
	begin "$algorithm"
	change
	between "$algorithm: letters are changed" "$changed" $((PAGES / PER_PAGE)) $((PAGES * 48))
	from $((PER_PAGE * 8))
	check "$algorithm, letters of neighbours: the page" zpat verify -u -k text -n 1 "$ZDEV"
	nothing "$algorithm, letters of neighbours"
	from 0
	refused "$algorithm, letters" $((PAGES * 3 / 4))
	end "$algorithm, letters"
done

# An object takes several blocks where pages are larger
if [ "$PER_PAGE" -eq 1 ]; then
	for algorithm in $ALGORITHMS; do
		begin_alone "$algorithm"
		must dm_table zt_corrupt "0 8 linear $disk 0\\n8 8 linear $disk 16\\n\
16 8 linear $disk 8\\n24 $((SECTORS - 24)) linear $disk 24"
		check "$algorithm, neighbours exchanged: the page" \
			zpat verify -k mixed -n 1 "$ZDEV"
		nothing "$algorithm, neighbours exchanged"
		must dm_table zt_corrupt "0 248 linear $disk 8\\n248 8 linear $disk 0\\n\
256 $((SECTORS - 256)) linear $disk 256"
		refused "$algorithm, objects of the next blocks" 32
		end "$algorithm, objects of other blocks"
	done
else
	skip "objects of other blocks" "a kernel with pages of $PAGE bytes"
fi
finish
