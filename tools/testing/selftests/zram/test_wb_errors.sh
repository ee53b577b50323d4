#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Write errors of the backing device: the store returns them, what could not
# be written stays in memory, the rest is written, nothing is lost.

. ./lib.sh

# after NAME ERRNO LOW HIGH: a run over 4096 pages that partly fails
after() {
	must zpat fill -k random -b 64 "$ZDEV" > /dev/null
	store "$2" writeback huge
	bd_read
	is "$1: a block in use for each page written" "$BD_COUNT" "$BD_WRITES"
	between "$1: pages written" "$BD_WRITES" "$3" "$4"
	mm_read
	is "$1: the others are in memory" "$MM_HUGE" $((4096 - BD_COUNT))
	check "$1: every byte" zpat verify -k random -j 2 "$ZDEV"
}

done_with() {
	zram_reset
	must zram_remove
	dmsetup remove --noudevsync "$1"
	ZT_DMS=
}

bd_use null 32 || skip_all "no null_blk"
disk=$BD
if bd_dm zt_err "linear error" \
	"0 16384 linear $disk 0\\n16384 49152 error"; then
	zram_new 16M '' "$BD"
	after "error from 8 MiB on" EIO 1024 2048
	done_with zt_err
else
	skip "error from 8 MiB on" "no device-mapper"
fi

if bd_dm zt_err "linear error" \
	"0 2048 linear $disk 0\\n2048 8 error\\n2056 63480 linear $disk 2056"; then
	zram_new 16M '' "$BD"
	after "one bad block" EIO 3584 4095
	must dm_table zt_err "0 65536 linear $disk 0"
	store 0 writeback huge
	bd_read
	is "the repaired device takes the rest" "$BD_COUNT $BD_WRITES" \
		"4096 4096"
	check "the rest too, every byte" zpat verify -k random "$ZDEV"
	done_with zt_err
else
	skip "one bad block" "no device-mapper"
fi

if bd_dm zt_err flakey "0 65536 flakey $disk 0 0 1000 1 error_writes"; then
	zram_new 16M '' "$BD"
	after "every write fails" EIO 0 0
	done_with zt_err
else
	skip "every write fails" "no dm-flakey"
fi

bd_null 32 || bail "second null_blk"
if [ -e "$BDCONF/badblocks" ]; then
	put "$BDCONF/badblocks" "+8000-8015"
	zram_new 16M '' "$BD"
	after "two bad blocks of null_blk" EIO 3500 4094
else
	skip "bad blocks of null_blk" "null_blk without badblocks"
fi
finish
