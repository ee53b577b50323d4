#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# W5: what a page costs as the backing device fills up, which is null_blk
# without data: microseconds a page with 1, 50 and 99 percent of it in use.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

part=$((W5_MIB / 100))		# MiB

# A hundredth of the disk: fill it and write it out
hundredth()
{
	/selftests/zram/zpat fill -k random -b 64 -o $(($1 * part * 256)) \
		-n $((part * 256)) /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	timed "$ZRAM/writeback" idle >/tmp/part
}

disk=$(nullb_up W5 "$W5_MIB" 0)
zram_setup "$W5_MIB" "$disk"
for i in $(seq 0 99); do
	hundredth "$i"
	case $i in
	1 | 50 | 99)
		figure "full${i}_us_page" "$(awk -v n=$((part * 256)) '
			$1 == "seconds" { printf "%.3f", $2 * 1e6 / n }' \
			/tmp/part)"
		;;
	esac
done
zram_reset
nullb_down W5
