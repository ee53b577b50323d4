#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# The module comes and goes 20 times with data in it, 10 times more while its
# attributes are read and written; half as often on a debug kernel.

. ./lib.sh

zram_load
zram_remove_all
need_module
must zram_unload
rounds=20
[ -z "${ZT_DEBUG-}" ] || rounds=10
for round in $(seq $rounds); do
	must insmod "$ZRAM_KO" num_devices=2
	put /sys/block/zram0/disksize 8M
	must zpat fill -k cycle -n 256 /dev/zram0 > /dev/null
	wait_for 5 zram_unload || bail "round $round: rmmod"
done
pass "$rounds times"
check "the major number is given back" \
	sh -c "! grep -qw zram /proc/devices"
set -- /sys/block/zram*
is "no device is left" "$1" "/sys/block/zram*"
check "no class is left" test ! -d $CONTROL

# A udev rule for a new device may read hot_add.
bg sh -c "until [ -e /sys/block/zram0 ]; do :; done; [ -e $CONTROL/hot_add ]"
watcher=$BGPID
must insmod "$ZRAM_KO" num_devices=32
if wait "$watcher"; then pass "the class is there before the first device"; else
	fail "the class is there before the first device"
fi
wait_for 10 zram_unload || bail "rmmod of 32 devices"

dir=/sys/block/zram0
# Until it is told to end, and with pauses: insmod needs a CPU too.
bg zhammer -t 250000 -p 1 a:$dir w:$dir/disksize=4M,8M w:$dir/reset=1 \
	w:$dir/comp_algorithm=lzo,lzo-rle w:$CONTROL/hot_remove=1 \
	r:$CONTROL/hot_add > /tmp/hammer.$$
hammer=$BGPID
ZT_FILES=/tmp/hammer.$$
for round in $(seq $((rounds / 2))); do
	must insmod "$ZRAM_KO"
	sleep 0.2
	wait_for 10 zram_unload || bail "round $round: rmmod under access"
done
pass "$((rounds / 2)) times under access"
kill "$hammer"
wait
sed 's/^/# /' /tmp/hammer.$$
for job in a: "w:$dir/disksize" "w:$dir/comp_algorithm" r:; do
	between "access that succeeds: ${job##*/}" \
		"$(done_by "$job" /tmp/hammer.$$)" 1 100000000
done
set -- /sys/block/zram*
is "no device is left behind" "$1" "/sys/block/zram*"
finish
