#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# M1: scans of the slot table: "idle=all" and an empty writeback run, over an
# empty table and over one where every slot holds an object. A scan is short
# next to what else an emulated machine does, so each figure but the first
# after the fill is the least of five.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

# least PREFIX ATTRIBUTE VALUE
least()
{
	for _ in 1 2 3 4 5; do
		timed "$2" "$3"
	done >/tmp/times
	figure "${1}seconds" "$(sed -n 's/^seconds //p' /tmp/times |
		sort -n | head -n 1)"
}

zram_setup "$M1_MIB" "${W1_DISK:-/dev/vda}"
figure slots $((M1_MIB * 256))
least empty_ "$ZRAM/idle" all
least scan_empty_ "$ZRAM/writeback" idle
measure '' content fill sparse "$SEED" "$M1_MIB" /dev/zram0
least scan_ "$ZRAM/writeback" idle
measure first_ timed "$ZRAM/idle" all
least idle_ "$ZRAM/idle" all
