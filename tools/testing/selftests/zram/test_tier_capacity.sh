#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 85
# tier/capacity: what is forecast at each step of a fill is about what then fits, and
# pollers are woken before the first write fails.

. ./lib.sh

STEP=256
MIB=1048576

capacity_read() {
	read -r CAP_STORABLE CAP_RATIO CAP_MEMORY CAP_BACKING CAP_BUDGET < "$ZSYS/tier/capacity"
}

# fill KIND STEPS [COMMAND]: until the first write fails; COMMAND after each step. The
# forecasts are in FORECASTS, and what has fit, in bytes, in FILLED
# shellcheck disable=SC2317 # called by must
fill() {
	FORECASTS='' FILLED=0 fill_first=0
	while [ "$fill_first" -lt $((STEP * $2)) ]; do
		fill_out=$(zpat fill -k "$1" -b 1 -o "$fill_first" -n "$STEP" "$ZDEV")
		fill_ok=${fill_out#ok=}
		FILLED=$((FILLED + ${fill_ok%% *} * 4096))
		case $fill_out in *"err=0") ;; *) return 0 ;; esac
		${3:+"$3"}
		capacity_read
		FORECASTS="$FORECASTS $CAP_STORABLE"
		fill_first=$((fill_first + STEP))
	done
	return 1
}

# forecasts NAME SLACK: each was right to a tenth, or a step and SLACK bytes
forecasts() {
	fc_worst=0 fc_nr=0 fc_wrong=
	for fc in $FORECASTS; do
		fc_nr=$((fc_nr + 1))
		fc_left=$((FILLED - fc_nr * STEP * 4096))
		[ "$fc_left" -ge 0 ] || fc_left=0
		fc_error=$((fc > fc_left ? fc - fc_left : fc_left - fc))
		[ "$fc_left" -lt $((FILLED / 4)) ] ||
			fc_percent=$((100 * fc_error / fc_left))
		[ "${fc_percent:-0}" -le "$fc_worst" ] || fc_worst=$fc_percent
		[ "$fc_error" -le $((fc_left / 10 + STEP * 4096 + $2)) ] ||
			fc_wrong="$fc_wrong $fc_nr: $fc for $fc_left;"
	done
	echo "# $1: $fc_nr steps, $((FILLED / 1024)) KiB, at most $fc_worst % wrong"
	is "$1: forecasts" "$fc_wrong" ""
	between "$1: steps" "$fc_nr" 8 1000
}

zram_add
[ -e "$ZSYS/tier/capacity" ] || absent tiering
is "a new device" "$(cat "$ZSYS/tier/capacity")" "0 0 0 0 0"
put "$ZSYS/mem_limit" 12M
put "$ZSYS/disksize" 256M
capacity_read
is "an empty device" "$CAP_RATIO $CAP_MEMORY $CAP_BACKING" "100 $((12 * MIB)) 0"
is "nothing is known of the pages to come" "$CAP_STORABLE" $((12 * MIB))

for kind in random cycle mixed text; do
	must fill $kind 160
	forecasts "$kind" 0
	capacity_read
	mm_read
	is "$kind: memory_left" "$CAP_MEMORY" $((MM_LIMIT - MM_USED))
	must zpat discard "$ZDEV" > /dev/null
done

# Same-filled pages take nothing, so the size is the bound
must zpat fill -k same -n 1024 "$ZDEV" > /dev/null
capacity_read
is "same-filled pages: storable" "$CAP_STORABLE" $((252 * MIB))
must zpat fill -k random -n 512 "$ZDEV" > /dev/null
capacity_read
between "every other page is random: storable" "$CAP_STORABLE" $((18 * MIB)) $((22 * MIB))
put "$ZSYS/mem_limit" 7M
capacity_read
between "a lower limit: storable" "$CAP_STORABLE" $((8 * MIB)) $((12 * MIB))
put "$ZSYS/mem_limit" 1M
capacity_read
is "a limit below what is stored" "$CAP_STORABLE $CAP_MEMORY" "0 0"
put "$ZSYS/mem_limit" 0
capacity_read
between "no limit: memory_left is what the machine has" "$CAP_MEMORY" $MIB 9223372036854775806
must zpat discard "$ZDEV" > /dev/null

# poller MS: in the background; result says how it ended
poller() {
	bg ztry -w "$ZSYS/tier/capacity" "$1" "$ZSYS/io_stat" > "$out"
	POLLER=$BGPID
	# ztry opens the file, reads it and waits
	zt_holder=$POLLER zt_held=$(readlink -f "$ZSYS/tier/capacity")
	wait_for 10 is_open || bail "the poller waits"
	sleep 0.3
}

# woken NAME [FAILED]: it is woken, and no write has failed until then, but for FAILED
woken() {
	failed=${2-0}
	check "$1: the poller ends" ended "$POLLER" 8
	wait "$POLLER"
	# shellcheck disable=SC2046 # words
	set -- "$1" $(cat "$out")
	is "$1: it is woken" "${2-}" 0
	is "$1: failed writes before" "${4-}" "$failed"
}

out=/tmp/zt$$.poll
ZT_FILES="$ZT_FILES $out"
for kind in random cycle text; do
	zram_reset
	put "$ZSYS/mem_limit" 12M
	put "$ZSYS/tier/capacity_low" 2M
	put "$ZSYS/disksize" 256M
	poller 8000
	# As fast as it goes
	zpat fill -k $kind "$ZDEV" > /dev/null
	woken "$kind"
	io_read
	between "$kind: writes have failed afterwards" "$IO_FAILED_WRITES" 1 1000000
	gives "$kind: it is told once" "TIMEOUT " ztry -w "$ZSYS/tier/capacity" 2500 /dev/null
	poller 8000
	must zpat discard "$ZDEV" > /dev/null
	wait "$POLLER"
	is "$kind: and that there is space again" "$(cut -c 1-2 "$out")" "0 "
done

# Limits, settings and reset
zram_reset
put "$ZSYS/mem_limit" 12M
put "$ZSYS/disksize" 64M
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
sleep 1.5
poller 8000
put "$ZSYS/mem_limit" 5M
woken "the limit is lowered"
poller 8000
put "$ZSYS/mem_limit" 12M
woken "the limit is raised"
poller 8000
put "$ZSYS/tier/capacity_low" 9M
woken "capacity_low is above the capacity"
put "$ZSYS/tier/capacity_low" 0
sleep 1.5
poller 3000
put "$ZSYS/mem_limit" 5M
wait "$POLLER"
is "off: nothing is told" "$(cut -d ' ' -f 1 "$out")" TIMEOUT
put "$ZSYS/tier/capacity_low" 9M
zram_reset
read -r value < "$ZSYS/tier/capacity_low"
is "capacity_low survives a reset" "$value" 9437184
must zram_remove

# With a backing device and tiering, both count
bd_use null 12 || { skip "the backing device" "no null_blk"; finish; }
zram_new 64M '' "$BD"
put "$ZSYS/mem_limit" 8M
put "$ZSYS/tier/regret_target" 4294967295
put "$ZSYS/tier/daily_budget" max
capacity_read
before=$CAP_BACKING
is "without tiering: storable" "$CAP_STORABLE" $((8 * MIB))
between "backing_left" "$CAP_BACKING" $((11 * MIB)) $((12 * MIB))
is "no budget: no bound" "$CAP_BUDGET" 9223372036854775807
put "$ZSYS/tier/enable" 1
sleep 0.5
capacity_read
is "with tiering: storable" "$CAP_STORABLE" $((8 * MIB + before))
put "$ZSYS/writeback_limit" 512
put "$ZSYS/writeback_limit_enable" 1
capacity_read
is "writeback_limit: storable" "$CAP_STORABLE $CAP_BUDGET" "$((10 * MIB)) $((2 * MIB))"
put "$ZSYS/writeback_limit_enable" 0
put "$ZSYS/tier/reserve" 0
put "$ZSYS/tier/daily_budget" 4M
capacity_read
is "daily_budget: storable" "$CAP_STORABLE $CAP_BUDGET" "$((12 * MIB)) $((4 * MIB))"
put "$ZSYS/tier/daily_budget" max

# Pages leave when they are 4 seconds old
# shellcheck disable=SC2317 # called by wait_for
drained() {
	mm_read
	[ "$MM_USED" -le $((8 * MIB * 85 / 100)) ]
}
# shellcheck disable=SC2317 # called by fill
settle() {
	mm_read
	[ "$MM_USED" -le $((7 * MIB)) ] || wait_for 15 drained
}
must fill random 64 settle
forecasts "random, with tiering" 0
bd_read
capacity_read
is "backing_left" "$CAP_BACKING" $((before - BD_COUNT * 4096))
check "every byte" zpat verify -k random -n $((FILLED / 4096 / STEP * STEP)) "$ZDEV"
must zram_remove

# Memory is full, and spill fills the backing device within a second
spill_new 64M 1M
put "$ZSYS/tier/capacity_low" 4M
for round in 1 2 3 4; do
	poller 8000
	io_read
	zpat fill -k random -n $((16 * MIB / PAGE)) "$ZDEV" > /dev/null
	woken "spill, round $round" "$IO_FAILED_WRITES"
	must zpat discard "$ZDEV" > /dev/null
	sleep 1.5
done
must zram_remove
finish
