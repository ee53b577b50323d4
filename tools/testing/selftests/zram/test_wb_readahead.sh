#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap-in by readahead and by swapoff, many pages a request: pages written back
# whole and packed, staged, in memory and same-filled, side by side; and an unreadable
# block under some of them.

. ./lib.sh

hold=/tmp/hold.$$
ZT_FILES="$hold /tmp/out.$$"
pages=$((16 * 256))
cluster=$(cat /proc/sys/vm/page-cluster)

# swapped_out OPTION...: a process whose pages are out, and written back, the
# same-filled ones excepted
swapped_out() {
	swap_on
	bg zwill "$@" "$hold" > /tmp/out.$$
	swapper=$BGPID
	filled "$hold"
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	case " $* " in
	*" -n "*) sysctl_set vm/page-cluster 0 ;;
	*) sysctl_set vm/page-cluster "$cluster" ;;
	esac
}

# result: sets RESULT to what the process has found
result() {
	rm -f "$hold"
	wait "$swapper"
	RESULT=$(tail -n 1 /tmp/out.$$)
}

bd_use null 64 || skip_all "no null_blk"
disk=$BD
bd_dm zt_ra "linear error" "0 131072 linear $disk 0" ||
	skip_all "no device-mapper"
PACKED=1
zram_new 64M '' "$BD"
[ ! -e "$ZSYS/kcompressd" ] || kc_start 1
[ ! -e "$ZSYS/kcompressd" ] || put "$ZSYS/kcompressd" all

# A quarter of the pages of each kind: whole, packed twice, same-filled
swapped_out -r
wb_read
between "pages are written back" "$WB_pages" $((pages / 2)) $pages
between "whole and packed ones" "$WB_objects" $((pages / 4)) $((WB_pages - pages / 8))
result
is "readahead: each page is right" "$RESULT" "ok=$pages bad=0 bus=0"
bd_read
between "readahead: pages came from the device" "$BD_READS" 512 $((pages * 2))
swap_off "readahead"

# swapoff reads them all for an idle process
swapped_out
bg swapoff "$ZDEV"
check "swapoff ends" ended "$BGPID" 120
result
is "swapoff: each page is right" "$RESULT" "ok=$pages bad=0 bus=0"

# The last block of each MiB cannot be read.
broken=
for mib in $(seq 0 63); do
	at=$((mib * 2048))
	broken="$broken$at 2040 linear $disk $at\\n$((at + 2040)) 8 error\\n"
done

# errors OPTION...: with some blocks unreadable. Sets OK and BUS.
errors() {
	swapped_out "$@"
	must dm_table zt_ra "$broken"
	result
	must dm_table zt_ra "0 131072 linear $disk 0"
	echo "# $* $RESULT"
	OK=${RESULT#ok=} BUS=${RESULT##*bus=}
	OK=${OK%% *}
	bad=${RESULT#* bad=}
	is "errors $*: no page is wrong" "${bad%% *}" 0
	is "errors $*: each page is right or SIGBUS" "$((OK + BUS))" $pages
	swapoff "$ZDEV"
}

# One page a request
errors -n
single=$BUS
between "without readahead only pages on bad blocks fail" "$single" 1 256
log_mark_quiet
errors
if mm_mended 2; then
	between "with readahead only pages on bad blocks fail" "$BUS" 1 $((single * 2))
else
	between "with readahead all pages of their requests fail" "$BUS" "$single" \
		$((single * 32))
fi
logged "the blocks are logged" "zram$ZID: cannot read blocks"
zram_reset
empty "the pool is empty after reset"
finish
