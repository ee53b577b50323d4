#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# R1: random 4 KiB reads of pages that lie on the backing device.
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

zram_setup "$R1_MIB" "$disk"
measure '' content fill incompressible "$SEED" "$R1_MIB" /dev/zram0
write_back "${disk#/dev/}"
make_jobs >$jobs
before="$(reads d "${disk#/dev/}") $(reads z zram0)"
measure '' fio_figures $jobs
after="$(reads d "${disk#/dev/}") $(reads z zram0)"
figure sectors_per_page "$(echo "$before $after" |
	awk '{ printf "%.2f", 8 * ($6 - $2) / ($8 - $4) }')"
measure readback_ content verify incompressible "$SEED" "$R1_MIB" /dev/zram0
