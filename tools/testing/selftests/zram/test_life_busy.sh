#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Reset and hot_remove of a device that is open: who uses it is left alone, who
# only looks at it is waited for.

. ./lib.sh

# timed NAME ERRNO LOW HIGH FILE VALUE: what the store says, and after how long
timed() {
	name=$1
	out=$(ztry -t "$5" "$6")
	is "$name" "${out%% *}" "$2"
	between "$name: ms" "${out##* }" "$3" "$4"
}

# Whoever waits does so for a second; a debug kernel may need that for anything.
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
bg ztry $CONTROL/hot_remove "$ZID"
remover=$BGPID
sleep 0.2
read -r added < $CONTROL/hot_add || bail "hot_add beside hot_remove"
if is_over "$remover"; then
	fail "hot_add does not wait until hot_remove has waited"
else
	pass "hot_add does not wait until hot_remove has waited"
fi
wait "$remover"
ZT_IDS="$ZT_IDS $added"
check "the device added meanwhile is removed" zram_remove "$added"
closed
opened -h "$ZDEV" 0.3
timed "reset waits for who only looks" 0 0 20000 "$ZSYS/reset" 1
check "until it is gone" is_over "$zt_holder"
closed
empty "and is done"
put "$ZSYS/disksize" 8M
must zpat fill -k random "$ZDEV" > /dev/null
opened -h "$ZDEV" 0.3
timed "so does hot_remove" 0 0 20000 $CONTROL/hot_remove "$ZID"
check "until it is gone, too" is_over "$zt_holder"
closed
check "and the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
finish
