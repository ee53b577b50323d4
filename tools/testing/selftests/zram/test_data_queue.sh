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
limit logical_block_size 4096
for name in physical_block_size minimum_io_size optimal_io_size \
	discard_granularity; do
	limit $name "$PAGE"
done
limit rotational 0
limit stable_writes 1
limit write_cache "write through"
limit fua 0
read -r got < "$ZSYS/queue/discard_max_bytes"
between "discard_max_bytes is large" "$got" 1073741824 9223372036854775807
read -r got < "$ZSYS/queue/write_zeroes_max_bytes"
if [ "$PER_PAGE" -eq 1 ]; then
	between "write_zeroes_max_bytes is large" "$got" 1073741824 \
		9223372036854775807
else
	is "no write-zeroes where it cannot free a block" "$got" 0
fi
is "the disk has no partitions" "$(cat "$ZSYS/ext_range")" 1
finish
