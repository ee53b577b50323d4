#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# writeback_limit is exact, whatever the batch: EIO when it is reached, and what
# could not be written is charged to nobody.

. ./lib.sh

limit_is() {
	read -r left < "$ZSYS/writeback_limit"
	is "$1" "$left" "$2"
}

# limited BATCH LIMIT: of 1024 random pages
limited() {
	must zpat discard "$ZDEV" > /dev/null
	must zpat fill -k random "$ZDEV" > /dev/null
	put "$ZSYS/writeback_batch_size" "$1"
	put "$ZSYS/writeback_limit" "$2"
	put "$ZSYS/writeback_limit_enable" 1
	bd_read
	before=$BD_WRITES
	# Kept in the kernel's pages
	limit=$(($2 / PER_PAGE * PER_PAGE))
	if [ "$limit" -ge 1024 ]; then wanted=1024 err=0; else
		wanted=$limit err=EIO
	fi
	store $err writeback huge
	bd_read
	is "batch $1, limit $2: blocks in use and written" \
		"$BD_COUNT $((BD_WRITES - before))" "$wanted $wanted"
	limit_is "batch $1, limit $2: what is left" $((limit - wanted))
	[ $err = 0 ] || runs=$((runs + 1))
	wb_read
	is "batch $1, limit $2: it is the limit that ended runs" \
		"$WB_limited $WB_last_error" "$runs 0"
	put "$ZSYS/writeback_limit_enable" 0
}

bd_use null 32 || skip_all "no null_blk"
disk=$BD
batches="1 3 32 64 100 4096"
limits="0 1 37 1002 1023 1024 2000"
[ -z "${ZT_DEBUG-}" ] || batches="3 100" limits="1 1002 1024"
for packed in 0 1; do
	PACKED=$packed
	zram_new 4M '' "$disk"
	runs=0
	for batch in $batches; do
		for limit in $limits; do
			limited "$batch" "$limit"
		done
	done
	put "$ZSYS/writeback_limit" $((5 * PER_PAGE))
	must zpat discard "$ZDEV" > /dev/null
	must zpat fill -k random "$ZDEV" > /dev/null
	store 0 writeback huge
	bd_read
	is "a limit that is off does not count" "$BD_COUNT" 1024
	limit_is "and is not charged" $((5 * PER_PAGE))
	check "every byte" zpat verify -k random "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	must zpat fill -k random "$ZDEV" > /dev/null
	put "$ZSYS/writeback_limit_enable" 1
	for index in 0 1 2 3 4; do
		store 0 writeback "page_index=$index"
	done
	limit_is "five pages are charged as five" 0
	store EIO writeback "page_index=5"
	store 0 writeback "page_index=0"
	put "$ZSYS/writeback_limit" $((3 * PER_PAGE))
	store 0 writeback "page_index=5"
	limit_is "a new limit counts from then on" $((2 * PER_PAGE))
	zram_reset
	limit_is "reset clears the limit" 0
	must zram_remove
done

# Compressed: a limit of a few blocks takes many pages.
PACKED=1
zram_new 4M '' "$disk"
runs=0
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback_limit" 16
put "$ZSYS/writeback_limit_enable" 1
store EIO writeback idle
bd_read
between "16 blocks, no more" "$BD_COUNT" $((17 - PER_PAGE)) 16
is "each of them written once" "$BD_WRITES" "$BD_COUNT"
wb_read
between "hold more than 16 pages" "$WB_pages" 17 1000
check "every byte" zpat verify -k mixed "$ZDEV"
must zram_remove
PACKED=

# What failed is refunded.
if bd_dm zt_err "linear error" \
	"0 2048 linear $disk 0\\n2048 8 error\\n2056 63480 linear $disk 2056"; then
	zram_new 4M '' "$BD"
	must zpat fill -k random "$ZDEV" > /dev/null
	put "$ZSYS/writeback_limit" 1024
	put "$ZSYS/writeback_limit_enable" 1
	store EIO writeback huge
	limit_is "a block that failed is not charged" 1
	check "every byte, one block failed" zpat verify -k random "$ZDEV"
	must zram_remove
else
	skip "a block that failed is not charged" "no device-mapper"
fi

# A limit that is set while a run goes on is neither overrun nor added to.
bd_use null 32
if bd_slow 0 300 32; then
	zram_new 16M '' "$BD"
	must zpat fill -k random "$ZDEV" > /dev/null
	put "$ZSYS/writeback_batch_size" $((128 / PER_PAGE))
	put "$ZSYS/writeback_limit" 4096
	put "$ZSYS/writeback_limit_enable" 1
	bg ztry "$ZSYS/writeback" huge > /dev/null
	check "a run is under way" wait_for 20 bd_writing zt_slow
	put "$ZSYS/writeback_limit" 96
	bd_read
	check "the run ends" ended "$BGPID" 30
	limit_is "a limit set during a run is used up" 0
	seen=$BD_COUNT
	bd_read
	between "and not overrun" "$BD_WRITES" 96 \
		$((seen + 96 + 128))
	check "every byte, limit set meanwhile" zpat verify -k random "$ZDEV"
else
	skip "a limit set during a run" "no dm-delay"
fi
finish
