#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Attributes read and written, and the device opened, while data races.

. ./lib.sh

zram_new 16M
# An open device can neither be reset nor removed.
opened -h "$ZDEV"
zhammer -t 4500 "a:$ZSYS" "o:$ZDEV" "w:$ZSYS/compact=1" "w:$ZSYS/idle=all,1" \
	"w:$ZSYS/mem_used_max=0" "w:$ZSYS/reset=1" "w:$ZSYS/disksize=8M" \
	"w:$CONTROL/hot_remove=$ZID" > /tmp/hammer.$$ &
hammer=$!
ZT_FILES=/tmp/hammer.$$
check "data under attribute access" \
	zrace -n 256 -b 8 -j 3 -t 3500 -m 4,4,1,1 "$ZDEV"
wait $hammer
sed 's/^/# /' /tmp/hammer.$$

zram_add
zhammer -t 4000 "a:$ZSYS" "o:$ZDEV" "w:$ZSYS/disksize=4M,8M" \
	"w:$ZSYS/reset=1" "w:$ZSYS/comp_algorithm=lzo,lzo-rle" \
	"w:$ZSYS/mem_limit=0,1M" > /tmp/hammer.$$
sed 's/^/# /' /tmp/hammer.$$
zram_reset
put "$ZSYS/disksize" 8M
put "$ZSYS/mem_limit" 0
check "after disksize against reset the device works" \
	zpat fill -k cycle "$ZDEV"
check "and holds its data" zpat verify -k cycle "$ZDEV"
zram_reset
empty "the pool is empty after reset"

# Devices are removed while somebody who writes to their attributes waits for those
# that add and remove.
closed
zram_remove_all
for _ in 0 1 2 3; do zram_add; done
remove="w:$CONTROL/hot_remove=1,2,3,4,5,6,7,8"
zhammer -t 3000 "$remove" "$remove" > /tmp/hammer.$$ &
removing=$!
zhammer -t 2500 -p 40 "r:$CONTROL/hot_add" \
	"w:/sys/block/zram1/algorithm_params=dict=$CONTROL/hot_add" \
	"w:/sys/block/zram2/algorithm_params=dict=$CONTROL/hot_add" > /tmp/adding.$$ &
ZT_FILES="/tmp/hammer.$$ /tmp/adding.$$"
check "devices are added as dictionaries" ended $! 30
check "and removed, while that goes on" ended $removing 30
sed 's/^/# /' /tmp/adding.$$
sed 's/^/# /' /tmp/hammer.$$
between "devices removed" \
	"$(done_by "w:$CONTROL/hot_remove" /tmp/hammer.$$)" 2 100000000
zram_remove_all
set -- /sys/block/zram*
is "no device is left" "$1" "/sys/block/zram*"
finish
