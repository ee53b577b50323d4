#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# backing_dev: what can be attached, when, and when it is released.

. ./lib.sh

shows() {
	read -r got < "$ZSYS/backing_dev"
	is "backing_dev shows $1" "$got" "$1"
}

bd_use null 16 || skip_all "no null_blk"
disk=$BD
zram_add
shows none
store ENOENT backing_dev /nowhere/at/all
ZT_FILES="/tmp/file.$$"
must truncate -s 8M "$ZT_FILES"
store ENOTBLK backing_dev "$ZT_FILES"
store ENOTBLK backing_dev /dev/null
store EINVAL backing_dev "$ZDEV"
shows none
opened -x "$disk"
store EBUSY backing_dev "$disk"
closed
store 0 backing_dev "$disk"
shows "$disk"
store EBUSY backing_dev "$disk"
shows "$disk"
store 0 reset 1
store 0 backing_dev "$disk$NL"
shows "$disk"
first=$ZID
zram_add
store EBUSY backing_dev "$disk"
if bd_use loop 4; then
	store 0 backing_dev "$BD"
	shows "$BD"
	store EBUSY backing_dev "$disk"
	must truncate -s 2048 "/tmp/zt$$.img"
	store 0 reset 1
	must losetup -d "$BD"
	must losetup "$BD" "/tmp/zt$$.img"
	store EINVAL backing_dev "$BD"
else
	skip "small device" "no loop"
fi
must zram_remove "$first"
store 0 backing_dev "$disk"
store 0 reset 1
shows none
bg ztry -x "$disk" > /tmp/hold.$$
ZT_FILES="$ZT_FILES /tmp/hold.$$"
wait_for 10 test -s /tmp/hold.$$
read -r got < /tmp/hold.$$
is "reset of a device never set up releases the disk" "$got" open
kill -9 "$BGPID"
wait "$BGPID" 2> /dev/null
store 0 backing_dev "$disk"
put "$ZSYS/disksize" 4M
store EBUSY backing_dev "$disk"
store EBUSY backing_dev /nowhere
store 0 reset 1
shows none
finish
