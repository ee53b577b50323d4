#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Allocations fail while pages go to the backing device and come back.

. ./lib.sh

# faulty WHAT whole|packed
faulty() {
	PACKED=0 kind=random
	[ "$2" = whole ] || PACKED=1 kind=mixed
	fault_or_skip "$1" 10 "$1 $2" || return 0
	zram_new 16M '' "$BD"
	zhammer -F -t 3500 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
		> /tmp/hammer.$$ &
	ZT_FILES=/tmp/hammer.$$
	out=$(zrace -F -e -n 1024 -b 8 -j 3 -t 3000 -m 3,6,1,1 "$ZDEV")
	status=$?
	wait
	fault_off
	echo "# $out"
	sed 's/^/# /' /tmp/hammer.$$
	is "$1 $2: data under failing allocations" "$status" 0
	bd_read
	between "$1 $2: with less memory it writes all the same" "$BD_WRITES" 1 \
		100000000
	others=$(grep writeback= /tmp/hammer.$$ | tr ' ' '\n' | grep '^E' |
		grep -vE '^(ENOMEM|EIO|ENOSPC)=')
	# ENOSPC is what null_blk says when it has no memory for a block.
	is "$1 $2: a run gives ENOMEM, EIO, ENOSPC or works" "$others" ""

	must zpat fill -k "$kind" -g 2 "$ZDEV" > /dev/null
	put "$ZSYS/writeback" "page_indexes=0-$((4096 / PER_PAGE - 1))"
	fault_on "$1" 10
	out=$(zpat verify -F -k "$kind" -g 2 -b 16 -j 2 "$ZDEV")
	fault_off
	faulted "$1 $2: allocations of the reader failed"
	echo "# $out"
	case $out in
	*"bad=0 err=0" | *"bad=0 err="*" EIO" | *"bad=0 err="*" ENOMEM")
		pass "$1 $2: a read gives its data or an error" ;;
	*) fail "$1 $2: a read gives its data or an error" ;;
	esac
	check "$1 $2: without faults all is there" \
		zpat verify -k "$kind" -g 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1 $2: no block is left" "$BD_COUNT" 0
	empty "$1 $2: nothing is left after discard"
	must zram_remove
}

bd_use virtio || bd_use null 32 || skip_all "no backing device"
faulty failslab whole
faulty fail_page_alloc whole
faulty failslab packed
faulty fail_page_alloc packed
finish
