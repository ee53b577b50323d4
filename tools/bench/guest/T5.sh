#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T5: swap of incompressible pages that mem_limit has no space for. zswap has no limit in
# bytes, so there is no such side.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

[ "$SIDE" != zswap ] || exit 0
[ -z "${T5_SWAP_MIB:-}" ] || T_MIB=$T5_SWAP_MIB
tiering_up
echo "${T5_LIMIT_MIB}M" >"$ZRAM/mem_limit"
outcome=0
# shellcheck disable=SC2153 # session.sh exports the settings
tiering_program swapload incompressible "$SEED" "$T5_MIB" "$T5_LEAVE_MIB" || outcome=$?
read -r _ failed_writes _ <"$ZRAM/io_stat"
figure failed_writes "$failed_writes"
if [ "$SIDE" = ours ]; then
	figure spilled "$(tier_stat spilled)"
	figure tier_pages "$(tier_stat pages)"
fi
exit "$outcome"
