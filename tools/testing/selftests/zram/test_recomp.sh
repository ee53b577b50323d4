#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Recompression: which pages, what becomes of them, and that nothing is lost.

. ./lib.sh

# fresh KIND: 2048 pages by lzo-rle, to be recompressed by zstd
fresh() {
	[ -z "${ZID-}" ] || must zram_remove
	zram_add
	[ -e "$ZSYS/recompress" ] || absent recompress
	algorithms
	case " $ALGORITHMS " in *" zstd "*) ;; *) skip_all "no zstd" ;; esac
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	case "${2-} $ALGORITHMS " in
	*=deflate*" deflate "*) put "$ZSYS/recomp_algorithm" "$2" ;;
	esac
	[ -z "${BD-}" ] || put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 8M
	must zpat fill -k "$1" -j 2 "$ZDEV" > /dev/null
	mm_read
	size=$MM_COMPR used=$MM_USED
}

fresh text
store 0 recompress "algo=zstd"
mm_read
between "recompressed pages take less" "$MM_COMPR" 1000 $((size * 9 / 10))
between "and so does the pool" "$MM_USED" 1000 $((used - PAGE))
check "every byte is there" zpat verify -k text -j 2 "$ZDEV"
size=$MM_COMPR
store 0 recompress "priority=1"
mm_read
is "what was recompressed is not again" "$MM_COMPR" "$size"
must zpat fill -k text -g 2 -n 1000 "$ZDEV" > /dev/null
check "new and old pages" zpat verify -k text -o 1000 "$ZDEV"
check "written over" zpat verify -k text -g 2 -n 1000 "$ZDEV"

fresh text
put "$ZSYS/idle" all
must zpat verify -k text -n 1024 "$ZDEV" > /dev/null
store 0 recompress "type=idle"
mm_read
half=$MM_COMPR
between "type=idle is for idle pages" "$half" $((size / 2)) $((size - 1000))
store 0 recompress "type=idle"
mm_read
is "which are not idle any more" "$MM_COMPR" "$half"
store 0 recompress "type=huge"
mm_read
is "type=huge: none is" "$MM_COMPR" "$half"
store 0 recompress "max_pages=$((100 / PER_PAGE + 1))"
mm_read
tried=$MM_COMPR
between "max_pages is for fewer than all" "$tried" $((half * 3 / 4 - PAGE + 4096)) \
	$((half - 1000))
store 0 recompress "threshold=$((3000 * PER_PAGE))"
mm_read
is "threshold: no object is as large" "$MM_COMPR" "$tried"
store 0 recompress "threshold=100"
mm_read
between "threshold: none gets below 100 bytes" "$MM_COMPR" "$tried" "$tried"
check "every byte is there" zpat verify -k text -j 2 "$ZDEV"

# Pages of random bytes: nobody makes them smaller
bd_use null 32 || BD=''
fresh random "algo=deflate priority=2"
is "all pages are huge" "$MM_HUGE" 2048
store 0 recompress "type=huge priority=1"
if [ -n "$BD" ]; then
	store 0 writeback incompressible
	bd_read
	is "another algorithm may still do it" "$BD_COUNT" 0
fi
if grep -q 'deflate' "$ZSYS/comp_algorithm"; then
	store 0 recompress "type=huge algo=deflate"
else
	put "$ZSYS/idle" all
	store 0 recompress "type=huge_idle priority=1"
fi
mm_read
is "they stay as they are" "$MM_COMPR $MM_HUGE" "$size 2048"
if [ -n "$BD" ] && grep -q 'deflate' "$ZSYS/comp_algorithm"; then
	store 0 writeback incompressible
	bd_read
	is "the last algorithm has marked them" "$BD_COUNT" 2048
fi
check "every byte is there" zpat verify -k random -j 2 "$ZDEV"
empty_after() {
	must zpat discard "$ZDEV" > /dev/null
	empty "$1"
}
empty_after "all is freed"

# Written back after it was recompressed, and packed
if [ -n "$BD" ]; then
	must zram_remove
	ZID=''
	bd_use null 32
	zram_add
	put "$ZSYS/recomp_algorithm" "algo=zstd"
	put "$ZSYS/compressed_writeback" 1
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 8M
	must zpat fill -k text "$ZDEV" > /dev/null
	store 0 recompress "algo=zstd max_pages=$((1024 / PER_PAGE))"
	put "$ZSYS/idle" all
	store 0 writeback idle
	mm_read
	is "packed: nothing is left in memory" "$MM_COMPR" 0
	check "packed: objects of both algorithms come back" \
		zpat verify -k text -j 2 -R "$ZDEV"
	store 0 recompress "algo=zstd"
	mm_read
	is "what is on the device is left alone" "$MM_COMPR" 0
fi

# The largest objects go first where only some do
BD=''
fresh cycle
store 0 recompress "max_pages=$((512 / PER_PAGE)) algo=zstd"
mm_read
is "the 512 largest are those that do not shrink" "$MM_COMPR" "$size"
store 0 recompress "max_pages=$((512 / PER_PAGE)) algo=zstd"
mm_read
between "then comes the turn of others" "$MM_COMPR" 1000 $((size - 4096))
check "every byte is there" zpat verify -k cycle "$ZDEV"

# What shrinks, but not below the threshold, may be tried again
fresh text
store 0 recompress "threshold=100"
mm_read
is "threshold: none gets below" "$MM_COMPR" "$size"
store 0 recompress "algo=zstd"
mm_read
between "threshold: they are tried again without" "$MM_COMPR" 1000 \
	$((size * 9 / 10))

# A limit below what is in use: no more is taken, but it can get less
fresh text
put "$ZSYS/mem_limit" $((MM_USED - 1048576))
out=$(ztry "$ZSYS/recompress" "algo=zstd")
case $out in
0 | ENOMEM) pass "above the limit: $out" ;;
*) fail "above the limit" "$out" ;;
esac
mm_read
between "above the limit: it has got less" "$MM_COMPR" 1000 $((size * 9 / 10))
between "above the limit: and so has the pool" "$MM_USED" "$PAGE" $((used - PAGE))
between "above the limit: it was never more" "$MM_MAX" 1 \
	$((used + 1048576 + 16 * PAGE))
check "every byte is there" zpat verify -k text -j 2 "$ZDEV"

# again NUMBERS BYTES LEVEL: recompress NUMBERS numbers that are compressed well already.
# Objects of new sizes begin new pages, and old ones leave gaps, but the pool must not
# get larger. The objects must get smaller by BYTES at least.
again() {
	zram_remove
	zram_add
	put "$ZSYS/comp_algorithm" zstd
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/algorithm_params" "priority=0 level=1"
	put "$ZSYS/algorithm_params" "priority=1 level=$3"
	put "$ZSYS/disksize" 16M
	head -n "$1" /tmp/all.$$ > /tmp/seq.$$
	dd if=/tmp/seq.$$ of="$ZDEV" bs=64k conv=fsync 2> /dev/null
	put "$ZSYS/idle" all
	mm_read
	size=$MM_COMPR used=$MM_USED
	store 0 recompress "type=idle"
	mm_read
	echo "# zstd again, $1: objects $size -> $MM_COMPR, pool $used -> $MM_USED"
	between "zstd again, $1: objects are not larger" "$MM_COMPR" 1000 \
		$((size - $2))
	between "zstd again, $1: the pool is not larger" "$MM_USED" 1000 "$used"
	check "zstd again, $1: every byte is there" \
		cmp -n "$(stat -c %s /tmp/seq.$$)" /tmp/seq.$$ "$ZDEV"
}

ZT_FILES="$ZT_FILES /tmp/seq.$$ /tmp/all.$$"
all=2000000
# With debug options this takes minutes.
[ -z "${ZT_DEBUG-}" ] || all=500000
seq 1 $all > /tmp/all.$$
for numbers in 200000 500000; do
	again $numbers 0 19
done
# A few pages, one by one: the pool may be larger, or no page would be replaced.
zram_remove
zram_add
put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
put "$ZSYS/disksize" 4M
must zpat fill -u -k text -n 64 "$ZDEV" > /dev/null
mm_read
size=$MM_COMPR
for _ in 1 2 3 4; do
	store 0 recompress "max_pages=16"
done
mm_read
between "64 pages in four runs take less" "$MM_COMPR" 1000 $((size * 9 / 10))
check "64 pages in four runs: every byte is there" \
	zpat verify -u -k text -n 64 "$ZDEV"
[ $all -lt 2000000 ] || again $all 1 9

# replaced alone|beside: sets NR to the recompressed pages among the first 4096
replaced() {
	zram_remove
	zram_add
	put "$ZSYS/comp_algorithm" lzo
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/disksize" $((65536 * PAGE))
	must zpat fill -u -k mixed -j 2 -n 4096 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	# Write and discard other slots until the file is removed
	[ "$1" = alone ] || : > "/tmp/rewrite.$$"
	while [ -e "/tmp/rewrite.$$" ]; do
		zpat fill -u -k random -o 8192 -n 40000 "$ZDEV"
		zpat discard -u -o 8192 -n 40000 "$ZDEV"
	done > /dev/null &
	store 0 recompress "type=idle"
	NR=$(awk '$1 < 4096 && $3 ~ /r/ { n++ } END { print n + 0 }' \
		"/sys/kernel/debug/zram/zram$ZID/block_state")
	rm -f "/tmp/rewrite.$$"
	wait $!
}

# The run must not count pages that other tasks add to the pool as its own.
mount -t debugfs none /sys/kernel/debug 2> /dev/null
if [ -e "/sys/kernel/debug/zram/zram$ZID/block_state" ]; then
	replaced alone
	alone=$NR
	replaced beside
	between "beside a writer as many pages are recompressed as alone" \
		"$NR" $((alone * 95 / 100)) "$alone"
else
	skip "beside a writer" "no block_state"
fi

# No memory may be taken above the limit
fresh text
put "$ZSYS/mem_limit" "$MM_USED"
out=$(ztry "$ZSYS/recompress" "algo=zstd")
case $out in
0 | ENOMEM) pass "at the limit: $out" ;;
*) fail "at the limit" "$out" ;;
esac
mm_read
between "at the limit: it has not got more" "$MM_COMPR" 1000 "$size"
between "at the limit: the pool was never above it but for a moment" \
	"$MM_MAX" 1 $((MM_LIMIT + 16 * PAGE))
check "every byte is there" zpat verify -k text -j 2 "$ZDEV"

# A limit that allows of no object ends the run: compression would be for nothing
trace=/sys/kernel/tracing
[ -d $trace/events ] || mount -t tracefs none $trace 2> /dev/null
if [ ! -d $trace/events/zram ]; then
	skip "at the limit: the run ends early" "kernel without tracepoints"
	finish
fi
fresh text
put "$ZSYS/compact" 1
mm_read
put "$ZSYS/mem_limit" "$MM_USED"
echo > $trace/trace
put $trace/events/zram/zram_recompress/enable 1
store ENOMEM recompress "algo=zstd"
put $trace/events/zram/zram_recompress/enable 0
tried=$(grep -c ' zram_recompress: ' $trace/trace)
echo > $trace/trace
echo "# at the limit: $tried pages compressed"
between "at the limit: the run ends early" "$tried" 64 $((1024 / PER_PAGE))
check "every byte is there" zpat verify -k text -j 2 "$ZDEV"
finish
