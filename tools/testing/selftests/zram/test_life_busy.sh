#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Reset and hot_remove of a device that is open: they refuse a device with a holder, and
# wait for short-lived openers.

. ./lib.sh

# timed NAME ERRNO LOW HIGH FILE VALUE: the store returns ERRNO after LOW to HIGH ms. A busy
# host may make one take long, but not each of five.
timed() {
	name=$1
	for _ in 1 2 3 4 5; do
		out=$(ztry -t "$5" "$6")
		[ "${out##* }" -gt "$4" ] || break
	done
	is "$name" "${out%% *}" "$2"
	between "$name: ms" "${out##* }" "$3" "$4"
}

# waited_for NAME FILE VALUE: the store waits for an opener of 0.3 s. On a busy host the
# second that it waits may be over first, but not each of five times.
waited_for() {
	for _ in 1 2 3 4 5; do
		opened -h "$ZDEV" 0.3
		out=$(ztry "$2" "$3")
		[ "$out" = EBUSY ] || break
		closed
	done
	is "$1" "$out" 0
	check "$1: until it has closed the device" is_over "$zt_holder"
	closed
}

# A store that waits takes a second; a debug kernel may need that for anything.
quick=900
[ -z "${ZT_DEBUG-}" ] || quick=20000
zram_add
opened -h "$ZDEV"
timed "reset of a device without a size, open" 0 0 $quick "$ZSYS/reset" 1
closed
opened -x "$ZDEV"
timed "the same, in use" 0 0 $quick "$ZSYS/reset" 1
closed

zram_new 8M
must zpat fill -k random "$ZDEV" > /dev/null
opened -x "$ZDEV"
timed "reset of a device in use" EBUSY 0 $quick "$ZSYS/reset" 1
timed "hot_remove of a device in use" EBUSY 0 $quick $CONTROL/hot_remove "$ZID"
closed
opened -h "$ZDEV"
timed "reset of a device that stays open" EBUSY 500 20000 "$ZSYS/reset" 1
timed "hot_remove of a device that stays open" EBUSY 500 20000 \
	$CONTROL/hot_remove "$ZID"
check "the data is there" zpat verify -k random "$ZDEV"
# hot_remove waits for the opener; hot_add needs a lock of it meanwhile.
# On a busy host it may itself take a second, but not each time.
waits=
for _ in 1 2 3 4 5; do
	bg ztry $CONTROL/hot_remove "$ZID" > /dev/null
	remover=$BGPID
	sleep 0.2
	read -r added < $CONTROL/hot_add || bail "hot_add beside hot_remove"
	is_over "$remover" || waits=no
	wait "$remover"
	ZT_IDS="$ZT_IDS $added"
	check "the device added meanwhile is removed" zram_remove "$added"
	[ -z "$waits" ] || break
done
is "hot_add does not wait until hot_remove has waited" "$waits" no
closed
waited_for "reset waits for a short-lived opener" "$ZSYS/reset" 1
empty "and is done"
put "$ZSYS/disksize" 8M
must zpat fill -k random "$ZDEV" > /dev/null
waited_for "so does hot_remove" $CONTROL/hot_remove "$ZID"
check "and the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
finish
