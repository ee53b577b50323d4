#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The guest's side of a benchmark: the workloads one after another, each side
# in turn, again and again, in reverse order every second time. Pair 0 warms up.
# Exit status 1 if data was wrong or a step failed.
#   session.sh WORKLOADS SIDES PAIRS SEED [NAME=VALUE]...
set -eu

WORKLOADS=$1 SIDES=$2 PAIRS=$3 SEED=$4
shift 4
for setting in "$@"; do
	export "${setting?}"
done
here=${0%/*}
PATH=$here/bin:$PATH
export SEED PATH
# shellcheck source=lib.sh disable=SC1091
. "$here/lib.sh"

run_side()
{
	case $SIDE in
	zswap) "$here/$WORKLOAD.sh" ;;
	*) zram_load && "$here/$WORKLOAD.sh" && zram_unload ;;
	esac
}

# The other way round
reversed()
{
	turned=
	for name in "$@"; do
		turned="$name $turned"
	done
	echo "$turned"
}

failures=0
grep MemTotal /proc/meminfo | sed 's/^/# /'
for WORKLOAD in $WORKLOADS; do
	sides_of=$SIDES pairs=$PAIRS
	case $WORKLOAD in
	T*) sides_of=${T_SIDES:-$SIDES} ;;
	S1) pairs=${S1_PAIRS:-$PAIRS} ;;
	esac
	for PAIR in $(seq "${FIRST_PAIR:-0}" "$pairs"); do
		sides=$sides_of
		# shellcheck disable=SC2086 # words
		[ $((PAIR % 2)) -eq 0 ] || sides=$(reversed $sides)
		for SIDE in $sides; do
			# A batch size matters to writeback alone, bios to swap, and
			# timers to tiering.
			case $SIDE$WORKLOAD in
			*[0-9][!W]? | bios[!OI]? | off[!T]? | timer[!T]? | zswap[!T]?)
				continue ;;
			esac
			export WORKLOAD PAIR SIDE
			say "pair $PAIR of $pairs"
			if ! run_side; then
				figure failed 1
				failures=$((failures + 1))
				lsmod | grep -q '^zram ' && zram_unload
			fi
		done
	done
done
[ "$failures" -eq 0 ]
