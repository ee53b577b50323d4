#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T10: what tiering costs while there is nothing to do: a large device, memory enough.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

[ "$SIDE" = ours ] || exit 0

tiering_fill "$T10_MIB" 64
echo 1 >"$ZRAM/tier/enable"
# For a minute after the last access the thread looks once a second
steps=$(tier_stat steps) cpu=$(tier_stat cpu_ms)
sleep 60
figure near_steps $(($(tier_stat steps) - steps))
figure near_cpu_ms $(($(tier_stat cpu_ms) - cpu))
steps=$(tier_stat steps) cpu=$(tier_stat cpu_ms)
sleep "$T_SECONDS"
figure idle_steps $(($(tier_stat steps) - steps))
figure idle_cpu_ms $(($(tier_stat cpu_ms) - cpu))
figure walks "$(tier_stat walks)"
zram_reset
