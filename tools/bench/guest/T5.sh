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
tiering_up
echo "${T5_LIMIT_MIB}M" >"$ZRAM/mem_limit"
kills=$(tiering_kills)
status=0
timeout -s KILL "$T_LIMIT" swapload incompressible "$SEED" "$T5_MIB" "$T5_LEAVE_MIB" \
	>/tmp/figures || status=$?
figure oom_kills $(($(tiering_kills) - kills))
read -r _ failed_writes _ <"$ZRAM/io_stat"
figure failed_writes "$failed_writes"
[ "$SIDE" != ours ] || figure spilled "$(sed -n 's/^spilled //p' "$ZRAM/tier/stat")"
case $status in
0) figure unfinished 0 ;;
137)
	figure unfinished 1
	exit 0 ;;
*) figure failed "$status" ;;
esac
sed "s/^/bench $WORKLOAD $PAIR $SIDE /" /tmp/figures
exit "$status"
