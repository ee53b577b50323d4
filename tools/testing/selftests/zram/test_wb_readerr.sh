#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Reads of broken blocks fail with EIO, once each, and never hang; pages in
# memory are not affected.

. ./lib.sh

in_flight() {
	tr -s ' ' < "$ZSYS/inflight"
}

bd_use null 32 || skip_all "no null_blk"
disk=$BD
bd_dm zt_read "linear error" "0 65536 linear $disk 0" ||
	skip_all "no device-mapper"
zram_new 16M '' "$BD"
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
put "$ZSYS/writeback" huge
must zpat fill -k mixed -o 1024 -n 1024 "$ZDEV" > /dev/null
bd_read
is "1024 pages are on the device" "$BD_COUNT" 1024

must dm_table zt_read "0 65536 error"
log_mark_quiet
gives "every read of the broken device fails" "ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k random -n 1024 -b 1 -j 4 "$ZDEV"
logged "blocks that cannot be read are logged" \
	"zram$ZID: cannot read blocks [0-9]* to [0-9]* of the backing device: error -5"
gives "large reads too" "ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k random -n 1024 -b 64 "$ZDEV"
gives "into buffers that are not aligned too" "ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k random -n 1024 -m 512 "$ZDEV"
check "pages in memory are read" zpat verify -k mixed -o 1024 -n 1024 "$ZDEV"
gives "a read over both fails as a whole, then page by page" \
	"ok=8 bad=0 err=8 EIO" zpat verify -k mixed -o 1016 -n 16 "$ZDEV"
is "nothing is in flight" "$(in_flight)" " 0 0"
gives "overwriting needs no read" "ok=$((64 / PER_PAGE)) bad=0 err=0" \
	zpat fill -u -k random -g 2 -n $((64 / PER_PAGE)) -b 1 "$ZDEV"
check "and can be read" zpat verify -k random -g 2 -n 64 "$ZDEV"

must dm_table zt_read "0 4096 linear $disk 0\\n4096 61440 error"
out=$(timeout 100 zpat verify -k random -o 64 -n 960 -b 16 -j 4 "$ZDEV")
is "half of the device is back" "${out%% *}" "ok=448"
# The driver reads a large bio in parts. The status of a part is also that of the bio.
must dm_table zt_read \
	"0 2400 linear $disk 0\\n2400 8 error\\n2408 63128 linear $disk 2408"
io_read
failed=$IO_FAILED_READS
gives "a large read over a broken block fails, then page by page" \
	"ok=$((768 - PER_PAGE)) bad=0 err=$PER_PAGE EIO" \
	timeout 100 zpat verify -k random -o 256 -n 768 -b 768 -H "$ZDEV"
io_read
is "each read that failed is counted once" $((IO_FAILED_READS - failed)) \
	$((1 + PER_PAGE))
must dm_table zt_read "0 65536 linear $disk 0"
check "all of the device is back" \
	zpat verify -k random -o 64 -n 960 "$ZDEV"
zram_reset
bd_read
is "no block is left after reset" "$BD_COUNT" 0
empty "the pool is empty after reset"
must zram_remove

PACKED=1
zram_new 16M '' "$BD"
must zpat fill -k mixed -n 1024 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
must dm_table zt_read "0 65536 error"
log_mark_quiet
gives "packed: every read of the broken device fails" \
	"ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k mixed -n 1024 -b 1 -j 4 "$ZDEV"
logged "packed: blocks that cannot be read are logged" \
	"zram$ZID: cannot read blocks [0-9]* to [0-9]* of the backing device: error -5"
gives "packed: large reads too" "ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k mixed -n 1024 -b 64 "$ZDEV"
gives "packed: into buffers that are not aligned too" "ok=0 bad=0 err=1024 EIO" \
	timeout 100 zpat verify -k mixed -n 1024 -m 512 "$ZDEV"
io_read
between "packed: they are counted" "$IO_FAILED_READS" 1040 100000
is "packed: nothing is in flight" "$(in_flight)" " 0 0"
must dm_table zt_read "0 65536 linear $disk 0"
check "packed: the device is back" zpat verify -k mixed -n 1024 "$ZDEV"
finish
