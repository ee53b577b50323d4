#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Hibernation with zram as swap: the image goes to swap on a disk and comes back from
# there. The pages in zram and on its backing device are those from before. With tiering,
# old pages leave before the image is made.

. ./lib.sh

# shellcheck disable=SC2317 # called by the clean-up
restore() {
	echo "$mode" > /sys/power/disk
	echo "$size" > /sys/power/image_size
}

# hiber NAME: the whole of it, but without power off
hiber() {
	sync
	echo "zram-selftest: $1" > /dev/kmsg
	if zt_out=$(store_quietly /sys/power/state disk 2>&1); then pass "$1"; else
		fail "$1" "$zt_out$NL$(dmesg | sed -n "/zram-selftest: $1\$/,\$p" |
			cut -c1-100 | head -n 60)"
	fi
	echo "# image: $(dmesg | sed -n 's/.*Allocated \([0-9]*\) pages for snapshot.*/\1/p' |
		tail -n 1) pages"
}

# shellcheck disable=SC2317 # called by wait_for
is_old() {
	monotonic
	[ $((MONOTONIC - since)) -gt 130 ]
}

# announced NAME LEAST MOST: a hibernation, which waits until LEAST to MOST pages have left
announced() {
	tier_read
	monotonic
	left=$TIER_pages begun=$MONOTONIC
	opened -h /dev/snapshot
	monotonic
	between "$1: seconds until the machine may sleep" $((MONOTONIC - begun)) 0 15
	tier_read
	between "$1: pages that left before" $((TIER_pages - left)) "$2" "$3"
	check "$1: the thread is silent" wait_for 10 tier_is paused_sleep
	closed
}

# swapped NAME PROCESS FILE PAGES: the process, which wrote FILE, has its pages
swapped() {
	wait "$2"
	is "$1" "$? $(tail -n 1 "$3")" "0 pages=$4 bad=0"
}

grep -qw test_resume /sys/power/disk 2> /dev/null ||
	skip_all "kernel without hibernation that resumes at once"
# Such a kernel does not read the image, and does not free its swap either.
case $(uname -r) in
[0-5].*|6.[0-3].*) skip_all "kernel that cannot resume from swap in use" ;;
esac
bd_use virtio || skip_all "no disk"
disk=$BD
bd_use nvme || bd_use null 64 || skip_all "no backing device"
zram_new 64M '' "$BD"
swap_on
hold=/tmp/hold.$$ out=/tmp/out.$$ busy_out=/tmp/busy.$$
ZT_FILES="$hold $out $busy_out"
bg zswap -m 24 -P -r 1 -k mixed -w $hold > $out
idle=$BGPID
filled $hold
monotonic
since=$MONOTONIC
put "$ZSYS/idle" all
put "$ZSYS/writeback" "page_indexes=0-2047"
bd_read
between "pages on the backing device" "$BD_COUNT" 1000 2100
mm_read
before=$MM_ORIG

# The process above has all its pages in zram, the one below also on the disk.
must mkswap "$disk" > /dev/null
must swapon "$disk"
mode=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/power/disk)
read -r size < /sys/power/image_size
ZT_AT_EXIT=restore
put /sys/power/resume "$(cat "/sys/class/block/${disk##*/}/dev")"
put /sys/power/disk test_resume
for round in 1 2; do
	bg zswap -m 8 -P -r 40 -k mixed -s $round > $busy_out
	busy=$BGPID
	sleep 0.5
	! is_over "$busy" || bail "the process is not busy any more"
	hiber "hibernation and resume, $round"
	swapped "$round: a busy process has its pages" "$busy" $busy_out 2048
done

# Two thirds of the pages of the idle process are in memory, and old
if [ -d "$ZSYS/tier" ] && [ -c /dev/snapshot ] && [ -r /proc/timer_list ]; then
	wait_for 130 is_old || bail "pages grow old"
	put "$ZSYS/tier/daily_budget" 0
	put "$ZSYS/tier/enable" 1
	announced "no budget" 0 0
	put "$ZSYS/tier/daily_budget" max
	announced "old pages" 2000 10000
	bg zswap -m 8 -P -r 40 -k mixed -s 4 > $busy_out
	busy=$BGPID
	sleep 0.5
	hiber "hibernation with tiering"
	swapped "with tiering: a busy process has its pages" "$busy" $busy_out 2048
	put "$ZSYS/tier/enable" 0
else
	skip "tiering" "driver without it, or kernel without /dev/snapshot or /proc/timer_list"
fi
mm_read
echo "# $before bytes in zram before, $MM_ORIG after"
rm -f $hold
swapped "an idle process has its pages" "$idle" $out 6144
bd_read
between "pages were read from the backing device" "$BD_READS" 500 100000000
io_read
is "no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
must swapoff "$disk"

# An image in zram would be of no use. Here zram is too small for it as well. The image is a
# small one, because the kernel warns if it finds no page of memory while it writes the image.
put /sys/power/image_size 0
put /sys/power/resume "$(cat "/sys/class/block/${ZDEV##*/}/dev")"
bg zswap -m 8 -P -r 40 -k mixed -s 3 > $busy_out
busy=$BGPID
sleep 0.5
is "an image for which swap has no room" "$(ztry /sys/power/state disk)" ENOSPC
swapped "after it: a busy process has its pages" "$busy" $busy_out 2048
swap_off "zram"
must zram_remove
finish
