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
	# A page that is not written in full is written in vain.
	between "$1: a block in use for each page written" \
		$((BD_WRITES - BD_COUNT)) 0 $((2 * (PER_PAGE - 1)))
	between "$1: pages written" "$BD_COUNT" "$3" "$4"
	mm_read
	wb_read
	is "$1: the others are in memory" "$MM_HUGE $WB_pages" \
		"$((4096 - BD_COUNT)) $BD_COUNT"
	is "$1: bytes of content are those of pages written" \
		"$WB_payload_bytes" $((BD_COUNT * 4096))
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
	after "error from 8 MiB on" EIO 2048 2048
	is "a device that fails is not said to have bad blocks" "$WB_bad_blocks" 0
	done_with zt_err
else
	skip "error from 8 MiB on" "no device-mapper"
fi

if bd_dm zt_err "linear error" \
	"0 2048 linear $disk 0\\n2048 8 error\\n2056 63480 linear $disk 2056"; then
	zram_new 16M '' "$BD"
	after "one bad block" EIO $((4096 - PER_PAGE)) $((4096 - PER_PAGE))
	is "one bad block: it is retired" "$WB_bad_blocks" 1
	between "one bad block: its request is written block by block" \
		"$WB_retries" 64 $((64 * PER_PAGE))
	store 0 writeback huge
	bd_read
	wb_read
	is "one bad block: and not used again" "$BD_COUNT $WB_bad_blocks" \
		"4096 1"
	is "one bad block: what was missing is written once" "$BD_WRITES" \
		$((4096 + PER_PAGE - 1))
	must zpat fill -k random -g 2 -b 64 "$ZDEV" > /dev/null
	store 0 writeback huge
	store 0 writeback huge
	check "one bad block: all over again" zpat verify -k random -g 2 "$ZDEV"
	must zpat fill -k random -b 64 "$ZDEV" > /dev/null
	must dm_table zt_err "0 65536 linear $disk 0"
	store 0 writeback huge
	bd_read
	is "the repaired device takes all" "$BD_COUNT" 4096
	check "that too, every byte" zpat verify -k random "$ZDEV"
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
	after "two bad blocks of null_blk" EIO \
		$((4096 - 2 * PER_PAGE)) $((4096 - (PER_PAGE > 1 ? PER_PAGE : 2)))
	is "two bad blocks of null_blk: retired" "$WB_bad_blocks" 2
else
	skip "bad blocks of null_blk" "null_blk without badblocks"
fi

# Packed: what lies on the bad block stays in memory, its neighbours do not.
PACKED=1
if bd_dm zt_err "linear error" \
	"0 800 linear $disk 0\\n800 8 error\\n808 64728 linear $disk 808"; then
	zram_new 16M '' "$BD"
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store EIO writeback idle
	wb_read
	between "packed: pages on one bad block" $((4096 - WB_pages)) 1 $((40 + 2 * (PER_PAGE - 1)))
	is "packed: it is retired" "$WB_bad_blocks" 1
	bd_read
	between "packed: each block written is in use" \
		$((BD_WRITES - BD_COUNT)) 0 $((2 * (PER_PAGE - 1)))
	check "packed: every byte" zpat verify -k mixed -j 2 "$ZDEV"
	store 0 writeback idle
	check "packed: the rest too" zpat verify -k mixed -j 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "packed: no block is left" "$BD_COUNT" 0
	done_with zt_err
else
	skip "packed: one bad block" "no device-mapper"
fi
finish
