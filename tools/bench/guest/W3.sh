#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# W3: write back mixed data to NVMe, whole and compressed. A driver that cannot
# do the latter does the former twice.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk_up $((W3_MIB * 2)) "${W3_DISK:-/dev/nvme0n1}"

# mode PREFIX COMPRESSED
mode()
{
	if [ -e "$ZRAM/compressed_writeback" ]; then
		echo "$2" >"$ZRAM/compressed_writeback"
	fi
	zram_setup "$W3_MIB" "$disk"
	measure '' content fill mixed "$SEED" "$W3_MIB" /dev/zram0
	echo all >"$ZRAM/idle"
	read -r _ memory _ <$ZRAM/mm_stat
	measure "$1_" timed "$ZRAM/writeback" idle "${disk#/dev/}"
	sectors=$(sed -n "s/^write_sectors //p" /tmp/figures)
	figure "$1_sectors_per_mib_freed" $((sectors * 1048576 / memory))
	measure "$1_readback_" content verify mixed "$SEED" "$W3_MIB" /dev/zram0
	zram_reset
}

[ "$PAIR" -ne 0 ] || floor "$W3_MIB" "$disk" >/dev/null
mode whole 0
mode packed 1
