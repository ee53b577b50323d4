#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Swap without bios and with them gives the same: data, counters, errors. Without
# them the block layer sees none but those for pages on the backing device.

. ./lib.sh

param=/sys/module/zram/parameters/swap_ops
trace=/sys/kernel/tracing
zram_load
[ -w "$param" ] || skip_all "kernel without swap operations of block devices"
[ -d "$trace/events" ] || mount -t tracefs none "$trace" 2> /dev/null
queued=$trace/events/block/block_bio_queue
[ -d "$queued" ] || skip_all "kernel without block tracepoints"
read -r was < "$param"
# shellcheck disable=SC2317 # called by the clean-up
put_back() {
	thp_restore
	echo "$was" > "$param"
	echo 0 > "$queued/enable"
	echo 0 > "$queued/filter"
	echo > "$trace/trace"
}
ZT_AT_EXIT=put_back

# Count the bios of the device that hold data, until counted_bios sets BIOS
count_bios() {
	minor=$(cut -d : -f 2 "$ZSYS/dev")
	major=$(cut -d : -f 1 "$ZSYS/dev")
	put "$queued/filter" "dev == $((major << 20 | minor)) && nr_sector > 0"
	echo > "$trace/trace"
	put "$queued/enable" 1
}

counted_bios() {
	put "$queued/enable" 0
	BIOS=$(grep -c block_bio_queue "$trace/trace")
}

# vm_read: sets IN, OUT: pages swapped; PGIN, PGOUT: KiB of all devices
vm_read() {
	IN=$(awk '/^pswpin / { print $2 }' /proc/vmstat)
	OUT=$(awk '/^pswpout / { print $2 }' /proc/vmstat)
	PGIN=$(awk '/^pgpgin / { print $2 }' /proc/vmstat)
	PGOUT=$(awk '/^pgpgout / { print $2 }' /proc/vmstat)
}

# stat_read: sets READ, WRITTEN: sectors of the device
stat_read() {
	read -r _ _ READ _ _ _ WRITTEN _ < "$ZSYS/stat"
}

# swapping NAME BIOS_MIN BIOS_MAX
swapping() {
	zram_new 64M
	swap_on
	# udev reads a new swap area
	! command -v udevadm > /dev/null || udevadm settle
	vm_read
	in=$IN out=$OUT pgin=$PGIN pgout=$PGOUT
	stat_read
	read=$READ written=$WRITTEN
	count_bios
	check "$1: data" zswap -m 24 -P -r 1 -k cycle
	counted_bios
	between "$1: bios" "$BIOS" "$2" "$3"
	vm_read
	stat_read
	in=$(((IN - in) * PAGE / 512)) out=$(((OUT - out) * PAGE / 512))
	between "$1: sectors swapped out" $out $((20 * 2048)) 100000000
	is "$1: sectors written in the disk's statistics" $((WRITTEN - written)) $out
	is "$1: sectors read in the disk's statistics" $((READ - read)) $in
	# Other devices count there too
	between "$1: pgpgout" $(((PGOUT - pgout) * 2)) $out 100000000
	between "$1: pgpgin" $(((PGIN - pgin) * 2)) $in 100000000
	swap_empty "$1: all is freed when the process exits"
	io_read
	between "$1: notify_free counts it" "$IO_NOTIFY" 4096 100000000
	swap_off "$1"
	is "$1: no write failed" "$IO_FAILED_WRITES" 0
	must zram_remove
}

# Sets FOLIOS_OUT and FOLIOS_IN: folios of 64 KiB swapped out and in whole, if there are any
folios_read() {
	thp_swapped || return 0
	read -r FOLIOS_OUT < $SIZE/stats/swpout
	read -r FOLIOS_IN < $SIZE/stats/swpin
}

# whole NAME OUT IN: so many folios went out and came in whole since folios_read
whole() {
	out=$FOLIOS_OUT in=$FOLIOS_IN
	folios_read
	between "$1: folios of 64 KiB out" $((FOLIOS_OUT - out)) "$2" 100000000
	between "$1: folios of 64 KiB in" $((FOLIOS_IN - in)) "$3" 100000000
}

# A large folio is written and read in one go.
folios() {
	zram_new 64M
	swap_on
	folios_read
	check "$1: large folios" zswap -m 24 -H -P -r 1 -k mixed
	whole "$1" "$(at_least 200)" "$(at_least 200)"
	swap_off "$1, large folios"
	must zram_remove
}

# Pages in memory and on the backing device, every other one, in large folios too
backing() {
	hold=/tmp/hold.$$
	zram_new 64M '' "$BD"
	swap_on
	folios_read
	bg zswap -m 16 -H -P -r 1 -k mixed -w $hold > /tmp/out.$$
	swapper=$BGPID
	filled $hold "$1"
	wb_every_other 8191
	bd_read
	between "$1: pages on the device" "$BD_COUNT" 500 100000
	rm -f $hold
	wait "$swapper"
	is "$1: every page came back" "$? $(tail -n 1 /tmp/out.$$)" \
		"0 pages=4096 bad=0"
	! thp_swapped || whole "$1, every other page" 200 200
	bd_read
	between "$1: pages were read back" "$BD_READS" 500 100000000
	swap_off "$1, backing device"
	bd_read
	between "$1: no block is left but the swap header's" "$BD_COUNT" 0 \
		"$PER_PAGE"
	must zram_remove
}

# mem_limit refuses pages: they stay in memory, and the failures are counted.
limit() {
	zram_new 64M
	swap_on
	quiet_console
	mm_read
	put "$ZSYS/mem_limit" 4M
	check "$1: data beyond mem_limit" zswap -m 16 -H -P -r 1 -k random
	io_read
	between "$1: failed_writes counts" "$IO_FAILED_WRITES" 1 100000000
	swap_off "$1, mem_limit"
	must zram_remove
}

ZT_FILES="/tmp/hold.$$ /tmp/out.$$"
SIZE=$ZT_THP/hugepages-64kB
for on in Y N; do
	put "$param" $on
	case $on in
	Y) swapping "without bios" 0 0 ;;
	N) swapping "with bios" $((1000 / PER_PAGE + 100)) 100000000 ;;
	esac
	if thp_swapped; then
		thp_only 64kB madvise
		folios "swap_ops=$on"
	else
		skip "swap_ops=$on: large folios" "kernel that does not swap them whole"
	fi
	limit "swap_ops=$on"
	if bd_use null 64; then
		backing "swap_ops=$on"
	else
		skip "swap_ops=$on: backing device" "no null_blk"
	fi
	thp_restore
done

# It is read by swapon.
zram_new 32M
put "$param" Y
swap_on
put "$param" N
count_bios
check "switched off after swapon: data" zswap -m 8 -P -r 1
counted_bios
is "switched off after swapon: bios" "$BIOS" 0
swap_off "switched off after swapon"
finish
