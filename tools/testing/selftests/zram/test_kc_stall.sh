#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Reset while a kcompressd thread holds a page and gets no CPU: reset waits for it,
# attributes stay readable, and the hung-task detector has nothing to report.

. ./lib.sh

quick=1
[ -z "${ZT_DEBUG-}" ] || quick=10
[ "$(nproc)" -gt 1 ] || skip_all "one CPU"
need_program chrt taskset

# Reset, while the thread is most likely at a page. Sets RESET.
reset_starved() {
	# If there is one, so that it takes long
	slow_comp
	put "$ZSYS/disksize" 64M
	put "$ZSYS/kcompressd" all
	bg taskset 1 zpat fill -k mixed "$ZDEV" > /dev/null
	writer=$BGPID
	sleep 0.3
	kc_starve 30 60
	sleep 0.5
	kill -9 "$writer" 2> /dev/null
	wait "$writer" 2> /dev/null
	clock
	begun=$NOW
	bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
	RESET=$BGPID
	sleep 0.5
}

ZT_FILES=/tmp/reset.$$
hung_watch
kc_start 1 32
zram_add
for round in 1 2 3 4 5 6 7 8; do
	reset_starved
	! is_over "$RESET" || [ "$round" -eq 8 ] || kc_feed
	is_over "$RESET" || break
done
# A kernel without preemption lets the thread finish its page
! is_over "$RESET" || skip_all "the thread was at no page"
bg cat "$ZSYS/mm_stat" > /dev/null
check "mm_stat is read beside reset" ended "$BGPID" $quick
# As long as it takes the detector to see a task twice
while clock; [ $((NOW - begun)) -lt 13000 ]; do sleep 0.5; done
if is_over "$RESET"; then
	skip "reset waits for the thread" "it got a CPU"
else
	pass "reset waits for the thread"
fi
kc_feed
check "reset ends when the thread has a CPU" ended "$RESET" 20
is "it succeeds" "$(cat /tmp/reset.$$)" 0
read -r state < "$ZSYS/initstate"
is "the device is new" "$state" 0
empty "the pool is empty"
hung_none
finish
