#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The backing device sees few large I/Os, not one per page.

. ./lib.sh

kind() {
	if ! bd_use "$1" 32; then
		skip "I/O size on $1" "no such device"
		return
	fi
	zram_new 24M '' "$BD"
	must zpat fill -k "$2" -b 64 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	bd_iostat
	writes=$ST_WRITES sectors=$ST_WSECT
	put "$ZSYS/writeback" idle
	bd_iostat
	writes=$((ST_WRITES - writes)) sectors=$((ST_WSECT - sectors))
	is "$1, $2: each page is written once" $sectors $((6144 * 8))
	echo "# $1, $2: $writes writes, mean $((sectors / 2 / writes)) KiB"
	between "$1, $2: mean write in KiB" $((sectors / 2 / writes)) 65 4096
	reads=$ST_READS
	check "$1, $2: reads back in 256 KiB" zpat verify -k "$2" -b 64 "$ZDEV"
	bd_iostat
	reads=$((ST_READS - reads))
	echo "# $1, $2: $reads reads, mean $((24576 / reads)) KiB"
	between "$1, $2: mean read in KiB" $((24576 / reads)) 65 4096
	must zram_remove
}

kind virtio mixed
kind nvme random
kind null mixed
finish
