#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# R1: random 4 KiB reads of pages that lie on the backing device, whole and
# compressed.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk=${W1_DISK:-/dev/vda}
jobs=/tmp/R1.fio

make_jobs()
{
	cat <<-END
	[global]
	filename=/dev/zram0
	size=${R1_MIB}M
	direct=1
	thread
	group_reporting
	time_based
	runtime=$R1_SECONDS
	norandommap
	randseed=$SEED
	rw=randread
	bs=4k
	[depth1]
	ioengine=psync
	[depth16]
	stonewall
	new_group
	ioengine=libaio
	iodepth=16
	END
}

reads()
{
	awk -v page="$1" '{ print page, $3 }' "/sys/block/$2/stat"
}

# mode PREFIX KIND: the disk's reads for each page read, beside the speed
mode()
{
	zram_setup "$R1_MIB" "$disk"
	measure '' content fill "$2" "$SEED" "$R1_MIB" /dev/zram0
	write_back "${disk#/dev/}"
	before="$(reads d "${disk#/dev/}") $(reads z zram0)"
	measure "$1" fio_figures $jobs
	after="$(reads d "${disk#/dev/}") $(reads z zram0)"
	figure "$1sectors_per_page" "$(echo "$before $after" |
		awk '{ printf "%.2f", 8 * ($6 - $2) / ($8 - $4) }')"
	measure "$1readback_" content verify "$2" "$SEED" "$R1_MIB" /dev/zram0
	zram_reset
}

make_jobs >$jobs
mode '' incompressible
if [ -e "$ZRAM/compressed_writeback" ]; then
	echo 1 >"$ZRAM/compressed_writeback"
	mode packed_ mixed
fi
