#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# block_state in debugfs: a line for each page stored, and what it says.

. ./lib.sh

debug=/sys/kernel/debug
[ -d $debug/block ] || mount -t debugfs none $debug 2> /dev/null
zram_add
state=$debug/zram/zram$ZID/block_state
[ -e "$state" ] || absent block_state
is "only root may read it" "$(stat -c %a "$state")" 400
gives "a device that is not set up gives EINVAL" EINVAL ztry -r "$state"
bd_use null 32 && put "$ZSYS/backing_dev" "$BD"
[ ! -e "$ZSYS/recompress" ] ||
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
put "$ZSYS/disksize" 8M
last=$((8388608 / PAGE - 1))
is "no page, no line" "$(wc -c < "$state")" 0

# flags INDEX: the six letters of a page
flags() {
	awk -v i="$1" '$1 == i { print $3 }' "$state"
}

clock
begun=$((NOW / 1000))
must zpat fill -u -k same -n 1 "$ZDEV" > /dev/null
must zpat fill -u -k random -o 1 -n 1 "$ZDEV" > /dev/null
must zpat fill -u -k text -o 2 -n 2 "$ZDEV" > /dev/null
must zpat fill -u -k text -o "$last" -n 1 "$ZDEV" > /dev/null
is "one line for each page" "$(awk '{ print $1 }' "$state" | tr '\n' ' ')" \
	"0 1 2 3 $last "
line=$(sed -n 3p "$state")
case $line in
"           2 "*.000000\ ......) pass "the columns are as wide as ever" ;;
*) fail "the columns are as wide as ever" "$line" ;;
esac
is "a line has 40 characters" "${#line}" 39
clock
between "the time is that of the access, in seconds since boot" \
	"$(sed -n '3s/^ *2 *\([0-9]*\)\..*/\1/p' "$state")" \
	$begun $((NOW / 1000 + 1))
is "same-filled" "$(flags 0)" "s....."
is "huge" "$(flags 1)" "..h..."
is "compressed" "$(flags 2)" "......"
put "$ZSYS/idle" all
is "same-filled pages are not marked idle" "$(flags 0)" "s....."
is "huge and idle" "$(flags 1)" "..hi.."
is "idle" "$(flags 2)" "...i.."
must zpat verify -u -k text -o 2 -n 1 "$ZDEV" > /dev/null
is "read, not idle" "$(flags 2)" "......"
# When pages were accessed; a run is no access.
accessed_at() {
	awk '$1 <= 3 { print $2 }' "$state"
}
sleep 2
accessed=$(accessed_at)
if [ -e "$ZSYS/recompress" ]; then
	store 0 recompress algo=zstd
	is "recompressed" "$(flags 3)" "....r."
	is "incompressible for all algorithms" "$(flags 1)" "..h..n"
	is "recompression is no access" "$(accessed_at)" "$accessed"
fi
if [ -n "${BD-}" ]; then
	store 0 writeback "page_indexes=1-2"
	more=... recompressed=.
	[ ! -e "$ZSYS/recompress" ] || more=..n recompressed=r
	is "huge and on the device" "$(flags 1)" ".wh$more"
	is "on the device" "$(flags 2)" ".w..$recompressed."
	is "writeback is no access" "$(accessed_at)" "$accessed"
fi
must zpat fill -u -k text "$ZDEV" > /dev/null
is "a line for every page" "$(wc -l < "$state")" $((last + 1))
is "whatever the size of the reads" "$(dd if="$state" bs=7 2> /dev/null |
	md5sum)" "$(dd if="$state" bs=1M 2> /dev/null | md5sum)"
is "in the order of the pages" "$(awk '$1 != NR - 1' "$state" | wc -l)" 0
zhammer -t 3000 "r:$state" "w:$ZSYS/idle=all" > /tmp/hammer.$$ &
ZT_FILES=/tmp/hammer.$$
check "reads of it disturb nobody" \
	zrace -n 512 -b 8 -j 3 -t 2500 -m 4,4,1,1 "$ZDEV"
wait
between "reads of it" "$(done_by r: /tmp/hammer.$$)" 10 100000000
is "none fails" "$(grep -c ' E[A-Z]*=' /tmp/hammer.$$)" 0
# A reader has read half of it when the device becomes another one
exec 6< "$state"
dd bs=4096 count=1 <&6 > /dev/null 2>&1
zram_reset
put "$ZSYS/disksize" "$PAGE"
is "the rest of a device that is gone" "$(cat <&6)" ""
exec 6<&-
# has_run PID: it has used 50 ms of CPU time, so it has begun
# shellcheck disable=SC2317 # called by wait_for
has_run() {
	# shellcheck disable=SC2046 # numbers
	set -- $(cat "/proc/$1/stat")
	[ $((${14:-0} + ${15:-0})) -ge 5 ]
}
zhammer -t 3000 "r:$state" > /tmp/hammer.$$ &
wait_for 5 has_run $!
zram_reset
put "$ZSYS/disksize" 8M
zram_reset
must zram_remove
wait
between "reads of it, when it could be read" \
	"$(done_by r: /tmp/hammer.$$)" 1 100000000
check "it goes with the device" test ! -e "$state"
finish
