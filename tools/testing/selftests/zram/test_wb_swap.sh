#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap whose pages are written back while processes use them.

. ./lib.sh

hold=/tmp/hold.$$
bd_use nvme || bd_use virtio || bd_use null 128 || skip_all "no backing device"
cgroup_limit 20 || echo "# no memory cgroup: paged out by request only"
zram_new 64M '' "$BD"
swap_on
bg squeeze zswap -m 40 -P -r 2 -F -w $hold > /tmp/out.$$
swapper=$BGPID
ZT_FILES="$hold /tmp/out.$$ /tmp/hammer.$$"
wait_for 60 test -e $hold || bail "the fill does not end"
put "$ZSYS/idle" all
store 0 writeback idle
bd_read
between "swapped pages are on the device" "$BD_COUNT" 6000 10240
zhammer -t 6000 -p 50 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle" \
	> /tmp/hammer.$$ &
hammer=$!
rm -f $hold
wait "$swapper"
is "every page came back" "$? $(tail -n 1 /tmp/out.$$)" \
	"0 pages=10240 bad=0"
check "another process" squeeze zswap -m 32 -P -r 1 -s 2
wait $hammer
sed 's/^/# /' /tmp/hammer.$$
bd_read
between "pages were read back" "$BD_READS" 4000 100000000
swap_empty "all is freed when the processes exit"
swap_off "swap"
bd_read
between "no block is left but the swap header's" "$BD_COUNT" 0 1
is "no write failed" "$IO_FAILED_WRITES" 0
finish
