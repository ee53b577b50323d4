#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# A writer meets mem_limit while a kcompressd thread holds a page and gets no CPU:
# the writer compresses what is queued and does not wait for the thread.
# (A kernel without preemption lets the thread finish its page first.)

. ./lib.sh

quick=5000
[ -z "${ZT_DEBUG-}" ] || quick=10000
[ "$(nproc)" -gt 1 ] || skip_all "one CPU"
need_program chrt taskset

kc_start 1 32
zram_add
# If there is one, so that the thread is most likely at a page
slow_comp
put "$ZSYS/disksize" 64M
put "$ZSYS/kcompressd" all
must taskset -p 2 "$(kc_threads)" > /dev/null
must chrt -i -p 0 "$(kc_threads)" > /dev/null
must zpat fill -k mixed -n 1024 "$ZDEV" > /dev/null
bg taskset 1 zpat fill -k mixed -n 1024 -g 2 "$ZDEV" > /dev/null
writer=$BGPID
sleep 0.3
hogs=''
for _ in 1 2 3 4 5 6; do
	bg taskset 2 sh -c 'while :; do :; done'
	hogs="$hogs $BGPID"
done
# shellcheck disable=SC2086 # a list
(sleep 14; kill -9 $hogs) 2> /dev/null &
killer=$!
sleep 0.5
kill -9 "$writer" 2> /dev/null
wait "$writer" 2> /dev/null
kc_read
echo "# staged $KC_staged"
mm_read
put "$ZSYS/mem_limit" "$MM_USED"
clock
begun=$NOW
out=$(taskset 1 zpat fill -u -k random -o 8192 -n 32 -b 1 "$ZDEV")
clock
echo "# ${out##*"$NL"}"
between "ms for writes at the limit" $((NOW - begun)) 0 $quick
if is_over "${hogs##* }"; then
	fail "the CPU of the thread was busy until then"
else
	pass "the CPU of the thread was busy until then"
fi
# shellcheck disable=SC2086 # a list
kill -9 $hogs "$killer" 2> /dev/null
mm_read
# The allocator takes up to 16 pages for an object of a page that was accepted
between "mem_used_total keeps to the limit" "$MM_USED" 0 $((MM_LIMIT + 131072))
put "$ZSYS/mem_limit" 0
kc_idle "all is compressed when the thread has a CPU"
finish
