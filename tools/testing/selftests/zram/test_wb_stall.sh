#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# slow: 35
# A backing device that stops answering for half a minute: statistics can be
# read, the zram device goes on, the run and the reads end when it is back.

. ./lib.sh

bd_use null 32 || skip_all "no null_blk"
disk=$BD
bd_dm zt_stall linear "0 65536 linear $disk 0" || skip_all "no device-mapper"
PACKED=1
zram_new 16M '' "$BD"
must zpat fill -k cycle "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store 0 writeback "page_indexes=0-$((1024 / PER_PAGE - 1))"
dmsetup suspend --noflush --nolockfs --noudevsync zt_stall
ZT_AT_EXIT=resume
resume() {
	dmsetup resume --noudevsync zt_stall 2> /dev/null
}
bg ztry "$ZSYS/writeback" idle > /tmp/run.$$
run=$BGPID
bg zpat verify -k cycle -n 1024 -j 4 "$ZDEV" > /tmp/read.$$
read=$BGPID
ZT_FILES="/tmp/run.$$ /tmp/read.$$ /tmp/lat.$$"
sleep 1
zhammer -t 2000 -p 20 "r:$ZSYS/mm_stat" "r:$ZSYS/bd_stat" \
	"r:$ZSYS/writeback_stat" > /tmp/lat.$$
while read -r name rounds ms errors; do
	between "${name##*/} is read (longest ${ms#max_ms=} ms)" \
		"${rounds#n=}" 3 1000
	is "${name##*/}: no read fails" "$errors" ""
done < /tmp/lat.$$
check "pages in memory are read" zpat verify -k cycle -o 2048 -n 2048 "$ZDEV"
check "and written" zpat fill -k cycle -g 2 -o 2048 -n 2048 "$ZDEV"
if is_over "$run"; then fail "the run waits"; else pass "the run waits"; fi
if is_over "$read"; then fail "the reads wait"; else pass "the reads wait"; fi
sleep 27
resume
check "the run ends" ended "$run" 20
is "and succeeds" "$(cat /tmp/run.$$)" 0
check "the reads end" ended "$read" 20
is "with the right data" "$(tail -n 1 /tmp/read.$$)" "ok=1024 bad=0 err=0"
check "every byte, one" zpat verify -k cycle -n 2048 "$ZDEV"
check "every byte, two" zpat verify -k cycle -g 2 -o 2048 -n 2048 "$ZDEV"
finish
