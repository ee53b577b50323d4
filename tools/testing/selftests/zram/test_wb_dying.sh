#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# slow: 50
# A device that takes seconds for each write, or each read, and then fails: the run ends
# soon, and no block is retired. A block that can be written again is used again.

# shellcheck disable=SC2154 # dies() has them from eval

. ./lib.sh

# They die side by side, each on 64 MiB of the disk: nearly all of it is waiting.
sectors=131072
bd_use null 320 || skip_all "no null_blk"
disk=$BD
bd_dm zt_dead error "0 $((4 * sectors)) error" || skip_all "no device-mapper"
dead=$BD
runs=0

# begin NAME PACKED READ_DEVICE READ_MS WRITE_DEVICE WRITE_MS: a run on such a device
begin() {
	at=$((runs * sectors))
	runs=$((runs + 1))
	bd_dm "zt_dying$runs" delay "0 $sectors delay $3 $at $4 $5 $at $6" ||
		skip_all "no dm-delay"
	PACKED=$2
	zram_new 32M '' "$BD"
	must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
	bg ztry -t "$ZSYS/writeback" huge > "/tmp/run.$$.$runs"
	ZT_FILES="$ZT_FILES /tmp/run.$$.$runs"
	eval "name$runs=\$1 writer$runs=$BGPID id$runs=$ZID"
}

# dies RUN SECONDS: the run ends, within so many seconds of its beginning
dies() {
	eval "name=\$name$1 writer=\$writer$1 ZID=\$id$1"
	ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
	ended "$writer" 100 || bail "$name: the run ends"
	read -r error ms < "/tmp/run.$$.$1"
	between "$name: the run ends, ms" "$ms" 0 $(($2 * 1000))
	is "$name: with EIO" "$error" EIO
	wb_read
	is "$name: nothing is written, nothing is retired" \
		"$WB_pages $WB_bad_blocks" "0 0"
	check "$name: every byte" zpat verify -k random -j 2 "$ZDEV"
	must zram_remove
}

begin whole 0 "$disk" 0 "$dead" 3000
begin packed 1 "$disk" 0 "$dead" 3000
# Writes succeed, but the run cannot read back what it wrote. Several are in flight.
begin "packed, reads" 1 "$dead" 4000 "$disk" 1000
begin "whole, reads" 0 "$dead" 4000 "$disk" 1000
# The first read fails after 11 s. All is well afterwards, but a run has spent its time.
at=$((runs * sectors))
must bd_dm zt_back error "0 $sectors error"
must bd_dm zt_late delay "0 $sectors delay $BD 0 11000 $disk $at 0"
back_sys=$BDSYS
PACKED=0
zram_new 32M '' "$BD"
must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
put "$ZSYS/writeback_batch_size" 1
read -r back_reads _ < "$back_sys/stat"
bg ztry -t "$ZSYS/writeback" huge > "/tmp/run.$$.back"
ZT_FILES="$ZT_FILES /tmp/run.$$.back"
back=$BGPID back_id=$ZID
# shellcheck disable=SC2317 # called by wait_for
failed_once() {
	read -r zt_reads _ < "$back_sys/stat"
	[ "$zt_reads" -gt "$back_reads" ]
}
wait_for 30 failed_once || bail "reads that recover: the first one fails"
# The read of the retry is still held
must dm_table zt_back "0 $sectors linear $disk $at"

dies 1 40
dies 2 40
dies 3 30
dies 4 30

ZID=$back_id
ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
ended "$back" 100 || bail "reads that recover: the run does not end"
read -r error ms < "/tmp/run.$$.back"
is "reads that recover: the run ends with EIO" "$error" EIO
between "reads that recover: it did wait, ms" "$ms" 20000 60000
wb_read
is "reads that recover: the page is written, nothing is retired" \
	"$WB_pages $WB_bad_blocks" "1 0"
check "reads that recover: every byte" zpat verify -k random -j 2 "$ZDEV"
must zram_remove

# One block fails, is retired, and is used again after the repair.
log_mark_quiet
PACKED=
must bd_dm zt_bad "linear error" \
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
must dm_table zt_bad "0 $sectors linear $disk 0"
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
