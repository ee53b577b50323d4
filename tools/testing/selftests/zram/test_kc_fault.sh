#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Allocations of kcompressd fail: what was accepted stays readable, and is stored
# when there is memory again.

. ./lib.sh

# failing FAULT
failing() {
	fault_or_skip "$1" 90 || return 0
	# They have reserves to allocate from, which fail as well
	for pid in $(kc_threads); do put "/proc/$pid/make-it-fail" 1; done
	zram_new 8M
	put "$ZSYS/kcompressd" all
	check "$1: writes do not fail" zpat fill -k random -j 2 "$ZDEV"
	check "$1: nor is a byte lost" zpat verify -k random -j 2 "$ZDEV"
	check "$1: races" zrace -n 256 -b 8 -j 4 -t 1500 "$ZDEV"
	kc_read
	echo "# kept $KC_kept, staged $KC_staged"
	between "$1: there was no memory for some" "$KC_kept" 1 100000000
	fault_off
	kc_idle "$1: all is stored when there is memory"
	check "$1: the rest" zpat verify -k random -o 256 -j 2 "$ZDEV"
	fault_on "$1" 90
	must zpat fill -k random -g 2 -j 2 "$ZDEV" > /dev/null
	zram_reset
	empty "$1: reset lets go of what was kept"
	put "$ZSYS/kcompressd" all
	put "$ZSYS/disksize" 8M
	must zpat fill -k random -g 3 -j 2 "$ZDEV" > /dev/null
	put "$KC_PARAMS/nr_kcompressd" 0
	fault_off
	check "$1: threads that go lose nothing" \
		zpat verify -k random -g 3 -j 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	empty "$1: nothing is left"
	must zram_remove
	put "$KC_PARAMS/nr_kcompressd" 2
}

kc_start 2 512
failing failslab
failing fail_page_alloc

# Threads that cannot be made leave those there are.
if fault_on failslab 100 23; then
	zhammer -F -t 2000 "w:$KC_PARAMS/nr_kcompressd=1,3,2,8" > /tmp/hammer.$$
	fault_off
	ZT_FILES=/tmp/hammer.$$
	sed 's/^/# /' /tmp/hammer.$$
	between "changes that failed, with ENOMEM" \
		"$(grep -c ' ENOMEM=' /tmp/hammer.$$)" 1 1
	read -r nr < "$KC_PARAMS/nr_kcompressd"
	is "there are as many as it says" "$(kc_threads | wc -l)" "$nr"
	zram_new 16M
	put "$ZSYS/kcompressd" all
	check "and they work" zrace -n 256 -b 8 -j 4 -t 1500 "$ZDEV"
	kc_idle "on all there is"
else
	skip "changes that fail" "kernel without failslab"
fi
finish
