#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# R2: latency of reads from memory, and of reading mm_stat, with nothing else
# going on and during a writeback run. The first quarter of the device is
# touched again after "idle=all" and so stays in memory.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk=${W1_DISK:-/dev/vda}
hot=$((R2_MIB / 4))

# both PREFIX COMMAND...: the two readers beside the command
both()
{
	prefix=$1
	shift
	latency "${prefix}_mm_stat" 2000 "$ZRAM/mm_stat" >/tmp/stat &
	stat=$!
	latency "${prefix}_read" 500 /dev/zram0 0 $((hot * 256)) >/tmp/read &
	read=$!
	sleep 0.05 # they are reading by then
	outcome=0
	"$@" || outcome=$?
	kill -TERM $stat $read
	wait $stat
	wait $read
	measure '' cat /tmp/stat /tmp/read
	return $outcome
}

zram_setup "$R2_MIB" "$disk"
measure '' content fill incompressible "$SEED" "$R2_MIB" /dev/zram0
echo all >"$ZRAM/idle"
measure '' content fill incompressible "$SEED" "$hot" /dev/zram0
both idle sleep 2
both busy measure wb_ timed "$ZRAM/writeback" idle "${disk#/dev/}"
measure '' content verify incompressible "$SEED" "$R2_MIB" /dev/zram0
