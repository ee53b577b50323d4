#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# mem_limit on the block device: EIO, counted, and the old data stays.

. ./lib.sh

zram_new 32M
must zpat fill -k random -n 512 "$ZDEV" > /dev/null
must zpat fill -k mixed -o 512 -n 512 "$ZDEV" > /dev/null
put "$ZSYS/mem_limit" 4M
out=$(zpat fill -u -k random -o $((1024 / PER_PAGE)) \
	-n $((2048 / PER_PAGE)) -b 1 "$ZDEV")
errors=${out##*err=}
errors=${errors%% *}
between "writes over the limit fail" "$errors" \
	$((1024 / PER_PAGE)) $((2047 / PER_PAGE))
is "with EIO" "${out##* }" EIO
io_read
# A larger page that fails is tried again in parts.
[ "$PER_PAGE" -eq 1 ] || errors=$((errors * (PER_PAGE + 1)))
is "failed_writes counts each" "$IO_FAILED_WRITES" "$errors"
[ "$PER_PAGE" -eq 1 ] || errors=$((errors / (PER_PAGE + 1)))
mm_read
between "mem_used_total keeps to the limit" "$MM_USED" 3145728 4194304
is "what failed is not stored" "$((MM_ORIG / PAGE))" \
	$((3072 / PER_PAGE - errors))
check "the old data is intact" zpat verify -k random -n 512 "$ZDEV"
check "all of it" zpat verify -k mixed -o 512 -n 512 "$ZDEV"
gives "overwriting compressed pages with random data fails" \
	"ok=0 bad=0 err=$((64 / PER_PAGE)) EIO" \
	zpat fill -u -k random -g 2 -o $((512 / PER_PAGE)) \
	-n $((64 / PER_PAGE)) -b 1 "$ZDEV"
check "and leaves them as they were" zpat verify -k mixed -o 512 -n 512 "$ZDEV"
gives "same-filled pages need no memory" "ok=64 bad=0 err=0" \
	zpat fill -k same -o 4096 -n 64 "$ZDEV"
must zpat discard -n 256 "$ZDEV" > /dev/null
gives "freed memory can be used again" "ok=192 bad=0 err=0" \
	zpat fill -k random -g 2 -n 192 "$ZDEV"
put "$ZSYS/mem_limit" 0
check "without a limit all can be written" \
	zpat fill -k random -g 3 "$ZDEV"
check "and read" zpat verify -k random -g 3 "$ZDEV"
zram_reset
empty "the pool is empty after reset"
finish
