#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Objects lie on the NUMA node of the page that was written, whichever CPU
# compresses it.

. ./lib.sh

NODES=/sys/devices/system/node
[ -d $NODES ] || skip_all "a kernel without NUMA"
if [ ! -d $NODES/node1 ]; then
	# Which qemu/run.sh gives to every guest of this kind
	[ "$(uname -m)" != x86_64 ] || bail "a second node"
	skip_all "a machine with one node"
fi
release=$(uname -r)
minor=${release#*.}
[ "${release%%.*}" -gt 6 ] || [ "${minor%%.*}" -ge 16 ] ||
	skip_all "zsmalloc takes no node before Linux 6.16"

# Sets Z0 and Z1: pages of zsmalloc on either node.
pages_read() {
	Z0=$(awk '/^nr_zspages / { print $2 }' $NODES/node0/vmstat)
	Z1=$(awk '/^nr_zspages / { print $2 }' $NODES/node1/vmstat)
}

# moved NAME NODE: at least 9 of 10 new pages are on that node, and they are many
moved() {
	z0=$Z0 z1=$Z1
	pages_read
	on=$((Z0 - z0)) off=$((Z1 - z1))
	[ "$2" -eq 0 ] || on=$((Z1 - z1)) off=$((Z0 - z0))
	echo "# node0 $z0 -> $Z0, node1 $z1 -> $Z1"
	if [ "$on" -ge 1000 ] && [ $((off * 9)) -le "$on" ]; then pass "$1"; else
		fail "$1" "node0 $z0 -> $Z0, node1 $z1 -> $Z1"
	fi
}

# fill NODE [GENERATION]: 16 MiB that compress to a third, by CPU 0
fill() {
	must taskset -c 0 znuma "$1" zpat fill -k text -g "${2-1}" "$ZDEV" \
		> /dev/null
}

zram_add
[ ! -e "$ZSYS/recomp_algorithm" ] ||
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
put "$ZSYS/disksize" 16M
pages_read
fill 1
moved "pages of node 1 written on a CPU of node 0" 1
check "every byte is there" zpat verify -k text "$ZDEV"
if [ -e "$ZSYS/recompress" ]; then
	z0=$Z0
	store 0 recompress "algo=zstd"
	pages_read
	between "recompression leaves them on their node" $((Z0 - z0)) -50 50
fi
zram_reset
put "$ZSYS/disksize" 16M
pages_read
fill 0
moved "pages of node 0" 0

if [ -e /sys/module/zram/parameters/nr_kcompressd ]; then
	zram_reset
	kc_start 1 4096
	put "$ZSYS/kcompressd" all
	put "$ZSYS/disksize" 16M
	pages_read
	fill 1
	kc_idle "kcompressd has compressed all"
	is "which were all of the pages" "$KC_completed" 4096
	moved "pages of node 1 that kcompressd compressed" 1
fi
finish
