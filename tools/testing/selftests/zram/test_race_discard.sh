#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Writes, reads, discards and write-zeroes on the same pages.

. ./lib.sh

zram_new 16M
check "discards against writes, few pages" \
	zrace -n 4 -b 4 -j 6 -t 3000 -m 4,4,3,1 "$ZDEV"
check "the same on many" zrace -n 512 -b 16 -j 6 -t 3000 -m 4,4,3,1 "$ZDEV"
must zpat discard "$ZDEV" > /dev/null
empty "the pool is empty after discard"
finish
