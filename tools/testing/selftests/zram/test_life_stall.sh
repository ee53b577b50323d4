#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Reset and removal while the backing device does not answer: attributes stay
# readable, and the hung-task detector has nothing to report.

. ./lib.sh

# A task that waits for the backing device waits longer than this
quick=6000
[ -z "${ZT_DEBUG-}" ] || quick=10000

# readable NAME: each statistic is read in time
readable() {
	bg zhammer -t 2000 -p 20 "r:$ZSYS/mm_stat" "r:$ZSYS/bd_stat" \
		"r:$ZSYS/io_stat" "r:$ZSYS/writeback_stat" \
		"r:$ZSYS/initstate" "r:$ZSYS/disksize" \
		"r:$ZSYS/backing_dev" "r:$ZSYS/comp_algorithm" > $reads
	if ! ended "$BGPID" 30; then
		fail "$1: attributes can be read"
		return
	fi
	while read -r name rounds ms errors; do
		between "$1: ${name##*/} is read, longest ms" "${ms#max_ms=}" \
			0 $quick
		is "$1: ${name##*/} is read ($rounds)" "$errors" ""
	done < $reads
}

# waits NAME PID: the task is still there
waits() {
	if is_over "$2"; then fail "$1"; else pass "$1"; fi
}

# shellcheck disable=SC2317 # called by the clean-up
restore() {
	dmsetup resume --noudevsync zt_stall 2> /dev/null
}

reads=/tmp/reads.$$
ZT_FILES="/tmp/run.$$ /tmp/reset.$$ /tmp/remove.$$ $reads"
bd_use null 32 || skip_all "no null_blk"
disk=$BD
bd_dm zt_stall linear "0 65536 linear $disk 0" || skip_all "no device-mapper"
zram_new 16M '' "$BD"
must zpat fill -k random "$ZDEV" > /dev/null
ZT_AT_EXIT=restore
hung_watch
must dmsetup suspend --noflush --nolockfs --noudevsync zt_stall
bg ztry "$ZSYS/writeback" huge > /tmp/run.$$
run=$BGPID
sleep 0.5
waits "the run waits for the disk" "$run"
bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
reset=$BGPID
sleep 0.5
waits "reset waits for the run" "$reset"
readable "beside reset"
kill -9 "$reset"
check "reset ends when it is killed" ended "$reset" 5
read -r state < "$ZSYS/initstate"
is "the device is as it was" "$state" 1
check "its data too" zpat verify -k random "$ZDEV"
bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
reset=$BGPID
sleep 0.5
bg ztry $CONTROL/hot_remove "$ZID" > /tmp/remove.$$
remove=$BGPID
# Longer than for openers
sleep 2
waits "hot_remove waits for reset" "$remove"
kill -9 "$reset"
check "reset ends when it is killed, beside hot_remove" ended "$reset" 5
clock
begun=$NOW
sleep 0.5
waits "hot_remove waits for the run" "$remove"
readable "beside hot_remove"
# As long as the detector takes for its report
while clock; [ $((NOW - begun)) -lt $HUNG_MS ]; do sleep 0.5; done
waits "the run still waits" "$run"
must dmsetup resume --noudevsync zt_stall
check "the run ends" ended "$run" 20
is "it says so" "$(cat /tmp/run.$$)" EINTR
check "hot_remove ends" ended "$remove" 20
is "and succeeds" "$(cat /tmp/remove.$$)" 0
check "the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
hung_none
finish
