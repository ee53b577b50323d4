#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# W4: as W1, on a backing device whose free blocks are scattered: every second
# one free, or one in twenty.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk=${W4_DISK:-/dev/vda}
pages=$((W4_MIB * 256))

# layout NAME STEP: fills the device, frees every STEP-th page, fills these again
layout()
{
	zram_setup "$W4_MIB" "$disk"
	measure '' content fill incompressible "$SEED" "$W4_MIB" /dev/zram0
	echo all >"$ZRAM/idle"
	echo idle >"$ZRAM/writeback"
	/selftests/zram/zpat fill -k random -S "$2" /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	measure "$1_" timed "$ZRAM/writeback" idle "${disk#/dev/}"
	figure "$1_us_page" "$(awk -v n=$((pages / $2)) '
		$1 == "seconds" { printf "%.3f", $2 * 1e6 / n }' /tmp/figures)"
	/selftests/zram/zpat verify -k random -S "$2" /dev/zram0 >/dev/null
	zram_reset
}

layout half 2
layout full 20
