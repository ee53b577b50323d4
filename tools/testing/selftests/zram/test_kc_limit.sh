#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# A writer meets mem_limit while a kcompressd thread holds a page and gets no CPU:
# the writer compresses what is queued and does not wait for the thread.
# (A kernel without preemption lets the thread finish its page first.)
# A limit below what the pool uses: pages that are staged by then are compressed.

. ./lib.sh

quick=20000
[ "$(nproc)" -gt 1 ] || skip_all "one CPU"
need_program chrt taskset

kc_start 1 32
zram_add
# If there is one, so that the thread is most likely at a page
slow_comp
put "$ZSYS/disksize" 64M
put "$ZSYS/kcompressd" all
must zpat fill -k mixed -n 1024 "$ZDEV" > /dev/null
kc_starve_writing 60 6 -k mixed -n 1024 -g 2
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
kc_starved "the CPU of the thread was busy until then"
mm_read
# The allocator takes up to 16 pages for an object of a page that was accepted
between "mem_used_total keeps to the limit" "$MM_USED" 0 $((MM_LIMIT + 131072))

put "$ZSYS/mem_limit" 0
must taskset 1 zpat fill -u -k mixed -g 3 -n 64 "$ZDEV" > /dev/null
kc_read
between "pages are staged" "$KC_staged" 16 32
mm_read
used=$MM_USED
put "$ZSYS/mem_limit" "$PAGE"
feed
kc_idle "far above a lowered limit: all is compressed when the thread has a CPU"
mm_read
between "far above a lowered limit: the pool does not grow" "$MM_USED" "$PAGE" "$used"
check "far above a lowered limit: every byte" zpat verify -u -k mixed -g 3 -n 64 "$ZDEV"
finish
