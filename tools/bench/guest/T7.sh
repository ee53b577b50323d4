#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T7: wear: what is written to the disk until a device has given back its memory.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

written()
{
	awk '{ print $7 }' "/sys/block/$DISK/stat"
}

pool()
{
	read -r _ _ bytes _ <"$ZRAM/mm_stat"
	echo "$bytes"
}

# Tiering moves what is older than a second; without it, a program does that once
leave_memory()
{
	if [ "$SIDE" != ours ]; then
		echo all >"$ZRAM/idle"
		echo idle >"$ZRAM/writeback"
		return
	fi
	echo 1 >"$ZRAM/tier/idle_age"
	echo 1 >"$ZRAM/tier/enable"
	for _ in $(seq "$T_LIMIT"); do
		[ "$(tier_stat pages)" -lt $((T7_MIB * 256)) ] ||
			break
		sleep 1
	done
	figure tier_pages "$(tier_stat pages)"
	figure cpu_ms "$(tier_stat cpu_ms)"
	echo 0 >"$ZRAM/tier/enable"
}

case $SIDE in
ours | timer) ;;
*) exit 0 ;;
esac
tiering_fill "$T7_MIB" "$T7_MIB"
sectors=$(written)
before=$(pool)
leave_memory
echo 1 >"$ZRAM/compact"
sectors=$(($(written) - sectors))
freed=$((before - $(pool)))
figure work_written_mib $((sectors / 2048))
figure freed_mib $((freed >> 20))
figure written_per_freed "$(awk "BEGIN { print $sectors * 512 / $freed }")"
measure '' content verify mixed "$SEED" "$T7_MIB" /dev/zram0
zram_reset
