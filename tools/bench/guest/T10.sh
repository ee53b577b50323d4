#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T10: what tiering costs while there is nothing to do: a large device, memory enough.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

[ "$SIDE" = ours ] || exit 0

stat_of()
{
	sed -n "s/^$1 //p" "$ZRAM/tier/stat"
}

echo "$T_ALGORITHM" >"$ZRAM/comp_algorithm"
zram_setup "$T10_MIB" "/dev/$DISK"
measure '' content fill mixed "$SEED" 64 /dev/zram0
echo 1 >"$ZRAM/tier/enable"
# For a minute after the last access the thread looks once a second
steps=$(stat_of steps) cpu=$(stat_of cpu_ms)
sleep 60
figure near_steps $(($(stat_of steps) - steps))
figure near_cpu_ms $(($(stat_of cpu_ms) - cpu))
steps=$(stat_of steps) cpu=$(stat_of cpu_ms)
sleep "$T_SECONDS"
figure idle_steps $(($(stat_of steps) - steps))
figure idle_cpu_ms $(($(stat_of cpu_ms) - cpu))
figure walks "$(stat_of walks)"
zram_reset
