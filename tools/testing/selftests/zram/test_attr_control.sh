#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
# hot_add, hot_remove and the num_devices parameter.

. ./lib.sh

remove() {
	gives "hot_remove '$2' gives $1" "$1" ztry "$CONTROL/hot_remove" "$2"
}

devices() {
	set -- /sys/block/zram*
	[ -d "$1" ] || set --
	echo $#
}

load() {
	must insmod "$ZRAM_KO" "num_devices=$1"
	is "num_devices=$1" "$(devices)" "$1"
	check "the module unloads with $1 devices" zram_unload
}

zram_load
zram_remove_all
is "no device is left" "$(devices)" 0
for want in 0 1 2 3; do
	zram_add
	is "hot_add takes the lowest free number" "$ZID" $want
done
must zram_remove 1
zram_add
is "a number is used again" "$ZID" 1
is "modes" "$(cd $CONTROL && stat -c '%a' hot_add hot_remove | tr '\n' ' ')" \
	"400 200 "
remove EINVAL -1
remove EINVAL abc
remove ENODEV 99
remove ENODEV 4
put "$ZSYS/disksize" 4M
opened -h "$ZDEV"
remove EBUSY 1
read -r state < "$ZSYS/initstate"
is "a refused removal changes nothing" "$state" 1
closed
wait_for 5 zram_remove 1
remove ENODEV 1

# replaced NAME: remove the device that a first removal waits for, and add a new device
# of its number, while the first removal gets no CPU. Returns 1 if the first removal
# succeeded before.
replaced() {
	zram_add
	zt_id=$ZID
	opened -h "$ZDEV"
	bg taskset 2 ztry "$CONTROL/hot_remove" "$zt_id" > "$ZT_FILES"
	waits=$BGPID
	sleep 0.2
	bg taskset 2 chrt -f 1 sh -c 'while :; do :; done'
	zt_hog=$BGPID
	sleep 0.1
	closed
	store_quietly "$CONTROL/hot_remove" "$zt_id" 2> /dev/null &&
		read -r ZID < "$CONTROL/hot_add"
	zt_first=$?
	kill -9 "$zt_hog"
	check "$1: the removal that waits ends" ended "$waits" 5
	wait "$waits" "$zt_hog"
	[ $zt_first -eq 0 ] || { zram_forget "$zt_id"; return 1; }
	is "$1: the number is used again" "$ZID" "$zt_id"
	# EBUSY if its second was over
	read -r zt_got < "$ZT_FILES"
	case $zt_got in
	ENODEV | EBUSY) pass "$1: the waiting removal fails" ;;
	*) fail "$1: the waiting removal fails" "$zt_got" ;;
	esac
	check "$1: the new device stays" test -d "/sys/block/zram$zt_id"
	zram_remove "$zt_id"
}

if [ "$(nproc)" -gt 1 ] && command -v chrt > /dev/null; then
	ZT_FILES=/tmp/remove.$$
	must taskset -p 1 $$ > /dev/null
	zt_n=0
	for round in 1 2 3 4 5 6 7 8; do
		[ $zt_n -lt 3 ] || break
		! replaced "replaced ($round)" || zt_n=$((zt_n + 1))
	done
	must taskset -p ff $$ > /dev/null
	between "a device was replaced while a removal waited" $zt_n 1 3
fi
zram_remove_all
need_module
check "the module unloads" zram_unload
load 0
load 1
load 3
if insmod "$ZRAM_KO" num_devices=abc 2> /dev/null; then
	fail "num_devices=abc is refused"
	zram_unload
else
	pass "num_devices=abc is refused"
fi
must insmod "$ZRAM_KO" num_devices=3
put /sys/block/zram1/disksize 8M
must zpat fill -k random /dev/zram1 > /dev/null
check "it unloads with data in a device" zram_unload
zram_load
is "the default is one device" "$(devices)" 1
[ ! -e /sys/module/zram/parameters/num_devices ] ||
	fail "num_devices is not in /sys/module"
finish
