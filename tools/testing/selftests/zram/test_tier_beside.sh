#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# slow: 110
# tier/latency_target_us beside another program that reads the disk of the backing device:
# if its reads are slow, the thread has fewer blocks in flight, then stops. It begins with 8.

. ./lib.sh

# The time of a command while the disk is slow, ms; the target, us
slow=400 target=200000
adapter=/sys/bus/pseudo/drivers/scsi_debug

# disk_takes MS: set the time of a command. scsi_debug refuses while commands are in flight
# shellcheck disable=SC2317 # called by wait_for
disk_takes() {
	echo $(($1 * 1000000)) > "$adapter/ndelay"
}

# other_start: another program reads the start of the disk, one block at a time
other_start() {
	rm -f "$stop"
	bg sh -c "while [ ! -e $stop ]; do
		dd if=$disk of=/dev/null bs=4096 count=1 iflag=direct || exit 1
	done 2> /dev/null"
	other=$BGPID
}

# other_end NAME
other_end() {
	: > "$stop"
	wait "$other"
	is "$1" $? 0
}

modprobe scsi_debug dev_size_mb=80 ndelay=1000 > /dev/null 2>&1
[ -d $adapter ] || skip_all "no scsi_debug"
modprobe sd_mod > /dev/null 2>&1
stop=/tmp/stop.$$ end=/tmp/end.$$
ZT_FILES="$stop $end"
wait_for 20 eval "ls -d $adapter/adapter*/host*/target*/*/block/* > /dev/null 2>&1" ||
	bail "a disk of scsi_debug"
disk=$(echo $adapter/adapter*/host*/target*/*/block/*)
disk=/dev/${disk##*/}
wait_for 5 test -b "$disk" || bail "$disk"
must addpart "$disk" 1 32768 131072
ZT_PARTS=$disk
wait_for 5 test -b "${disk}1" || bail "${disk}1"
zram_new 48M '' "${disk}1"
[ -d "$ZSYS/tier" ] || absent tiering
put "$ZSYS/writeback_batch_size" $((64 / PER_PAGE))
put "$ZSYS/tier/latency_target_us" $target
tier_pressing
# Write all pages every 8 s, so that there are pages to move: none leaves in its first 4 s
bg sh -c "while [ ! -e $end ]; do
	zpat fill -k random $ZDEV > /dev/null || exit 1
	sleep 8
done"
writer=$BGPID
other_start
put "$ZSYS/tier/enable" 1
check "fast reads: pages leave" wait_for 60 tier_moved 1024
check "fast reads: nothing is held back" wait_for 60 tier_unlimited
tier_read
between "fast reads: mean, us" "$TIER_disk_read_us" 1 $target

check "the disk becomes slow" wait_for 60 disk_takes $slow
check "slow reads: the thread stops" wait_for 90 tier_is paused_latency
tier_read
between "slow reads: mean, us" "$TIER_disk_read_us" $((target + 1)) 60000000
is "slow reads: none are of the device" "$TIER_read_back $TIER_read_p95_us" "0 0"
check "the disk becomes fast" wait_for 60 disk_takes 0
check "fast again: nothing is held back" wait_for 120 tier_unlimited
tier_read
check "fast again: pages leave" wait_for 60 tier_moved $((TIER_pages + 1024))

# Another target begins with few blocks
put "$ZSYS/tier/latency_target_us" $((target + 1))
check "another target: nothing is held back" wait_for 60 tier_unlimited

# Without iostats, the target does not protect reads by other programs
check "the disk becomes slow again" wait_for 60 disk_takes $slow
check "slow again: the thread stops" wait_for 90 tier_is paused_latency
put "/sys/block/${disk##*/}/queue/iostats" 0
check "no counters: nothing is held back" wait_for 120 tier_unlimited
put "/sys/block/${disk##*/}/queue/iostats" 1
check "counters: the thread stops" wait_for 90 tier_is paused_latency

# No program reads
other_end "reads of the other program"
check "nobody reads: nothing is held back" wait_for 120 tier_unlimited
check "the disk becomes fast at last" wait_for 60 disk_takes 0
: > "$end"
wait "$writer"
is "the writer" $? 0
check "every byte" zpat verify -k random -j 4 "$ZDEV"
must zram_remove
must delpart "$disk" 1
ZT_PARTS=''
check "the disk goes" wait_for 20 rmmod scsi_debug
finish
