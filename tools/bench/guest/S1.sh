#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# S1: fio on the block device, 12 cells of pattern, block size and jobs. Reads
# find the generator's mixed data; writes carry fio's, compressible by 67 %.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

jobs=/tmp/S1.fio

make_jobs()
{
	cat <<-END
	[global]
	filename=/dev/zram0
	size=${S1_MIB}M
	direct=1
	ioengine=psync
	thread
	group_reporting
	time_based
	runtime=$S1_SECONDS
	ramp_time=0
	norandommap
	randseed=$SEED
	buffer_compress_percentage=67
	buffer_compress_chunk=4k
	END
	for rw in ${S1_RW:-read write randrw}; do
		for bs in 4k 128k; do
			for nr in $S1_JOBS; do
				printf '[%s_%s_%s]\nnew_group\nstonewall\n' \
					"$rw" "$bs" "$nr"
				printf 'rw=%s\nbs=%s\nnumjobs=%s\n' \
					"$rw" "$bs" "$nr"
			done
		done
	done
}

zram_setup "$S1_MIB"
measure '' content fill mixed "$SEED" "$S1_MIB" /dev/zram0
make_jobs >$jobs
measure '' fio_figures $jobs
