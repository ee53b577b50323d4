#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap-in while all CPUs are busy and SCHED_IDLE tasks swap: a SCHED_IDLE task that is
# preempted while it compresses or decompresses does not delay a page fault.

. ./lib.sh

need_program chrt
zram_add
slow_comp || skip_all "no slow compressor"
put "$ZSYS/disksize" 64M
swap_on
hold=/tmp/hold.$$
ZT_FILES="/tmp/touch.$$ $hold"
bg zswap -m 4 -k mixed -P -r 1 -L 500 -w $hold > /tmp/touch.$$
reader=$BGPID
filled $hold
for seed in 2 3 4 5; do
	bg chrt -i 0 zswap -m 1 -k mixed -P -r 1000000 -s $seed > /dev/null
done
sleep 3
for _ in $(seq "$(nproc)"); do
	bg sh -c 'while :; do :; done'
done
before=$(awk '/^pswpin / { print $2 }' /proc/vmstat)
rm $hold
wait "$reader"
is "every page is right" $? 0
after=$(awk '/^pswpin / { print $2 }' /proc/vmstat)
between "pages swapped in" $(((after - before) * PER_PAGE)) 1000 100000000
echo "# $(grep ^touched /tmp/touch.$$)"
max=$(sed -n 's/^touched.*max_us=//p' /tmp/touch.$$)
between "slowest swap-in, us" "$max" 1 \
	$((3000000 * (1 + 4 * ${ZT_DEBUG:-0})))
finish
