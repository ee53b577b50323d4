#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Allocations fail while pages go to the backing device and come back.

. ./lib.sh

faulty() {
	if ! fault_on "$1" 10; then
		[ -z "${ZT_DEBUG-}" ] || bail "a debug kernel has $1"
		skip "$1" "kernel without it"
		return
	fi
	zram_new 16M '' "$BD"
	zhammer -F -t 4500 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
		> /tmp/hammer.$$ &
	ZT_FILES=/tmp/hammer.$$
	out=$(zrace -F -e -n 1024 -b 8 -j 3 -t 4000 -m 3,6,1,1 "$ZDEV")
	status=$?
	wait
	fault_off
	echo "# $out"
	sed 's/^/# /' /tmp/hammer.$$
	is "$1: data under failing allocations" "$status" 0
	others=$(grep writeback= /tmp/hammer.$$ | tr ' ' '\n' | grep '^E' |
		grep -vE '^(ENOMEM|EIO)=')
	is "$1: a run gives ENOMEM, EIO or works" "$others" ""

	must zpat fill -k random -g 2 "$ZDEV" > /dev/null
	put "$ZSYS/writeback" huge
	fault_on "$1" 10
	out=$(zpat verify -F -k random -g 2 -b 16 -j 2 "$ZDEV")
	fault_off
	echo "# $out"
	case $out in
	*"bad=0 err=0" | *"bad=0 err="*" EIO" | *"bad=0 err="*" ENOMEM")
		pass "$1: a read gives its data or an error" ;;
	*) fail "$1: a read gives its data or an error" ;;
	esac
	check "$1: without faults all is there" \
		zpat verify -k random -g 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	empty "$1: nothing is left after discard"
	must zram_remove
}

bd_use virtio || bd_use null 32 || skip_all "no backing device"
faulty failslab
faulty fail_page_alloc
finish
