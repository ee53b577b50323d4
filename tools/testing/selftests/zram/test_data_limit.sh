#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# mem_limit on the block device: EIO, counted, and the old data stays.

. ./lib.sh

zram_new 32M
must zpat fill -k random -n 512 "$ZDEV" > /dev/null
must zpat fill -k mixed -o 512 -n 512 "$ZDEV" > /dev/null
put "$ZSYS/mem_limit" 4M
out=$(zpat fill -k random -o 1024 -n 2048 -b 1 "$ZDEV")
errors=${out##*err=}
errors=${errors%% *}
between "writes over the limit fail" "$errors" 1024 2047
is "with EIO" "${out##* }" EIO
io_read
is "failed_writes counts each" "$IO_FAILED_WRITES" "$errors"
mm_read
between "mem_used_total keeps to the limit" "$MM_USED" 3145728 4194304
is "what failed is not stored" "$((MM_ORIG / 4096))" $((3072 - errors))
check "the old data is intact" zpat verify -k random -n 512 "$ZDEV"
check "all of it" zpat verify -k mixed -o 512 -n 512 "$ZDEV"
gives "overwriting compressed pages with random data fails" \
	"ok=0 bad=0 err=64 EIO" \
	zpat fill -k random -g 2 -o 512 -n 64 -b 1 "$ZDEV"
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
