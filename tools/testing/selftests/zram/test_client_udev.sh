#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
# zramctl makes and takes away devices while udev looks at each of them: it never
# fails. ZT_ROUNDS sets how often (25).

. ./lib.sh

udev_start || skip_all "no udev"
need_program zramctl
zram_load
rounds=${ZT_ROUNDS-25}
[ -z "${ZT_DEBUG-}" ] || rounds=8

# counted NAME COMMAND...: rounds of it, none of which fails. The driver waits for udev for a
# second. On a busy host udev may need longer: such a round is done again, ten at most.
counted() {
	name=$1
	shift
	failed=0 first='' round=0 late=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		clock
		begun=$NOW
		zt_out=$("$@" 2>&1) && continue
		clock
		if [ $((NOW - begun)) -ge 1000 ] && [ $late -lt 10 ]; then
			late=$((late + 1)) round=$((round - 1))
			[ -z "${ZSYS-}" ] || zram_reset
			continue
		fi
		failed=$((failed + 1))
		first=${first:-round $round: $zt_out}
	done
	echo "# $name: $failed of $rounds failed, $late more: udev needed a second"
	is "$name: none of $rounds fails" "$failed $first" "0 "
}

# shellcheck disable=SC2317 # called by counted
find_and_reset() {
	dev=$(zramctl -f -s 16M) && zramctl -r "$dev"
}

# shellcheck disable=SC2317 # called by counted
swap_and_reset() {
	dev=$(zramctl -f -s 16M) && mkswap "$dev" > /dev/null &&
		swapon "$dev" && swapoff "$dev" && zramctl -r "$dev"
}

# shellcheck disable=SC2317 # called by counted
add_and_remove() {
	read -r id < "$CONTROL/hot_add" && echo 16M > "/sys/block/zram$id/disksize" &&
		echo "$id" > "$CONTROL/hot_remove"
}

# shellcheck disable=SC2317 # called by counted
set_and_reset() {
	echo lz4 > "$ZSYS/comp_algorithm" && echo 16M > "$ZSYS/disksize" &&
		echo 1 > "$ZSYS/reset"
}

counted "zramctl -f, zramctl -r" find_and_reset
counted "zramctl, mkswap, swapon, swapoff, zramctl" swap_and_reset
counted "hot_add, disksize, hot_remove" add_and_remove
zram_add
counted "comp_algorithm, disksize, reset" set_and_reset
put "$ZSYS/disksize" 16M
swap_on
store EBUSY reset 1
gives "a device in use is not removed" EBUSY ztry $CONTROL/hot_remove "$ZID"
must swapoff "$ZDEV"
store 0 reset 1
udevadm settle
finish
