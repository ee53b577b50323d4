#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# fio writes and verifies: 4 KiB, 64 KiB and mixed sizes, 1 and 4 jobs.

. ./lib.sh

# verify NAME MIB-PER-JOB JOBS OPTIONS...
verify() {
	name=$1 size=$2 jobs=$3
	shift 3
	check "fio $name, $jobs jobs" fio --name=zram --filename="$ZDEV" \
		--thread --direct=1 --ioengine=psync --size="${size}M" \
		--offset_increment="${size}M" --numjobs="$jobs" \
		--verify=crc32c --verify_fatal=1 --do_verify=1 \
		--buffer_compress_percentage=60 --buffer_compress_chunk=4k \
		--refill_buffers --group_reporting --output-format=terse "$@"
}

need_program fio
zram_new 64M
mib=32
[ -z "${ZT_DEBUG-}" ] || mib=8
for jobs in 1 4; do
	verify "4k random" $((mib / 2 / jobs)) "$jobs" --rw=randwrite --bs=4k
	verify "64k random" $((mib / jobs)) "$jobs" --rw=randwrite --bs=64k
	verify "4k to 64k" $((mib / jobs)) "$jobs" --rw=write --bsrange=4k-64k
done
check "fio libaio, depth 16" fio --name=zram --filename="$ZDEV" --thread \
	--direct=1 --ioengine=libaio --iodepth=16 --size=16M --rw=randrw \
	--bs=4k --verify=crc32c --verify_fatal=1 --output-format=terse
io_read
is "no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
zram_reset
empty "the pool is empty after reset"
finish
