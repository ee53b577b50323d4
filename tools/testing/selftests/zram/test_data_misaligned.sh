#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# O_DIRECT from and to buffers at every 512-byte offset: right data, nothing
# outside the buffer touched. For whole pages and for vectors that split them.

. ./lib.sh

zram_new 16M
must zpat fill -k cycle "$ZDEV" > /dev/null
out=$(zdio "$ZDEV" 100 2>&1)
status=$?
if [ $status -eq 0 ]; then
	pass "buffers at every 512-byte offset"
else
	fail "buffers at every 512-byte offset" "$(echo "$out" | head -n 12)
zdio says $(echo "$out" | grep -c wrong) cases with wrong data"
fi
case $out in
*refused=0) pass "vectors that split pages" ;;
*) skip "some vectors that split pages" "not taken by this block layer" ;;
esac
for off in 512 1536 3584; do
	must zpat fill -m $off -b 64 -g 2 -k cycle -o 1024 -n 512 \
		"$ZDEV" > /dev/null
	check "256 KiB I/O, written at offset $off" \
		zpat verify -b 64 -g 2 -k cycle -o 1024 -n 512 "$ZDEV"
	check "256 KiB I/O, read at offset $off" \
		zpat verify -m $off -b 64 -k cycle -o 2048 -n 512 "$ZDEV"
done
check "the pages before are intact" zpat verify -k cycle -n 100 "$ZDEV"
check "the pages behind are intact" \
	zpat verify -k cycle -o 200 -n 824 "$ZDEV"
finish
