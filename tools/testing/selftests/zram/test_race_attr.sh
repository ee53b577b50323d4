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
finish
