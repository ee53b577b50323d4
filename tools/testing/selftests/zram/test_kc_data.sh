#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Pages on their way through kcompressd: readable at once, and every byte right.

. ./lib.sh

# Each thread, and the pages it has done since it is there
threads_done() {
	awk '/^kcompressd/ { print $1, $2 }' "$ZSYS/kcompressd_stat"
}

kc_start 2
zram_add
algorithms
must zram_remove
# One will do where all take their time.
[ -z "${ZT_DEBUG-}" ] || ALGORITHMS=${ALGORITHMS%% *}
for alg in $ALGORITHMS; do
	zram_new 16M "$alg"
	before=$(threads_done)
	put "$ZSYS/kcompressd" all
	check "$alg: fill" zpat fill -k cycle -j 2 "$ZDEV"
	check "$alg: read back" zpat verify -k cycle -j 2 "$ZDEV"
	check "$alg: races" zrace -n 256 -b 8 -j 6 -t 1500 "$ZDEV"
	kc_idle "$alg: all is compressed"
	between "$alg: by kcompressd" "$KC_completed" 100 100000000
	is "$alg: by each of its threads" "$(echo "$before$NL$(threads_done)" |
		awk '$1 in done && $2 > done[$1] { n++ } { done[$1] = $2 }
			END { print n + 0 }')" 2
	zram_reset
	empty "$alg: the pool is empty after reset"
	must zram_remove
done

# One thread, few pages: most is compressed by the writer, in between.
kc_start 1 4
zram_new 16M
put "$ZSYS/kcompressd" all
must zpat fill -k random -j 4 "$ZDEV" > /dev/null
check "a queue that is full" zpat verify -k random -j 2 "$ZDEV"
kc_idle "a queue that is full: all is stored"
between "a queue that is full: writers did some" "$KC_inline_full" 1 100000
mm_read
is "every page is huge" "$MM_HUGE $MM_COMPR" "4096 16777216"
must zpat fill -k same -g 2 "$ZDEV" > /dev/null
kc_read
is "same-filled pages do not queue" $((KC_inline_same * PER_PAGE)) 4096
mm_read
is "and take no memory" "$MM_COMPR $MM_USED" "0 0"
check "misaligned buffers" zpat fill -k mixed -g 3 -m 512 "$ZDEV"
check "are stored as ever" zpat verify -k mixed -g 3 "$ZDEV"
kc_read
between "by the writer" "$KC_inline_part" 1 100000
must zram_remove

# mem_limit counts a page that is staged in full.
kc_start 1 4096
zram_new 32M
put "$ZSYS/kcompressd" all
put "$ZSYS/mem_limit" 4M
out=$(zpat fill -u -k random -j 2 -b 1 "$ZDEV")
case $out in
*EIO) pass "over the limit writes fail" ;;
*) fail "over the limit writes fail" "$out" ;;
esac
ok=${out#ok=}
ok=${ok%% *}
kc_idle "mem_limit: what was accepted is stored"
mm_read
# The allocator takes some pages at a time.
between "mem_limit: it is kept to" "$MM_USED" 1048576 \
	$((4194304 + 32 * PAGE))
between "mem_limit: the most there was, but for a moment" "$MM_MAX" \
	1048576 $((4194304 + 64 * PAGE))
is "mem_limit: what was accepted is there" $((MM_ORIG / PAGE)) "$ok"
must zpat discard "$ZDEV" > /dev/null
out=$(zpat fill -u -k mixed -j 2 -b 1 "$ZDEV")
ok=${out#ok=}
ok=${ok%% *}
kc_idle "mem_limit: what compresses is compressed"
mm_read
between "mem_limit: pages that take a third each, by their number" \
	$((ok * PER_PAGE)) 2300 4000
between "mem_limit: and it is kept to" "$MM_USED" 3145728 \
	$((4194304 + 32 * PAGE))
put "$ZSYS/mem_limit" 0
must zpat fill -k mixed -j 2 "$ZDEV" > /dev/null
check "without the limit all fits" zpat verify -k mixed -j 2 "$ZDEV"
kc_idle "and is compressed"
must zram_remove
finish
