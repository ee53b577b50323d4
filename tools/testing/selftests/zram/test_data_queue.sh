#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 30
# The limits and features the disk announces.

. ./lib.sh

limit() {
	read -r got < "$ZSYS/queue/$1" || got="(none)"
	is "$1" "$got" "$2"
}

zram_new 16M
for name in logical_block_size physical_block_size minimum_io_size \
	optimal_io_size discard_granularity; do
	limit $name 4096
done
limit rotational 0
limit stable_writes 1
limit write_cache "write through"
limit fua 0
read -r got < "$ZSYS/queue/discard_max_bytes"
between "discard_max_bytes is large" "$got" 1073741824 9223372036854775807
read -r got < "$ZSYS/queue/write_zeroes_max_bytes"
between "write_zeroes_max_bytes is large" "$got" 1073741824 \
	9223372036854775807
is "the disk has no partitions" "$(cat "$ZSYS/ext_range")" 1
finish
