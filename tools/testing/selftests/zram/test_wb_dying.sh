#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# A device that takes seconds for each write, or each read, and then fails: the run ends
# soon, and no block is retired. A block that can be written again is used again.

. ./lib.sh

bd_use null 64 || skip_all "no null_blk"
disk=$BD
bd_dm zt_dead error "0 131072 error" || skip_all "no device-mapper"
dead=$BD
bd_dm zt_slow delay "0 131072 delay $disk 0 0 $dead 0 3000" ||
	skip_all "no dm-delay"
SLOW=$disk DEV_SECTORS=131072

# dies NAME SECONDS
dies() {
	zram_new 32M '' "$BD"
	must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
	clock
	start=$NOW
	bg ztry "$ZSYS/writeback" huge > /tmp/run.$$
	ZT_FILES=/tmp/run.$$
	writer=$BGPID
	if ended "$writer" "$2"; then
		clock
		pass "$1: the run ends ($((NOW - start)) ms)"
	else
		fail "$1: the run ends within $2 s"
		dm_fast
		ended "$writer" 60
		finish
	fi
	is "$1: with EIO" "$(cat /tmp/run.$$)" EIO
	wb_read
	is "$1: nothing is written, nothing is retired" \
		"$WB_pages $WB_bad_blocks" "0 0"
	check "$1: every byte" zpat verify -k random -j 2 "$ZDEV"
	must zram_remove
}

dies whole 40
PACKED=1
dies packed 40
# Writes succeed, but the run cannot read back what it wrote. Several are in flight.
must dm_table zt_slow "0 131072 delay $dead 0 4000 $disk 0 1000"
dies "packed, reads" 30
PACKED=0
dies "whole, reads" 30
dm_fast

# One block fails, is retired, and is used again after the repair.
log_mark_quiet
PACKED=
must dm_table zt_slow \
	"0 2048 linear $disk 0\\n2048 8 error\\n2056 129016 linear $disk 2056"
zram_new 16M '' "$BD"
must zpat fill -k random -b 64 "$ZDEV" > /dev/null
store EIO writeback huge
wb_read
is "a bad block is retired" "$WB_bad_blocks" 1
must zpat fill -k random -g 2 -n 64 -b 64 "$ZDEV" > /dev/null
store 0 writeback huge
wb_read
is "it stays so while it fails" "$WB_bad_blocks" 1
dm_fast
must zpat fill -k random -g 3 -n 64 -b 64 "$ZDEV" > /dev/null
store 0 writeback huge
wb_read
is "it is used again once it can be written" "$WB_bad_blocks" 0
check "every byte" zpat verify -k random -o 64 "$ZDEV"
check "the last ones, too" zpat verify -k random -g 3 -n 64 "$ZDEV"
for line in "writing blocks .* failed" "block 256 cannot be written, it is retired" \
	"retired blocks can be written again"; do
	logged "the log says: $line" "zram$ZID: .*$line"
done
finish
