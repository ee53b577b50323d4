#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Reset while a kcompressd thread holds a page and gets no CPU: reset waits for it,
# attributes stay readable, and the hung-task detector has nothing to report.

. ./lib.sh

# Seconds; the thread gets no CPU for twice as long
quick=5
[ "$(nproc)" -gt 1 ] || skip_all "one CPU"
need_program chrt taskset
# Without preemption the thread finishes its page, and reset does not wait for it.
! grep -qE '\((none|voluntary)\)' /sys/kernel/debug/sched/preempt 2> /dev/null ||
	skip_all "a kernel without preemption"

# Reset, while the thread is most likely at a page. Sets RESET.
reset_starved() {
	# If there is one, so that it takes long
	slow_comp
	put "$ZSYS/disksize" 64M
	put "$ZSYS/kcompressd" all
	kc_starve_writing 30 60 -k mixed
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
	! is_over "$RESET" || [ "$round" -eq 8 ] || feed
	is_over "$RESET" || break
done
! is_over "$RESET" || skip_all "the thread was at no page"
bg cat "$ZSYS/mm_stat" > /dev/null
check "mm_stat is read beside reset" ended "$BGPID" $quick
# As long as the detector takes for its report
while clock; [ $((NOW - begun)) -lt $HUNG_MS ]; do sleep 0.5; done
if is_over "$RESET"; then
	skip "reset waits for the thread" "it got a CPU"
else
	pass "reset waits for the thread"
fi
feed
check "reset ends when the thread has a CPU" ended "$RESET" 20
is "it succeeds" "$(cat /tmp/reset.$$)" 0
read -r state < "$ZSYS/initstate"
is "the device is new" "$state" 0
empty "the pool is empty"
hung_none
finish
