#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# 1000 rounds of hot_add, disksize, write, reset and hot_remove, racing opens
# and attribute reads; 80 on a debug kernel, where a round takes ten times as
# long.

. ./lib.sh

# A device that stays keeps the slab caches all pools share: a 6.1 kernel can
# fail to create a cache while another CPU destroys its namesake.
zram_load
zram_remove_all
zram_new 4K
rounds=1000
[ -z "${ZT_DEBUG-}" ] || rounds=40
out=$(zcycle -n $rounds -j 6 -l 2 2>&1)
status=$?
echo "# $out"
is "the program ends well" $status 0
case $out in
*rounds=$rounds\ *) pass "$rounds rounds" ;;
*) fail "$rounds rounds" ;;
esac
case $out in
*"opens=0 "* | *reads=0) fail "somebody looked on" ;;
*) pass "somebody looked on" ;;
esac
must zram_remove
set -- /sys/block/zram*
is "no device is left" "$1" "/sys/block/zram*"
need_module
check "the module unloads" zram_unload
finish
