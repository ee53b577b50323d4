#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The settings of writeback: what they take, show and refuse, and what a reset
# does to them.

. ./lib.sh

shows() {
	read -r value < "$ZSYS/$1"
	is "$1 shows $2" "$value" "$2"
}

# takes ATTRIBUTE INPUT SHOWN
takes() {
	store 0 "$1" "$2"
	shows "$1" "$3"
}

bd_use null 4 || skip_all "no null_blk"
zram_add
shows writeback_limit 0
shows writeback_limit_enable 0
shows compressed_writeback 0
read -r batch < "$ZSYS/writeback_batch_size"
between "writeback_batch_size has a default" "$batch" 1 65536

takes writeback_limit 7 $((7 / PER_PAGE * PER_PAGE))
takes writeback_limit "0$NL" 0
# Kept in the kernel's pages
most=18446744073709551615
[ "$PER_PAGE" -eq 1 ] || most=1844674407370955$((1616 - PER_PAGE))
takes writeback_limit 18446744073709551615 "$most"
for bad in -1 x 1x 18446744073709551616 " "; do
	store EINVAL writeback_limit "$bad"
done
shows writeback_limit "$most"
takes writeback_limit_enable 1 1
takes writeback_limit_enable 0 0
takes writeback_limit_enable 5 1
for bad in -1 y; do store EINVAL writeback_limit_enable "$bad"; done
shows writeback_limit_enable 1
takes writeback_batch_size 1 1
takes writeback_batch_size 4294967295 4294967295
for bad in 0 -1 x 4294967296; do
	store EINVAL writeback_batch_size "$bad"
done
shows writeback_batch_size 4294967295
for on in 1 y yes on Y; do takes compressed_writeback $on 1; done
for off in 0 n off; do takes compressed_writeback $off 0; done
for bad in 2 x o; do store EINVAL compressed_writeback "$bad"; done

takes compressed_writeback 1 1
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 1M
store EBUSY compressed_writeback 0
store EBUSY compressed_writeback 1
store EINVAL compressed_writeback x
shows compressed_writeback 1
takes writeback_limit 9 $((9 / PER_PAGE * PER_PAGE))
takes writeback_batch_size 3 3
zram_reset
shows writeback_limit 0
shows writeback_limit_enable 1
shows writeback_batch_size 3
shows compressed_writeback 1
gives "writeback_stat cannot be written" EACCES ztry "$ZSYS/writeback_stat" 1
wb_read
is "writeback_stat of a new device" \
	"$WB_runs $WB_pages $WB_objects $WB_blocks $WB_payload_bytes $WB_ios \
$WB_retries $WB_stale $WB_bad_blocks $WB_last_error $WB_running $WB_progress" \
	"0 0 0 0 0 0 0 0 0 0 0 0 0 0"
finish
