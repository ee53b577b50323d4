#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T9: how wrong tier/capacity is at each step of a fill, until the first write fails: the
# worst forecast while a quarter of the whole or more is left. In memory, and with a backing
# device that tiering and spilling write to.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

[ "$SIDE" = ours ] || exit 0
STEP=$((T9_LIMIT_MIB * 8))

# fill KIND: prints for each step what is stored, and what is said to fit besides, in bytes
fill()
{
	first=0 stored=0
	while :; do
		# It fails when the device is full, which is what is waited for
		out=$(/selftests/zram/zpat fill -k "$1" -b 1 -o "$first" -n "$STEP" \
			/dev/zram0) || :
		ok=${out#ok=}
		stored=$((stored + ${ok%% *} * 4096))
		read -r storable _ <"$ZRAM/tier/capacity"
		echo "$stored $storable"
		case $out in *"err=0") ;; *) return ;; esac
		first=$((first + STEP))
	done
}

# forecasts NAME KIND BACKING
forecasts()
{
	echo "$T_ALGORITHM" >"$ZRAM/comp_algorithm"
	zram_setup $((T9_LIMIT_MIB * 32)) "$3"
	echo "${T9_LIMIT_MIB}M" >"$ZRAM/mem_limit"
	if [ -n "$3" ]; then
		echo max >"$ZRAM/tier/daily_budget"
		echo 1 >"$ZRAM/tier/spill"
		echo 1 >"$ZRAM/tier/enable"
	fi
	fill "$2" >/tmp/fill
	awk -v name="$1_$2" '
	{ stored[NR] = $1; storable[NR] = $2 }
	END {
		for (i = 1; i < NR; i++) {
			left = stored[NR] - stored[i]
			if (left * 4 < stored[NR])
				continue
			wrong = (storable[i] - left) / left
			wrong = wrong < 0 ? -wrong : wrong
			worst = wrong > worst ? wrong : worst
			steps++
		}
		print name "_steps", steps
		print name "_fits_mib", stored[NR] / 1048576
		printf "%s_wrong_percent %.2f\n", name, worst * 100
	}' /tmp/fill >/tmp/figures
	sed "s/^/bench $WORKLOAD $PAIR $SIDE /" /tmp/figures
	echo 0 >"$ZRAM/tier/enable"
	zram_reset
}

for kind in random cycle mixed text; do
	forecasts memory $kind ''
	path=$(nullb_up T9 $((T9_LIMIT_MIB * 2)) 1)
	forecasts disk $kind "$path"
	nullb_down T9
done
